"""“Enough of you ride for one operator here”: when a county's federation is told so, and when it is not."""

import pytest
from django.urls import reverse

from nuanxin.core import clock as core_clock
from nuanxin.core import due
from nuanxin.unions import catalogue_seeds
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import FoundingThreshold, Union
from nuanxin.workers import memberships
from nuanxin.workers.enums import EndReason
from nuanxin.workers.founding_hints import SHOWN, Foundable, foundable_under
from nuanxin.workers.models import Membership, WorkerGroup
from nuanxin.workers.services import end_occupation, enter_occupation
from tests.conftest import StrictClient
from tests.factories import DivisionFactory, GrantFactory, UnionFactory
from tests.workers.people import BY, member

pytestmark = pytest.mark.django_db
LEAST = 3  # of the catalogue's twenty-five, so that the worlds stay small


@pytest.fixture
def county(clock) -> Union:
    """The federation of a county, above which a province stands."""
    catalogue_seeds.seed()
    assert FoundingThreshold.objects.get(kind=UnionKind.SINGLE).members_least == 25
    FoundingThreshold.objects.filter(kind=UnionKind.SINGLE).update(members_least=LEAST)
    WorkerGroup.objects.create(code="riders", name_zh="骑手", name_en="riders")
    WorkerGroup.objects.create(code="couriers", name_zh="快递员", name_en="couriers")
    root = UnionFactory.create(code="ZJ", root=True, division=DivisionFactory.create(code="33"))
    union: Union = UnionFactory.create(
        code="KQ", parent=root, kind=UnionKind.FEDERATION, division=DivisionFactory.create(code="330603")
    )  # fmt: skip
    return union


def joint(county: Union, **options) -> Union:
    union: Union = UnionFactory.create(parent=county, division=county.division, **options)
    return union


def riders(
    union: Union, count: int, *, first: int = 0, platform: str = "甲平台"
) -> list[Membership]:
    group = WorkerGroup.objects.get(code="riders")
    held = [member(n, union) for n in range(first, first + count)]
    for membership in held:
        enter_occupation(worker=membership.worker, group=group, platform=platform, by=BY)
    return held


def found(county: Union) -> list[Foundable]:
    return foundable_under(county, on=core_clock.civil_date())


def test_enough_members_of_one_operator_in_several_joint_unions_are_told(county):
    riders(joint(county), 2)
    assert found(county) == []

    riders(joint(county), 1, first=2)

    assert found(county) == [Foundable("甲平台", 3)]


def test_person_with_two_occupations_counts_once(county):
    held = riders(joint(county), 2)
    for membership in held:
        group = WorkerGroup.objects.get(code="couriers")
        enter_occupation(worker=membership.worker, group=group, platform="甲平台", by=BY)

    assert found(county) == []


def test_who_left_stopped_or_has_a_union_of_their_own_does_not_count(county):
    held = riders(joint(county), 5)
    single = joint(county, kind=UnionKind.SINGLE, name="别家企业工会")
    riders(single, 4, first=10, platform="乙平台")
    assert found(county) == [Foundable("甲平台", 5)]

    memberships.end(membership=held[0], reason=EndReason.LEFT, by=BY)
    occupation = held[1].worker.occupations.get()
    end_occupation(occupation=occupation, until_on=core_clock.civil_date(), by=BY)
    assert found(county) == [Foundable("甲平台", 3)]
    memberships.end(membership=held[2], reason=EndReason.LEFT, by=BY)

    assert found(county) == []


def test_operator_whose_union_stands_in_the_county_is_not_told(county):
    riders(joint(county), 3)
    single = joint(county, kind=UnionKind.SINGLE, name="甲平台柯桥分公司工会")
    assert found(county) == []

    Union.objects.filter(pk=single.pk).update(
        state="dissolved", ended_on=core_clock.civil_date(), ended_by="x"
    )

    assert found(county) == [Foundable("甲平台", 3)]


def test_largest_stands_first_and_no_threshold_tells_nothing(county):
    riders(joint(county), 3, platform="甲平台")
    riders(joint(county), 4, first=10, platform="乙平台")

    assert [each.platform for each in found(county)] == ["乙平台", "甲平台"]
    FoundingThreshold.objects.all().delete()
    assert found(county) == []


def test_federation_of_the_county_is_led_to_the_founding_and_nobody_else_is(county):
    riders(joint(county), 3)
    officer = GrantFactory.create(union=county).user

    (item,) = due.due_for(officer, now=core_clock.now())

    assert "甲平台" in str(item.what)
    assert (item.count, item.url_args) == (3, (str(county.pk),))
    client = StrictClient()
    client.force_login(officer)
    assert (
        reverse("admin:unions_union_found_below", args=(county.pk,)) in client.get("/office/").text
    )
    assert client.get(reverse(item.url_name, args=item.url_args)).status_code == 200
    neighbour = UnionFactory.create(
        parent=county.parent, kind=UnionKind.FEDERATION, division=county.division
    )
    for union in (county.parent, joint(county), neighbour):
        assert due.due_for(GrantFactory.create(union=union).user, now=core_clock.now()) == []


def test_no_more_than_a_few_are_told_with_the_same_queries(county, django_assert_num_queries):
    officer = GrantFactory.create(union=county).user
    assert officer.scopes
    union = joint(county)
    for n in range(SHOWN + 1):
        riders(union, 3, first=3 * n, platform=f"平台{n}")

    with django_assert_num_queries(3):
        assert len(found(county)) == SHOWN + 1
    assert len(due.due_for(officer, now=core_clock.now())) == SHOWN
