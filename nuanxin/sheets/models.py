import datetime as dt
import uuid
from typing import Any, Final, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.actors import Actor
from nuanxin.core.scopes import reach
from nuanxin.core.storage import LocalModel
from nuanxin.sheets.enums import BatchState, EntryState, Fate, RowState

KEPT: Final = dt.timedelta(days=30)  # how long a file is kept, and a batch can be undone
AT_WORK: Final = (BatchState.READING, BatchState.APPLYING, BatchState.UNDOING)


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Return the batches of unions inside an actor's scopes."""
        return self.filter(reach(actor, "scope_path"))

    def at_work(self) -> Self:
        """Return the batches for which something is to be done."""
        return self.filter(state__in=AT_WORK)


class ImportBatch(LocalModel):
    """One file on its way into the tables: read, shown, applied, perhaps undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=16)
    source = models.CharField(_("source"), max_length=64, help_text=_("Who keeps this list."))
    source_label = models.CharField(_("source"), max_length=120)
    scope_path = models.CharField(_("union path"), max_length=300, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(_("fingerprint of the file"), max_length=64)
    state = models.CharField(
        _("state"), max_length=10, choices=BatchState.choices, default=BatchState.READING
    )
    refusal = models.CharField(_("why it is not readable"), max_length=300, blank=True)
    mapping = models.JSONField(_("columns as mapped"), default=dict)
    options = models.JSONField(_("what holds for all rows"), default=dict)
    columns = models.JSONField(_("columns"), default=list)
    header_rows = models.JSONField(_("rows of the headings"), default=dict)
    trouble = models.CharField(_("kind of the last error"), max_length=80, blank=True)
    questions = models.JSONField(_("open questions"), default=list)
    scopes = models.JSONField(_("scopes of who uploaded"), default=list)
    is_whole = models.BooleanField(_("all rows or none"), default=False)
    note_counts: "models.JSONField[dict[str, int], Any]" = models.JSONField(
        _("rows by what is to be said of them"), default=dict
    )
    read_count = models.PositiveIntegerField(_("rows read"), default=0)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    same_count = models.PositiveIntegerField(_("the same"), default=0)
    suspect_count = models.PositiveIntegerField(_("doubtful"), default=0)
    rejected_count = models.PositiveIntegerField(_("not usable"), default=0)
    skipped_count = models.PositiveIntegerField(_("without a record"), default=0)
    applied_through = models.PositiveIntegerField(_("applied up to row"), default=0)
    # of a kind that is written by key: the rows after those go so up to here, as far as this key
    window_through = models.PositiveIntegerField(_("being applied up to row"), default=0)
    applied_mark = models.CharField(_("applied up to key"), max_length=48, blank=True)
    applied_count = models.PositiveIntegerField(_("applied"), default=0)
    undone_count = models.PositiveIntegerField(_("undone"), default=0)
    kept_count = models.PositiveIntegerField(_("changed since, kept"), default=0)
    uploaded_by = models.CharField(_("uploaded by"), max_length=80)
    uploaded_label = models.CharField(_("uploaded by"), max_length=120)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    confirmed_by = models.CharField(_("confirmed by"), max_length=80, blank=True)
    confirmed_label = models.CharField(_("confirmed by"), max_length=120, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=80, blank=True)
    undone_label = models.CharField(_("undone by"), max_length=120, blank=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    holder = models.CharField(_("worked on by"), max_length=120, blank=True)
    held_until_at = models.DateTimeField(_("held until"), null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-uploaded_at", "id"]
        indexes = [
            models.Index(fields=["kind", "source", "state"]),
            models.Index(
                fields=["uploaded_at"],
                condition=models.Q(state__in=AT_WORK),
                name="sheets_batch_at_work",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=BatchState.values),
                name="%(app_label)s_%(class)s_known_state",
            ),
            models.CheckConstraint(
                condition=models.Q(holder="", held_until_at__isnull=True)
                | (~models.Q(holder="") & models.Q(held_until_at__isnull=False)),
                name="%(app_label)s_%(class)s_held_by_and_until",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[BatchState.APPLYING, BatchState.APPLIED])
                | ~models.Q(confirmed_by=""),
                name="%(app_label)s_%(class)s_applied_has_been_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True) | models.Q(applied_at__isnull=False),
                name="%(app_label)s_%(class)s_undone_after_applied",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_at_work(self) -> bool:
        """Whether something is to be done for it just now."""
        return self.state in AT_WORK

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when it can be undone; None before it has been applied."""
        return self.applied_at + KEPT if self.applied_at else None


