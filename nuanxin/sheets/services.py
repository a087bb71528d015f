import hashlib
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock, crypto
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.sheets import policies
from nuanxin.sheets.acting import scopes_as_json
from nuanxin.sheets.enums import BatchState, Fate, RowState
from nuanxin.sheets.kinds import kind_of
from nuanxin.sheets.models import ColumnMapping, ImportBatch, ImportFile, ImportRow

MAX_BYTES = 128 << 20


def bring_sheet(
    *, content: bytes, name: str, kind: str, source: str, source_label: str, scope_path: str, by: Actor,
    options: Mapping[str, str] | None = None,
) -> ImportBatch:  # fmt: skip
    """Take a file in; the worker reads it and shows what it would change.

    Parameters
    ----------
    content, name
        The file, and what it is called.
    kind
        What it lists; a registered kind.
    source
        Whose list it is, e.g. a union's code: by it mappings and last words are remembered.
    source_label, scope_path
        What the source is called, and the path of its union.
    by
        Who acts; the office of a union above the source.
    options
        What holds for all rows, when it is known already; else as it was for the last sheet.

    Returns
    -------
    ImportBatch
        Being read; mapped as the last sheet of this source was.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When the file is empty or too big, or an option none of those offered.

    Notes
    -----
    Four statements; the file is kept sealed for thirty days.
    """
    policies.can_bring(by, kind=kind, scope_path=scope_path).enforce()
    _check_size(content)
    _check_answers(kind, source, options or {})
    known = ColumnMapping.objects.filter(pk=_mapping_id(kind, source)).first()
    batch = ImportBatch(
        kind=kind,
        source=source,
        source_label=source_label[:120],
        scope_path=scope_path,
        file_name=name[-200:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        mapping=known.headings if known else {},
        options=dict(options) if options is not None else known.options if known else {},
        scopes=scopes_as_json(by),
        uploaded_by=by.actor_key,
        uploaded_label=by.actor_label,
        uploaded_at=clock.now(),
    )
    # sealed before the transaction begins: others write meanwhile
    sealed = crypto.provider().seal_bytes(content, file_place(batch))
    with transaction.atomic():
        batch.save(force_insert=True)
        ImportFile.objects.create(batch=batch, content_sealed=sealed)
        _record(batch, "sheet.uploaded", by, {"file": batch.file_name, "sha256": batch.file_sha256})
    return batch


@transaction.atomic
def map_columns(
    *, batch: ImportBatch, mapping: Mapping[str, str], options: Mapping[str, str], by: Actor
) -> ImportBatch:
    """Say what the columns of a file mean and what holds for all its rows; it is read anew.

    Parameters
    ----------
    batch
        Waiting for a word, or found not readable.
    mapping
        Heading to field; an empty field ignores the column.
    options
        Answers to the questions of the kind, by name.
    by
        Who acts; the office of a union above the source.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When a field or an answer is unknown.
    Conflict
        When the import has gone on since.

    Notes
    -----
    Two statements. Nothing is remembered before the import is confirmed.
    """
    policies.can_handle(by, batch).enforce()
    _check_mapping(batch.kind, mapping)
    _check_answers(batch.kind, batch.source, options)
    _move(
        batch,
        (BatchState.PREVIEW, BatchState.REFUSED),
        state=BatchState.READING,
        mapping=dict(mapping),
        options={key: value for key, value in options.items() if value},
        scopes=scopes_as_json(by),
        refusal="",
        read_count=0,
    )
    return batch


@transaction.atomic
def decide_row(
    *, row: ImportRow, is_taken: bool, choices: Mapping[str, str], by: Actor
) -> ImportRow:
    """Say whether a doubtful row is taken, and what its unclear cells mean.

    Parameters
    ----------
    row
        A doubtful row of a batch that waits for a word, its batch loaded.
    is_taken
        Whether applying takes it.
    choices
        Field to one of the choices its note offers; a field that is not named stays blank.
    by
        Who acts; the office of a union above the source.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When a choice is not among those offered.
    Conflict
        When the import has gone on since, or the row is not in doubt.
    """
    policies.can_handle(by, row.batch).enforce()
    _touch(row.batch)
    offered = {note["field"]: note["choices"] for note in row.notes if note["choices"]}
    for name, choice in choices.items():
        if choice and choice not in offered.get(name, ()):
            raise Invalid(_("Choose one of the readings offered."), code="bad_choice")
    notes = [{**note, "chosen": choices.get(note["field"], "")} for note in row.notes]
    changed = ImportRow.objects.filter(pk=row.pk, fate=Fate.SUSPECT).update(
        is_taken=is_taken, notes=notes
    )
    if not changed:
        raise Conflict(_("This row is not in doubt."), code="no_doubt")
    row.is_taken, row.notes = is_taken, notes
    return row


@transaction.atomic
def take_doubtful(*, batch: ImportBatch, by: Actor, is_taken: bool = True) -> int:
    """Take all doubtful rows as they are, or leave all of them out; return how many.

    Raises
    ------
    NotAllowed, Conflict
        As ``decide_row``.
    """
    policies.can_handle(by, batch).enforce()
    _touch(batch)
    doubtful = ImportRow.objects.filter(batch=batch, fate=Fate.SUSPECT)
    return doubtful.update(is_taken=is_taken)


@transaction.atomic
def confirm(*, batch: ImportBatch, by: Actor, is_whole: bool = False) -> ImportBatch:
    """Have an import applied; its mapping is remembered for the source.

    Parameters
    ----------
    batch
        Waiting for a word, no question open.
    by
        Who acts; the office of a union above the source.
    is_whole
        All rows or none: refused while a row is not usable or in doubt, and taken back when writing
        fails half-way. Otherwise the rows that are left come back to be corrected.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When a question about the whole file is open, or rows would be left of a whole.
    Conflict
        When somebody was faster.

    Notes
    -----
    Three statements and one audit row; the worker applies the rows in pieces. Confirming one that is
    applied already changes nothing.
    """
    policies.can_handle(by, batch).enforce()
    batch.refresh_from_db()
    if batch.state in (BatchState.APPLYING, BatchState.APPLIED):
        return batch
    if batch.questions:
        raise Invalid(_("Answer the questions about the whole file first."), code="open_questions")
    if is_whole:
        _check_whole(batch)
    _move(
        batch,
        (BatchState.PREVIEW,),
        state=BatchState.APPLYING,
        is_whole=is_whole,
        confirmed_by=by.actor_key,
        confirmed_label=by.actor_label,
        scopes=scopes_as_json(by),
    )
    batch.rows.filter(fate=Fate.SUSPECT, is_taken=False).update(state=RowState.LEFT)
    _remember(batch)
    _record(batch, "sheet.confirmed", by, {"new": batch.new_count, "changed": batch.changed_count})
    return batch


@transaction.atomic
def discard(*, batch: ImportBatch, by: Actor) -> ImportBatch:
    """Put a file aside that has not been applied; its content is dropped, its rows soon after.

    Raises
    ------
    NotAllowed
        For anybody but the office of a union above the source.
    Conflict
        When it is being applied, or has been.
    """
    policies.can_handle(by, batch).enforce()
    before = (BatchState.READING, BatchState.PREVIEW, BatchState.REFUSED)
    _move(batch, before, state=BatchState.DISCARDED, holder="", held_until_at=None)
    ImportFile.objects.filter(batch=batch).delete()
    _record(batch, "sheet.discarded", by, {})
    return batch


@transaction.atomic
def undo(*, batch: ImportBatch, by: Actor) -> ImportBatch:
    """Have an import taken back, except for what somebody has changed since.

    Parameters
    ----------
    batch
        Applied, within thirty days.
    by
        Who acts; the office of a union above the source.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        When it is not applied, or its time is over.

    Notes
    -----
    One UPDATE and one audit row; the worker works through the journal backwards, in pieces.
    """
    policies.can_handle(by, batch).enforce()
    batch.refresh_from_db()
    check_time(batch)
    _move(
        batch,
        (BatchState.APPLIED,),
        state=BatchState.UNDOING,
        undone_by=by.actor_key,
        undone_label=by.actor_label,
        scopes=scopes_as_json(by),
    )
    _record(batch, "sheet.undo_asked", by, {})
    return batch


def check_time(batch: ImportBatch) -> None:
    """Do nothing within the thirty days after an import was applied.

    Raises
    ------
    Conflict
        Afterwards.
    """
    if batch.undo_until is not None and clock.now() >= batch.undo_until:
        raise Conflict(_("An import can be undone for thirty days."), code="too_late")


def file_place(batch: ImportBatch) -> crypto.Place:
    """Return where the sealed file of a batch belongs."""
    return crypto.Place("sheets_importfile", str(batch.pk), "content")


def _check_size(content: bytes) -> None:
    if not content:
        raise Invalid(_("The file is empty."), code="empty")
    if len(content) > MAX_BYTES:
        sentence = _("The file is bigger than %d MB; split it.") % (MAX_BYTES >> 20)
        raise Invalid(sentence, code="too_large")


def _check_mapping(kind: str, mapping: Mapping[str, str]) -> None:
    fields = kind_of(kind).fields
    if any(field and field not in fields for field in mapping.values()):
        raise Invalid(_("There is no such field."), code="unknown_field")


def _check_answers(kind: str, source: str, options: Mapping[str, str]) -> None:
    asked = {question.name: question for question in kind_of(kind).questions(source=source)}
    for name, value in options.items():
        question = asked.get(name)
        choices = [key for key, _label in question.choices] if question else []
        if question is None or (value and choices and value not in choices):
            raise Invalid(_("Choose one of the answers offered."), code="unknown_answer")


def _check_whole(batch: ImportBatch) -> None:
    left = batch.rejected_count + batch.rows.filter(fate=Fate.SUSPECT, is_taken=False).count()
    if left:
        sentence = _("%(count)d rows cannot be taken, so that of “all or none” nothing is written.")
        raise Invalid(sentence % {"count": left}, code="not_whole")


def _move(batch: ImportBatch, before: tuple[BatchState, ...], **changes: object) -> None:
    """Change the state of a batch if it still is in one of the states before."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=before)
    if not moved.update(**changes):
        raise Conflict(_("This import has gone on since. Look at it anew."), code="gone_on")
    for name, value in changes.items():
        setattr(batch, name, value)


def _touch(batch: ImportBatch) -> None:
    """Hold the batch in its state until the end of the transaction."""
    waiting = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.PREVIEW)
    if not waiting.update(state=BatchState.PREVIEW):
        raise Conflict(_("This import has gone on since. Look at it anew."), code="gone_on")


def _remember(batch: ImportBatch) -> None:
    mappings = ColumnMapping.objects
    values = {
        "kind": batch.kind,
        "source": batch.source,
        "headings": batch.mapping,
        "options": batch.options,
    }
    mapping_id = _mapping_id(batch.kind, batch.source)
    if not mappings.filter(pk=mapping_id, **values).exists():
        mappings.update_or_create(pk=mapping_id, defaults={**values, "changed_at": clock.now()})


def _mapping_id(kind: str, source: str) -> UUID:
    return computed_id("column_mapping", kind, source)


def _record(batch: ImportBatch, verb: str, by: Actor, data: dict[str, object]) -> None:
    audit.record(
        by=by,
        verb=verb,
        subject=batch,
        scope_path=batch.scope_path,
        data={"kind": batch.kind, "source": batch.source, **data},
    )
