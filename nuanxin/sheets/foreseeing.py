"""A file part by part, with what its kind computes of records before any look at the tables.

It may run in a companion, so that one part is parsed and hashed while another is staged.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from nuanxin.core import crypto
from nuanxin.sheets.guarded import Part, stream_guarded
from nuanxin.sheets.kinds import Resolver
from nuanxin.sheets.models import ImportBatch
from nuanxin.sheets.readings import Accepted
from nuanxin.sheets.services import file_place

WALL_S: Final = 3600.0  # the child waits for us more than it works; its processor time is limited


class Foreseen(NamedTuple):
    """A part of a reading, and of accepted records what the resolver has foreseen."""

    part: str
    items: list[Any]
    foreseen: Any = None


class Reader:
    """Reads a batch's file; each call returns the next part, None after the last.

    Parameters
    ----------
    batch
        Its file is opened at once; nothing is asked of the database later.
    resolver
        Whose ``foresee`` is asked.
    """

    def __init__(self, batch: ImportBatch, resolver: Resolver) -> None:
        self._resolver = resolver
        self._present: dict[str, set[str]] = {}  # sheet to the fields it has a column for
        sealed = bytes(batch.file.content_sealed)
        self.content = crypto.provider().unseal_bytes(sealed, file_place(batch))
        self._name, self._kind, self._mapping = batch.file_name, batch.kind, batch.mapping
        self._parts: Iterator[Part] | None = None

    def __call__(self, _asked: None) -> Foreseen | None:
        """Read on.

        Raises
        ------
        SheetRefused
            When the file as a whole is not read.
        """
        if self._parts is None:  # the child that reads belongs to the process that asks it
            self._parts = stream_guarded(
                self.content, name=self._name, kind=self._kind, mapping=self._mapping, wall_s=WALL_S
            )
        part, items = next(self._parts, ("", []))
        if part == "columns":
            for column in items:
                self._present.setdefault(column.sheet, set()).add(column.field)
        elif part == "accepted":
            items = [self._said(record) for record in items]
            return Foreseen(part, items, self._resolver.foresee(items))
        return Foreseen(part, items) if part else None

    def _said(self, record: Accepted) -> Accepted:
        """Leave out the fields for which the sheet has no column: it says nothing about them."""
        fields, present = record.fields, self._present.get(record.place.sheet, set())
        silent = [name for name in fields.keys() - present if fields[name] is None]
        if not silent:
            return record
        kept = {name: value for name, value in fields.items() if name not in silent}
        return Accepted(record.place, kept, record.warnings, record.extra)
