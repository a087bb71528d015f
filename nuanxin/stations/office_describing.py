"""Acts of the office on what a station says of itself, and on all outlets of a host."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from nuanxin.core.office_forms import DateField, OfficeForm
from nuanxin.stations import describing, outlets, withdrawals
from nuanxin.stations.enums import Access, ClosureReason, Condition
from nuanxin.stations.models import (
    Closure,
    Facility,
    Station,
    StationFacility,
    WelcomedGroup,
)
from nuanxin.stations.office_forms import ClosureForm

_NOT_THERE = "absent"


class DescribeForm(OfficeForm):
    """How to find a station, and whom to call."""

    title = _("Describe the station")
    hint = _("Riders see it on the station's page.")
    name = forms.CharField(label=_("name"), max_length=80)
    address = forms.CharField(label=_("address"), max_length=160)
    street = forms.CharField(label=_("street"), max_length=40, required=False)
    floor = forms.CharField(label=_("floor"), max_length=20, required=False)
    floors_count = forms.IntegerField(label=_("floors"), min_value=1, max_value=99)
    area_m2 = forms.DecimalField(
        label=_("floor area (m²)"), max_digits=7, decimal_places=1, min_value=1, required=False
    )
    entrance = forms.CharField(label=_("way in"), max_length=120, required=False)
    parking = forms.CharField(label=_("parking"), max_length=60, required=False)
    access = forms.ChoiceField(label=_("access"), choices=Access.choices)
    manager_name = forms.CharField(
        label=_("station keeper, as posted"), max_length=40, required=False
    )
    manager_phone = forms.CharField(label=_("telephone, as posted"), max_length=20, required=False)

    def values_now(self) -> dict[str, Any]:
        """Return what stands."""
        return {name: getattr(self.subject, name) for name in describing.DESCRIBED}

    def perform(self) -> Station:
        """Hand the values over."""
        return describing.describe_station(
            station=self.subject, values=self.cleaned_data, by=self.by
        )


class FacilityStateForm(OfficeForm):
    """One facility of a station: there or not, and in which condition."""

    title = _("Set a facility")
    hint = _("What is broken, used up or out of date is shown so to riders at once.")
    facility = forms.ModelChoiceField(label=_("facility"), queryset=Facility.objects.none())
    condition = forms.ChoiceField(
        label=_("condition"), choices=[*Condition.choices, (_NOT_THERE, _("not there"))]
    )
    expires_on = DateField(label=_("consumables expire on"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["facility"]
        field.queryset = Facility.objects.order_by("rank", "code")

    def perform(self) -> StationFacility | None:
        """Hand the values over."""
        values = dict(self.cleaned_data)
        condition = values.pop("condition")
        return describing.set_facility(
            station=self.subject,
            condition=None if condition == _NOT_THERE else Condition(condition),
            **values,
            by=self.by,
        )


class GroupsForm(OfficeForm):
    """The groups a station welcomes."""

    title = _("Set the groups welcomed")
    hint = _("None chosen means that everybody is welcome alike.")
    groups = forms.ModelMultipleChoiceField(
        label=_("groups welcomed"),
        queryset=WelcomedGroup.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["groups"]
        field.queryset = WelcomedGroup.objects.order_by("rank", "code")

    def values_now(self) -> dict[str, Any]:
        """Return what stands."""
        return {"groups": self.subject.group_rows.values_list("group_id", flat=True)}

    def perform(self) -> Station:
        """Hand the groups over."""
        return describing.set_groups(station=self.subject, **self.cleaned_data, by=self.by)


class CloseOutletsForm(ClosureForm):
    """One closure for all outlets of a host."""

    title = _("Close all outlets")
    hint = _("One planned closure for every listed station of this host under your unions.")

    def perform(self) -> Any:
        """File a closure for each station."""
        values = self.cleaned_data
        return outlets.close_outlets(
            host=self.subject, **values | {"reason": ClosureReason(values["reason"])}, by=self.by
        )


class WithdrawThisClosureForm(OfficeForm):
    """Take one closure back, from the list of closures."""

    title = _("Withdraw this closure")
    hint = _("One that has not begun is taken back; one that runs ends now.")
    leaves_subject = True

    def perform(self) -> None:
        """Withdraw it."""
        closure: Closure = self.subject
        withdrawals.withdraw_closure(closure=closure, by=self.by)


class WithdrawExceptionForm(OfficeForm):
    """Take other hours back, from the list of them."""

    title = _("Withdraw these hours")
    hint = _("The weekly hours apply again from today on.")
    leaves_subject = True

    def perform(self) -> None:
        """Withdraw them."""
        withdrawals.withdraw_exception(exception=self.subject, by=self.by)
