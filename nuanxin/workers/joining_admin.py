"""The office's pages of ceremonies and of what workers agreed to; `workers.admin` brings them in."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from nuanxin.core.office import OfficeAdmin, act_on_row, act_on_table, actor_of
from nuanxin.workers import ceremonies, joining_office_forms, policies
from nuanxin.workers.models import Ceremony


@admin.register(Ceremony)
class CeremonyAdmin(OfficeAdmin[Ceremony]):
    list_display = ("title", "union", "starts_at", "ends_at", "expected_count", "closed_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter),)
    search_fields = ("title", "union__code", "union__name", "union__search_text")
    fields = (
        "title", "union", "starts_at", "ends_at", "expected_count", "counted", "links", "opened_label", "closed_at",
    )  # fmt: skip
    ordering = ("-starts_at", "pk")
    actions_list = ("open_ceremony",)
    actions_detail = ("enter_paper", "approve_all", "close_ceremony")

    open_ceremony = act_on_table(joining_office_forms.OpenCeremonyForm, "open_ceremony", may="open")
    enter_paper = act_on_row(joining_office_forms.PaperForm, "enter_paper", may="work")
    approve_all = act_on_row(joining_office_forms.ApproveCeremonyForm, "approve_all", may="work")
    close_ceremony = act_on_row(
        joining_office_forms.CloseCeremonyForm, "close_ceremony", may="close"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ceremony]:
        return super().get_queryset(request).select_related("union")

    @admin.display(description=_("people"))
    def counted(self, ceremony: Ceremony) -> str:
        tally = ceremonies.tally(ceremony)
        return _("%(joined)d joined: %(members)d approved, %(waiting)d waiting") % {
            "joined": tally.joined_count,
            "members": tally.member_count,
            "waiting": tally.waiting_count,
        }

    @admin.display(description=_("to open"))
    def links(self, ceremony: Ceremony) -> str:
        screen = reverse("workers:ceremony_screen", args=[ceremony.code])
        sheets = reverse("workers:joining_sheets", args=[ceremony.union.code])
        return format_html(
            '<a href="{}">{}</a> · <a href="{}?ceremony={}">{}</a>',
            screen,
            _("the big screen"),
            sheets,
            ceremony.code,
            _("poster and paper form (PDF)"),
        )

    def has_open_permission(self, request: HttpRequest) -> bool:
        return any(scope.role in policies.OFFICE for scope in actor_of(request).scopes)

    def has_work_permission(self, request: HttpRequest, object_id: str) -> bool:
        path = self.subject(request, object_id).union.path
        return bool(policies.can_enter_workers(actor_of(request), union_path=path))

    def has_close_permission(self, request: HttpRequest, object_id: str) -> bool:
        ceremony = self.subject(request, object_id)
        return ceremony.closed_at is None and self.has_work_permission(request, object_id)
