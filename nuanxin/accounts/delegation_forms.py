"""Forms of roles that are handed over for a while."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from nuanxin.accounts import delegation
from nuanxin.accounts.delegation import DAYS_MOST
from nuanxin.accounts.delegation_models import user_key
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Delegation, Grant, User
from nuanxin.core import clock
from nuanxin.core.office_forms import DateField, OfficeForm


class UserField(forms.CharField):
    """A colleague, typed by the user name."""

    def clean(self, value: Any) -> User | None:
        """Return the colleague."""
        name = super().clean(value)
        user = User.objects.filter(username=name.strip().casefold()).first()
        if user is None:
            raise forms.ValidationError(_("Nobody has this user name."))
        return user


class _GrantField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.union)


class DelegateForm(OfficeForm):
    """Hands one of the actor's own roles to a colleague."""

    title = _("Hand a role over")
    hint = _(
        "While you are on leave a colleague acts in your place, for the union and everything below it. "
        "What they do is written down as done for you. You keep your role, and may take it back at any time."
    )
    grant = _GrantField(label=_("your role over"), queryset=Grant.objects.none())
    to_user = UserField(
        label=_("hand over to"), max_length=60, help_text=_("User name of another officer.")
    )
    starts_on = DateField(label=_("first day"))
    ends_on = DateField(label=_("last day"))
    reason = forms.CharField(label=_("reason"), max_length=120, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Grant.objects.in_force().filter(role=GrantedRole.OFFICER)
        roles = (
            own.filter(user=user_key(self.by))
            .select_related("union", "user")
            .order_by("union__path")
        )
        field = cast("forms.ModelChoiceField[Grant]", self.fields["grant"])
        field.queryset = roles
        if len(roles) == 1:
            field.initial = roles[0].pk
        self.fields["starts_on"].initial = clock.civil_date()
        self.fields["ends_on"].help_text = _("%(days)d days at most.") % {"days": DAYS_MOST}

    def perform(self) -> Delegation:
        """Hand it over."""
        self.made = delegation.delegate_role(by=self.by, **self.cleaned_data)
        return cast("Delegation", self.made)


class EndDelegationForm(OfficeForm):
    """Ends what was handed over before its last day."""

    title = _("Take the role back")
    hint = _("The colleague acts no more from now on; the row stays as history.")

    def perform(self) -> Delegation:
        """End it."""
        return delegation.end_delegation(delegation=self.subject, by=self.by)
