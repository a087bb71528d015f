import pytest

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import NotFound
from nuanxin.unions.selectors import union_by_code, unions_visible_to
from tests.factories import UnionFactory

pytestmark = pytest.mark.django_db


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
