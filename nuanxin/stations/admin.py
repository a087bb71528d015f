from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from nuanxin.core.office import OfficeAdmin, OfficeInline, act_on_row, act_on_table, actor_of
from nuanxin.regions.models import Division
from nuanxin.stations import (
    door_admin as door_admin,  # registers the tables of what is told at doors
)
from nuanxin.stations import office_describing as describing
from nuanxin.stations import office_forms as forms
from nuanxin.stations import (
    plan_admin as plan_admin,  # registers the tables of what is planned
)
from nuanxin.stations import policies
from nuanxin.stations.hours_words import hours_sentences
from nuanxin.stations.models import (
    Brand,
    Closure,
    DatedException,
    EvidenceLine,
    Facility,
    Host,
    Outlet,
    Standard,
    StandardItem,
    Station,
    StationFacility,
    StationGroup,
    StationPhoto,
    WelcomedGroup,
)
from nuanxin.stations.office_export import ExportForm
from nuanxin.stations.office_week import OutletWeekForm, WeekForm


class CountyFilter(admin.SimpleListFilter):
    title = _("county")
    parameter_name = "county"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stations = Station.objects.visible_to(actor_of(request)).order_by()
        codes = stations.values(county=Left("division_id", 6)).distinct()
        counties = Division.objects.filter(pk__in=codes).order_by("code")
        return list(counties.values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Station]) -> QuerySet[Station]:
        code = self.value()
        return queryset.filter(division__in=Division.objects.under(code)) if code else queryset


class OnMapFilter(admin.SimpleListFilter):
    title = _("public map")
    parameter_name = "listed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("listed")), ("no", _("not listed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Station]) -> QuerySet[Station]:
        listed = Station.objects.listed().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=listed)
        return queryset.exclude(pk__in=listed) if self.value() == "no" else queryset


