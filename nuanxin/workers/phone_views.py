"""Showing one's telephone on a page: the number, then the code; what follows is the caller's."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from nuanxin.accounts import phone_codes
from nuanxin.core import channels, clock, devices
from nuanxin.core.addresses import client_address
from nuanxin.core.errors import DomainError
from nuanxin.core.pages import remember_size, with_forms
from nuanxin.workers import selves
from nuanxin.workers.forms import PhoneForm, SentCodeForm
from nuanxin.workers.models import Worker

View = Callable[..., HttpResponse]
_DEVICE: Final = "_nx_device"


def form_page(view: View) -> View:
    """Open a page with a form to everybody, keep it out of caches, and give the device its token."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @with_forms
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = devices.token_of(request)
        fresh = devices.new_token() if token is None else None
        setattr(request, _DEVICE, token or fresh)
        response = view(request, *args, **kwargs)
        if fresh is not None:
            devices.keep_token(response, fresh)
        remember_size(request, response)
        response["X-Robots-Tag"] = "noindex"
        return response

    return page


def own_page(view: View) -> View:
    """Open a page to the worker it speaks of; strangers are led to where they sign in."""

    @form_page
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        worker = selves.worker_of(request.session)
        if worker is None:
            return _to_sign_in(request)
        return view(request, worker, *args, **kwargs)

    return page


def fresh_page(view: View) -> View:
    """Open a page to its worker when they have shown their telephone a short while ago."""

    @own_page
    @wraps(view)
    def page(request: HttpRequest, worker: Worker, *args: Any, **kwargs: Any) -> HttpResponse:
        if not selves.is_fresh(request.session, now=clock.now()):
            return _to_sign_in(request, "&again=1")
        return view(request, worker, *args, **kwargs)

    return page


@dataclass(frozen=True, slots=True)
class PhoneStep:
    """The first step of a form: which telephone, and the code that was sent to it.

    Parameters
    ----------
    request
        The request.
    purpose
        What the telephone is shown for; see ``phone_codes.send_code``.
    template
        The page; it includes ``workers/_components/phone_step.html``.
    context
        What the page needs beside.
    """

    request: HttpRequest
    purpose: str
    template: str
    context: dict[str, Any]

    def shown(self) -> selves.PhoneShown | None:
        """Return the telephone of this form, claimed or proved."""
        return selves.phone_of(self.request.session, purpose=self.purpose, now=clock.now())

    def proved(self) -> str:
        """Return the telephone whose code was right; empty before."""
        shown = self.shown()
        return shown.phone if shown and shown.is_proved else ""

    def answer(self) -> HttpResponse:
        """Show the step, or take it; a right code leads back to the same address."""
        acts = {"send": self._send, "code": self._check, "other": self._other}
        act = acts.get(self.request.POST.get("step", "")) if self.request.method == "POST" else None
        return act() if act else self._page()

    def _send(self) -> HttpResponse:
        form, before, session = PhoneForm(self.request.POST), self.shown(), self.request.session
        if not form.is_valid():
            return self._page(form)
        if session.session_key is None:
            session.save()  # a code belongs to a session that has a key
        now, typed = clock.now(), form.cleaned_data["phone"]
        marks = devices.marks_of(self.request, getattr(self.request, _DEVICE), now=now)
        try:
            phone_codes.send_code(
                phone=typed,
                purpose=self.purpose,
                session_key=str(session.session_key),
                address=client_address(self.request),
                device=marks.device_key,
                now=now,
            )
        except DomainError as error:
            form.refuse(error)
            # a second tap on the button: the code of the first one is on its way
            is_waiting = error.code == "too_many_codes" and before is not None
            if not is_waiting:
                selves.forget_phone(session)
            return self._page(form)
        phone = phone_codes.read_mobile(typed)
        selves.remember_phone(session, phone, purpose=self.purpose, now=now)
        return redirect(self.request.get_full_path())

    def _check(self) -> HttpResponse:
        form, shown = SentCodeForm(self.request.POST), self.shown()
        if shown is None:
            return self._page()
        if not form.is_valid():
            return self._page(code_form=form)
        session = self.request.session
        try:
            phone_codes.check_code(
                phone=shown.phone,
                purpose=self.purpose,
                session_key=str(session.session_key),
                code=form.cleaned_data["code"],
            )
        except DomainError as error:
            form.refuse(error)
            return self._page(code_form=form)
        selves.remember_proof(session, now=clock.now())
        return redirect(self.request.get_full_path())

    def _other(self) -> HttpResponse:
        selves.forget_phone(self.request.session)
        return redirect(self.request.get_full_path())

    def _page(
        self, form: PhoneForm | None = None, code_form: SentCodeForm | None = None
    ) -> HttpResponse:
        shown = self.shown()
        bound = form or code_form
        context = {
            **self.context,
            "phone_form": form or PhoneForm(),
            "code_form": code_form or SentCodeForm(),
            "phone": shown.phone if shown else "",
            "phone_masked": channels.masked(shown.phone) if shown else "",
        }
        status = bound.status if bound is not None and bound.errors else 200
        return render(self.request, self.template, context, status=status)


def _to_sign_in(request: HttpRequest, more: str = "") -> HttpResponse:
    return redirect(f"{reverse('workers:sign_in')}?next={request.path}{more}")
