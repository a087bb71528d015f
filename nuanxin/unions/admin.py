import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock
from nuanxin.core.office import OfficeAdmin, OfficeInline, act_on_row, actor_of
from nuanxin.core.office_due import DueFilter
from nuanxin.unions import office_forms as forms
from nuanxin.unions import policies, selectors
from nuanxin.unions.enums import UnionState
from nuanxin.unions.models import Election, FoundingItem, FoundingThreshold, Meeting, Union
from nuanxin.unions.vitality import vitality_of

_YEAR = dt.timedelta(days=365)


class ElectionInline(OfficeInline[Election, Union]):
    model = Election
    fields = ("held_on", "term_years", "term_ends_on", "chair_name", "note")
    ordering = ("-held_on",)


class MeetingInline(OfficeInline[Meeting, Union]):
    model = Meeting
    fields = ("held_on", "kind", "attended_count", "note")
    ordering = ("-held_on", "id")


@admin.register(Union)
class UnionAdmin(OfficeAdmin[Union]):
    list_display = ("name", "code", "kind", "state", "is_new_form", "parent", "division")
    list_filter = (DueFilter, "kind", "state", "is_new_form")
    search_fields = ("name", "code", "uscc", "search_text")
    fieldsets = (
        (None, {"fields": ("name", "code", "uscc", "kind", "parent", "path", "division")}),
        (
            _("Life of the union"),
            {
                "fields": (
                    "state",
                    "is_new_form",
                    "preparing_since",
                    "checklist",
                    "founded_on",
                    "term_ends_on",
                    "vitality",
                    "ended_on",
                    "end_reason",
                    "successor",
                )
            },
        ),
    )
    inlines = (ElectionInline, MeetingInline)
    actions_detail = (
        "enter_below",
        "found_below",
        {
            "title": _("More acts"),
            "items": [
                "correct",
                "keep_steps",
                "approve",
                "hold_election",
                "record_meeting",
                "merge",
                "dissolve",
            ],
        },
    )

    enter_below = act_on_row(forms.EnterBelowForm, "enter_below", may="found")
    found_below = act_on_row(forms.FoundBelowForm, "found_below", may="found")
    correct = act_on_row(forms.CorrectUnionForm, "correct", may="correct")
    keep_steps = act_on_row(forms.StepsForm, "keep_steps", may="prepare")
    approve = act_on_row(forms.ApproveForm, "approve", may="approve")
    hold_election = act_on_row(forms.ElectionForm, "hold_election", may="keep")
    record_meeting = act_on_row(forms.MeetingForm, "record_meeting", may="keep")
    merge = act_on_row(forms.MergeForm, "merge", may="merge")
    dissolve = act_on_row(forms.DissolveForm, "dissolve", may="decide")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Union]:
        rows = super().get_queryset(request)
        return rows.select_related("parent", "division", "successor")

    # a button that the union's state leaves nothing to do for is not shown; the service asks again

    def has_found_permission(self, request: HttpRequest, object_id: str) -> bool:
        union = self.subject(request, object_id)
        decision = policies.can_found_union(actor_of(request), parent_path=union.path)
        return union.is_active and bool(decision)

    def has_correct_permission(self, request: HttpRequest, object_id: str) -> bool:
        union = self.subject(request, object_id)
        decision = policies.can_found_union(actor_of(request), parent_path=union.parent_path)
        return not union.is_ended and bool(decision)

    def has_keep_permission(self, request: HttpRequest, object_id: str) -> bool:
        union = self.subject(request, object_id)
        return not union.is_ended and bool(policies.can_keep_union(actor_of(request), union))

    def has_decide_permission(self, request: HttpRequest, object_id: str) -> bool:
        union = self.subject(request, object_id)
        return not union.is_ended and bool(policies.can_decide_on_union(actor_of(request), union))

    def has_prepare_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._is(UnionState.PREPARING, request, object_id) and self.has_keep_permission(
            request, object_id
        )

    def has_approve_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._is(UnionState.PREPARING, request, object_id) and self.has_decide_permission(
            request, object_id
        )

    def has_merge_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._is(UnionState.ACTIVE, request, object_id) and self.has_decide_permission(
            request, object_id
        )

    def _is(self, state: UnionState, request: HttpRequest, object_id: str) -> bool:
        return self.subject(request, object_id).state == state

    @admin.display(description=_("founding steps"))
    def checklist(self, union: Union) -> str:
        return _once(union, "_checklist", _checklist)

    @admin.display(description=_("signs of life of the last year"))
    def vitality(self, union: Union) -> str:
        return _once(union, "_vitality", _vitality)


def _once(union: Union, name: str, ask: Callable[[Union], str]) -> str:
    """Ask once for each page: the theme reads what a field shows several times."""
    if name not in union.__dict__:
        union.__dict__[name] = ask(union)
    shown: str = union.__dict__[name]
    return shown


def _vitality(union: Union) -> str:
    today = clock.civil_date()
    return " · ".join(str(sign) for sign in vitality_of(union, today - _YEAR, today))


def _checklist(union: Union) -> str:
    if union.preparing_since is None:  # the register brought it as founded
        return "-"
    progress = selectors.founding_progress(union)
    lines = ((_mark(line), line.item, _told(line)) for line in progress.lines)
    return format_html(
        "<p>{}</p><ul>{}</ul>",
        _("%(done)s of %(all)s done") % {"done": progress.done_count, "all": len(progress.lines)},
        format_html_join("", "<li>{} {} {}</li>", lines),
    )


def _mark(line: selectors.ItemProgress) -> str:
    if line.is_done:
        return "✓"
    return "✗" if line.item.is_required else "○"


def _told(line: selectors.ItemProgress) -> str:
    step = line.step
    if step is None:
        return "" if line.item.is_required else str(_("(not required)"))
    told = [str(step.done_on)]
    if step.members_count is not None:
        told.append(f"{_('number of members')} {step.members_count}")
    return " · ".join([*told, step.note] if step.note else told)


class _Checklist(OfficeAdmin[Any]):
    """Read here, kept in ``data/catalogue``."""

    is_shared = True


@admin.register(FoundingItem)
class FoundingItemAdmin(_Checklist):
    list_display = ("name_zh", "name_en", "rank", "is_required", "is_of_upper", "counts_members")
    search_fields = ("code", "name_zh", "name_en")
    fields = ("code", *list_display)


@admin.register(FoundingThreshold)
class FoundingThresholdAdmin(_Checklist):
    list_display = ("kind", "members_least")
    search_fields = ("kind",)
    fields = list_display
