"""Joining by a code: a telephone, a name and a document, done; and the big screen of a ceremony."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from nuanxin.accounts.selectors import current_texts
from nuanxin.core import clock
from nuanxin.core.errors import DomainError, NotFound
from nuanxin.core.office import actor_of
from nuanxin.core.pages import public_page
from nuanxin.core.qr import qr_svg
from nuanxin.core.scopes import can_read_office
from nuanxin.unions.models import Union
from nuanxin.workers import ceremonies, joining, selves
from nuanxin.workers import joining_sheets as sheets
from nuanxin.workers.enums import Channel
from nuanxin.workers.forms import JoinForm
from nuanxin.workers.models import Ceremony
from nuanxin.workers.phone_views import PhoneStep, form_page

PURPOSE: Final = "workers.join"


@form_page
def join(request: HttpRequest, union_code: str) -> HttpResponse:
    """Let somebody join the union of a code, or choose one below it."""
    union = joining.union_to_join(union_code)
    if union.kind not in joining.JOINABLE:
        text = request.GET.get("q", "")[:60].replace("\x00", " ")
        found = joining.unions_below(union, text=text)
        context = {"union": union, "unions": found, "text": text}
        return render(request, "workers/join_choose.html", context)
    return _join(request, union, Channel.QR)


@form_page
def join_ceremony(request: HttpRequest, ceremony_code: str) -> HttpResponse:
    """Let somebody join at a ceremony."""
    ceremony = ceremonies.ceremony_of(ceremony_code)
    if not ceremony.is_open_at(clock.now()):
        context = {"ceremony": ceremony, "is_early": clock.now() < ceremony.starts_at}
        return render(request, "workers/join_closed.html", context)
    return _join(request, ceremony.union, Channel.CEREMONY, ceremony)


@public_page
def ceremony_screen(request: HttpRequest, ceremony_code: str) -> HttpResponse:
    """Show the hall the code and how many have come in; nobody's name."""
    ceremony = ceremonies.ceremony_of(ceremony_code)
    path = reverse("workers:join_ceremony", args=[ceremony.code])
    tally = ceremonies.tally(ceremony)
    context = {
        "ceremony": ceremony,
        "tally": tally,
        "is_open": ceremony.is_open_at(clock.now()),
        "share_percent": _percent(tally.joined_count, ceremony.expected_count),
        "join_address": request.build_absolute_uri(path),
        "qr": qr_svg(request.build_absolute_uri(path)),
    }
    page = "workers/ceremony_screen.html"
    is_part = bool(getattr(request, "htmx", False))
    return render(request, f"{page}#counter" if is_part else page, context)


def _join(
    request: HttpRequest, union: Union, channel: Channel, ceremony: Ceremony | None = None
) -> HttpResponse:
    texts = current_texts(on=clock.civil_date())
    context: dict[str, Any] = {"union": union, "ceremony": ceremony}
    step = PhoneStep(request, PURPOSE, "workers/join.html", context)
    phone = step.proved()
    if not phone or request.POST.get("step") == "other":
        return step.answer()
    form = JoinForm(request.POST if request.POST.get("step") == "enter" else None, texts=texts)
    if form.is_valid():
        try:
            joined = joining.join(
                application=joining.Application(
                    document=form.document(),
                    name=form.cleaned_data["name"],
                    phone=phone,
                    group=form.cleaned_data["group"],
                    platform=form.cleaned_data["platform"],
                    agreed=form.agreed(),
                ),
                union=union,
                channel=channel,
                ceremony=ceremony,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            request.session.cycle_key()
            selves.begin(request.session, joined.worker, now=clock.now())
            return redirect(f"{reverse('workers:own')}?joined=1")
    context |= {"form": form, "phone": phone, "is_proved": True}
    return render(
        request, "workers/join.html", context, status=form.status if form.is_bound else 200
    )


def _percent(part: int, whole: int | None) -> int:
    return min(100, round(100 * part / whole)) if whole else 0


@require_safe
def joining_sheets(request: HttpRequest, union_code: str) -> HttpResponse:
    """Hand the office the poster and the paper form of a union, or of a ceremony of it."""
    actor = actor_of(request)
    can_read_office(actor).enforce()
    union = joining.union_to_join(union_code)
    if not Union.objects.visible_to(actor).filter(pk=union.pk).exists():
        raise NotFound
    ceremony, path = None, reverse("workers:join", args=[union.code])
    if code := request.GET.get("ceremony"):
        ceremony = ceremonies.ceremony_of(code)
        path = reverse("workers:join_ceremony", args=[ceremony.code])
        if ceremony.union_id != union.pk:
            raise NotFound
    link = request.build_absolute_uri(path)
    body = sheets.sheets_pdf(union=union, link=link, ceremony=ceremony)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="nuanxin-join-{union.code}.pdf"'
    return response
