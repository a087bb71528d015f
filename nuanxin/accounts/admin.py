from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts import policies
from nuanxin.accounts.models import Grant, User
from nuanxin.accounts.office_forms import CreateUserForm, EndGrantForm, GrantRoleForm
from nuanxin.core.actors import Role
from nuanxin.core.office import OfficeAdmin, OfficeInline, act_on_row, act_on_table, actor_of


class GrantInline(OfficeInline[Grant, User]):
    model = Grant
    fields = ("role", "union", "granted_at", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        rows = Grant.objects.visible_to(actor_of(request))
        return rows.select_related("union").order_by("granted_at", "pk")


@admin.register(User)
class UserAdmin(OfficeAdmin[User]):
    list_display = ("username", "display_name", "is_active", "joined_at")
    list_filter = ("is_active", "grants__role")
    search_fields = ("username", "display_name")
    fields = ("username", "display_name", "is_active", "joined_at", "has_phone")
    inlines = (GrantInline,)
    actions_list = ("create_user",)
    actions_detail = ("grant_role",)

    @admin.display(description=_("phone on record"), boolean=True)
    def has_phone(self, user: User) -> bool:
        return bool(user.phone_sealed)

    def has_create_permission(self, request: HttpRequest) -> bool:
        return bool(policies.can_grant(actor_of(request), union_path=""))

    def has_grant_permission(self, request: HttpRequest, object_id: str) -> bool:
        # over which union, the service asks: the button stands for whoever may grant anywhere
        self.subject(request, object_id)
        return any(scope.role == Role.ADMIN for scope in actor_of(request).scopes)

    create_user = act_on_table(CreateUserForm, "create_user", may="create")
    grant_role = act_on_row(GrantRoleForm, "grant_role", may="grant")


@admin.register(Grant)
class GrantAdmin(OfficeAdmin[Grant]):
    list_display = ("user", "role", "union", "granted_at", "ended_at")
    list_filter = ("role", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__username", "user__display_name", "union__name")
    fields = ("user", "role", "union", "granted_at", "granted_by", "ended_at", "ended_by")
    actions_detail = ("end_grant",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        return super().get_queryset(request).select_related("user", "union")

    def has_end_permission(self, request: HttpRequest, object_id: str) -> bool:
        grant = self.subject(request, object_id)
        path = grant.union.path if grant.union else ""
        is_allowed = policies.can_grant(actor_of(request), union_path=path)
        return bool(is_allowed) and grant.ended_at is None

    end_grant = act_on_row(EndGrantForm, "end_grant", may="end")