class FacilityInline(OfficeInline[StationFacility, Station]):
    model = StationFacility
    fields = ("facility", "condition", "expires_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StationFacility]:
        return super().get_queryset(request).select_related("facility").order_by("facility__rank")


class GroupInline(OfficeInline[StationGroup, Station]):
    model = StationGroup
    fields = ("group",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StationGroup]:
        return super().get_queryset(request).select_related("group").order_by("group__rank")


class ExceptionInline(OfficeInline[DatedException, Station]):
    model = DatedException
    fields = ("first_on", "last_on", "hours")
    ordering = ("-first_on",)


class ClosureInline(OfficeInline[Closure, Station]):
    model = Closure
    fields = ("starts_at", "ends_at", "reason", "note", "filed_at", "filed_by")
    ordering = ("-starts_at",)


class EvidenceInline(OfficeInline[EvidenceLine, Station]):
    model = EvidenceLine
    fields = ("kind", "at", "weight")
    ordering = ("-at",)


class PhotoInline(OfficeInline[StationPhoto, Station]):
    model = StationPhoto
    fields = ("kind", "caption", "taken_on", "added_at")
    show_change_link = True


def _bring_list(self: Any, request: HttpRequest) -> HttpResponse:
    """Lead to where sheets of all kinds are brought."""
    return HttpResponseRedirect(reverse("admin:sheets_importbatch_bring"))


_bring_list.__name__ = (
    "bring_list"  # Unfold finds the place of a button by the name of its function
)


@admin.register(Station)
class StationAdmin(OfficeAdmin[Station]):
    list_display = (
        "code",
        "name",
        "brand",
        "division",
        "address",
        "tier",
        "lifecycle",
        "is_listed",
    )
    list_filter = (CountyFilter, "lifecycle", OnMapFilter, "tier", "brand")
    search_fields = ("code", "name", "address", "search_text")
    list_display_links = ("code", "name")
    fieldsets = (
        (
            None,
            {"fields": ("code", "name", "brand", "tier", "union", "outlet", "division", "address")},
        ),
        (
            _("On the map"),
            {
                "fields": (
                    "lifecycle",
                    "accepted_on",
                    "lat_wgs84",
                    "lon_wgs84",
                    "coordinates_checked_at",
                    "source_datum",
                    "source_y",
                    "source_x",
                )
            },
        ),
        (_("Hours"), {"fields": ("staffed_hours", "self_service_hours", "inherited_hours")}),
        (
            _("At the door"),
            {
                "fields": (
                    "access",
                    "entrance",
                    "street",
                    "floor",
                    "floors_count",
                    "area_m2",
                    "parking",
                    "manager_name",
                    "manager_phone",
                )
            },
        ),
    )
    inlines = (
        FacilityInline,
        GroupInline,
        ExceptionInline,
        ClosureInline,
        EvidenceInline,
        PhotoInline,
    )
    actions_list = ("bring_list", "export_stations")
    actions_detail = (
        "set_hours",
        "file_closure",
        {
            "title": _("More acts"),
            "items": [
                "withdraw_closure",
                "set_exception",
                "describe",
                "set_facility",
                "set_groups",
                "check_coordinates",
                "set_lifecycle",
                "add_photo",
                "enter_keeper",
                "name_keeper",
                "signs",
                "void_door_codes",
            ],
        },
    )

    bring_list = action(
        description=_("Bring a sheet"), url_path="bring-list", permissions=["enter"]
    )(_bring_list)
    export_stations = act_on_table(ExportForm, "export_stations", may="export")
    set_hours = act_on_row(WeekForm, "set_hours", may="keep")
    file_closure = act_on_row(forms.ClosureForm, "file_closure", may="keep")
    withdraw_closure = act_on_row(forms.WithdrawClosureForm, "withdraw_closure", may="keep")
    set_exception = act_on_row(forms.ExceptionForm, "set_exception", may="keep")
    describe = act_on_row(describing.DescribeForm, "describe", may="edit")
    set_facility = act_on_row(describing.FacilityStateForm, "set_facility", may="edit")
    set_groups = act_on_row(describing.GroupsForm, "set_groups", may="edit")
    check_coordinates = act_on_row(forms.CoordinatesForm, "check_coordinates", may="edit")
    set_lifecycle = act_on_row(forms.LifecycleForm, "set_lifecycle", may="edit")
    add_photo = act_on_row(forms.PhotoForm, "add_photo", may="edit")
    enter_keeper = act_on_row(forms.EnterKeeperForm, "enter_keeper", may="edit")
    name_keeper = act_on_row(forms.NameKeeperForm, "name_keeper", may="edit")
    signs = act_on_row(forms.SignsForm, "signs", may="keep")
    void_door_codes = act_on_row(forms.VoidCodesForm, "void_door_codes", may="edit")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Station]:
        rows = super().get_queryset(request)
        return rows.select_related("brand", "division", "union", "outlet__host")

    def has_enter_permission(self, request: HttpRequest) -> bool:
        # for which unions, the import asks row by row
        return bool(policies.can_enter_somewhere(actor_of(request)))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(policies.can_export_stations(actor_of(request)))

    def has_edit_permission(self, request: HttpRequest, object_id: str) -> bool:
        station = self.subject(request, object_id)
        return bool(policies.can_edit_station(actor_of(request), station))

    def has_keep_permission(self, request: HttpRequest, object_id: str) -> bool:
        station = self.subject(request, object_id)
        return bool(policies.can_keep_station(actor_of(request), station))

    def view_on_site(self, station: Station) -> str | None:
        return (
            reverse("stations:station_detail", args=(station.code,)) if station.is_listed else None
        )

    @admin.display(description=_("on the map"), boolean=True)
    def is_listed(self, station: Station) -> bool:
        return station.is_listed

    @admin.display(description=_("hours that apply"))
    def inherited_hours(self, station: Station) -> str:
        return (
            " · ".join(_(", ").join(hours_sentences(text)) for text in station.posted_hours if text)
            or "-"
        )


@admin.register(StationPhoto)
class StationPhotoAdmin(OfficeAdmin[StationPhoto]):
    list_display = ("station", "kind", "caption", "taken_on", "added_at")
    list_filter = ("kind",)
    search_fields = ("station__code", "station__name", "station__search_text", "caption")
    fields = ("picture", "station", "kind", "caption", "taken_on", "added_at", "added_by")
    ordering = ("-added_at",)
    actions_detail = ("withdraw",)

    withdraw = act_on_row(forms.WithdrawPhotoForm, "withdraw", may="edit")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StationPhoto]:
        return super().get_queryset(request).select_related("station__union")

    def has_edit_permission(self, request: HttpRequest, object_id: str) -> bool:
        photo = self.subject(request, object_id)
        return bool(policies.can_edit_station(actor_of(request), photo.station))

    @admin.display(description=_("picture"))
    def picture(self, photo: StationPhoto) -> str:
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}" class="h-auto max-w-full rounded-default">',
            photo.href,
            photo.width_px,
            photo.height_px,
            photo.station,
        )


