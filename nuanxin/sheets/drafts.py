"""What a kind of sheet makes of one record's cells, and of records that say the same."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nuanxin.sheets.blocks import Block
from nuanxin.sheets.grids import Cell, Row, is_blank
from nuanxin.sheets.readings import Place

Codes = Mapping[str, Mapping[str, str]]
# a cell in, (value, problem, warnings) out
Reader = Callable[[Cell], tuple[Any, str, tuple[str, ...]]]

_REMEMBERED = 20_000
_SHORT = 60


@dataclass(slots=True)
class Draft:
    """One record before it is known whether it stands: fields, warnings, problems by field."""

    place: Place
    fields: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    problems: dict[str, str] | None = None
    extra: dict[str, str] | None = None
    reason: str = ""
    at_field: str = ""
    twin_row: int | None = None
    column: str = ""
    value: str = ""

    def note(self, name: str, problem: str) -> None:
        """Remember why a field has no value."""
        if self.problems is None:
            self.problems = {}
        self.problems[name] = problem

    def warn(self, code: str) -> None:
        """Add a warning once."""
        if code not in self.warnings:
            self.warnings.append(code)

    def reject(self, reason: str, twin: int | None = None) -> None:
        """Give the one reason why the record cannot be taken; the first one stays."""
        if not self.reason:
            self.reason = reason
            self.twin_row = twin


class Kind(Protocol):
    """What must be known about one kind of sheet."""

    @property
    def name(self) -> str:
        """Return what the kind is called."""

    @property
    def always_required(self) -> tuple[str, ...]:
        """Return the fields without which a record is rejected unless the caller says otherwise."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return fields of which a sheet of this kind has one at least, beside the name."""

    @property
    def ditto(self) -> frozenset[str]:
        """Return the fields in which 同上 takes the value from above."""

    @property
    def filled_down(self) -> frozenset[str]:
        """Return the fields that may be written once for a group of rows."""

    def read(self, row: Row, block: Block, draft: Draft) -> None:
        """Fill a draft from a row."""

    def missing(self, name: str) -> str:
        """Return the reason for a required field that is blank."""

    def compare(self, drafts: list[Draft]) -> None:
        """Reject records that say the same as another, or contradict it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reading takes from outside: the day, and the labels of code sheets."""

    today: dt.date
    codes: Codes = field(default_factory=dict)


def cell_at(row: Row, block: Block, name: str) -> Cell:
    """Return the cell of a field, None where the sheet has no such column or the row ends early."""
    column = block.columns.get(name)
    return row[column] if column is not None and column < len(row) and row[column] != "" else None


def take(
    draft: Draft, name: str, outcome: tuple[Any, str, tuple[str, ...]], *, by_field: bool
) -> None:
    """Put a value that was read into a draft, with its problem and warnings.

    With ``by_field`` the warnings name the field: ``date_month_only:built``.
    """
    value, problem, warnings = outcome
    draft.fields[name] = value
    if problem:
        draft.note(name, problem)
        draft.warn(f"{problem}:{name}" if by_field else problem)
    for warning in warnings:
        draft.warn(f"{warning}:{name}" if by_field else warning)


def remembering(reader: Reader) -> Reader:
    """Return a reader that remembers short texts, for columns in which few of them come again."""
    known: dict[Cell, tuple[Any, str, tuple[str, ...]]] = {}

    def read(cell: Cell) -> tuple[Any, str, tuple[str, ...]]:
        if not isinstance(cell, str):
            return reader(cell)
        outcome = known.get(cell)
        if outcome is None:
            outcome = reader(cell)
            if len(known) < _REMEMBERED and len(cell) < _SHORT:
                known[cell] = outcome
        return outcome

    return read


def read_columns(
    row: Row, block: Block, draft: Draft, readers: Mapping[str, tuple[Reader, bool]]
) -> None:
    """Read every column that can be read alone; a blank cell is a field without a value."""
    fields, width = draft.fields, len(row)
    for name, column in block.columns.items():
        if name not in readers:
            continue
        cell = row[column] if column < width else None
        if cell is None or cell == "":
            fields.setdefault(name, None)
            continue
        reader, by_field = readers[name]
        outcome = reader(cell)
        if outcome[1] or outcome[2]:
            take(draft, name, outcome, by_field=by_field)
        else:
            fields[name] = outcome[0]


def read_extra(row: Row, block: Block, draft: Draft, reader: Reader) -> None:
    """Keep the texts of columns nobody knows."""
    for heading, column in block.extra.items():
        if column < len(row) and not is_blank(row[column]):
            value = reader(row[column])[0]
            if value and draft.extra is None:
                draft.extra = {}
            if value and draft.extra is not None:
                draft.extra[heading] = value
