from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm

from nuanxin.accounts import services
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.core.office_forms import OfficeForm
from nuanxin.unions.office_forms import UnionField


class CreateUserForm(OfficeForm):
    title = _("Create a user")
    hint = _("A new user holds no role; grant one afterwards.")
    username = forms.CharField(label=_("user name"), max_length=60)
    display_name = forms.CharField(label=_("name"), max_length=60)
    phone = forms.CharField(label=_("phone"), max_length=20, required=False)
    password = forms.CharField(
        label=_("first password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def perform(self) -> User:
        return services.create_user(**self.cleaned_data, by=self.by)


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]  # Unfold ships no types
    """Django's form of one's own password, saved by our service."""

    def save(self, commit: bool = True) -> User:
        password = self.cleaned_data["new_password1"]
        return services.change_password(user=self.user, password=password, by=self.user)


class GrantRoleForm(OfficeForm):
    title = _("Grant a role")
    role = forms.ChoiceField(label=_("role"), choices=GrantedRole.choices)
    union = UnionField(
        label=_("union"),
        required=False,
        help_text=_(
            "Code of the union. Only an administrator's role may stand without one: "
            "it covers the whole tree."
        ),
    )

    def perform(self) -> Grant:
        values: dict[str, Any] = self.cleaned_data
        return services.grant_role(
            user=self.subject, role=GrantedRole(values["role"]), union=values["union"], by=self.by
        )


class EndGrantForm(OfficeForm):
    title = _("End this role")
    hint = _("The role ends now; the row stays as history.")

    def perform(self) -> Grant:
        return services.end_grant(grant=self.subject, by=self.by)
