from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from nuanxin.core.office import OfficeAdmin, OfficeInline, act_on_row, act_on_table, actor_of
from nuanxin.regions import policies, selectors
from nuanxin.regions.models import CalendarDay, CalendarNotice, Division, DivisionSuccession
from nuanxin.regions.office_forms import NoticeForm, SetDayForm
from nuanxin.regions.office_notice import PasteNoticeForm


class _Calendar(OfficeAdmin[Any]):
    """The calendar belongs to everybody; pages of its tables name the years nobody confirmed."""

    is_shared = True
    list_before_template = "regions/office/unconfirmed.html"

    def has_edit_permission(self, request: HttpRequest, object_id: str = "") -> bool:
        return bool(policies.can_edit_calendar(actor_of(request)))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"unconfirmed_years": selectors.unconfirmed_years(), **(extra_context or {})}
        return super().changelist_view(request, context)


class CalendarDayInline(OfficeInline[CalendarDay, CalendarNotice]):
    model = CalendarDay
    fields = ("date", "kind", "name_zh", "name_en")
    per_page = 60


@admin.register(CalendarNotice)
class CalendarNoticeAdmin(_Calendar):
    list_display = ("year", "title", "document_number", "published_on")
    search_fields = ("year", "title", "document_number")
    fields = ("year", "title", "document_number", "published_on")
    inlines = (CalendarDayInline,)
    actions_list = ("paste", "publish")
    actions_detail = ("amend",)

    paste = act_on_table(PasteNoticeForm, "paste", may="edit")
    publish = act_on_table(NoticeForm, "publish", may="edit")
    amend = act_on_row(NoticeForm, "amend", may="edit")


@admin.register(CalendarDay)
class CalendarDayAdmin(_Calendar):
    list_display = ("date", "kind", "name_zh", "name_en", "notice")
    list_filter = ("kind", "notice")
    list_select_related = ("notice",)
    search_fields = ("date", "name_zh", "name_en")
    fields = ("date", "kind", "name_zh", "name_en", "notice")
    ordering = ("-date",)
    actions_list = ("set_day",)
    actions_detail = ("set_this_day",)

    set_day = act_on_table(SetDayForm, "set_day", may="edit")
    set_this_day = act_on_row(SetDayForm, "set_this_day", may="edit")


@admin.register(Division)
class DivisionAdmin(OfficeAdmin[Division]):
    is_shared = True
    list_display = ("code", "name", "level", "parent", "valid_from", "valid_to")
    list_filter = ("level", ("valid_to", admin.EmptyFieldListFilter))
    list_select_related = ("parent",)
    search_fields = ("^code", "name", "^name_pinyin", "^initials")
    fields = (
        "code",
        "name",
        "level",
        "parent",
        "name_pinyin",
        "initials",
        "seat_lat_wgs84",
        "seat_lon_wgs84",
        "valid_from",
        "valid_to",
    )


@admin.register(DivisionSuccession)
class DivisionSuccessionAdmin(OfficeAdmin[DivisionSuccession]):
    is_shared = True
    list_display = ("effective_on", "predecessor", "successor", "note")
    list_filter = ("effective_on",)
    search_fields = (
        "^predecessor__code",
        "predecessor__name",
        "^successor__code",
        "successor__name",
    )
    fields = ("predecessor", "successor", "effective_on", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DivisionSuccession]:
        return super().get_queryset(request).select_related("predecessor", "successor")
