from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from nuanxin.accounts.selectors import current_texts
from nuanxin.core import clock
from nuanxin.core.errors import DomainError, Invalid, NotFound
from nuanxin.core.office_forms import MomentField, OfficeForm
from nuanxin.core.qr import qr_svg
from nuanxin.unions.models import Union
from nuanxin.unions.office_forms import UnionField
from nuanxin.workers import ceremonies, joining, leaving, memberships
from nuanxin.workers.models import Ceremony, Membership, WorkerGroup
from nuanxin.workers.office_forms import DocumentForm


class JoiningCodeForm(OfficeForm):
    title = _("Code for joining")
    hint = _(
        "The code of a union, to be hung up or shown: whoever scans it applies for membership. That of a "
        "federation lets people choose among the unions below it."
    )
    once_template = "workers/office/joining.html"
    union = UnionField(label=_("union"))

    def perform(self) -> None:
        self._union = joining.union_to_join(self.cleaned_data["union"].code)
        if not Union.objects.visible_to(self.by).filter(pk=self._union.pk).exists():
            raise NotFound

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        link = absolute(reverse("workers:join", args=[self._union.code]))
        return {
            "union": self._union,
            "link": link,
            "qr": qr_svg(link),
            "pdf_href": reverse("workers:joining_sheets", args=[self._union.code]),
        }


class OpenCeremonyForm(OfficeForm):
    title = _("Open a ceremony")
    hint = _("Makes a code for the big screen. Whoever scans it applies to this union.")
    union = UnionField(label=_("union"))
    name = forms.CharField(label=_("title"), max_length=60)
    starts_at = MomentField(label=_("starts at"))
    ends_at = MomentField(label=_("ends at"))
    expected_count = forms.IntegerField(label=_("people expected"), min_value=1, required=False)

    def perform(self) -> object:
        values = dict(self.cleaned_data)
        self.made = ceremonies.open_ceremony(title=values.pop("name"), by=self.by, **values)
        return self.made


class CloseCeremonyForm(OfficeForm):
    title = _("End the ceremony")
    hint = _("The code works no more; what was applied for stays.")

    def perform(self) -> Ceremony:
        return ceremonies.close_ceremony(ceremony=self.subject, by=self.by)


class PaperForm(DocumentForm):
    title = _("Enter a paper form")
    hint = _("Enters what somebody wrote on the form of this ceremony. Keep the signed sheet.")
    name = forms.CharField(label=_("full name"), max_length=80)
    phone = forms.CharField(label=_("phone"), max_length=30, required=False)
    group = forms.ModelChoiceField(
        label=_("group"), queryset=WorkerGroup.objects.order_by("rank", "code"), required=False
    )
    platform = forms.CharField(label=_("platform or employer"), max_length=80, required=False)
    agreed = forms.MultipleChoiceField(
        label=_("ticked on the sheet"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        required=False,
    )
    is_checked = forms.BooleanField(label=_("I have compared them with the card"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = current_texts(on=clock.civil_date())
        field: Any = self.fields["agreed"]
        field.choices = [(text.purpose, text.title) for text in self.texts]

    def perform(self) -> object:
        values = self.cleaned_data
        return joining.enter_paper(
            application=joining.Application(
                document=self.document(),
                name=values["name"],
                phone=values["phone"],
                group=values["group"],
                platform=values["platform"],
                agreed=[text for text in self.texts if text.purpose in values["agreed"]],
            ),
            ceremony=self.subject,
            is_checked=values["is_checked"],
            by=self.by,
        )

    def refuse(self, error: DomainError) -> None:
        """Show a missing tick beside the ticks."""
        if error.code == "consent_missing":
            error = Invalid(error.message, code=error.code, fields={"agreed": error.message})
        super().refuse(error)


class ApproveCeremonyForm(OfficeForm):
    title = _("Approve all who joined here")
    hint = _(
        "Approves every application of this ceremony. Those that cannot be approved are named. Compare the "
        "names with the cards first."
    )

    def perform(self) -> None:
        rows = Membership.objects.waiting().filter(ceremony=self.subject)
        rows = rows.select_related("union", "worker").order_by("applied_on", "pk")
        self._outcome = memberships.approve_many(memberships=list(rows), by=self.by)

    def report(self) -> str:
        sentence = _("%(count)d approved.") % {"count": len(self._outcome.done)}
        refused = [f"{m.worker.name}: {error}" for m, error in self._outcome.refused]
        return " ".join([str(sentence), *refused])


class EraseWorkerForm(OfficeForm):
    title = _("Erase the entry")
    hint = _(
        "Only at the worker's own request, on paper. Name, numbers and work are gone for good; the "
        "membership ends. This cannot be undone."
    )
    leaves_subject = True
    is_asked = forms.BooleanField(label=_("I hold the worker's signed request"))

    def perform(self) -> object:
        leaving.erase(worker=self.subject, by=self.by)
        return self.subject
