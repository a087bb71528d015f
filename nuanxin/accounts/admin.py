from textwrap import wrap

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts import (
    delegation_admin as delegation_admin,  # registers the table of roles handed over
)
from nuanxin.accounts import keepers, policies, second_factor
from nuanxin.accounts.models import STAFF_ROLES, ConsentText, Grant, User
from nuanxin.accounts.office_forms import (
    CreateUserForm,
    EndGrantForm,
    GrantRoleForm,
    InviteForm,
    InviteManyForm,
    NewDeskLinkForm,
    ResetPasswordForm,
    ResetSecondFactorForm,
    RevokeDeskLinkForm,
    SetContactForm,
    SwitchOffForm,
    SwitchOnForm,
)
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
    fields = (
        "username",
        "display_name",
        "is_active",
        "joined_at",
        "has_phone",
        "has_notice_url",
        "has_second_factor",
        "has_desk_link",
    )
    inlines = (GrantInline,)
    actions_list = ("create_user", "invite_many")
    actions_detail = (
        "grant_role",
        "invite",
        "new_desk_link",
        "revoke_desk_link",
        "set_contact",
        "reset_password",
        "reset_second_factor",
        "switch_off",
        "switch_on",
    )

    @admin.display(description=_("phone on record"), boolean=True)
    def has_phone(self, user: User) -> bool:
        return bool(user.phone_sealed)

    @admin.display(description=_("messenger on record"), boolean=True)
    def has_notice_url(self, user: User) -> bool:
        return bool(user.notice_url_sealed)

    @admin.display(description=_("second step set up"), boolean=True)
    def has_second_factor(self, user: User) -> bool:
        return second_factor.is_enrolled(user)

    @admin.display(description=_("desk link in force"), boolean=True)
    def has_desk_link(self, user: User) -> bool:
        return keepers.has_link(user)

    def has_create_permission(self, request: HttpRequest) -> bool:
        return bool(policies.can_grant(actor_of(request), union_path=""))

    def has_grant_permission(self, request: HttpRequest, object_id: str) -> bool:
        # over which union, the service asks: the button stands for whoever may grant anywhere
        self.subject(request, object_id)
        return any(scope.role == Role.ADMIN for scope in actor_of(request).scopes)

    def has_invite_permission(self, request: HttpRequest, object_id: str) -> bool:
        user = self.subject(request, object_id)
        has_way = user.has_usable_password() or not user.is_active
        is_staff = any(scope.role in STAFF_ROLES for scope in user.held)
        return is_staff and not has_way and self._administers(request, user)

    def has_administer_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._administers(request, self.subject(request, object_id))

    def has_switch_off_permission(self, request: HttpRequest, object_id: str) -> bool:
        user = self.subject(request, object_id)
        is_oneself = user.actor_key == actor_of(request).actor_key
        may = policies.can_switch(actor_of(request), user)
        return user.is_active and not is_oneself and bool(may)

    def has_switch_on_permission(self, request: HttpRequest, object_id: str) -> bool:
        user = self.subject(request, object_id)
        return not user.is_active and bool(policies.can_switch(actor_of(request), user))

    def has_link_permission(self, request: HttpRequest, object_id: str) -> bool:
        user = self.subject(request, object_id)
        is_keeper = any(scope.role == Role.KEEPER for scope in user.held)
        return is_keeper and bool(policies.can_issue_keeper_link(actor_of(request), user))

    def has_contact_permission(self, request: HttpRequest, object_id: str) -> bool:
        user = self.subject(request, object_id)
        return bool(policies.can_set_contact(actor_of(request), user))

    def _administers(self, request: HttpRequest, user: User) -> bool:
        return bool(policies.can_administer(actor_of(request), user))

    create_user = act_on_table(CreateUserForm, "create_user", may="create")
    invite_many = act_on_table(InviteManyForm, "invite_many", may="create")
    grant_role = act_on_row(GrantRoleForm, "grant_role", may="grant")
    invite = act_on_row(InviteForm, "invite", may="invite")
    new_desk_link = act_on_row(NewDeskLinkForm, "new_desk_link", may="link")
    revoke_desk_link = act_on_row(RevokeDeskLinkForm, "revoke_desk_link", may="link")
    set_contact = act_on_row(SetContactForm, "set_contact", may="contact")
    reset_password = act_on_row(ResetPasswordForm, "reset_password", may="administer")
    reset_second_factor = act_on_row(ResetSecondFactorForm, "reset_second_factor", may="administer")
    switch_off = act_on_row(SwitchOffForm, "switch_off", may="switch_off")
    switch_on = act_on_row(SwitchOnForm, "switch_on", may="switch_on")


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


@admin.register(ConsentText)
class ConsentTextAdmin(OfficeAdmin[ConsentText]):
    is_shared = True
    list_display = ("title", "purpose", "version", "is_required", "effective_on")
    list_filter = ("purpose", "is_required")
    search_fields = ("title_zh", "title_en", "body_zh", "body_en")
    fields = (
        "purpose",
        "version",
        "is_required",
        "effective_on",
        "title_zh",
        "body_zh",
        "title_en",
        "body_en",
        "digest",
    )

    @admin.display(description=_("title"), ordering="title_zh")
    def title(self, text: ConsentText) -> str:
        return text.title

    @admin.display(description=_("fingerprint of the words"))
    def digest(self, text: ConsentText) -> str:
        """Show it in groups: it is read aloud, and fits a narrow screen."""
        return " ".join(wrap(text.digest, 8))
