"""Switching off and on, resetting, contacts: what administrators and officers do for others."""

import pytest

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.accounts.selectors import Contact, contact_of
from nuanxin.accounts.services import (
    PHONE_PURPOSE,
    create_user,
    reset_password,
    set_contact,
    switch_user,
)
from nuanxin.core import crypto
from nuanxin.core.actors import Actor, AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, DomainError, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.unions.models import Union
from tests.accounts.codes import SYSTEM
from tests.factories import PASSWORD, GrantFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "nine-warmer-stations"
PHONE, ROBOT = "13800000000", "wecombot://11111111-2222-3333-4444-555555555555"


def actor(role: Role, path: str = "") -> SystemActor:
    return SystemActor("x", scopes=(Scope(role, path),))


@pytest.fixture
def officer() -> User:
    """Return an officer of ZJ/KQ."""
    county = UnionFactory.create(code="KQ", parent=UnionFactory.create(code="ZJ", root=True))
    user = GrantFactory.create(union=county).user
    return User.objects.get(pk=user.pk)


ACTS = {
    "reset": lambda user, by: reset_password(user=user, password=NEW, by=by),
    "off": lambda user, by: switch_user(user=user, is_active=False, by=by),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("by", [SYSTEM, actor(Role.ADMIN), actor(Role.ADMIN, "ZJ/KQ/")])
def test_administrators_above_may_and_it_is_written_down(officer, act, by):
    ACTS[act](officer, by)

    verb = {"reset": "user.password_reset", "off": "user.switched_off"}[act]
    assert AuditEvent.objects.get().verb == verb


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "by",
    [
        actor(Role.ADMIN, "ZJ/XS/"),
        actor(Role.OFFICER),
        actor(Role.AUDITOR),
        actor(Role.KEEPER, "ZJ/KQ/"),
        AnonymousActor(),
    ],
)
def test_everybody_else_may_not(officer, act, by):
    with pytest.raises(NotAllowed):
        ACTS[act](officer, by)

    stored = User.objects.get()
    assert stored.is_active
    assert stored.check_password(PASSWORD)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("act", ACTS)
def test_administrator_of_a_county_cannot_take_over_who_reaches_further(officer, act):
    """Whoever resets a password can sign in with it."""
    GrantFactory.create(user=officer, union=Union.objects.get(code="ZJ"))

    with pytest.raises(NotAllowed):
        ACTS[act](User.objects.get(), actor(Role.ADMIN, "ZJ/KQ/"))


@pytest.mark.parametrize("act", ACTS)
def test_user_without_a_role_takes_an_administrator_of_everything(act):
    user = UserFactory.create()
    with pytest.raises(NotAllowed):
        ACTS[act](user, actor(Role.ADMIN, "ZJ/KQ/"))

    ACTS[act](user, actor(Role.ADMIN))


def test_role_rests_while_switched_off_but_still_protects(officer):
    """A user switched off must not become easier to take over."""
    switch_user(user=officer, is_active=False, by=SYSTEM)
    reader = User.objects.get()

    assert reader.scopes == ()
    with pytest.raises(NotAllowed):
        switch_user(user=reader, is_active=True, by=actor(Role.ADMIN, "ZJ/XS/"))
    assert switch_user(user=reader, is_active=True, by=actor(Role.ADMIN, "ZJ/KQ/")).is_active


def test_reset_password_ends_the_sessions_and_refuses_a_weak_one(officer, client):
    client.force_login(officer)
    with pytest.raises(Invalid) as refused:
        reset_password(user=officer, password="short", by=SYSTEM)
    assert refused.value.code == "weak_password"
    assert client.get("/office/").status_code == 200

    reset_password(user=User.objects.get(), password=NEW, by=SYSTEM)

    assert client.get("/office/").status_code == 302
    assert User.objects.get().check_password(NEW)


