"""Writing many rows at once, past the objects: for imports, where building an object costs more than its row.

The rows are written as they are handed over. Defaults, computed columns and the checks of a form are
the caller's matter; constraints are the database's, as ever.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection, models

Row = Sequence[Any]
_Convert = Callable[[Any], Sequence[Any]]


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows.

    Parameters
    ----------
    model
        The table.
    names
        Columns by the attribute of the model, e.g. ``"worker_id"``; all that have no default of the
        database's own.
    rows
        Values in the order of ``names``: what the attribute would hold; JSON as plain values, of an
        identity also its 32 digits.

    Raises
    ------
    IntegrityError
        When a constraint is broken; nothing of the rows is written then.

    Notes
    -----
    SQLite: one prepared statement, run for each row. PostgreSQL: one COPY.
    """
    columns = _columns(model, names)
    if connection.vendor == "postgresql":
        _copy(_table(model), columns, model, names, rows)
        return
    marks = ", ".join(["%s"] * len(names))
    _run_many(f"INSERT INTO {_table(model)} ({columns}) VALUES ({marks})", model, names, rows)  # noqa: S608  our own names


def upsert(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, unique: Sequence[str]
) -> None:
    """Insert rows, or bring those with the same key up to date.

    Parameters
    ----------
    model, names, rows
        As ``insert``; no key twice.
    unique
        The columns of a unique constraint; the others are overwritten.

    Notes
    -----
    SQLite: one prepared statement, run for each row. PostgreSQL: one COPY into a table of the
    transaction, and one statement from there.
    """
    columns = _columns(model, names)
    key = _columns(model, unique)
    others = [_column(model, name) for name in names if name not in unique]
    settled = ", ".join(f"{column} = excluded.{column}" for column in others)
    conflict = (
        f"ON CONFLICT ({key}) DO UPDATE SET {settled}" if others else "ON CONFLICT DO NOTHING"
    )
    if connection.vendor == "postgresql":
        _copy_and_merge(model, names, rows, columns, conflict)
        return
    marks = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {_table(model)} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608  our own names
    _run_many(statement, model, names, rows)


def _run_many(
    sql: str, model: type[models.Model], names: Sequence[str], rows: Iterable[Row]
) -> None:
    converts = [_CONVERTS.get(_kind(model, name)) for name in names]
    with connection.cursor() as cursor:
        cursor.executemany(sql, _converted(rows, converts))


def _copy(
    table: str, columns: str, model: type[models.Model], names: Sequence[str], rows: Iterable[Row]
) -> None:
    # the driver writes texts faster than it writes identities and moments
    converts = [_CONVERTS.get(_kind(model, name)) for name in names]
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in _converted(rows, converts):
            copy.write_row(row)


def _copy_and_merge(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Row],
    columns: str,
    conflict: str,
) -> None:
    table, brought = _table(model), '"brought"'
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {brought} ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608  # fmt: skip
        _copy(brought, columns, model, names, rows)
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {brought} {conflict}")  # noqa: S608  # fmt: skip
        cursor.execute(f"DROP TABLE {brought}")


def _converted(rows: Iterable[Row], converts: Sequence[_Convert | None]) -> Sequence[Row]:
    """Return rows as the driver takes them; whole columns are converted at once."""
    columns = zip(*rows, strict=True)
    converted = [
        convert(column) if convert else column
        for column, convert in zip(columns, converts, strict=False)  # no rows, no columns
    ]
    return list(zip(*converted, strict=True))


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    return ", ".join(_column(model, name) for name in names)


def _column(model: type[models.Model], name: str) -> str:
    return str(connection.ops.quote_name(_by_attname(model, name).column))


def _by_attname(model: type[models.Model], name: str) -> Any:
    for field in model._meta.concrete_fields:
        if name in (field.attname, field.name):
            return field
    return model._meta.get_field(name)  # whose complaint names what is missing


def _kind(model: type[models.Model], name: str) -> str:
    field = _by_attname(model, name)
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return _KINDS.get(field.get_internal_type(), "plain")


def _hexes(column: Sequence[UUID | str | None]) -> list[str | None]:
    return [value.hex if isinstance(value, UUID) else value for value in column]


def _moments(column: Sequence[dt.datetime | None]) -> list[Any]:
    """Return moments as the database reads them; one that holds for many rows is written out once."""
    found: list[Any] = []
    last: dt.datetime | None = None
    text: Any = None
    for value in column:
        if value is not last:
            last = value
            text = None if value is None else str(connection.ops.adapt_datetimefield_value(value))
        found.append(text)
    return found


def _days(column: Sequence[dt.date | None]) -> list[str | None]:
    return [None if value is None else value.isoformat() for value in column]


def _jsons(column: Sequence[object]) -> list[str]:
    return ["[]" if value == [] else json.dumps(value, ensure_ascii=False) for value in column]


_KINDS: Final = {
    "UUIDField": "uuid", "DateTimeField": "moment", "DateField": "day", "JSONField": "json",
}  # fmt: skip
# what SQLite keeps of values that it has no kind for, and PostgreSQL reads as text
_CONVERTS: Final[dict[str, _Convert]] = {
    "uuid": _hexes, "moment": _moments, "day": _days, "json": _jsons,
}  # fmt: skip
