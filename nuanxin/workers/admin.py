from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from nuanxin.core.office import OfficeAdmin, OfficeInline, act_on_row, act_on_table, actor_of
from nuanxin.core.office_due import DueFilter
from nuanxin.workers import (
    export_admin,
    joining_office_forms,
    office_forms,
    policies,
    selectors,
    statistics_admin,
)
from nuanxin.workers.enums import MembershipState, MergeState, TransferState
from nuanxin.workers.joining_admin import CeremonyAdmin as CeremonyAdmin
from nuanxin.workers.models import (
    Membership,
    Occupation,
    Transfer,
    Worker,
    WorkerGroup,
    WorkerMerge,
)

_COUNTED = 1_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic for the type checker alone
    """Pages through the first thousand rows: nobody turns further, and nobody waits for a count."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list  # always a query set
        return len(rows.values_list("pk")[:_COUNTED])


class MembershipInline(OfficeInline[Membership, Worker]):
    model = Membership
    fields = (
        "union",
        "state",
        "joined",
        "member_no",
        "channel",
        "applied_on",
        "ended_on",
        "end_reason",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        rows = Membership.objects.visible_to(actor_of(request))
        return rows.select_related("union").order_by("n")


class OccupationInline(OfficeInline[Occupation, Worker]):
    model = Occupation
    fields = ("group", "platform", "occupation_code", "since_on", "until_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Occupation]:
        return super().get_queryset(request).select_related("group").order_by("since_on", "pk")


@admin.register(Worker)
class WorkerAdmin(OfficeAdmin[Worker]):
    list_display = ("name", "document_kind", "document", "phone", "unions")
    list_display_links = ("name",)
    search_fields = ("name",)
    search_help_text = _(
        "A number of a document or a phone, the last four characters of either, a name, its pinyin or its "
        "initials."
    )
    ordering = ("pinyin", "pk")
    paginator = CappedPaginator
    fields = ("name", "document_kind", "document", "phone", "entered_at", "erased_at")
    inlines = (MembershipInline, OccupationInline)
    actions_list = ("enter_worker",)
    actions_detail = ("reveal", "correct", "enter_occupation", "propose_merge", "erase")

    enter_worker = act_on_table(office_forms.EnterWorkerForm, "enter_worker", may="enter")
    reveal = act_on_row(office_forms.RevealForm, "reveal", may="reveal")
    correct = act_on_row(office_forms.CorrectWorkerForm, "correct", may="correct")
    enter_occupation = act_on_row(
        office_forms.EnterOccupationForm, "enter_occupation", may="correct"
    )
    propose_merge = act_on_row(office_forms.ProposeMergeForm, "propose_merge", may="correct")

    erase = act_on_row(joining_office_forms.EraseWorkerForm, "erase", may="erase")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Worker], search_term: str
    ) -> tuple[QuerySet[Worker], bool]:
        """Find by fingerprint and by sound: what is typed stands in no column."""
        if not search_term.strip():
            return queryset, False
        found = selectors.find_workers(actor_of(request), search_term)
        return queryset.filter(pk__in=[worker.pk for worker in found]), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read what a page of workers needs at once."""
        listing = super().get_changelist_instance(request)
        rows = list(listing.result_list)
        held = selectors.present_memberships([row.pk for row in rows])
        for row in rows:
            row.shown_unions = "、".join(m.union.name for m in held.get(row.pk, []))
        listing.result_list = rows
        return listing

    @admin.display(description=_("document"))
    def document(self, worker: Worker) -> str:
        return selectors.masked(worker).document

    @admin.display(description=_("phone"))
    def phone(self, worker: Worker) -> str:
        return selectors.masked(worker).phone

    @admin.display(description=_("union"))
    def unions(self, worker: Worker) -> str:
        return str(getattr(worker, "shown_unions", ""))

    def has_enter_permission(self, request: HttpRequest) -> bool:
        return any(scope.role in policies.OFFICE for scope in actor_of(request).scopes)

    def has_reveal_permission(self, request: HttpRequest, object_id: str) -> bool:
        worker = self.subject(request, object_id)
        return bool(policies.can_reveal(actor_of(request), worker))

    def has_correct_permission(self, request: HttpRequest, object_id: str) -> bool:
        worker = self.subject(request, object_id)
        return bool(policies.can_correct(actor_of(request), worker))

    def has_erase_permission(self, request: HttpRequest, object_id: str) -> bool:
        worker = self.subject(request, object_id)
        return worker.erased_at is None and bool(policies.can_erase(actor_of(request), worker))


