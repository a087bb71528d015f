"""Forms of the two doors."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts.keepers import PIN_DIGITS
from nuanxin.core.errors import DomainError


class RefusableForm(forms.Form):
    """A form that can show the refusal of a service beside its fields."""

    status = 422

    def refuse(self, error: DomainError) -> None:
        """Show an expected refusal beside its fields, or above them all."""
        self.status = error.status
        own = {name: text for name, text in error.fields.items() if name in self.fields}
        for name, text in own.items():
            self.add_error(name, str(text))
        if not own:
            self.add_error(None, str(error.message))


class StaffSignInForm(AuthenticationForm):
    """User name and password; says when there were too many tries."""

    status = 200

    def clean(self) -> dict[str, Any]:
        """Check the password, as often as the limits allow."""
        try:
            return super().clean()
        except DomainError as error:
            self.status = error.status
            raise ValidationError(str(error.message), code=error.code) from error


class CodeForm(RefusableForm):
    """A code of the authenticator, or a recovery code in its place."""

    code = forms.CharField(
        label=_("Six-digit code"),
        required=False,
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
        ),
    )
    recovery = forms.CharField(
        label=_("Recovery code"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values: dict[str, Any] = super().clean() or {}
        if not (values.get("code") or values.get("recovery")):
            self.add_error("code", _("Type the code."))
        return values

    @property
    def typed(self) -> str:
        """Return what was typed, in whichever field."""
        return str(self.cleaned_data["code"] or self.cleaned_data["recovery"])


class EnrolForm(RefusableForm):
    """The first code of a new authenticator."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "code"}
        ),
    )


def _new_password(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=128, strip=False, widget=widget)


class ChoosePasswordForm(RefusableForm):
    """A first password, typed twice."""

    password = _new_password(_("New password"))
    repeated = _new_password(_("The same password again"))


def _pin_field(label: Any, autocomplete: str) -> forms.CharField:
    attrs = {"inputmode": "numeric", "autocomplete": autocomplete, "class": "code"}
    return forms.CharField(
        label=label, max_length=PIN_DIGITS, strip=True, widget=forms.PasswordInput(attrs=attrs)
    )


class PinForm(RefusableForm):
    """The PIN of a desk link."""

    pin = _pin_field(_("PIN"), "current-password")


class ChoosePinForm(RefusableForm):
    """A new PIN, typed twice."""

    pin = _pin_field(_("New PIN, six digits"), "new-password")
    repeated = _pin_field(_("The same PIN again"), "new-password")
