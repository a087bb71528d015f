import pytest

from nuanxin.accounts.models import Grant, User
from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.models import AuditEvent
from nuanxin.core.scopes import can_read_office
from nuanxin.stations.models import Station
from tests.factories import GrantFactory, StationFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db

OFFICE = [Role.OFFICER, Role.AUDITOR, Role.ADMIN, Role.SYSTEM]


@pytest.fixture
def tree():
    root = UnionFactory.create(code="ZJ", root=True)
    unions = [root, *(UnionFactory.create(code=code, parent=root) for code in ("HZ", "HZX"))]
    for union in unions:
        StationFactory.create(code=union.code, union=union)
        GrantFactory.create(union=union, user__username=union.code)
    StationFactory.create(code="NONE", union=None)
    GrantFactory.create(whole_tree=True, user__username="WHOLE")
    UserFactory.create(username="NONE")


def actor(*scopes):
    return SystemActor("x", scopes=scopes)


@pytest.mark.parametrize("role", OFFICE)
def test_scope_over_a_union_shows_what_lies_below_it(tree, role):
    reader = actor(Scope(role, "ZJ/HZ/"))

    assert set(Station.objects.visible_to(reader).values_list("code", flat=True)) == {"HZ"}
    assert set(Grant.objects.visible_to(reader).values_list("union__code", flat=True)) == {"HZ"}
    assert set(User.objects.visible_to(reader).values_list("username", flat=True)) == {"HZ"}


def test_scope_over_everything_shows_also_what_has_no_union(tree):
    reader = actor(Scope(Role.AUDITOR))

    assert Station.objects.visible_to(reader).count() == 4
    assert Grant.objects.visible_to(reader).count() == 4
    assert User.objects.visible_to(reader).count() == 5


def test_several_scopes_add_up(tree):
    reader = actor(Scope(Role.OFFICER, "ZJ/HZ/"), Scope(Role.AUDITOR, "ZJ/HZX/"))

    assert set(Station.objects.visible_to(reader).values_list("code", flat=True)) == {"HZ", "HZX"}


@pytest.mark.parametrize(
    "reader",
    [AnonymousActor(), actor(), actor(Scope(Role.KEEPER, "ZJ/")), actor(Scope(Role.WORKER))],
)
def test_others_see_nothing_of_the_office(tree, reader):
    assert not can_read_office(reader)
    for rows in (Station.objects, Grant.objects, User.objects, AuditEvent.objects):
        assert not rows.visible_to(reader).exists()


@pytest.mark.parametrize("role", OFFICE)
@pytest.mark.parametrize("path", ["", "ZJ/HZ/"])
def test_office_is_read_by_its_roles_of_any_place(role, path):
    assert can_read_office(actor(Scope(role, path)))
