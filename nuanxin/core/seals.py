"""Which columns hold sealed texts, and sealing them anew when a key comes or a cipher changes."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.crypto import Place, Provider, provider

_PIECE: Final = 200
# SQLite's waiting writers look every tenth of a second at the latest
_PAUSE_S: Final = 0.11
_registered: Final[dict[tuple[str, str], "SealedColumn"]] = {}
_indexes: Final[dict[tuple[str, str], "IndexColumn"]] = {}


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed texts or files.

    Parameters
    ----------
    model
        Label of the model; its primary key is part of the place of each text.
    column
        Name of the field.
    field
        By which name of the field the text was sealed.
    key
        The columns that are part of the place instead of the primary key, joined by colons: for rows
        whose key only the database knows.
    """

    model: str
    column: str
    field: str
    key: tuple[str, ...] = ("pk",)

    @property
    def piece(self) -> int:
        """How many rows are held in memory at once: texts by the hundred, files one by one."""
        field = apps.get_model(self.model)._meta.get_field(self.column)
        return 1 if isinstance(field, models.BinaryField) else _PIECE

    @property
    def rows(self) -> "models.QuerySet[models.Model]":
        """Every row of the table."""
        rows: models.QuerySet[models.Model] = apps.get_model(self.model)._base_manager.all()
        return rows

    def place(self, *key: object) -> Place:
        """Return where the text of a row belongs, by the values of its ``key`` columns."""
        table = apps.get_model(self.model)._meta.db_table
        return Place(table, ":".join(map(str, key)), self.field)


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """A column of fingerprints by which a sealed column of the same row is found.

    Parameters
    ----------
    model
        Label of the model.
    column
        Name of the field with the fingerprints; null where nothing is sealed.
    source
        Name of the sealed field.
    make
        From the text to its fingerprint under the present key.
    """

    model: str
    column: str
    source: str
    make: Callable[[str], int]


def register(model: str, column: str, *, field: str = "", key: tuple[str, ...] = ("pk",)) -> None:
    """Make a sealed column known; a room calls this in its ``AppConfig.ready``."""
    _registered[model, column] = SealedColumn(model, column, field or column, key)


def registered() -> tuple[SealedColumn, ...]:
    """Return the known columns, in the order in which they were registered."""
    return tuple(_registered.values())


def register_index(model: str, column: str, *, source: str, make: Callable[[str], int]) -> None:
    """Make a column of fingerprints known; a room calls this in its ``AppConfig.ready``."""
    _indexes[model, column] = IndexColumn(model, column, source, make)


def rotate(*, by: Actor, tell: Callable[[SealedColumn, int], None] | None = None) -> dict[str, int]:
    """Seal anew, with the present key, everything that another key of this site has sealed.

    Parameters
    ----------
    by
        Who acts.
    tell
        Called after each piece with the column and how many rows of it were looked at.

    Returns
    -------
    dict
        How many texts were sealed anew, and fingerprints made anew, by ``model.column``.

    Raises
    ------
    SealBroken
        When a text does not open; what came before it stays done.

    Notes
    -----
    Pieces of 200 texts or of one file, each one transaction: a killed run leaves whole pieces, and the next goes
    through the rest. A text that somebody changes meanwhile is left as they wrote it, which is with the
    present key. Sites keep the older keys until `sealed_by` no longer counts them.
    """
    keys, done = provider(), Counter[str]()
    for column in registered():
        looked = 0
        for piece in _pieces(column):
            began = time.monotonic()
            done[f"{column.model}.{column.column}"] += _rotate_piece(column, piece, keys)
            looked += len(piece)
            if tell:
                tell(column, looked)
            if connection.vendor == "sqlite" and time.monotonic() - began > _PAUSE_S / 2:
                time.sleep(_PAUSE_S)
    done.update(_rotate_indexes())
    with transaction.atomic():
        counts = {name: count for name, count in done.items() if count}
        audit.record(
            by=by,
            verb="keys.rotated",
            subject_type="key",
            subject_key=keys.sealing_prefix.split(":")[1],
            data=counts,
        )
    return dict(done)


def sealed_by() -> dict[str, Counter[str]]:
    """Return how many texts each key has sealed, by ``model.column``; empty ones are not counted.

    Notes
    -----
    Reads every row of every sealed column.
    """
    found: dict[str, Counter[str]] = {}
    for column in registered():
        counts = found[f"{column.model}.{column.column}"] = Counter()
        texts = column.rows.order_by("pk").values_list(column.column, flat=True)
        for text in texts.iterator(chunk_size=column.piece):
            if text:
                counts[_kid_of(text)] += 1
    return found


def _pieces(column: SealedColumn) -> Iterator[list[Any]]:
    """Yield primary keys in order, a piece at a time; no cursor is held open meanwhile."""
    last: Any = None
    while True:
        rest = column.rows if last is None else column.rows.filter(pk__gt=last)
        keys = list(rest.order_by("pk").values_list("pk", flat=True)[: column.piece])
        if not keys:
            return
        yield keys
        last = keys[-1]


@transaction.atomic
def _rotate_piece(column: SealedColumn, piece: list[Any], keys: Provider) -> int:
    count = 0
    rows = column.rows.filter(pk__in=piece)
    for pk, sealed, *key in rows.values_list("pk", column.column, *column.key):
        if not sealed or _kid_of(sealed) == keys.sealing_prefix.split(":")[1]:
            continue
        fresh = _sealed_anew(sealed, column.place(*key), keys)
        count += column.rows.filter(pk=pk, **{column.column: sealed}).update(
            **{column.column: fresh}
        )
    return count


def _rotate_indexes() -> Counter[str]:
    """Make fingerprints anew that an older search key has made: whoever looks finds both meanwhile."""
    done = Counter[str]()
    for index in _indexes.values():
        column = _registered[index.model, index.source]
        for piece in _pieces(column):
            began = time.monotonic()
            done[f"{index.model}.{index.column}"] += _reindex_piece(index, column, piece)
            if connection.vendor == "sqlite" and time.monotonic() - began > _PAUSE_S / 2:
                time.sleep(_PAUSE_S)
    return done


@transaction.atomic
def _reindex_piece(index: IndexColumn, column: SealedColumn, piece: list[Any]) -> int:
    keys, count = provider(), 0
    rows = column.rows.filter(pk__in=piece).exclude(**{column.column: ""})
    for pk, sealed, stored in rows.values_list("pk", column.column, index.column):
        fresh = index.make(keys.unseal(sealed, column.place(pk)))
        if fresh != stored:
            same = column.rows.filter(pk=pk, **{column.column: sealed})
            count += same.update(**{index.column: fresh})
    return count


def _sealed_anew(sealed: str | bytes, place: Place, keys: Provider) -> str | bytes:
    if isinstance(sealed, str):
        return keys.seal(keys.unseal(sealed, place), place)
    return keys.seal_bytes(keys.unseal_bytes(bytes(sealed), place), place)


def _kid_of(sealed: str | bytes) -> str:
    if isinstance(sealed, str):
        return sealed.split(":", 2)[1]
    return bytes(sealed[:80]).split(b":", 2)[1].decode("ascii", "replace")
