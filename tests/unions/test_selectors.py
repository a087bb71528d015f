import datetime as dt

import pytest

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import NotFound
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union
from nuanxin.unions.selectors import (
    terms_ending,
    union_by_code,
    unions_by_kind,
    unions_visible_to,
)
from tests.factories import UnionFactory

pytestmark = pytest.mark.django_db

AS_OF, LATER = dt.date(2026, 3, 10), dt.date(2026, 6, 1)


@pytest.fixture
def tree():
    root = UnionFactory.create(code="ZJ", root=True)
    return [root, *(UnionFactory.create(code=code, parent=root) for code in ("HZ", "NB"))]


@pytest.mark.parametrize(
    ("scopes", "codes"),
    [
        ((), []),
        ((Scope(Role.ANONYMOUS),), []),
        ((Scope(Role.WORKER, "ZJ/"),), []),
        ((Scope(Role.OFFICER, "ZJ/NB/"),), ["NB"]),
        ((Scope(Role.OFFICER, "ZJ/NB/"), Scope(Role.KEEPER, "ZJ/HZ/")), ["HZ", "NB"]),
        ((Scope(Role.AUDITOR, "ZJ/"), Scope(Role.OFFICER, "ZJ/NB/")), ["ZJ", "HZ", "NB"]),
        ((Scope(Role.ADMIN),), ["ZJ", "HZ", "NB"]),
    ],
)
def test_visible_unions_are_those_of_the_scopes(tree, scopes, codes):
    visible = unions_visible_to(SystemActor("x", scopes=scopes))

    assert [union.code for union in visible] == codes


def test_visible_unions_of_a_stranger_are_none(tree):
    assert not unions_visible_to(AnonymousActor()).exists()


def test_visible_unions_take_one_query(tree, django_assert_num_queries):
    officer = SystemActor("x", scopes=(Scope(Role.OFFICER, "ZJ/NB/"), Scope(Role.OFFICER, "ZJ/")))

    with django_assert_num_queries(1):
        list(unions_visible_to(officer))


def test_union_by_code_or_not_found(tree):
    assert union_by_code("NB") == tree[2]
    with pytest.raises(NotFound):
        union_by_code("nowhere")


# --- counted by kind ---


@pytest.fixture
def wuxing():
    """The district's 86: 65 of one employer, 21 joint; and others that do not count."""
    root = UnionFactory.create(code="WX", root=True)
    for kind, count in (("single", 65), ("joint", 21)):
        UnionFactory.create_batch(count, parent=root, kind=kind, is_new_form=True)
    UnionFactory.create(parent=root, kind="single")
    preparing = {"state": "preparing", "preparing_since": AS_OF}
    UnionFactory.create(parent=root, kind="joint", is_new_form=True, **preparing)
    UnionFactory.create(parent=root, kind="joint", is_new_form=True, founded_on=LATER)
    return root


def test_unions_by_kind_are_the_86_of_the_district(wuxing, django_assert_num_queries):
    with django_assert_num_queries(1):
        counted = unions_by_kind(SystemActor("x"), wuxing, as_of=AS_OF)

    assert counted == {UnionKind.SINGLE: 65, UnionKind.JOINT: 21}
    assert sum(counted.values()) == 86
    assert list(counted) == [UnionKind.JOINT, UnionKind.SINGLE]


def test_unions_by_kind_counts_the_others_too_when_asked(wuxing):
    counted = unions_by_kind(SystemActor("x"), as_of=LATER, new_form_only=False)

    assert counted == {"federation": 1, "single": 66, "joint": 22}


def test_unions_by_kind_at_a_date_before_an_end_counts_what_lived_then(wuxing):
    union = Union.objects.filter(kind="joint", is_new_form=True, founded_on=None).active()[0]
    Union.objects.filter(pk=union.pk).update(state="dissolved", ended_on=AS_OF, ended_by="x")

    before = AS_OF - dt.timedelta(days=1)
    assert unions_by_kind(SystemActor("x"), wuxing, as_of=before)[UnionKind.JOINT] == 21
    assert unions_by_kind(SystemActor("x"), wuxing, as_of=AS_OF)[UnionKind.JOINT] == 20


def test_unions_by_kind_stay_in_the_scopes_and_below_the_root(wuxing, tree):
    elsewhere = SystemActor("x", scopes=(Scope(Role.OFFICER, "ZJ/"),))

    assert unions_by_kind(elsewhere, wuxing, as_of=AS_OF) == {}
    assert unions_by_kind(elsewhere, as_of=AS_OF, new_form_only=False) == {
        "federation": 1,
        "joint": 2,
    }
    assert unions_by_kind(AnonymousActor(), as_of=AS_OF, new_form_only=False) == {}


# --- terms ---


def test_terms_ending_are_those_of_active_unions_in_reach(tree, django_assert_num_queries):
    root, hangzhou, ningbo = tree
    Union.objects.filter(pk=root.pk).update(term_ends_on=LATER)
    Union.objects.filter(pk=hangzhou.pk).update(term_ends_on=AS_OF)
    Union.objects.filter(pk=ningbo.pk).update(term_ends_on=AS_OF - dt.timedelta(days=400))
    officer = SystemActor("x", scopes=(Scope(Role.OFFICER, "ZJ/NB/"),))

    with django_assert_num_queries(1):
        codes = [union.code for union in terms_ending(SystemActor("x"), until_on=AS_OF)]
    assert codes == ["NB", "HZ"]
    assert list(terms_ending(officer, until_on=LATER)) == [ningbo]
    Union.objects.filter(pk=ningbo.pk).update(state="dissolved", ended_on=AS_OF, ended_by="x")
    assert list(terms_ending(officer, until_on=LATER)) == []
