"""An authenticator and a keeper for tests."""

import base64
import datetime as dt
import uuid

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.core import signing

from nuanxin.accounts import keepers, second_factor
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import KeeperKey, User
from nuanxin.core import clock
from nuanxin.core.actors import SystemActor
from tests.factories import GrantFactory, UserFactory

SYSTEM = SystemActor("test")
KEEPER_ID = uuid.UUID("6b656570-6572-4000-8000-000000000001")
FIRST_TOKEN = keepers.token_of(KeeperKey(pk=KEEPER_ID))
# dated far ahead, so that it is the same in every process and at every clock
FIRST_INVITATION = signing.Signer(salt="nuanxin.accounts.invitation", sep="~").sign(
    f"{KEEPER_ID.hex}.2~{signing.b62_encode(4_102_444_800)}"
)
PIN = "275491"


class Authenticator:
    """What a member of staff holds in their hand."""

    def __init__(self, secret: str) -> None:
        key = base64.b32decode(secret)
        self._totp = TOTP(key, 6, SHA1(), 30)  # noqa: S303  what authenticators speak

    def code(self, *, after_s: int = 0, now: dt.datetime | None = None) -> str:
        moment = int((now or clock.now()).timestamp()) + after_s
        return self._totp.generate(moment).decode()


def enrolled(user: User, *, before_s: int = 300) -> tuple[Authenticator, list[str]]:
    """Enrol an authenticator some minutes ago; return it and the recovery codes."""
    sealed = second_factor.new_secret(user)
    held = Authenticator(second_factor.secret_text(user, sealed))
    then = clock.now() - dt.timedelta(seconds=before_s)
    codes = second_factor.enrol(
        user=user, secret_sealed=sealed, code=held.code(now=then), by=user, now=then
    )
    return held, codes


def make_keeper(**columns: object) -> User:
    """Save a keeper without a password."""
    user = UserFactory.create(**columns)
    user.set_unusable_password()
    user.save()
    GrantFactory.create(user=user, role=GrantedRole.KEEPER)
    return User.objects.get(pk=user.pk)


def keeper_link(user: User | None = None) -> str:
    """Give a keeper a link; without one, a keeper whose first link is always the same."""
    keeper = user or make_keeper(id=KEEPER_ID)
    return keepers.issue_keeper_link(user=keeper, by=SYSTEM)


def token_of(link: str) -> str:
    return link.split("/")[2]
