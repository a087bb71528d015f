"""A worker's own pages: the card, what is kept and who looked at it, and what only they decide."""

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from nuanxin.accounts.forms import RefusableForm
from nuanxin.core import clock, passes
from nuanxin.core.errors import DomainError, Invalid
from nuanxin.core.pages import mark_copy, public_page
from nuanxin.core.qr import qr_svg
from nuanxin.workers import (
    cards,
    consents,
    leaving,
    own_entry,
    selectors,
    selves,
    services,
    signing_in,
)
from nuanxin.workers.enums import Channel
from nuanxin.workers.forms import CardForm, ConfirmForm, NameForm, OccupationForm, TailForm
from nuanxin.workers.models import Worker
from nuanxin.workers.phone_views import PhoneStep, form_page, fresh_page, own_page

SIGN_IN: Final = "workers.sign_in"
NEW_PHONE: Final = "workers.phone"


@form_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a worker in by their telephone and the end of their document."""
    worker = selves.worker_of(request.session)
    if worker is not None and "again" not in request.GET:
        return redirect(_next(request))
    step = PhoneStep(request, SIGN_IN, "workers/sign_in.html", {"is_again": worker is not None})
    phone = step.proved()
    if not phone or request.POST.get("step") == "other":
        return step.answer()
    form = TailForm(request.POST if request.POST.get("step") == "tail" else None)
    if form.is_valid():
        try:
            found = signing_in.worker_of_phone(phone, form.cleaned_data["tail"])
        except DomainError as error:
            form.refuse(error)
        else:
            signing_in.note_sign_in(worker=found, by=selves.WorkerActor(found.pk))
            request.session.cycle_key()
            selves.begin(request.session, found, now=clock.now())
            return redirect(_next(request))
    context = {**step.context, "form": form, "phone": phone, "is_proved": True}
    return render(request, "workers/sign_in.html", context, status=_status(form))


@own_page
def sign_out(request: HttpRequest, worker: Worker) -> HttpResponse:
    """End the session, by POST only."""
    if request.method == "POST":
        selves.end(request.session)
        request.session.cycle_key()
        return redirect("/")
    return redirect("workers:own")


@own_page
def own(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Show where a worker stands, and what they can do."""
    present = selectors.present_memberships([worker.pk]).get(worker.pk, [])
    context = {
        "worker": worker,
        "masked": selectors.masked(worker),
        "memberships": present,
        "transfer": selectors.open_transfer(worker),
        "has_card": any(membership.is_held for membership in present),
        "joined": request.GET.get("joined", ""),
    }
    return render(request, "workers/own.html", context)


@own_page
def card(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Show the member's card; it is drawn anew before it is over."""
    made = cards.card_of(worker)
    context = {
        "worker": worker,
        "masked": selectors.masked(worker),
        "card": made,
        "qr": qr_svg(made.text),
        "renewed_s": int(cards.RENEWED.total_seconds()),
    }
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "workers/card.html#card" if is_part else "workers/card.html", context)


@public_page
def card_check(request: HttpRequest) -> HttpResponse:
    """Check a card: by script without a network, or by the server where there is no script."""
    form = CardForm(request.GET if "card" in request.GET else None)
    is_good = False
    if form.is_valid():
        try:
            cards.worker_of_card(form.cleaned_data["card"])
            is_good = True
        except Invalid as error:
            form.refuse(error)
    context = {"form": form, "is_good": is_good, "keys": passes.public_keys()}
    response = render(request, "workers/card_check.html", context, status=_status(form, is_good))
    return mark_copy(response) if not form.is_bound else response


