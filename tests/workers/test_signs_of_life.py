"""Members as signs of life, on the page where signs of life are shown."""

import datetime as dt

import pytest
from django.urls import reverse

from nuanxin.unions.vitality import vitality_of, vitality_of_each
from nuanxin.workers import memberships, merging
from nuanxin.workers.enums import EndReason, MergeReason
from tests.conftest import StrictClient
from tests.factories import GrantFactory, UnionFactory
from tests.workers.people import BY, document, member

pytestmark = pytest.mark.django_db


def signs(union, since, until):
    first, last = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    return {sign.name: sign.count for sign in vitality_of(union, first, last)}


def test_members_are_counted_who_were_there_in_the_period(clock):
    union = UnionFactory.create(root=True)
    held = [member(n, union) for n in range(3)]  # from the tenth of March
    clock.stop_at("2026-03-20T10:00")
    memberships.end(membership=held[0], reason=EndReason.LEFT, by=BY)
    member(9, union)

    for since, until, reached, joined in (
        ("2026-03-01", "2026-03-09", 0, 0),
        ("2026-03-01", "2026-03-10", 3, 3),
        ("2026-03-11", "2026-03-19", 3, 0),
        ("2026-03-19", "2026-03-20", 4, 1),
        ("2026-03-20", "2026-03-31", 3, 1),
    ):
        found = signs(union, since, until)
        assert (found["members"], found["joined"]) == (reached, joined), (since, until)


def test_person_entered_twice_is_reached_once(clock):
    union = UnionFactory.create(root=True)
    held = member(1, union)
    merge = merging.propose_merge(
        worker=held.worker, document=document(2), reason=MergeReason.MISTYPED, by=BY
    )
    merging.approve_merge(merge=merge, by=GrantFactory.create(union=union).user)

    assert signs(union, "2026-03-01", "2026-03-31")["members"] == 1


def test_queries_are_the_same_for_many_unions(clock, django_assert_num_queries):
    root = UnionFactory.create(root=True)
    unions = [UnionFactory.create(parent=root) for _ in range(4)]
    member(1, unions[0])
    period = dt.date(2026, 3, 1), dt.date(2026, 3, 31)

    for some in (unions[:1], unions):
        with django_assert_num_queries(3):
            found = vitality_of_each(some, *period)
    assert [sign.count for sign in found[unions[0].pk]] == [0, 1, 1]


def test_page_of_a_union_shows_them(clock):
    union = UnionFactory.create(root=True)
    member(1, union)
    client = StrictClient()
    client.force_login(GrantFactory.create(union=union).user)

    page = client.get(reverse("admin:unions_union_change", args=(union.pk,))).text

    assert "召开会议次数 0 · 在册会员 1 · 新入会 1" in page
