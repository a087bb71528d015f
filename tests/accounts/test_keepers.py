import itertools
import re

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.accounts import keepers, services
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, KeeperKey, User
from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, DomainError, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from tests.accounts.codes import KEEPER_ID, PIN, SYSTEM, keeper_link, token_of
from tests.factories import GrantFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(clock) -> str:
    return token_of(keeper_link())


def keeper() -> User:
    return User.objects.get(pk=KEEPER_ID)


def chosen(token: str, pin: str = PIN) -> User:
    return keepers.choose_pin(token=token, pin=pin, repeated=pin)


def answer(token: str, pin: str) -> str:
    """Return how a PIN was answered: its refusal's word, or nothing."""
    try:
        keepers.prove_pin(token=token, pin=pin)
    except DomainError as error:
        return error.code
    return ""


# --- the link ---


def test_link_is_a_path_with_a_signed_token_that_is_kept_nowhere(token):
    assert re.fullmatch(rf"{KEEPER_ID.hex}\.1~[\w-]{{43}}", token)
    assert keepers.key_of(token).user == keeper()
    assert token not in str(KeeperKey.objects.values()) + str(AuditEvent.objects.values())
    assert AuditEvent.objects.get().verb == "keeper.link_issued"


def test_link_that_is_new_kills_the_old_one_and_its_pin(token):
    chosen(token)
    fresh = token_of(keepers.issue_keeper_link(user=keeper(), by=SYSTEM))

    with pytest.raises(keepers.DeadLink):
        keepers.prove_pin(token=token, pin=PIN)
    assert answer(fresh, PIN) == "wrong_pin"
    assert chosen(fresh, "918273") == keeper()


def test_link_that_was_withdrawn_is_dead_and_does_not_come_back(token):
    keepers.revoke_keeper_link(user=keeper(), by=SYSTEM)
    fresh = token_of(keepers.issue_keeper_link(user=keeper(), by=SYSTEM))

    with pytest.raises(keepers.DeadLink):
        keepers.key_of(token)
    assert keepers.key_of(fresh).link_version == 3


def test_withdrawing_twice_writes_nothing(token, writes_of):
    keepers.revoke_keeper_link(user=keeper(), by=SYSTEM)

    again = writes_of(lambda: keepers.revoke_keeper_link(user=keeper(), by=SYSTEM))

    assert [sql for sql in again if not sql.startswith("UPDATE")] == []
    assert AuditEvent.objects.filter(verb="keeper.link_revoked").count() == 1


def test_link_of_somebody_switched_off_is_dead(token):
    services.switch_user(user=keeper(), is_active=False, by=SYSTEM)

    with pytest.raises(keepers.DeadLink):
        keepers.key_of(token)


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
        lambda token: token.replace(".1~", ".2~"),
        lambda token: "f" * 32 + token[32:],
        lambda token: token.rpartition("~")[0],
        lambda token: "",
        lambda token: "x~y",
        lambda token: "~" * 80,
    ],
)
def test_link_that_was_forged_is_dead(token, forge):
    with pytest.raises(keepers.DeadLink):
        keepers.key_of(forge(token))


def test_signature_of_another_purpose_opens_nothing(token):
    value = token.rpartition("~")[0]

    with pytest.raises(keepers.DeadLink):
        keepers.key_of(signing.Signer(salt="other", sep="~").sign(value))


def test_link_ends_the_sessions_of_the_keeper(token, client):
    client.force_login(keeper())
    assert client.get("/office/password_change/").status_code == 200

    keepers.issue_keeper_link(user=keeper(), by=SYSTEM)

    assert client.get("/office/password_change/").status_code == 302


# --- who may ---