@own_page
def kept(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Show what is kept, why, from where it came and who did what with it."""
    context = {
        "sections": own_entry.sections_of(worker, opens=False),
        "acts": own_entry.acts_on(worker),
        "sources": own_entry.sources_of(worker),
    }
    return render(request, "workers/kept.html", context)


@fresh_page
def export(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Hand out everything that is kept: to read and print, or as JSON."""
    if request.method != "POST":
        return render(request, "workers/export.html", {"entry": None})
    entry = own_entry.export_entry(worker=worker, by=selves.WorkerActor(worker.pk))
    if request.POST.get("form") != "json":
        return render(request, "workers/export.html", {"entry": entry})
    response = HttpResponse(
        json.dumps(entry, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="nuanxin-{clock.civil_date()}.json"'
    return response


@own_page
def correct(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Let a worker correct their name, and say what they do now."""
    by = selves.WorkerActor(worker.pk)
    asked = request.POST.get("do", "")
    if asked == "end":
        occupation = selectors.occupation_of(worker, request.POST.get("occupation", ""))
        services.end_occupation(occupation=occupation, until_on=clock.civil_date(), by=by)
        return _said("work")
    name_form = NameForm(request.POST if asked == "name" else None, initial={"name": worker.name})
    work_form = OccupationForm(request.POST if asked == "work" else None)
    bound = {"name": name_form, "work": work_form}.get(asked)
    if bound is not None and bound.is_valid():
        try:
            if bound is name_form:
                services.correct_worker(worker=worker, by=by, **bound.cleaned_data)
            else:
                services.enter_occupation(worker=worker, by=by, **bound.cleaned_data)
            return _said(asked)
        except DomainError as error:
            bound.refuse(error)
    context = {
        "worker": worker,
        "is_checked": services.has_checked_name(worker),
        "name_form": name_form,
        "work_form": work_form,
        "occupations": selectors.occupations_of(worker),
        "said": request.GET.get("said", ""),
    }
    return render(request, "workers/correct.html", context, status=_status(bound))


@fresh_page
def new_phone(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Change the telephone to one whose holder has typed a code back; other sessions end."""
    step = PhoneStep(request, NEW_PHONE, "workers/new_phone.html", {})
    phone = step.proved()
    if not phone:
        return step.answer()
    by = selves.WorkerActor(worker.pk)
    changed = services.correct_worker(worker=worker, phone=phone, by=by)
    request.session.cycle_key()
    selves.begin(request.session, changed, now=clock.now())
    return redirect(f"{reverse('workers:own')}?joined=phone")


@own_page
def own_consents(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Show what a worker is asked and what they said; let them agree and take back."""
    by, form = selves.WorkerActor(worker.pk), RefusableForm(request.POST or None)
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        try:
            if request.POST.get("do") == "give":
                texts = [
                    row.text for row in consents.asked_of(worker) if row.text.purpose == purpose
                ]
                consents.give(worker=worker, texts=texts, channel=Channel.QR, by=by)
            else:
                consents.withdraw(worker=worker, purpose=purpose, by=by)
            return redirect("workers:consents")
        except DomainError as error:
            form.is_valid()
            form.refuse(error)
    context = {"asked": consents.asked_of(worker), "form": form}
    return render(request, "workers/consents.html", context, status=_status(form))


@own_page
def leave(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Let a worker leave their union, once they have read what that means."""
    if request.method == "POST":
        leaving.leave(worker=worker, by=selves.WorkerActor(worker.pk))
        return redirect(f"{reverse('workers:own')}?joined=left")
    present = selectors.present_memberships([worker.pk]).get(worker.pk, [])
    return render(request, "workers/leave.html", {"memberships": present})


@fresh_page
def erase(request: HttpRequest, worker: Worker) -> HttpResponse:
    """Erase a worker's entry, once they have typed the end of their document."""
    form = ConfirmForm(request.POST or None, worker=worker)
    if form.is_valid():
        try:
            leaving.erase(worker=worker, by=selves.WorkerActor(worker.pk))
        except DomainError as error:
            form.refuse(error)
        else:
            request.session.flush()
            return render(request, "workers/erased.html")
    return render(request, "workers/erase.html", {"form": form}, status=_status(form))


def _said(what: str) -> HttpResponse:
    return redirect(f"{reverse('workers:correct')}?said={what}")


def _next(request: HttpRequest) -> str:
    """Return where somebody wanted to go: a page of ours, never another site's."""
    wanted = request.GET.get("next", "")
    is_ours = wanted.startswith("/me/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None
    )
    return wanted if is_ours else reverse("workers:own")


def _status(form: Any, is_good: bool = False) -> int:
    return 200 if form is None or is_good or not form.is_bound or not form.errors else form.status