def test_switching_off_ends_the_sessions_for_good(officer, client):
    client.force_login(officer)
    switched_off = switch_user(user=officer, is_active=False, by=SYSTEM)
    assert client.get("/office/").status_code == 302

    switched_on = switch_user(user=switched_off, is_active=True, by=SYSTEM)

    assert switched_on.is_active
    assert client.get("/office/").status_code == 302, "the old session does not come back"
    verbs = AuditEvent.objects.order_by("verb").values_list("verb", flat=True)
    assert list(verbs) == ["user.switched_off", "user.switched_on"]


@pytest.mark.parametrize("is_active", [True, False])
def test_switching_twice_writes_no_second_row(officer, is_active):
    for _ in range(2):
        switch_user(user=officer, is_active=False, by=SYSTEM)

    assert AuditEvent.objects.count() == 1


def test_nobody_switches_themselves_off():
    admin = GrantFactory.create(whole_tree=True).user

    with pytest.raises(Conflict) as refused:
        switch_user(user=admin, is_active=False, by=admin)

    assert refused.value.code == "own_account"


def test_user_created_without_a_password_has_none():
    user = create_user(username="chen", display_name="陈师傅", by=SYSTEM)

    assert not User.objects.get(pk=user.pk).has_usable_password()


# --- contact ---


def set_by(user: User, by: Actor, *, phone: str = PHONE, notice_url: str = ROBOT) -> User:
    return set_contact(user=user, phone=phone, notice_url=notice_url, by=by)


def test_contact_is_sealed_and_opens_for_the_outbox_alone(officer):
    set_by(officer, SYSTEM)

    stored = User.objects.get()
    columns = str(User.objects.values()) + str(AuditEvent.objects.values())
    assert PHONE not in columns
    assert "wecombot" not in columns
    assert contact_of(stored) == Contact(phone=PHONE, notice_url=ROBOT)
    assert stored.phone_index == crypto.provider().blind_index(PHONE, purpose=PHONE_PURPOSE)


def test_contact_of_one_does_not_open_at_another(officer):
    set_by(officer, SYSTEM)
    other = UserFactory.create(notice_url_sealed=User.objects.get().notice_url_sealed)

    with pytest.raises(crypto.SealBroken):
        contact_of(other)


def test_contact_that_is_empty_is_taken_away(officer):
    set_by(officer, SYSTEM)
    set_by(officer, SYSTEM, phone="", notice_url=" ")

    stored = User.objects.get()
    assert contact_of(stored) == Contact("", "")
    assert (stored.phone_sealed, stored.phone_index, stored.notice_url_sealed) == ("", "", "")
    assert contact_of(UserFactory.create()) == Contact("", "")


@pytest.mark.parametrize(
    "address",
    [
        "https://intranet/",
        "json://127.0.0.1/",
        "file:///etc/passwd",
        "wecombot",
        "wecombot://",
        "x",
    ],
)
def test_contact_names_only_messengers_the_site_allows(officer, address):
    with pytest.raises(Invalid) as refused:
        set_by(officer, SYSTEM, notice_url=address)

    assert refused.value.fields["notice_url"]
    assert contact_of(User.objects.get()) == Contact("", "")


def test_contact_is_set_by_oneself_by_officers_of_a_keeper_and_by_administrators(officer):
    keeper = GrantFactory.create(
        role=GrantedRole.KEEPER, union=Grant.objects.get(user=officer).union
    ).user

    for user, by in ((keeper, keeper), (keeper, officer), (officer, actor(Role.ADMIN, "ZJ/"))):
        set_by(User.objects.get(pk=user.pk), by)
    for user, by in (
        (officer, keeper),
        (keeper, actor(Role.OFFICER, "ZJ/XS/")),
        (keeper, actor(Role.AUDITOR)),
        (officer, actor(Role.OFFICER, "ZJ/KQ/")),
    ):
        with pytest.raises(DomainError) as refused:
            set_by(User.objects.get(pk=user.pk), by)
        assert refused.value.status == 403
