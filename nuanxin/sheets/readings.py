"""What is read out of a sheet: the fate of every row, and which column was taken for what."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where a record stands: sheet, row from 1 as the office program counts, half of the row.

    ``block`` is ``L`` or ``R`` where a row holds two records side by side, else empty.
    """

    sheet: str
    row: int
    block: str = ""


class Accepted(NamedTuple):
    """A record that can be taken: its fields in normal form, null where a cell said nothing usable.

    ``warnings`` are ``code`` or ``code:field``; ``extra`` holds the texts of columns nobody knows,
    by their heading.
    """

    place: Place
    fields: dict[str, Any]
    warnings: tuple[str, ...]
    extra: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that cannot be taken: one reason, the field and the column letter it stands in."""

    place: Place
    reason: str
    field: str = ""
    column: str = ""
    value: str = ""
    twin_row: int | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that holds no record: title, header, subheader, section, subtotal, total, note, …."""

    place: Place
    kind: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet and what it was taken for; ``field`` is empty for one nobody knows.

    ``source`` is ``heading`` when a synonym fits, ``cells`` when only the cells speak for it,
    ``given`` when a mapping said so.
    """

    sheet: str
    letter: str
    heading: str
    field: str = ""
    source: str = "heading"
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file as read; every list in the order of the sheets and their rows."""

    kind: str
    accepted: list[Accepted]
    rejected: list[Rejected]
    skipped: list[Skipped]
    columns: list[Column]
    encoding: str = ""
