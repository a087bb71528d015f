from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from nuanxin.core import clock
from nuanxin.core.office_forms import DateField, OfficeForm
from nuanxin.regions.office_forms import DivisionField
from nuanxin.unions import elections, ending, founding, services
from nuanxin.unions.enums import MeetingKind, UnionKind
from nuanxin.unions.models import Election, FoundingItem, FoundingStep, Meeting, Union


class UnionField(forms.CharField):
    """A union, typed by its code, or by its name where only one is called so."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("Code of the union, or its name."))
        super().__init__(max_length=120, **options)

    def clean(self, value: Any) -> Union | None:
        code = super().clean(value)
        if not code:
            return None
        found = list(
            Union.objects.filter(models.Q(code=code) | models.Q(name=code)).order_by("path")[:2]
        )
        by_code = [union for union in found if union.code == code]
        if not by_code and len(found) != 1:
            raise forms.ValidationError(_("No union has this code, or several have this name."))
        return (by_code or found)[0]


class _UnionForm(OfficeForm):
    name = forms.CharField(label=_("name"), max_length=120)
    kind = forms.ChoiceField(label=_("kind"), choices=UnionKind.choices)
    uscc = forms.CharField(label=_("unified social credit code"), max_length=18, required=False)
    division = DivisionField(label=_("division"))
    is_new_form = forms.BooleanField(
        label=_("new forms of employment"),
        required=False,
        help_text=_("A union of riders, couriers, drivers and others who work by platforms."),
    )
    founded_on = DateField(label=_("founded on"), required=False)

    def enter(self, *, code: str, parent: Union | None) -> Union:
        values = self.cleaned_data
        return services.enter_union(
            code=code,
            name=values["name"],
            kind=UnionKind(values["kind"]),
            division=values["division"],
            uscc=values["uscc"] or None,
            is_new_form=values["is_new_form"],
            founded_on=values["founded_on"],
            parent=parent,
            by=self.by,
        )


class EnterBelowForm(_UnionForm):
    title = _("Enter a union below")
    hint = _("For a union that exists already; one that is to come is founded.")
    field_order = ("code",)
    code = forms.CharField(
        label=_("code"), max_length=32, help_text=_("Organisation number in the real-name base.")
    )

    def values_now(self) -> dict[str, Any]:
        return {"kind": UnionKind.JOINT, "division": self.subject.division_id}

    def perform(self) -> Union:
        return self.enter(code=self.cleaned_data["code"], parent=self.subject)


class CorrectUnionForm(_UnionForm):
    title = _("Correct the entry")

    def values_now(self) -> dict[str, Any]:
        names = ("name", "kind", "uscc", "is_new_form", "founded_on")
        own = {name: getattr(self.subject, name) for name in names}
        return own | {"division": self.subject.division_id}

    def perform(self) -> Union:
        return self.enter(code=self.subject.code, parent=self.subject.parent)


class FoundBelowForm(OfficeForm):
    title = _("Found a union below")
    hint = _("It is in preparation until every required step is ticked and you approve it.")
    code = forms.CharField(
        label=_("code"), max_length=32, help_text=_("Organisation number in the real-name base.")
    )
    name = forms.CharField(label=_("name"), max_length=120)
    kind = forms.ChoiceField(label=_("kind"), choices=UnionKind.choices)
    division = DivisionField(label=_("division"))
    is_new_form = forms.BooleanField(
        label=_("new forms of employment"),
        required=False,
        help_text=_("A union of riders, couriers, drivers and others who work by platforms."),
    )
    since_on = DateField(label=_("in preparation since"))

    def values_now(self) -> dict[str, Any]:
        return {
            "kind": UnionKind.JOINT,
            "division": self.subject.division_id,
            "is_new_form": True,
            "since_on": clock.civil_date(),
        }

    def perform(self) -> Union:
        values = self.cleaned_data | {"kind": UnionKind(self.cleaned_data["kind"])}
        union = founding.found_union(**values, parent=self.subject, by=self.by)
        self.made = union
        return union


class StepsForm(OfficeForm):
    title = _("Tick the steps of the founding")
    hint = _(
        "Steps ticked before keep their day and note. Some are for the upper union to tick alone."
    )
    items = forms.ModelMultipleChoiceField(
        label=_("steps done"),
        queryset=FoundingItem.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    done_on = DateField(label=_("done on"), help_text=_("Of the steps that are ticked now."))
    members_count = forms.IntegerField(
        label=_("number of members"),
        min_value=0,
        required=False,
        help_text=_("For the step that counts them."),
    )
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["items"]
        field.queryset = FoundingItem.objects.order_by("rank", "code")

    def values_now(self) -> dict[str, Any]:
        steps = list(FoundingStep.objects.filter(union=self.subject))
        counts = [step.members_count for step in steps if step.members_count is not None]
        return {
            "items": [step.item_id for step in steps],
            "done_on": clock.civil_date(),
            "members_count": counts[0] if counts else None,
        }

    def perform(self) -> None:
        founding.keep_steps(union=self.subject, **self.cleaned_data, by=self.by)


class ApproveForm(OfficeForm):
    title = _("Approve the founding")
    hint = _("From that day on the union exists. Every required step is ticked before.")
    uscc = forms.CharField(label=_("unified social credit code"), max_length=18)
    approved_on = DateField(label=_("approved on"))
    term_ends_on = DateField(
        label=_("term ends on"),
        required=False,
        help_text=_("Left empty: as the election held says."),
    )

    def values_now(self) -> dict[str, Any]:
        return {"approved_on": clock.civil_date(), "term_ends_on": self.subject.term_ends_on}

    def perform(self) -> Union:
        return founding.approve_union(union=self.subject, **self.cleaned_data, by=self.by)


class ElectionForm(OfficeForm):
    title = _("Enter an election")
    hint = _("The latest election says when the term ends; earlier ones stay.")
    held_on = DateField(label=_("held on"))
    term_years = forms.TypedChoiceField(
        label=_("years of the term"),
        coerce=int,
        choices=[(years, years) for years in elections.TERMS_YEARS],
    )
    chair_name = forms.CharField(label=_("chair"), max_length=40)
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def values_now(self) -> dict[str, Any]:
        return {"held_on": clock.civil_date()}

    def perform(self) -> Election:
        return elections.hold_election(union=self.subject, **self.cleaned_data, by=self.by)


class MeetingForm(OfficeForm):
    title = _("Record a meeting")
    held_on = DateField(label=_("held on"))
    kind = forms.ChoiceField(label=_("kind"), choices=MeetingKind.choices)
    attended_count = forms.IntegerField(label=_("attended"), min_value=0, max_value=1_000_000)
    note = forms.CharField(label=_("note"), max_length=200, required=False)

    def values_now(self) -> dict[str, Any]:
        return {"held_on": clock.civil_date()}

    def perform(self) -> Meeting:
        values = self.cleaned_data | {"kind": MeetingKind(self.cleaned_data["kind"])}
        return elections.record_meeting(union=self.subject, **values, by=self.by)


class MergeForm(OfficeForm):
    title = _("Merge into another union")
    hint = _("Everything at home in this union moves over. This cannot be undone.")
    into = UnionField(label=_("merged into"))
    on = DateField(label=_("ended on"))
    reason = forms.CharField(label=_("reason of the end"), max_length=200, required=False)

    def values_now(self) -> dict[str, Any]:
        return {"on": clock.civil_date()}

    def perform(self) -> Union:
        return ending.merge_union(union=self.subject, **self.cleaned_data, by=self.by)


class DissolveForm(OfficeForm):
    title = _("Dissolve the union")
    hint = _("Refused while anything is at home in it. This cannot be undone.")
    on = DateField(label=_("ended on"))
    reason = forms.CharField(label=_("reason of the end"), max_length=200)

    def values_now(self) -> dict[str, Any]:
        return {"on": clock.civil_date()}

    def perform(self) -> Union:
        return ending.dissolve_union(union=self.subject, **self.cleaned_data, by=self.by)
