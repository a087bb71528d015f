"""``field__among=values``: what ``__in`` says, for thousands of values, as one parameter.

Django prepares each value of ``__in`` by itself and writes a placeholder for it, which for an import costs more than the
look-up. Here the values travel as one array, or on SQLite as one JSON text; both use the index of the field. Of
a set Django looks at no value at all; of a list it looks at each.
"""

import json
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    CharField,
    ForeignKey,
    Lookup,
    OneToOneField,
    UUIDField,
)


class Among(Lookup[Any]):
    """Whether a column holds one of many values; none matches nothing."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Compare with the values of a JSON text."""
        column, params = self.process_lhs(compiler, connection)
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608  the compiler's own column
        if isinstance(self._kind(), UUIDField):
            return sql, [*params, json.dumps([_hex(value) for value in self.rhs])]
        return sql, [*params, json.dumps(list(self.rhs))]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Compare with the values of an array."""
        column, params = self.process_lhs(compiler, connection)
        kind = self._kind()
        if isinstance(kind, CharField):
            array = ",".join(map(_quoted, self.rhs))
        else:
            array = ",".join(map(str, self.rhs))
        # as one text: the driver looks at each element of a list
        return f"{column} = ANY(%s::{kind.db_type(connection)}[])", [*params, f"{{{array}}}"]

    def _kind(self) -> Any:
        kind = self.lhs.output_field
        while isinstance(kind, ForeignKey):
            kind = kind.target_field
        return kind


def _hex(value: UUID | str) -> str:
    return value.replace("-", "") if isinstance(value, str) else value.hex


def _quoted(text: str) -> str:
    """Return a text as an element of an array that is written out."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def register() -> None:
    """Teach the fields that keys are made of; called when the apps are ready."""
    for field in (UUIDField, CharField, BigIntegerField, ForeignKey, OneToOneField):
        field.register_lookup(Among)
