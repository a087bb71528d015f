import pytest

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditEvent
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.services import enter_union
from tests.factories import DivisionFactory, UnionFactory

pytestmark = pytest.mark.django_db

SYSTEM = SystemActor("test")
USCC = "81330000MC00000001"


@pytest.fixture
def city():
    return UnionFactory.create(code="NB", parent=UnionFactory.create(code="ZJ", root=True))


def enter(parent, *, by=SYSTEM, **columns):
    values = {"code": "NB01", "name": "某联合工会", "kind": UnionKind.JOINT} | columns
    return enter_union(**values, division=DivisionFactory.create(), parent=parent, by=by)


def test_enter_union_places_it_below_its_parent(city):
    union = enter(city, uscc=USCC)

    assert (union.pk, union.path) == (computed_id("union", "NB01"), "ZJ/NB/NB01/")
    event = AuditEvent.objects.get()
    assert (event.verb, event.scope_path) == ("union.entered", "ZJ/NB/NB01/")
    assert event.object_key == str(union.pk)


def test_enter_union_twice_writes_nothing(city, writes_of):
    first = enter(city)

    assert writes_of(lambda: enter(city)) == []
    assert enter(city) == first
    assert AuditEvent.objects.count() == 1


def test_enter_union_again_with_another_name_changes_the_row(city):
    enter(city)

    changed = enter(city, name="新名字")

    assert Union.objects.get(code="NB01").name == changed.name == "新名字"
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == [
        "union.changed",
        "union.entered",
    ]


@pytest.mark.parametrize("code", ["", "NB/01", "NB 01", "工会", "ＮＢ", "N-1"])
def test_enter_union_odd_code_is_refused(city, code):
    with pytest.raises(Invalid) as refused:
        enter(city, code=code)

    assert refused.value.code == "union_code"


@pytest.mark.parametrize("code", ["NB01", "nb01"])
def test_enter_union_never_moves_one_that_stands_elsewhere(city, code):
    enter(city)

    with pytest.raises(Invalid) as refused:
        enter(city.parent, code=code)

    assert refused.value.code == "union_elsewhere"
    assert Union.objects.get(pk=computed_id("union", "NB01")).path == "ZJ/NB/NB01/"


def test_enter_union_code_in_other_letters_does_not_rename_the_path(city):
    enter(city)

    with pytest.raises(Invalid):
        enter(city, code="nb01")

    assert Union.objects.get(pk=computed_id("union", "NB01")).code == "NB01"


def test_enter_union_with_the_credit_code_of_another_is_a_conflict(city):
    enter(city, uscc=USCC)

    with pytest.raises(Conflict) as refused:
        enter(city, code="NB02", uscc=USCC)

    assert refused.value.code == "uscc_taken"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMIN])
def test_enter_union_within_the_own_subtree_is_allowed(city, role):
    assert enter(city, by=SystemActor("x", scopes=(Scope(role, "ZJ/NB/"),))).pk


@pytest.mark.parametrize(
    "scopes",
    [
        (Scope(Role.OFFICER, "ZJ/HZ/"),),
        (Scope(Role.OFFICER, "ZJ/NB/NB01/"),),
        (Scope(Role.AUDITOR),),
        (Scope(Role.KEEPER, "ZJ/NB/"),),
        (),
    ],
)
def test_enter_union_elsewhere_or_in_another_role_is_refused(city, scopes):
    with pytest.raises(NotAllowed):
        enter(city, by=SystemActor("x", scopes=scopes))

    assert not Union.objects.filter(code="NB01").exists()
    assert not AuditEvent.objects.exists()


def test_enter_union_root_takes_a_scope_over_everything():
    with pytest.raises(NotAllowed):
        enter(None, by=AnonymousActor())
    with pytest.raises(NotAllowed):
        enter(None, by=SystemActor("x", scopes=(Scope(Role.ADMIN, "ZJ/"),)))

    assert enter(None).path == "NB01/"