class ImportFile(LocalModel):
    """The file of a batch, sealed; dropped when its time is over."""

    batch = models.OneToOneField(
        ImportBatch, models.CASCADE, primary_key=True, related_name="file", verbose_name=_("import")
    )
    content_sealed = models.BinaryField(_("content, sealed"))

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of imports")
        ordering = ["batch_id"]

    def __str__(self) -> str:
        return str(self.batch_id)


class ImportRow(LocalModel):
    """One record of a file and what applying it would do; rows that change nothing are only counted.

    What a doubtful row says is sealed here; what the others say is sealed by the hundred, as `ImportPart`.
    """

    id = models.BigAutoField(primary_key=True)
    # both of its keys of several columns begin with the batch: an index of its own would be a third
    batch = models.ForeignKey(
        ImportBatch,
        models.CASCADE,
        related_name="rows",
        db_index=False,
        verbose_name=_("import"),
    )
    number = models.PositiveIntegerField(_("number"))
    sheet = models.CharField(_("sheet"), max_length=120, blank=True)
    row = models.PositiveIntegerField(_("row"))
    block = models.CharField(_("half of the row"), max_length=1, blank=True)
    fate = models.CharField(_("fate"), max_length=10, choices=Fate.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=RowState.choices, default=RowState.WAITING
    )
    key = models.CharField(_("key"), max_length=36, blank=True)
    label = models.CharField(_("name"), max_length=160, blank=True)
    payload_sealed = models.TextField(_("what the row says and would change, sealed"), blank=True)
    notes = models.JSONField(_("notes"), default=list)
    is_taken = models.BooleanField(_("taken although doubtful"), default=False)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["batch_id", "number"]
        indexes = [models.Index(fields=["batch", "fate", "number"])]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(fate=Fate.REJECTED) | ~models.Q(key=""),
                name="%(app_label)s_%(class)s_usable_has_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}{self.block}"


class ImportPart(LocalModel):
    """What some hundred rows of an import say and would change, sealed as one: they are read together."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        ImportBatch,
        models.CASCADE,
        related_name="parts",
        db_index=False,
        verbose_name=_("import"),
    )
    first = models.PositiveIntegerField(_("first row"))
    last = models.PositiveIntegerField(_("last row"))
    payload_sealed = models.BinaryField(_("what the rows say and would change, sealed"))

    class Meta:
        verbose_name = _("part of an import")
        verbose_name_plural = _("parts of imports")
        ordering = ["batch_id", "first"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "first"], name="%(app_label)s_%(class)s_first_once"
            ),
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")),
                name="%(app_label)s_%(class)s_first_to_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.first}–{self.last}"


class JournalEntry(LocalModel):
    """What applying a row has changed: enough to take it back, and to see who changed it since."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(
        ImportBatch,
        models.CASCADE,
        related_name="journal",
        db_index=False,
        verbose_name=_("import"),
    )
    number = models.PositiveIntegerField(_("number"))
    key = models.CharField(_("key"), max_length=36)
    label = models.CharField(_("name"), max_length=160, blank=True)
    is_new = models.BooleanField(_("new"))
    payload_sealed = models.TextField(_("before and after, sealed"), blank=True)
    told_before = models.TextField(_("what the source had said before"), blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=EntryState.choices, default=EntryState.STANDS
    )
    reason = models.CharField(_("why it is kept"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of the journal")
        verbose_name_plural = _("lines of the journal")
        ordering = ["batch_id", "number"]
        indexes = [models.Index(fields=["key"], name="sheets_journal_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="%(app_label)s_%(class)s_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class ColumnMapping(LocalModel):
    """How a source calls its columns, and what holds for all its rows: remembered, never code."""

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16)
    source = models.CharField(_("source"), max_length=64)
    headings: "models.JSONField[dict[str, str], Any]" = models.JSONField(
        _("headings and their fields"), default=dict
    )
    options: "models.JSONField[dict[str, str], Any]" = models.JSONField(
        _("what holds for all rows"), default=dict
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("columns of a source")
        verbose_name_plural = _("columns of sources")
        ordering = ["kind", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"], name="%(app_label)s_%(class)s_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class SourceRecord(LocalModel):
    """Fingerprints of what a source said last about a thing: only what it says anew is taken."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("kind"), max_length=16)
    source = models.CharField(_("source"), max_length=64)
    key = models.CharField(_("key"), max_length=36)
    digests = models.TextField(_("fingerprints by field"))

    class Meta:
        verbose_name = _("last word of a source")
        verbose_name_plural = _("last words of sources")
        ordering = ["kind", "source", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "key"], name="%(app_label)s_%(class)s_one_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source} {self.key}"
