"""The page of the export, and the button that carries the filter of the list there."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from nuanxin.workers.office_export import Chosen, ExportForm

_PATH = "admin:workers_membership_export_members"
# of the address of a list: the page and the order of the rows, which no export asks for
_NO_FILTERS = {"p", "o", "e", "all"}


def _export(self: Any, request: HttpRequest) -> HttpResponseBase:
    try:
        listing = self.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect(reverse("admin:workers_membership_changelist"))
    filters = {n: str(value) for n, value in request.GET.items() if n not in _NO_FILTERS}
    chosen = Chosen(listing.queryset, filters, _told(listing))
    answer: HttpResponseBase = self.act(request, ExportForm.of(chosen))
    return answer


def _told(listing: Any) -> list[str]:
    """Say how a list is filtered, in the words of its filters; the first choice of each is all."""
    told = [str(listing.query)] if listing.query else []
    for spec in listing.filter_specs:
        _all, *choices = spec.choices(listing)
        told += [f"{spec.title}: {choice['display']}" for choice in choices if choice["selected"]]
    return told


_export.__name__ = (
    "export_members"  # Unfold finds the place of a button by the name of its function
)
page = action(
    description=ExportForm.title, url_path="export-members", permissions=["export_members"]
)(_export)


def carry_filter(response: Any, request: HttpRequest) -> None:
    """Let the button lead to the export of the rows that are shown."""
    context = getattr(response, "context_data", None) or {}
    query = request.GET.urlencode()
    for button in context.get("actions_list", ()):
        if query and button.get("path") == reverse(_PATH):
            button["path"] += f"?{query}"
