"""The members on a day: the page of figures, and the filters that open a figure into its rows."""

import datetime as dt
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from nuanxin.core import clock
from nuanxin.core.errors import Text
from nuanxin.core.office import actor_of
from nuanxin.core.office_due import DueFilter
from nuanxin.core.office_forms import DateField, dress
from nuanxin.workers import statistics
from nuanxin.workers.models import Membership, MembershipQuerySet, WorkerGroup
from nuanxin.workers.statistics import Figure, MemberStatistics


class DayForm(forms.Form):
    on = DateField(label=_("as of"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"on": clock.civil_date()})
        dress(self)


def day_of(request: HttpRequest) -> dt.date:
    """Return the day a page speaks of: today, unless the address names one."""
    try:
        return parse_date(request.GET.get("on", "")) or clock.civil_date()
    except ValueError:  # well formed, and no day
        return clock.civil_date()


class OnDayFilter(admin.SimpleListFilter):
    title = _("members on a day")
    parameter_name = "on"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        days = {day_of(request), clock.civil_date()}
        return [(day.isoformat(), day.isoformat()) for day in sorted(days)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if not self.value():
            return None
        # the list keeps to the reader's scopes already
        return statistics.standing_on(cast("MembershipQuerySet", queryset), day_of(request))


class FormFilter(admin.SimpleListFilter):
    title = _("form of employment")
    parameter_name = "form"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(statistics.FORMS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        form = self.value()
        return statistics.with_form(queryset, form, day_of(request)) if form else None


class GroupFilter(admin.SimpleListFilter):
    title = _("group")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(group.pk, str(group)) for group in WorkerGroup.objects.order_by("rank", "code")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        group = self.value()
        return statistics.with_group(queryset, group, day_of(request)) if group else None


class CountyFilter(admin.SimpleListFilter):
    title = _("county")
    parameter_name = "county"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return statistics.counties_of(actor_of(request))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        code = self.value()
        return statistics.with_county(queryset, code) if code else None


FILTERS = (DueFilter, "state", "channel", OnDayFilter, FormFilter, GroupFilter, CountyFilter)


def _show(self: Any, request: HttpRequest) -> HttpResponse:
    """Show the members on a day; the day comes in the address, so that the page can be sent on."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    form = DayForm(request.GET) if "on" in request.GET else DayForm()
    rows = reverse(f"admin:{Membership._meta.app_label}_membership_changelist")
    context = {
        **self.admin_site.each_context(request),
        "title": str(page.short_description),
        "opts": self.opts,
        "form": form,
        "back_href": rows,
        "inline_admin_formsets": [],
    }
    if not form.is_bound or form.is_valid():
        on = day_of(request)
        found = statistics.member_statistics(actor_of(request), on=on)
        context |= {"found": found, "tables": _tables(found, rows)}
        context["all_href"] = f"{rows}?{urlencode({'on': on})}"
    return TemplateResponse(
        request, "workers/office/statistics.html", context, status=422 if form.errors else 200
    )


_show.__name__ = "statistics"  # Unfold finds the place of a button by the name of its function
page = action(description=_("Figures"), url_path="statistics", permissions=["view"])(_show)


class Table(NamedTuple):
    """Figures of one kind, each with its bar and the way to its rows."""

    title: Text
    hint: Text
    lines: list[dict[str, Any]]


def _tables(found: MemberStatistics, rows: str) -> list[Table]:
    def lines(name: str, figures: tuple[Figure, ...]) -> list[dict[str, Any]]:
        most = max((figure.people_count for figure in figures), default=1)
        return [
            {
                "figure": figure,
                "width": 100 * figure.people_count / most,
                "share": 100 * figure.people_count / found.people_count,
                "href": f"{rows}?{urlencode({'on': found.on, name: figure.key})}",
            }
            for figure in figures
        ]

    return [
        Table(
            _("By form of employment"),
            _("Every member once: whoever does any work of a new form counts there."),
            lines("form", found.by_form),
        ),
        Table(
            _("By group"),
            _(
                "A member of several groups counts once in each, so that these may sum to more than all."
            ),
            lines("group", found.by_group),
        ),
        Table(
            _("By county of the union"),
            _("By the place of the union; a union of a city or a province stands under its own."),
            lines("county", found.by_county),
        ),
    ]
