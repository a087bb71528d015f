"""A union is named in a form by its code, or by its name where that names one alone."""

import pytest
from django import forms

from nuanxin.unions.office_forms import UnionField
from tests.factories import UnionFactory

pytestmark = pytest.mark.django_db


def test_union_is_found_by_code_and_by_a_name_of_its_own():
    union = UnionFactory.create(code="A1", name="甲联合工会")

    assert UnionField().clean("A1") == union
    assert UnionField().clean(" 甲联合工会 ") == union
    assert UnionField(required=False).clean("") is None


@pytest.mark.parametrize("typed", ["B9", "乙联合工会", "联合工会"])
def test_name_of_two_unions_and_of_none_is_refused(typed):
    for code in ("B1", "B2"):
        UnionFactory.create(code=code, name="乙联合工会")

    with pytest.raises(forms.ValidationError):
        UnionField().clean(typed)


def test_code_goes_before_the_name_of_another():
    named = UnionFactory.create(code="C1", name="C2")
    coded = UnionFactory.create(code="C2", name="丙联合工会")

    assert UnionField().clean("C2") == coded
    assert UnionField().clean("C1") == named
