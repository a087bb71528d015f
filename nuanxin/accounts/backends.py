"""Sign-in of staff by user name and password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from nuanxin.accounts.models import User


class StaffBackend(BaseBackend):
    """Check a password in constant work, whether or not the user exists."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user when name and password agree and signing in is allowed."""
        user = User.objects.filter(username=(username or "").casefold()).first()
        if user is None:
            User().set_password(password)  # the same work as a check: no timing tells who exists
            return None
        is_right = user.check_password(password or "")
        return user if is_right and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session, unless signing in was withdrawn meanwhile."""
        return User.objects.filter(pk=user_id, is_active=True).first()
