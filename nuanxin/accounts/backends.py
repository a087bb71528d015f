"""The two doors: staff by user name and password, keepers by their link and PIN."""

from typing import Any, Final

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from nuanxin.accounts import limits
from nuanxin.accounts.models import User
from nuanxin.core.actors import Role
from nuanxin.core.addresses import client_address, site_of

STAFF_DOOR: Final = "nuanxin.accounts.backends.StaffBackend"
KEEPER_DOOR: Final = "nuanxin.accounts.backends.KeeperBackend"


class StaffBackend(BaseBackend):
    """Check a password in constant work, whether or not the user exists."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user when name and password agree and signing in is allowed.

        Raises
        ------
        TooManyTries
            When name or address has had its tries; the password is not looked at.
        """
        name = (username or "").casefold()
        site = site_of(client_address(request)) if request else ""
        if site:  # first: an address that is shut out counts against no name
            limits.take(limits.PASSWORD_BY_ADDRESS, site)
        limits.take(limits.PASSWORD_BY_NAME, name)
        user = User.objects.filter(username=name).first()
        if user is None:
            User().set_password(password)  # the same work as a check: no timing tells who exists
            return None
        if not user.check_password(password or "") or not user.is_active:
            return None
        limits.forgive(limits.PASSWORD_BY_NAME, name)
        if site:
            limits.give_back(limits.PASSWORD_BY_ADDRESS, site)
        return user

    def get_user(self, user_id: Any) -> User | None:
        """Return the user of a session, unless signing in was withdrawn meanwhile."""
        return User.objects.filter(pk=user_id, is_active=True).first()


class KeeperBackend(BaseBackend):
    """Sessions that a desk link opened: they hold a keeper's rights, whatever else the user is.

    It checks no credentials: ``keepers.prove_pin`` does, and the view signs in.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Return the keeper of a session, unless signing in was withdrawn meanwhile."""
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is not None:
            user.door_roles = frozenset({Role.KEEPER})
        return user
