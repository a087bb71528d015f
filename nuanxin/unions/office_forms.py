from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nuanxin.core.office_forms import OfficeForm
from nuanxin.regions.office_forms import DivisionField
from nuanxin.unions import services
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union


class UnionField(forms.CharField):
    """A union, typed by its code."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("Code of the union."))
        super().__init__(max_length=32, **options)

    def clean(self, value: Any) -> Union | None:
        code = super().clean(value)
        union = Union.objects.filter(code=code).first() if code else None
        if code and union is None:
            raise forms.ValidationError(_("No union has this code."))
        return union


class _UnionForm(OfficeForm):
    name = forms.CharField(label=_("name"), max_length=120)
    kind = forms.ChoiceField(label=_("kind"), choices=UnionKind.choices)
    uscc = forms.CharField(label=_("unified social credit code"), max_length=18, required=False)
    division = DivisionField(label=_("division"))

    def enter(self, *, code: str, parent: Union | None) -> Union:
        values = self.cleaned_data
        return services.enter_union(
            code=code,
            name=values["name"],
            kind=UnionKind(values["kind"]),
            division=values["division"],
            uscc=values["uscc"] or None,
            parent=parent,
            by=self.by,
        )


class EnterBelowForm(_UnionForm):
    title = _("Enter a union below")
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
        names = ("name", "kind", "uscc")
        own = {name: getattr(self.subject, name) for name in names}
        return own | {"division": self.subject.division_id}

    def perform(self) -> Union:
        return self.enter(code=self.subject.code, parent=self.subject.parent)
