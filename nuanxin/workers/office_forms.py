from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nuanxin.core import clock
from nuanxin.core.office_forms import DateField, OfficeForm
from nuanxin.unions.office_forms import UnionField
from nuanxin.workers import memberships, merging, services, transfers
from nuanxin.workers.documents import Document, document_of
from nuanxin.workers.enums import Channel, DocumentKind, EndReason, MergeReason, RevealPurpose
from nuanxin.workers.models import Membership, Worker, WorkerGroup


class DocumentForm(OfficeForm):
    document_kind = forms.ChoiceField(label=_("kind of document"), choices=DocumentKind.choices)
    number = forms.CharField(
        label=_("number of the document"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def document(self) -> Document:
        values = self.cleaned_data
        kind = DocumentKind(values["document_kind"])
        return document_of(kind, values["number"], today=clock.civil_date())


class EnterWorkerForm(DocumentForm):
    title = _("Enter a worker")
    hint = _("Compare name and number with the card. Who is a member elsewhere gets a transfer.")
    name = forms.CharField(label=_("full name"), max_length=80)
    phone = forms.CharField(label=_("phone"), max_length=30, required=False)
    union = UnionField(label=_("union"))
    group = forms.ModelChoiceField(
        label=_("group"), queryset=WorkerGroup.objects.order_by("rank", "code"), required=False
    )
    platform = forms.CharField(label=_("platform or employer"), max_length=80, required=False)
    is_checked = forms.BooleanField(label=_("I have compared them with the card"), required=False)

    def perform(self) -> Worker:
        values = self.cleaned_data
        entered = services.enter_worker(
            document=self.document(),
            name=values["name"],
            phone=values["phone"],
            union=values["union"],
            by=self.by,
        )
        self.made = entered.worker
        asked = memberships.apply(
            worker=entered.worker, union=values["union"], channel=Channel.OFFICE, by=self.by
        )
        if values["is_checked"] and asked.is_present:
            memberships.approve_many(memberships=[asked], by=self.by)
        if values["group"]:
            services.enter_occupation(
                worker=entered.worker,
                group=values["group"],
                platform=values["platform"],
                by=self.by,
            )
        return entered.worker


class RevealForm(OfficeForm):
    title = _("Show the numbers")
    hint = _("The worker can read who looked at their numbers, when, and what for.")
    once_template = "workers/office/numbers.html"
    purpose = forms.ChoiceField(label=_("what for"), choices=RevealPurpose.choices)

    def perform(self) -> None:
        self._numbers = services.reveal(
            worker=self.subject, purpose=self.cleaned_data["purpose"], by=self.by
        )

    def shown_once(self, absolute: Callable[[str], str]) -> dict[str, Any]:
        return {"numbers": self._numbers, "document_kind": self.subject.get_document_kind_display()}


class CorrectWorkerForm(OfficeForm):
    title = _("Correct name or phone")
    hint = _("A wrong number of a document is corrected by two people: propose a merge.")
    name = forms.CharField(label=_("full name"), max_length=80)
    phone = forms.CharField(
        label=_("phone"),
        max_length=30,
        required=False,
        help_text=_("Leave it empty to keep the phone as it is."),
    )

    def values_now(self) -> dict[str, Any]:
        return {"name": self.subject.name}

    def perform(self) -> Worker:
        values = self.cleaned_data
        return services.correct_worker(
            worker=self.subject, name=values["name"], phone=values["phone"] or None, by=self.by
        )


class EnterOccupationForm(OfficeForm):
    title = _("Enter an occupation")
    group = forms.ModelChoiceField(
        label=_("group"), queryset=WorkerGroup.objects.order_by("rank", "code")
    )
    platform = forms.CharField(label=_("platform or employer"), max_length=80, required=False)
    since_on = DateField(label=_("since"), required=False)

    def perform(self) -> object:
        return services.enter_occupation(worker=self.subject, by=self.by, **self.cleaned_data)


class ProposeMergeForm(DocumentForm):
    title = _("Correct the document")
    hint = _(
        "Type the right document. A second person decides; then its row stands for the worker, and this "
        "row stays as history."
    )
    reason = forms.ChoiceField(label=_("reason"), choices=MergeReason.choices)

    def perform(self) -> object:
        return merging.propose_merge(
            worker=self.subject,
            document=self.document(),
            reason=MergeReason(self.cleaned_data["reason"]),
            by=self.by,
        )


class ApproveMergeForm(OfficeForm):
    title = _("One person: merge")
    hint = _("What is in force goes over to the row that is kept. This cannot be undone.")

    def perform(self) -> object:
        return merging.approve_merge(merge=self.subject, by=self.by)


class RefuseMergeForm(OfficeForm):
    title = _("Two people: refuse")

    def perform(self) -> object:
        return merging.refuse_merge(merge=self.subject, by=self.by)


class VerifyForm(OfficeForm):
    title = _("Identity checked")
    hint = _("Say so when name and number were compared with the card.")

    def perform(self) -> Membership:
        return memberships.verify(membership=self.subject, by=self.by)


class ApproveForm(OfficeForm):
    title = _("Approve")
    joined_on = DateField(label=_("joined"), required=False)

    def perform(self) -> Membership:
        return memberships.approve(
            membership=self.subject, joined_on=self.cleaned_data["joined_on"], by=self.by
        )


class RefuseForm(OfficeForm):
    title = _("Refuse")

    def perform(self) -> Membership:
        return memberships.refuse(membership=self.subject, by=self.by)


class RetainForm(OfficeForm):
    title = _("Retain the membership")
    hint = _("Retired, out of work or between two unions: the worker stays a member.")

    def perform(self) -> Membership:
        return memberships.retain(membership=self.subject, by=self.by)


class ResumeForm(OfficeForm):
    title = _("Take the membership up again")

    def perform(self) -> Membership:
        return memberships.resume(membership=self.subject, by=self.by)


class EndForm(OfficeForm):
    title = _("End the membership")
    reason = forms.ChoiceField(
        label=_("reason"),
        choices=[(choice.value, choice.label) for choice in (EndReason.LEFT, EndReason.DECEASED)],
    )

    def perform(self) -> Membership:
        return memberships.end(
            membership=self.subject, reason=EndReason(self.cleaned_data["reason"]), by=self.by
        )


class ApproveAllForm(OfficeForm):
    title = _("Approve all that wait")
    hint = _(
        "Approves every application of a union whose name and number were compared with the card. "
        "Those that cannot be approved are named."
    )
    union = UnionField(label=_("union"))
    limit = forms.IntegerField(label=_("at most"), min_value=1, max_value=500, initial=500)

    def perform(self) -> None:
        values = self.cleaned_data
        waiting = Membership.objects.waiting().visible_to(self.by).filter(union=values["union"])
        rows = waiting.select_related("union", "worker").order_by("applied_on", "pk")
        self._outcome = memberships.approve_many(
            memberships=list(rows[: values["limit"]]), by=self.by
        )

    def report(self) -> str:
        sentence = _("%(count)d approved.") % {"count": len(self._outcome.done)}
        refused = [f"{m.worker.name}: {error}" for m, error in self._outcome.refused]
        return " ".join([str(sentence), *refused])


class ReleaseForm(OfficeForm):
    title = _("Release: let the worker go")

    def perform(self) -> object:
        return transfers.release(transfer=self.subject, by=self.by)


class AcceptForm(OfficeForm):
    title = _("Accept: take the worker in")

    def perform(self) -> object:
        return transfers.accept(transfer=self.subject, by=self.by)


class RefuseTransferForm(OfficeForm):
    title = _("Refuse the transfer")
    reason = forms.CharField(label=_("reason"), max_length=200)

    def perform(self) -> object:
        return transfers.refuse(
            transfer=self.subject, reason=self.cleaned_data["reason"], by=self.by
        )