@admin.register(Membership)
class MembershipAdmin(OfficeAdmin[Membership]):
    list_display = ("worker", "union", "state", "joined", "member_no", "channel", "applied_on")
    list_filter = statistics_admin.FILTERS
    search_fields = ("member_no", "union__code", "union__name")
    ordering = ("union", "pk")
    paginator = CappedPaginator
    fields = (
        "worker", "union", "state", "state_at", "joined", "active_on", "member_no", "channel", "applied_on",
        "ended_on", "end_reason",
    )  # fmt: skip
    actions_list = ("statistics", "export_members", "approve_all", "joining_code")
    actions_detail = ("verify", "approve", "refuse", "retain", "resume", "end")

    statistics = statistics_admin.page
    export_members = export_admin.page
    approve_all = act_on_table(office_forms.ApproveAllForm, "approve_all", may="approve_all")
    joining_code = act_on_table(
        joining_office_forms.JoiningCodeForm, "joining_code", may="approve_all"
    )
    verify = act_on_row(office_forms.VerifyForm, "verify", may="verify")
    approve = act_on_row(office_forms.ApproveForm, "approve", may="approve")
    refuse = act_on_row(office_forms.RefuseForm, "refuse", may="refuse")
    retain = act_on_row(office_forms.RetainForm, "retain", may="retain")
    resume = act_on_row(office_forms.ResumeForm, "resume", may="resume")
    end = act_on_row(office_forms.EndForm, "end", may="end")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("worker", "union")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        export_admin.carry_filter(response, request)
        return response

    def has_export_members_permission(self, request: HttpRequest) -> bool:
        return bool(policies.can_export_members(actor_of(request)))

    def has_approve_all_permission(self, request: HttpRequest) -> bool:
        return any(scope.role in policies.OFFICE for scope in actor_of(request).scopes)

    def has_verify_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, MembershipState.APPLIED)

    def has_approve_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, MembershipState.VERIFIED)

    def has_refuse_permission(self, request: HttpRequest, object_id: str) -> bool:
        waiting = (MembershipState.APPLIED, MembershipState.VERIFIED, MembershipState.APPROVED)
        return self._may(request, object_id, *waiting)

    def has_retain_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, MembershipState.ACTIVE)

    def has_resume_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, MembershipState.RETAINED)

    def has_end_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, MembershipState.ACTIVE, MembershipState.RETAINED)

    def _may(self, request: HttpRequest, object_id: str, *states: MembershipState) -> bool:
        membership = self.subject(request, object_id)
        decision = policies.can_decide(actor_of(request), membership)
        return membership.state in states and bool(decision)


@admin.register(Transfer)
class TransferAdmin(OfficeAdmin[Transfer]):
    list_display = ("worker", "from_union", "to_union", "state", "asked_at", "expires_at")
    list_filter = (DueFilter, "state")
    search_fields = ("from_union__name", "to_union__name")
    fields = (
        "worker", "from_union", "to_union", "state", "needs_release", "asked_at", "expires_at", "released_at",
        "accepted_at", "ended_at", "reason",
    )  # fmt: skip
    actions_detail = ("release", "accept", "refuse")

    release = act_on_row(office_forms.ReleaseForm, "release", may="release")
    accept = act_on_row(office_forms.AcceptForm, "accept", may="accept")
    refuse = act_on_row(office_forms.RefuseTransferForm, "refuse", may="answer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        return super().get_queryset(request).select_related("worker", "from_union", "to_union")

    def has_release_permission(self, request: HttpRequest, object_id: str) -> bool:
        transfer = self.subject(request, object_id)
        is_due = transfer.state == TransferState.OPEN and transfer.released_at is None
        return is_due and bool(policies.can_release(actor_of(request), transfer))

    def has_accept_permission(self, request: HttpRequest, object_id: str) -> bool:
        transfer = self.subject(request, object_id)
        is_due = transfer.state == TransferState.OPEN and transfer.accepted_at is None
        return is_due and bool(policies.can_accept(actor_of(request), transfer))

    def has_answer_permission(self, request: HttpRequest, object_id: str) -> bool:
        transfer, actor = self.subject(request, object_id), actor_of(request)
        may = policies.can_release(actor, transfer) or policies.can_accept(actor, transfer)
        return transfer.state == TransferState.OPEN and bool(may)


@admin.register(WorkerMerge)
class WorkerMergeAdmin(OfficeAdmin[WorkerMerge]):
    list_display = ("worker", "reason", "state", "proposed_label", "proposed_at", "decided_label")
    list_filter = (DueFilter, "state", "reason")
    search_fields = ("proposed_label", "decided_label")
    fields = ("worker", "document_kind", "reason", "state", "proposed_label", "proposed_at", "decided_label", "decided_at")  # fmt: skip
    actions_detail = ("approve_merge", "refuse_merge")

    approve_merge = act_on_row(office_forms.ApproveMergeForm, "approve_merge", may="decide")
    refuse_merge = act_on_row(office_forms.RefuseMergeForm, "refuse_merge", may="decide")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkerMerge]:
        return super().get_queryset(request).select_related("worker")

    def has_decide_permission(self, request: HttpRequest, object_id: str) -> bool:
        merge, actor = self.subject(request, object_id), actor_of(request)
        is_second = merge.state == MergeState.PROPOSED and merge.proposed_by != actor.actor_key
        return is_second and bool(policies.can_correct(actor, merge.worker))


@admin.register(WorkerGroup)
class WorkerGroupAdmin(OfficeAdmin[WorkerGroup]):
    is_shared = True
    list_display = ("name_zh", "name_en", "code", "is_new_form", "is_outdoor", "rank")
    list_filter = ("is_new_form", "is_outdoor")
    search_fields = ("name_zh", "name_en", "code", "words")
    fields = ("name_zh", "name_en", "code", "is_new_form", "is_outdoor", "words", "rank")
