import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from nuanxin.unions.models import Union
from tests.factories import UnionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"path": "ZJ"}, "path_ends_with_slash"),
        ({"kind": "guild"}, "known_kind"),
        ({"uscc": "91330000MA27U00001"}, "uscc_of_a_union"),
        ({"uscc": ""}, "uscc_of_a_union"),
    ],
)
def test_union_database_refuses(columns, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        UnionFactory.create(**columns)


@pytest.mark.parametrize("column", ["code", "path", "uscc"])
def test_union_number_path_and_credit_code_are_unique(column):
    first = UnionFactory.create(uscc="81330000MC00000001")

    with pytest.raises(IntegrityError), transaction.atomic():
        UnionFactory.create(**{column: getattr(first, column)})


def test_union_without_credit_code_may_stand_beside_another():
    assert UnionFactory.create().uscc is UnionFactory.create().uscc is None


def test_union_is_not_its_own_parent():
    union = UnionFactory.create()

    with pytest.raises(IntegrityError, match="not_its_own_parent"), transaction.atomic():
        Union.objects.filter(pk=union.pk).update(parent=union.pk)


def test_union_with_children_cannot_be_deleted():
    child = UnionFactory.create(parent=UnionFactory.create(root=True))

    assert child.parent is not None
    with pytest.raises(ProtectedError):
        child.parent.delete()


def test_subtree_is_the_union_and_all_below_but_no_namesake():
    root = UnionFactory.create(code="ZJ", root=True)
    city = UnionFactory.create(code="NB", parent=root)
    street = UnionFactory.create(code="NB1", parent=city)
    UnionFactory.create(code="NBX", parent=root)

    assert list(Union.objects.subtree_of(city)) == [city, street]
    assert str(city) == "工会NB"
