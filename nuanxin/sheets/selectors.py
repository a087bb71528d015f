"""What the office sees of an import: how far it is, what it would change, and what to decide."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nuanxin.core.errors import Text
from nuanxin.sheets.enums import EntryState, Fate
from nuanxin.sheets.kinds import ImportKind, Note, Question, Values, kind_of
from nuanxin.sheets.models import ImportBatch, ImportRow, JournalEntry
from nuanxin.sheets.payloads import RowReader, masked
from nuanxin.sheets.reason_words import sentence, words

SHOWN: Final = 20
DECIDED_AT_ONCE: Final = 50
_LONGEST_CODE: Final = 32


@dataclass(frozen=True, slots=True)
class Part:
    """How many rows have a fate, and how wide that is in a bar of 100."""

    fate: str
    label: Text
    count: int
    share: float
    start: float


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a file as it is shown: where it stands, whose it is, and what is to be said."""

    pk: int
    place: str
    label: str
    changes: list[FieldChange]
    reasons: list[str]
    choices: list[tuple[str, str, list[str], str]]  # field, its name, readings, the chosen one
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the page of an import shows.

    Parameters
    ----------
    parts
        New, changed, the same, doubtful, not usable; also those without a row.
    total_count
        Records in the file.
    rows
        Fate to its first rows.
    columns
        Sheet, letter, heading, what it was taken for, samples.
    said
        What there is to say about rows, and about how many; the most frequent first.
    open_questions
        What has to be answered before anything is applied.
    kept
        Lines of the journal that an undo left as they were.
    """

    parts: list[Part]
    total_count: int
    rows: dict[str, list[ShownRow]]
    columns: list[dict[str, Any]]
    said: list[tuple[str, int]]
    open_questions: list[Question]
    kept: list[JournalEntry]


def review(batch: ImportBatch) -> Review:
    """Return what the page of an import shows. At most six queries."""
    kind = kind_of(batch.kind)
    asked = {question.name: question for question in kind.questions(source=batch.source)}
    kept = JournalEntry.objects.filter(batch=batch, state=EntryState.KEPT).order_by("number")
    return Review(
        parts=_parts(batch),
        total_count=sum(_counts(batch).values()),
        rows={fate: shown_rows(batch, Fate(fate)) for fate in _SHOWN if _counts(batch)[fate]},
        columns=[_column(kind, column) for column in batch.columns],
        said=_said(batch),
        open_questions=[asked[name] for name in batch.questions if name in asked],
        kept=list(kept[:SHOWN]) if batch.kept_count else [],
    )


def _said(batch: ImportBatch) -> list[tuple[str, int]]:
    counts = sorted(batch.note_counts.items(), key=lambda item: (-item[1], item[0]))
    return [(words(batch.kind, code), count) for code, count in counts]


_SHOWN: Final = (Fate.REJECTED.value, Fate.SUSPECT.value, Fate.CHANGED.value, Fate.NEW.value)


def shown_rows(batch: ImportBatch, fate: Fate, *, limit: int = SHOWN) -> list[ShownRow]:
    """Return the first rows of one fate, in the order of the file. One query, four for changes."""
    kind = kind_of(batch.kind)
    rows = list(ImportRow.objects.filter(batch=batch, fate=fate).order_by("number")[:limit])
    stored = kind.current([r.key for r in rows if r.key]) if fate != Fate.REJECTED else {}
    names = _Names(kind, list(stored.values()))
    diffs: list[Values] = [{} for _row in rows]
    if fate in (Fate.CHANGED, Fate.SUSPECT):
        opened = RowReader(batch.pk).read([(row.number, row.payload_sealed) for row in rows])
        diffs = [opened[row.number].change if row.number in opened else {} for row in rows]
        names.learn(diffs)
    return [
        _shown(kind, row, diff, stored.get(row.key, {}), names)
        for row, diff in zip(rows, diffs, strict=True)
    ]


def _counts(batch: ImportBatch) -> dict[str, int]:
    return {
        Fate.NEW.value: batch.new_count,
        Fate.CHANGED.value: batch.changed_count,
        Fate.SAME.value: batch.same_count,
        Fate.SUSPECT.value: batch.suspect_count,
        Fate.REJECTED.value: batch.rejected_count,
    }


def _parts(batch: ImportBatch) -> list[Part]:
    counts = _counts(batch)
    total, start, parts = sum(counts.values()) or 1, 0.0, []
    for fate, count in counts.items():
        share = 100 * count / total
        parts.append(Part(fate, Fate(fate).label, count, share, start))
        start += share
    return parts


class _Names:
    """How values are shown: codes by the names of their things, numbers of people by their ends."""

    def __init__(self, kind: ImportKind, stored: Iterable[Values]) -> None:
        self._kind, self._stored = kind, stored
        self._known: Mapping[str, str] = {}

    def learn(self, diffs: Iterable[Values]) -> None:
        """Look up what the codes in some rows, and in what stands, are called."""
        values = [value for each in (*self._stored, *diffs) for value in each.values()]
        self._known = self._kind.names_of({part for value in values for part in _parts_of(value)})

    def shown(self, name: str, value: object) -> str:
        if name in self._kind.sensitive:
            return masked(as_words(value))
        if isinstance(value, list):
            return as_words([self._called(each) for each in value])
        return as_words(self._called(value))

    def _called(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [self._known.get(part, part) for part in value.split("|")]
        return " · ".join(filter(None, parts))


def _parts_of(value: object) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and len(each) <= _LONGEST_CODE * 4:
            yield from each.split("|")


def _shown(
    kind: ImportKind,
    row: ImportRow,
    diff: Values,
    stored: Values,
    names: _Names,
) -> ShownRow:
    changes = [
        FieldChange(
            field_label(kind, name), names.shown(name, stored.get(name)), names.shown(name, value)
        )
        for name, value in diff.items()
    ]
    notes = [(note, _note(note)) for note in row.notes]
    return ShownRow(
        pk=row.pk,
        place=f"{row.sheet} {row.row}{row.block}".strip(),
        label=row.label,
        changes=changes if row.fate in (Fate.CHANGED, Fate.SUSPECT) and stored else [],
        reasons=[_reason(kind, note, data) for data, note in notes],
        choices=[
            (note.field, field_label(kind, note.field), list(note.choices), data.get("chosen", ""))
            for data, note in notes
            if note.choices
        ],
        is_taken=row.is_taken,
    )


def _reason(kind: ImportKind, note: Note, data: dict[str, Any]) -> str:
    text = sentence(kind.name, note)
    return f"{data['column']} · {text}" if data.get("column") else text


def _note(data: dict[str, Any]) -> Note:
    return Note(
        data["code"], data["field"], data["detail"], tuple(data["choices"]), data["is_doubt"]
    )


def notes_of(row: ImportRow) -> list[str]:
    """Return the sentences for the notes of a row."""
    kind = kind_of(row.batch.kind)
    return [_reason(kind, _note(data), data) for data in row.notes]


def field_label(kind: ImportKind, name: str) -> str:
    """Return what a field of a thing is called."""
    return str(kind.values.get(name) or kind.fields.get(name) or name)


def as_words(value: object) -> str:
    """Return a value as it is shown beside another."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(each) for each in value)
    return "✓" if value is True else str(value)


def _column(kind: ImportKind, column: dict[str, Any]) -> dict[str, Any]:
    return {**column, "label": kind.fields.get(column["field"], "")}
