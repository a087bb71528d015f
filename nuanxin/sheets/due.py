"""What waits for whoever brought a list: their word, and the end of the time in which it can be undone."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from nuanxin.core import due
from nuanxin.core.actors import Actor
from nuanxin.core.due import DOERS, WEEK, RowKind
from nuanxin.core.scopes import reach
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import KEPT, ImportBatch, ImportBatchQuerySet


def to_confirm(actor: Actor, now: dt.datetime) -> ImportBatchQuerySet:
    """Return the imports that were read and wait to be confirmed."""
    near = ImportBatch.objects.filter(reach(actor, "scope_path", roles=DOERS))
    return near.filter(state=BatchState.PREVIEW)


def undo_ending(actor: Actor, now: dt.datetime) -> ImportBatchQuerySet:
    """Return the imports that can be undone for a week or less."""
    near = ImportBatch.objects.filter(reach(actor, "scope_path", roles=DOERS))
    over = now - KEPT
    return near.filter(state=BatchState.APPLIED, applied_at__gt=over, applied_at__lte=over + WEEK)


def register() -> None:
    """Make these kinds of work known."""
    kinds = (
        RowKind("sheets.to_confirm", _("imports to confirm"), "sheets_importbatch", to_confirm, "uploaded_at"),
        RowKind("sheets.undo_ending", _("imports that soon cannot be undone"), "sheets_importbatch", undo_ending, "applied_at", is_deadline=True, after=KEPT),
    )  # fmt: skip
    for kind in kinds:
        due.register_rows(kind)
