"""Unions in the office: entered below one's own, corrected by whoever stands above."""

import pytest

from nuanxin.core.models import AuditEvent
from nuanxin.unions.models import Union
from tests.office_world import KEQIAO

pytestmark = pytest.mark.django_db

UNIONS = "/office/unions/union/"
NEW = {"code": "KQ9", "name": "轻纺城联合工会", "kind": "joint", "division": KEQIAO, "uscc": ""}


def test_officer_enters_a_union_below_their_own(office):
    answer = office.client("officer").post(f"{UNIONS}{office.here.pk}/enter-below/", NEW)

    assert answer.status_code == 302
    assert Union.objects.get(code="KQ9").path == "ZJ/KQ/KQ9/"
    assert AuditEvent.objects.filter(verb="union.entered", scope_path="ZJ/KQ/KQ9/").exists()


@pytest.mark.parametrize(
    "change", [{"code": "K-9"}, {"division": "999"}, {"name": ""}, {"code": "XS"}]
)
def test_entry_with_a_fault_is_shown_again(office, change):
    answer = office.client("officer").post(f"{UNIONS}{office.here.pk}/enter-below/", NEW | change)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Union.objects.filter(code="KQ9").exists()


def test_officer_corrects_what_lies_below_but_not_their_own(office):
    client = office.client("officer")
    client.post(f"{UNIONS}{office.here.pk}/enter-below/", NEW)
    below = Union.objects.get(code="KQ9")
    change = NEW | {"name": "轻纺城行业工会", "kind": "sectoral"}

    assert client.post(f"{UNIONS}{below.pk}/correct/", change).status_code == 302
    assert Union.objects.get(code="KQ9").name == "轻纺城行业工会"
    assert client.get(f"{UNIONS}{office.here.pk}/correct/").status_code == 403


def test_list_holds_the_subtree_and_is_searched(office):
    client = office.client("officer")

    assert {union.code for union in client.get(UNIONS).context["cl"].result_list} == {"KQ"}
    assert client.get(UNIONS, {"q": office.there.name}).context["cl"].result_count == 0
    assert client.get(UNIONS, {"q": "KQ"}).context["cl"].result_count == 1
