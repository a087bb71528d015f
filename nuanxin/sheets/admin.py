from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from nuanxin.core.office import OfficeAdmin, act_on_row, act_on_table, actor_of
from nuanxin.core.office_due import DueFilter
from nuanxin.sheets import kinds, office_forms, policies, selectors
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import ImportBatch
from nuanxin.sheets.rejects import reject_workbook

_LOOK_AGAIN_S = "2"


def _hand_out(self: "ImportBatchAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Hand out the file with the reasons of the rows that were not taken."""
    batch = self.subject(request, object_id)
    name, kind, content = reject_workbook(batch=batch, by=actor_of(request))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=kind, headers=headers)


_hand_out.__name__ = "rejects"  # Unfold finds the place of a button by the name of its function


@admin.register(ImportBatch)
class ImportBatchAdmin(OfficeAdmin[ImportBatch]):
    list_display = (
        "file_name",
        "source_label",
        "state",
        "new_count",
        "changed_count",
        "suspect_count",
        "rejected_count",
        "uploaded_label",
        "uploaded_at",
    )
    list_filter = (DueFilter, "state", "kind", "uploaded_at")
    search_fields = ("file_name", "source_label", "uploaded_label")
    fields = ("state", "source_label", "uploaded_label", "uploaded_at", "applied_at")
    change_form_after_template = "sheets/office/batch.html"
    actions_list = ("bring",)
    actions_detail = (
        "confirm",
        "map_columns",
        "decide",
        "take_all",
        "rejects",
        "undo",
        "undo_row",
        "discard",
    )

    bring = act_on_table(office_forms.BringForm, "bring", may="bring")
    confirm = act_on_row(office_forms.ConfirmForm, "confirm", may="confirm")
    map_columns = act_on_row(office_forms.MapForm, "map_columns", may="map")
    decide = act_on_row(office_forms.DoubtsForm, "decide", may="decide")
    take_all = act_on_row(office_forms.TakeAllForm, "take_all", may="decide")
    rejects = action(description=_("Rows to correct"), url_path="rejects", permissions=["rejects"])(
        _hand_out
    )
    undo = act_on_row(office_forms.UndoForm, "undo", may="undo")
    undo_row = act_on_row(office_forms.UndoRowForm, "undo_row", may="undo")
    discard = act_on_row(office_forms.DiscardForm, "discard", may="discard")

    def has_bring_permission(self, request: HttpRequest) -> bool:
        return any(kind.sources(actor_of(request)) for kind in kinds.registered())

    def has_confirm_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, BatchState.PREVIEW)

    def has_map_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, BatchState.PREVIEW, BatchState.REFUSED)

    def has_decide_permission(self, request: HttpRequest, object_id: str) -> bool:
        batch = self.subject(request, object_id)
        return bool(batch.suspect_count) and self._may(request, object_id, BatchState.PREVIEW)

    def has_rejects_permission(self, request: HttpRequest, object_id: str) -> bool:
        batch = self.subject(request, object_id)
        is_faulty = batch.rejected_count or batch.suspect_count
        return bool(is_faulty) and self._may(
            request, object_id, BatchState.PREVIEW, BatchState.APPLIED
        )

    def has_undo_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, BatchState.APPLIED)

    def has_discard_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(
            request, object_id, BatchState.READING, BatchState.PREVIEW, BatchState.REFUSED
        )

    def _may(self, request: HttpRequest, object_id: str, *states: BatchState) -> bool:
        batch = self.subject(request, object_id)
        return batch.state in states and bool(policies.can_handle(actor_of(request), batch))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how far an import is; while it is worked on the page looks again by itself."""
        batch = self.subject(request, object_id)
        context = {"batch": batch, "review": selectors.review(batch), **(extra_context or {})}
        response = super().change_view(request, object_id, form_url, context)
        if batch.is_at_work:
            response.headers["Refresh"] = _LOOK_AGAIN_S
        return response
