"""The office's tables of what is planned against the weekly hours; `stations.admin` brings them in."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock
from nuanxin.core.office import OfficeAdmin, act_on_row, actor_of
from nuanxin.core.office_due import DueFilter
from nuanxin.stations import office_describing as describing
from nuanxin.stations import policies
from nuanxin.stations.models import Closure, DatedException

_STATION = ("station__code", "station__name", "station__search_text")


class _WhenFilter(admin.SimpleListFilter):
    """Coming, now, or over; a table says between which moments."""

    title = _("when")
    parameter_name = "when"
    first = "starts_at__lte"
    last = "ends_at__gt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("now")), ("coming", _("coming")), ("over", _("over"))]

    def now(self) -> dt.datetime | dt.date:
        return clock.now()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        begun, lasts = {self.first: self.now()}, {self.last: self.now()}
        if self.value() == "now":
            return queryset.filter(**begun, **lasts)
        if self.value() == "coming":
            return queryset.exclude(**begun)
        return queryset.exclude(**lasts) if self.value() == "over" else queryset


class _DaysFilter(_WhenFilter):
    first = "first_on__lte"
    last = "last_on__gte"

    def now(self) -> dt.date:
        return clock.civil_date()


class _OfStation(OfficeAdmin[Any]):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("station__union")

    def has_keep_permission(self, request: HttpRequest, object_id: str) -> bool:
        row = self.subject(request, object_id)
        return bool(policies.can_keep_station(actor_of(request), row.station))


@admin.register(Closure)
class ClosureAdmin(_OfStation):
    list_display = ("station", "starts_at", "ends_at", "reason", "note", "filed_at")
    list_filter = (DueFilter, _WhenFilter, "reason")
    search_fields = (*_STATION, "note")
    fields = ("station", "starts_at", "ends_at", "reason", "note", "filed_at", "filed_by")
    ordering = ("-starts_at", "id")
    actions_detail = ("withdraw",)

    withdraw = act_on_row(describing.WithdrawThisClosureForm, "withdraw", may="keep")


@admin.register(DatedException)
class DatedExceptionAdmin(_OfStation):
    list_display = ("station", "first_on", "last_on", "hours")
    list_filter = (_DaysFilter,)
    search_fields = (*_STATION, "hours")
    fields = ("station", "first_on", "last_on", "hours")
    ordering = ("-first_on", "id")
    actions_detail = ("withdraw",)

    withdraw = act_on_row(describing.WithdrawExceptionForm, "withdraw", may="keep")
