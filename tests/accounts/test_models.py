import pytest
from django.db import IntegrityError, transaction

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.core.actors import Role, Scope
from tests.factories import GrantFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("columns", [{"phone_sealed": "v1:x:y"}, {"phone_index": "ab"}])
def test_user_phone_is_sealed_with_its_fingerprint_or_absent(columns):
    with pytest.raises(IntegrityError, match="phone_sealed_with_index"), transaction.atomic():
        UserFactory.create(**columns)


def test_user_name_is_unique():
    user = UserFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory.create(username=user.username)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"union": None}, "scope_or_admin"),
        ({"union": None, "role": GrantedRole.KEEPER}, "scope_or_admin"),
        ({"role": "king"}, "known_role"),
        ({"role": "worker"}, "known_role"),
        ({"ended_at": "2026-01-01T00:00Z"}, "ended_when_and_by"),
        ({"ended_by": "system:x"}, "ended_when_and_by"),
    ],
)
def test_grant_database_refuses(columns, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        GrantFactory.create(**columns)


def test_grant_stands_once_while_in_force():
    grant = GrantFactory.create()
    same = {"user": grant.user, "role": grant.role, "union": grant.union}
    GrantFactory.create(ended=True, **same)

    with pytest.raises(IntegrityError), transaction.atomic():
        GrantFactory.create(**same)


def test_grant_in_force_leaves_out_the_ended():
    standing = GrantFactory.create()
    GrantFactory.create(ended=True)

    assert list(Grant.objects.in_force()) == [standing]
    assert str(standing) == f"工会干部 {standing.user_id}"


def test_scopes_are_the_grants_in_force(django_assert_num_queries):
    user = UserFactory.create()
    union = UnionFactory.create(code="NB", parent=UnionFactory.create(code="ZJ", root=True))
    GrantFactory.create(user=user, union=union)
    GrantFactory.create(user=user, ended=True)
    GrantFactory.create(user=user, whole_tree=True)
    reader = User.objects.get(pk=user.pk)

    with django_assert_num_queries(1):
        scopes = {*reader.scopes, *reader.scopes}

    assert scopes == {Scope(Role.OFFICER, "ZJ/NB/"), Scope(Role.ADMIN, "")}


def test_scopes_of_somebody_who_may_not_sign_in_are_none():
    grant = GrantFactory.create(user=UserFactory.create(is_active=False))

    assert grant.user.scopes == ()
    assert not grant.user.is_staff
    assert not grant.user.has_perm("stations.view_station")


@pytest.mark.parametrize(
    ("role", "is_staff", "allowed"),
    [
        (GrantedRole.KEEPER, False, set()),
        (GrantedRole.OFFICER, True, {"view"}),
        (GrantedRole.AUDITOR, True, {"view"}),
        (GrantedRole.ADMIN, True, {"view", "add", "change", "delete"}),
    ],
)
def test_permissions_of_the_office_follow_the_role(role, is_staff, allowed):
    user = GrantFactory.create(role=role).user
    actions = ("view", "add", "change", "delete")

    assert {action for action in actions if user.has_perm(f"stations.{action}_station")} == allowed
    assert user.is_staff is user.has_module_perms("stations") is is_staff
    assert user.has_perms(["stations.view_station", "stations.add_station"]) is ("add" in allowed)
    assert user.is_superuser is False


def test_user_names_itself_for_the_audit():
    user = UserFactory.create(display_name="")

    assert user.actor_key == f"user:{user.pk}"
    assert user.actor_label == str(user) == user.username


def test_natural_key_does_not_tell_capitals_apart():
    user = UserFactory.create(username="zhang")

    assert User.objects.get_by_natural_key("ZHANG") == user
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)