@pytest.fixture
def village() -> User:
    """Return a keeper of ZJ/KQ."""
    county = UnionFactory.create(code="KQ", parent=UnionFactory.create(code="ZJ", root=True))
    user = UserFactory.create()
    GrantFactory.create(user=user, role=GrantedRole.KEEPER, union=county)
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(Role.OFFICER, "ZJ/KQ/"),
        Scope(Role.OFFICER, "ZJ/"),
        Scope(Role.ADMIN),
        Scope(Role.SYSTEM),
    ],
)
def test_link_is_given_and_withdrawn_by_officers_above_and_administrators(village, scope):
    actor = SystemActor("x", scopes=(scope,))

    assert keepers.issue_keeper_link(user=village, by=actor).startswith("/k/")
    keepers.revoke_keeper_link(user=village, by=actor)

    events = AuditEvent.objects.order_by("verb")
    assert [event.verb for event in events] == ["keeper.link_issued", "keeper.link_revoked"]
    assert {event.scope_path for event in events} == {"ZJ/KQ/"}


@pytest.mark.parametrize(
    "actor",
    [
        SystemActor("x", scopes=(Scope(Role.OFFICER, "ZJ/XS/"),)),
        SystemActor("x", scopes=(Scope(Role.ADMIN, "ZJ/XS/"),)),
        SystemActor("x", scopes=(Scope(Role.AUDITOR),)),
        SystemActor("x", scopes=(Scope(Role.KEEPER, "ZJ/KQ/"),)),
        AnonymousActor(),
    ],
)
@pytest.mark.parametrize("act", [keepers.issue_keeper_link, keepers.revoke_keeper_link])
def test_link_is_refused_to_everybody_else(village, actor, act):
    with pytest.raises(NotAllowed):
        act(user=village, by=actor)

    assert not KeeperKey.objects.exists()
    assert not AuditEvent.objects.exists()


def test_link_for_somebody_who_keeps_no_station_is_a_conflict(village):
    Grant.objects.all().delete()

    with pytest.raises(Conflict) as refused:
        keepers.issue_keeper_link(user=User.objects.get(pk=village.pk), by=SYSTEM)

    assert refused.value.code == "not_a_keeper"


# --- the PIN ---


@pytest.mark.parametrize(
    "pin",
    ["000000", "999999", "123456", "654321", "012345", "890123", "210987", "121212", "135135"],
)
def test_pin_that_everybody_tries_first_is_refused(token, pin):
    with pytest.raises(Invalid) as refused:
        chosen(token, pin)

    assert refused.value.code == "unfit_pin"
    assert refused.value.fields["pin"]


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "²²²²²²", "١٢٣٤٥٦", "27 491"])
def test_pin_has_six_digits(token, pin):
    with pytest.raises(Invalid):
        chosen(token, pin)


def test_pin_is_typed_twice_alike(token):
    with pytest.raises(Invalid) as refused:
        keepers.choose_pin(token=token, pin=PIN, repeated="275492")

    assert refused.value.fields["repeated"]
    assert not KeeperKey.objects.get().pin_hash


def test_pin_is_kept_hashed_and_chosen_once(token):
    assert chosen(token) == keeper()

    with pytest.raises(Conflict):
        chosen(token, "918273")
    assert PIN not in KeeperKey.objects.get().pin_hash
    assert [answer(token, PIN), answer(token, "918273")] == ["", "wrong_pin"]
    assert AuditEvent.objects.filter(verb="keeper.pin_chosen").count() == 1


def test_pin_may_be_typed_in_full_width_digits(token):
    chosen(token)

    assert answer(token, "２７５４９１") == ""


def test_pin_sixth_try_is_refused_even_when_right(token, clock):
    chosen(token)

    assert [answer(token, "918273") for _ in range(5)] == ["wrong_pin"] * 5
    assert answer(token, PIN) == "too_many_tries"
    clock.stop_at("2026-03-10T10:15")
    assert answer(token, PIN) == ""


def test_pin_that_was_not_chosen_yet_is_never_right(token):
    assert answer(token, "") == "wrong_pin"


@given(st.integers(0, 999_999).map("{:06d}".format))
def test_easy_pins_are_few_and_look_easy(pin):
    if keepers.is_easy(pin):
        steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
        assert steps in ({1}, {9}) or pin[:3] == pin[3:] or pin[:2] * 3 == pin


def test_easy_pins_are_a_thousandth():
    easy = sum(keepers.is_easy(f"{number:06d}") for number in range(1_000_000))

    assert 1_000 <= easy <= 1_200