class _Catalogue(OfficeAdmin[Any]):
    """Words that every union reads and administrators keep."""

    is_shared = True
    list_display: tuple[str, ...] = ("code", "name_zh", "name_en", "rank")
    search_fields = ("code", "name_zh", "name_en")
    actions_list = ("enter",)
    actions_detail: tuple[str, ...] = ("reword",)

    def has_edit_permission(self, request: HttpRequest, object_id: str = "") -> bool:
        return bool(policies.can_edit_catalogue(actor_of(request)))


@admin.register(Brand)
class BrandAdmin(_Catalogue):
    enter = act_on_table(forms.BrandForm, "enter", may="edit")
    reword = act_on_row(forms.BrandForm, "reword", may="edit")


@admin.register(WelcomedGroup)
class WelcomedGroupAdmin(_Catalogue):
    enter = act_on_table(forms.GroupForm, "enter", may="edit")
    reword = act_on_row(forms.GroupForm, "reword", may="edit")


@admin.register(Facility)
class FacilityAdmin(_Catalogue):
    list_display = ("code", "name_zh", "name_en", "is_basic", "is_filter", "rank")
    enter = act_on_table(forms.FacilityForm, "enter", may="edit")
    reword = act_on_row(forms.FacilityForm, "reword", may="edit")


class StandardItemInline(OfficeInline[StandardItem, Standard]):
    model = StandardItem
    fields = ("rank", "code", "name_zh", "name_en")


@admin.register(Standard)
class StandardAdmin(_Catalogue):
    list_display = ("code", "name_zh", "name_en", "division", "rank")
    list_select_related = ("division",)
    inlines = (StandardItemInline,)
    actions_detail = ("reword", "keep_item")
    enter = act_on_table(forms.StandardForm, "enter", may="edit")
    reword = act_on_row(forms.StandardForm, "reword", may="edit")
    keep_item = act_on_row(forms.StandardItemForm, "keep_item", may="edit")


class OutletInline(OfficeInline[Outlet, Host]):
    model = Outlet
    fields = ("name", "address", "staffed_hours", "self_service_hours")
    show_change_link = True


@admin.register(Host)
class HostAdmin(OfficeAdmin[Host]):
    is_shared = True
    list_display = ("name", "kind", "uscc")
    list_filter = ("kind",)
    search_fields = ("name", "uscc", "search_text")
    fields = ("name", "kind", "uscc")
    inlines = (OutletInline,)
    actions_detail = ("close_outlets", "name_keeper")

    close_outlets = act_on_row(describing.CloseOutletsForm, "close_outlets", may="close")
    name_keeper = act_on_row(forms.NameHostKeeperForm, "name_keeper", may="name")

    def has_name_permission(self, request: HttpRequest, object_id: str) -> bool:
        return bool(policies.can_name_keeper(actor_of(request), union_path=""))

    def has_close_permission(self, request: HttpRequest, object_id: str) -> bool:
        host = self.subject(request, object_id)
        return bool(policies.can_close_outlets(actor_of(request), host))


@admin.register(Outlet)
class OutletAdmin(OfficeAdmin[Outlet]):
    is_shared = True
    list_display = ("name", "host", "address", "staffed_hours", "self_service_hours")
    list_filter = ("host__kind",)
    list_select_related = ("host",)
    search_fields = ("name", "host__name", "address", "search_text", "host__search_text")
    fields = ("name", "host", "address", "staffed_hours", "self_service_hours")
    actions_detail = ("set_hours",)

    set_hours = act_on_row(OutletWeekForm, "set_hours", may="edit")

    def has_edit_permission(self, request: HttpRequest, object_id: str) -> bool:
        outlet = self.subject(request, object_id)
        return bool(policies.can_edit_outlet(actor_of(request), outlet))
