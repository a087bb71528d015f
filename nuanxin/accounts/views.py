"""The two doors: staff by password and code, keepers by link and PIN."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django.views.generic import RedirectView

from nuanxin.accounts import invitations, keepers, pending, second_factor, services
from nuanxin.accounts.backends import KEEPER_DOOR, STAFF_DOOR
from nuanxin.accounts.forms import (
    ChoosePasswordForm,
    ChoosePinForm,
    CodeForm,
    EnrolForm,
    PinForm,
    StaffSignInForm,
)
from nuanxin.accounts.models import User
from nuanxin.accounts.office_forms import OwnPasswordForm
from nuanxin.core.actors import Role
from nuanxin.core.errors import DomainError
from nuanxin.core.qr import qr_svg


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a page of a door to strangers, keep it out of caches and its address out of headers.

    The address of a desk link is half of what signs in. ``strict-origin`` tells nobody a path, and
    unlike ``no-referrer`` leaves forms the origin by which they are known as our own.
    """

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return page


@method_decorator(login_not_required, name="dispatch")
class StaffLoginView(LoginView):
    """User name and password; the form says the same whether or not the user exists."""

    template_name = "accounts/sign_in.html"
    authentication_form = StaffSignInForm
    http_method_names = ["get", "post", "head", "options"]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, or, when a code is owed, note who has shown the password and ask for it."""
        user = form.get_user()
        assert isinstance(user, User)  # noqa: S101  # our backends know no other
        if not second_factor.is_asked_of(user):
            _sign_in(self.request, user, STAFF_DOOR, "password")
            return HttpResponseRedirect(self.get_success_url())
        is_enrolled = second_factor.is_enrolled(user)
        pending.begin(
            self.request.session,
            user,
            next_url=self.get_success_url(),
            secret_sealed="" if is_enrolled else second_factor.new_secret(user),
        )
        return redirect("accounts:second_factor" if is_enrolled else "accounts:enrolment")

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show the reason, with the status of a refusal."""
        response = super().form_invalid(form)
        response.status_code = getattr(form, "status", 200)
        return response


@door
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Ask whoever has shown the password for a code."""
    waiting = pending.read(request.session)
    if waiting is None or waiting.secret_sealed:
        return redirect("accounts:staff_login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            second_factor.prove_code(user=waiting.user, code=form.typed)
        except DomainError as error:
            form.refuse(error)
        else:
            _sign_in(request, waiting.user, STAFF_DOOR, "code")
            return HttpResponseRedirect(waiting.next_url)
    return _page(request, "accounts/second_factor.html", form)


@door
def enrolment_page(request: HttpRequest) -> HttpResponse:
    """Let whoever signs in for the first time enrol an authenticator."""
    waiting = pending.read(request.session)
    if waiting is None or not waiting.secret_sealed:
        return redirect("accounts:staff_login")
    user, sealed = waiting.user, waiting.secret_sealed
    form = EnrolForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = second_factor.enrol(
                user=user, secret_sealed=sealed, code=form.cleaned_data["code"], by=user
            )
        except DomainError as error:
            form.refuse(error)
        else:
            _sign_in(request, user, STAFF_DOOR, "code")
            context = {"codes": codes, "next_url": waiting.next_url}
            return render(request, "accounts/recovery_codes.html", context)
    secret = second_factor.secret_text(user, sealed)
    context = {
        "qr": qr_svg(second_factor.provisioning_uri(user, sealed)),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return _page(request, "accounts/enrolment.html", form, context)


@door
def keeper_door(request: HttpRequest, token: str) -> HttpResponse:
    """Let a keeper in by their link and PIN; the first time they choose the PIN.

    A GET writes nothing: chats fetch a link before anybody opens it.
    """
    key = keepers.key_of(token)
    if request.method != "POST" and request.user.pk == key.pk:
        return redirect(keeper_home())
    is_first = not key.pin_hash
    form_class = ChoosePinForm if is_first else PinForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = _user_of_pin(token, form)
        except DomainError as error:
            form.refuse(error)
        else:
            _sign_in(request, user, KEEPER_DOOR, "link")
            return redirect(keeper_home())
    return _page(request, "accounts/keeper_door.html", form, {"key": key, "is_first": is_first})


@door
def invitation_page(request: HttpRequest, invitation: str) -> HttpResponse:
    """Let somebody new choose a password; then they sign in by the staff door like everybody.

    A GET writes nothing: chats fetch a link before anybody opens it.
    """
    user = invitations.invited_user(invitation)
    form = ChoosePasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            invitations.accept_invitation(token=invitation, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            return render(request, "accounts/welcome.html", {"invited": user, "is_done": True})
    return _page(request, "accounts/welcome.html", form, {"invited": user})


def enter(request: HttpRequest, user: User, backend: str) -> None:
    """Open the session of somebody who has shown what the door asks for."""
    is_keeper = backend == KEEPER_DOOR
    user.door_roles = frozenset({Role.KEEPER}) if is_keeper else None
    login(request, user, backend=backend)
    # said for both doors: of one person's two sessions the second must not inherit the first's age
    request.session.set_expiry(settings.KEEPER_SESSION_AGE_S if is_keeper else None)


def keeper_home() -> str:
    """Return the address of the desk, or of the list as long as there is no desk."""
    for name in settings.KEEPER_HOME_URLS:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return "/"


class OwnPasswordView(PasswordChangeView):
    """Change one's own password; stands before the admin site's page of the same address."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the office's frame shows."""
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}


class StaffLogoutView(LogoutView):
    """End the session, by POST only."""

    http_method_names = ["post", "options"]


# the admin site's own sign-in would be a second door, with a form of its own
office_door = login_not_required(
    RedirectView.as_view(
        pattern_name="accounts:staff_login",
        query_string=True,
        http_method_names=["get", "head"],
    )
)


def _user_of_pin(token: str, form: PinForm | ChoosePinForm) -> User:
    values = form.cleaned_data
    if "repeated" in values:
        return keepers.choose_pin(token=token, pin=values["pin"], repeated=values["repeated"])
    return keepers.prove_pin(token=token, pin=values["pin"])


def _sign_in(request: HttpRequest, user: User, backend: str, shown: str) -> None:
    pending.drop(request.session)
    services.note_sign_in(user=user, door=shown)
    enter(request, user, backend)


def _page(
    request: HttpRequest, template: str, form: Any, context: dict[str, Any] | None = None
) -> HttpResponse:
    status = form.status if form.is_bound else 200
    return render(request, template, {"form": form, **(context or {})}, status=status)
