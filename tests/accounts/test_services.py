import pytest

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.accounts.services import (
    PHONE_PURPOSE,
    change_password,
    create_user,
    end_grant,
    grant_role,
)
from nuanxin.core import crypto
from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from tests.factories import PASSWORD, GrantFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db

SYSTEM = SystemActor("test")
PHONE = "13800000000"
CITY_ADMIN = SystemActor("city", scopes=(Scope(Role.ADMIN, "ZJ/NB/"),))
REFUSED = [
    SystemActor("hz", scopes=(Scope(Role.ADMIN, "ZJ/HZ/"),)),
    SystemActor("officer", scopes=(Scope(Role.OFFICER),)),
    SystemActor("auditor", scopes=(Scope(Role.AUDITOR),)),
    AnonymousActor(),
]


@pytest.fixture
def city():
    return UnionFactory.create(code="NB", parent=UnionFactory.create(code="ZJ", root=True))


def create(*, by=SYSTEM, **columns):
    values = {"username": "Zhang", "display_name": "张工", "password": PASSWORD} | columns
    return create_user(**values, by=by)


# --- create_user ---


def test_create_user_can_sign_in_and_holds_nothing():
    user = create()

    stored = User.objects.get(username="zhang")
    assert stored == user
    assert stored.check_password(PASSWORD)
    assert stored.scopes == ()
    assert AuditEvent.objects.get().verb == "user.created"


def test_create_user_seals_the_phone_and_finds_it_by_fingerprint():
    user = create(phone=PHONE)

    provider = crypto.provider()
    stored = User.objects.get(phone_index=provider.blind_index(PHONE, purpose=PHONE_PURPOSE))
    place = crypto.Place("accounts_user", str(user.pk), "phone_sealed")
    assert PHONE not in stored.phone_sealed
    assert provider.unseal(stored.phone_sealed, place) == PHONE
    assert PHONE not in str(AuditEvent.objects.values())


def test_create_user_phone_of_one_does_not_open_at_another():
    first, second = create(phone=PHONE), create(username="li", phone="13900000000")

    with pytest.raises(crypto.SealBroken):
        crypto.provider().unseal(
            first.phone_sealed, crypto.Place("accounts_user", str(second.pk), "phone_sealed")
        )


@pytest.mark.parametrize("username", ["zhang", "ZHANG"])
def test_create_user_taken_name_is_a_conflict(username):
    create()

    with pytest.raises(Conflict) as refused:
        create(username=username)

    assert refused.value.code == "username_taken"
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("password", ["", "short", "12345678901", "password"])
def test_create_user_weak_password_is_refused_with_the_reason(password):
    with pytest.raises(Invalid) as refused:
        create(password=password)

    assert refused.value.code == "weak_password"
    assert refused.value.fields["password"]
    assert not User.objects.exists()


@pytest.mark.parametrize("by", [*REFUSED, CITY_ADMIN])
def test_create_user_takes_an_administrator_of_everything(by):
    with pytest.raises(NotAllowed):
        create(by=by)

    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()


# --- grant_role ---


def test_grant_role_gives_the_scope_and_writes_who_gave_it(city):
    user = UserFactory.create()

    grant = grant_role(user=user, role=GrantedRole.OFFICER, union=city, by=CITY_ADMIN)

    assert User.objects.get(pk=user.pk).scopes == (Scope(Role.OFFICER, "ZJ/NB/"),)
    assert grant.granted_by == "system:city"
    event = AuditEvent.objects.get()
    assert (event.verb, event.scope_path, event.data) == (
        "role.granted",
        "ZJ/NB/",
        {"role": "officer"},
    )
    assert event.object_key == str(user.pk)


@pytest.mark.parametrize("role", [GrantedRole.OFFICER, GrantedRole.ADMIN])
def test_grant_role_twice_writes_nothing(city, role, writes_of):
    user = UserFactory.create()
    union = None if role == GrantedRole.ADMIN else city
    first = grant_role(user=user, role=role, union=union, by=SYSTEM)

    assert writes_of(lambda: grant_role(user=user, role=role, union=union, by=SYSTEM)) == []
    assert list(Grant.objects.all()) == [first]


