"""Roles handed over: who acts for whom, over which union, until when."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts import policies
from nuanxin.accounts.delegation_forms import DelegateForm, EndDelegationForm
from nuanxin.accounts.models import Delegation
from nuanxin.core.actors import Role
from nuanxin.core.office import OfficeAdmin, act_on_row, act_on_table, actor_of
from nuanxin.core.office_due import DueFilter
from nuanxin.unions.models import Union


@admin.register(Delegation)
class DelegationAdmin(OfficeAdmin[Delegation]):
    list_display = ("holder", "colleague", "union", "starts_on", "ends_on", "in_force")
    list_display_links = ("holder",)
    list_filter = (DueFilter, ("ended_at", admin.EmptyFieldListFilter), "ends_on")
    search_fields = (
        "grant__user__username",
        "grant__user__display_name",
        "to_user__username",
        "to_user__display_name",
    )
    fields = (
        "holder", "colleague", "union", "starts_on", "ends_on", "in_force", "reason", "given_at", "ended_at",
        "ended_by",
    )  # fmt: skip
    actions_list = ("hand_over",)
    actions_detail = ("take_back",)

    hand_over = act_on_table(DelegateForm, "hand_over", may="hand_over")
    take_back = act_on_row(EndDelegationForm, "take_back", may="end")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delegation]:
        rows = super().get_queryset(request)
        return rows.select_related("grant__user", "grant__union", "to_user")

    @admin.display(description=_("role of"), ordering="grant__user__display_name")
    def holder(self, delegation: Delegation) -> str:
        return str(delegation.grant.user)

    # by name: the page of a colleague elsewhere is not the reader's to open
    @admin.display(description=_("handed to"), ordering="to_user__display_name")
    def colleague(self, delegation: Delegation) -> str:
        return str(delegation.to_user)

    @admin.display(description=_("union"), ordering="grant__union__path")
    def union(self, delegation: Delegation) -> Union | None:
        return delegation.grant.union

    @admin.display(description=_("in force today"), boolean=True)
    def in_force(self, delegation: Delegation) -> bool:
        return delegation.is_in_force

    def has_hand_over_permission(self, request: HttpRequest) -> bool:
        scopes = actor_of(request).scopes
        return any(scope.role == Role.OFFICER and not scope.on_behalf for scope in scopes)

    def has_end_permission(self, request: HttpRequest, object_id: str) -> bool:
        delegation = self.subject(request, object_id)
        may = policies.can_end_delegation(actor_of(request), delegation)
        return not delegation.is_over and bool(may)
