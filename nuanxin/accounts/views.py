"""Sign-in of staff."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import RedirectView

from nuanxin.accounts.office_forms import OwnPasswordForm


@method_decorator(login_not_required, name="dispatch")
class StaffLoginView(LoginView):
    """User name and password; the form says the same whether or not the user exists."""

    template_name = "accounts/sign_in.html"
    authentication_form = AuthenticationForm
    http_method_names = ["get", "post", "head", "options"]


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
