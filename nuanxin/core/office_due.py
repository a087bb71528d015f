"""What waits for an officer, on the first page of the office and as a filter of the lists."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nuanxin.core import clock, due
from nuanxin.core.due import DueItem
from nuanxin.core.office import actor_of


class DueFilter(admin.SimpleListFilter):
    """Keeps the rows that wait for the reader, as the first page counts them."""

    title = gettext_lazy("waits for you")
    parameter_name = due.PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the kinds of work of this table."""
        opts = model_admin.opts
        kinds = due.kinds_of(f"{opts.app_label}_{opts.model_name}")
        self._rows = {kind.name: kind.rows for kind in kinds}
        return [(kind.name, kind.what) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Keep the rows of the kind that was chosen."""
        rows = self._rows.get(self.value() or "")
        if rows is None:
            return None
        found = rows(actor_of(request), clock.now())
        return queryset.filter(pk__in=found.order_by().values("pk"))


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Give the first page what waits for its reader; Unfold calls this."""
    today = clock.civil_date()
    items = due.due_for(actor_of(request), now=clock.now())
    lines = [
        {"item": item, "href": _address(item), "told": _told(item, today), "is_late": _is_late(item, today)}
        for item in items
    ]  # fmt: skip
    is_doer = any(scope.role in due.DOERS for scope in actor_of(request).scopes)
    return {**context, "due_lines": lines, "is_doer": is_doer}


def _address(item: DueItem) -> str:
    address = reverse(item.url_name, args=item.url_args)
    return f"{address}?{item.query}" if item.query else address


def _is_late(item: DueItem, today: dt.date) -> bool:
    return item.is_deadline and item.on is not None and item.on < today


def _told(item: DueItem, today: dt.date) -> str:
    """Say since when, or by when."""
    if item.on is None:
        return ""
    days = abs((item.on - today).days)
    if item.on == today:
        sentence = _("due today") if item.is_deadline else _("waits since today")
    elif not item.is_deadline:
        sentence = ngettext("waits since %(on)s, %(days)d day", "waits since %(on)s, %(days)d days", days)  # fmt: skip
    elif item.on < today:
        sentence = ngettext("was due on %(on)s, %(days)d day ago", "was due on %(on)s, %(days)d days ago", days)  # fmt: skip
    else:
        sentence = ngettext("first due on %(on)s, in %(days)d day", "first due on %(on)s, in %(days)d days", days)  # fmt: skip
    return sentence % {"on": item.on, "days": days}