def test_grant_role_again_after_its_end_is_a_new_grant(city):
    user = UserFactory.create()
    first = grant_role(user=user, role=GrantedRole.OFFICER, union=city, by=SYSTEM)
    end_grant(grant=first, by=SYSTEM)

    assert grant_role(user=user, role=GrantedRole.OFFICER, union=city, by=SYSTEM) != first


@pytest.mark.parametrize("role", [GrantedRole.KEEPER, GrantedRole.OFFICER, GrantedRole.AUDITOR])
def test_grant_role_without_a_union_is_for_administrators_only(role):
    with pytest.raises(Invalid) as refused:
        grant_role(user=UserFactory.create(), role=role, union=None, by=SYSTEM)

    assert refused.value.code == "scope_missing"


@pytest.mark.parametrize("by", REFUSED)
def test_grant_role_outside_the_scope_is_refused(city, by):
    with pytest.raises(NotAllowed):
        grant_role(user=UserFactory.create(), role=GrantedRole.KEEPER, union=city, by=by)

    assert not Grant.objects.exists()
    assert not AuditEvent.objects.exists()


def test_grant_role_administrator_of_a_subtree_cannot_reach_above_it(city):
    for union in (city.parent, None):
        with pytest.raises(NotAllowed):
            grant_role(
                user=UserFactory.create(), role=GrantedRole.ADMIN, union=union, by=CITY_ADMIN
            )


def test_grant_role_user_can_grant_by_an_own_role(city):
    admin = GrantFactory.create(role=GrantedRole.ADMIN, union=city).user

    grant = grant_role(user=UserFactory.create(), role=GrantedRole.KEEPER, union=city, by=admin)

    assert grant.granted_by == f"user:{admin.pk}"


# --- end_grant ---


def test_end_grant_keeps_the_row_and_takes_the_scope(city, clock):
    moment = clock.stop_at("leap day")
    grant = GrantFactory.create(union=city)

    end_grant(grant=grant, by=CITY_ADMIN)

    stored = Grant.objects.get()
    assert (stored.ended_at, stored.ended_by) == (moment, "system:city")
    assert User.objects.get(pk=grant.user_id).scopes == ()
    assert AuditEvent.objects.get().verb == "role.ended"


def test_end_grant_twice_writes_nothing(city, writes_of):
    grant = end_grant(grant=GrantFactory.create(union=city), by=SYSTEM)

    assert writes_of(lambda: end_grant(grant=grant, by=SYSTEM)) == []
    assert writes_of(lambda: end_grant(grant=Grant.objects.get(), by=SYSTEM)) == []


@pytest.mark.parametrize("by", REFUSED)
def test_end_grant_outside_the_scope_is_refused(city, by):
    grant = GrantFactory.create(union=city)

    with pytest.raises(NotAllowed):
        end_grant(grant=grant, by=by)

    assert Grant.objects.in_force().exists()


def test_end_grant_over_the_whole_tree_takes_the_whole_tree(city):
    grant = GrantFactory.create(whole_tree=True)

    with pytest.raises(NotAllowed):
        end_grant(grant=grant, by=CITY_ADMIN)


# --- change_password ---


def test_change_password_is_for_oneself():
    user = UserFactory.create()
    change_password(user=user, password="nine-warmer-stations", by=user)

    assert User.objects.get(pk=user.pk).check_password("nine-warmer-stations")
    assert AuditEvent.objects.get().verb == "user.password_changed"


@pytest.mark.parametrize("by", [SYSTEM, CITY_ADMIN, *REFUSED])
def test_change_password_of_somebody_else_is_refused(by):
    user = UserFactory.create()
    with pytest.raises(NotAllowed):
        change_password(user=user, password="nine-warmer-stations", by=by)

    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_change_password_refuses_a_weak_one():
    user = UserFactory.create()
    with pytest.raises(Invalid) as refused:
        change_password(user=user, password="short", by=user)

    assert refused.value.code == "weak_password"
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
