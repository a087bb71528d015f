from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm

from nuanxin.accounts import invitations, keepers, limits, second_factor, services
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.core.errors import DomainError
from nuanxin.core.office_forms import OfficeForm
from nuanxin.core.qr import qr_svg
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import ImportBatch
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
        required=False,
        help_text=_("Leave it empty for whoever comes in by an invitation or a desk link."),
    )

    def perform(self) -> User:
        values = self.cleaned_data | {"password": self.cleaned_data["password"] or None}
        return services.create_user(**values, by=self.by)


class OwnPasswordForm(AdminOwnPasswordChangeForm):  # type: ignore[misc]  # Unfold ships no types
    """Django's form of one's own password, within the limits, saved by our service."""

    def clean_old_password(self) -> str:
        name = self.user.username
        try:  # whoever sits down at an open session has no more tries than at the door
            limits.take(limits.PASSWORD_BY_NAME, name)
        except DomainError as error:
            raise forms.ValidationError(str(error.message), code=error.code) from error
        old_password: str = super().clean_old_password()
        limits.forgive(limits.PASSWORD_BY_NAME, name)
        return old_password

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


class ResetPasswordForm(OfficeForm):
    title = _("Reset the password")
    hint = _("The sessions of this user end. Tell them the new password in person.")
    password = forms.CharField(
        label=_("new password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def perform(self) -> User:
        return services.reset_password(
            user=self.subject, password=self.cleaned_data["password"], by=self.by
        )


class ResetSecondFactorForm(OfficeForm):
    title = _("Reset the second step")
    hint = _(
        "Make sure in person that this is the user, not somebody who holds their password. "
        "Their sessions end, and the next sign-in sets up another authenticator."
    )

    def perform(self) -> None:
        second_factor.reset_second_factor(user=self.subject, by=self.by)


class SwitchOffForm(OfficeForm):
    title = _("Switch off")
    hint = _("The user can no longer sign in, and their sessions end now. Their roles stay.")

    def perform(self) -> User:
        return services.switch_user(user=self.subject, is_active=False, by=self.by)


class SwitchOnForm(OfficeForm):
    title = _("Switch on")
    hint = _("The user can sign in again, with the roles they hold.")

    def perform(self) -> User:
        return services.switch_user(user=self.subject, is_active=True, by=self.by)


class NewDeskLinkForm(OfficeForm):
    title = _("New desk link")
    hint = _("A personal link with which the keeper opens the desk on a phone, and chooses a PIN.")
    once_template = "accounts/office/desk_link.html"
    is_understood = forms.BooleanField(
        label=_("A link given out before stops working, and its PIN is forgotten.")
    )

    def perform(self) -> None:
        self.path = keepers.issue_keeper_link(user=self.subject, by=self.by)

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        link = absolute(self.path)
        return {"link": link, "qr": qr_svg(link)}


class InviteForm(OfficeForm):
    title = _("Invite")
    hint = _("A link with which the user chooses a first password. It works once, for seven days.")
    once_template = "accounts/office/invitation.html"
    is_understood = forms.BooleanField(
        label=_("An invitation given out before stops working."), required=True
    )

    def perform(self) -> None:
        self.path = invitations.invite(user=self.subject, by=self.by)

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        link = absolute(self.path)
        return {"link": link, "qr": qr_svg(link)}


class InviteManyForm(OfficeForm):
    title = _("Invite those of a staff list")
    hint = _(
        "Everybody of an imported list who has not chosen a password yet gets a link of their own."
    )
    once_template = "accounts/office/invitations.html"
    batch = forms.ModelChoiceField(label=_("staff list"), queryset=ImportBatch.objects.none())
    is_understood = forms.BooleanField(
        label=_("Invitations given out before stop working."), required=True
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        applied = ImportBatch.objects.filter(kind="user", state=BatchState.APPLIED)
        visible = applied.visible_to(self.by).order_by("-applied_at")
        self.fields["batch"].queryset = visible  # type: ignore[attr-defined]

    def perform(self) -> None:
        self.invited = invitations.invite_those_of(batch=self.cleaned_data["batch"], by=self.by)

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        return {"invited": [(user, absolute(path)) for user, path in self.invited]}


class RevokeDeskLinkForm(OfficeForm):
    title = _("Withdraw the desk link")
    hint = _("The link stops working, and the sessions of the keeper end now.")

    def perform(self) -> None:
        keepers.revoke_keeper_link(user=self.subject, by=self.by)


class SetContactForm(OfficeForm):
    title = _("Contact for notices")
    hint = _("What stands here already is not shown; it is replaced by what you type.")
    phone = forms.CharField(label=_("phone"), max_length=20, required=False)
    notice_url = forms.CharField(
        label=_("messenger"),
        max_length=300,
        required=False,
        help_text=_("Address of a group robot, such as wecombot://key."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def perform(self) -> User:
        return services.set_contact(user=self.subject, **self.cleaned_data, by=self.by)
