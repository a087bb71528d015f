"""Figures of members on a day, against a count by hand over worlds drawn at random."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.unions.models import Union
from nuanxin.workers import memberships, merging, statistics, transfers
from nuanxin.workers.enums import Channel, EndReason, MembershipState, MergeReason
from nuanxin.workers.models import Membership, Occupation, Transfer, Worker, WorkerGroup
from nuanxin.workers.row_ids import occupation_digits
from nuanxin.workers.statistics import member_statistics
from tests.conftest import StrictClient
from tests.factories import DivisionFactory, GrantFactory, UnionFactory
from tests.workers.people import BY, document, member

DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(8)]
PLACES = ("33", "3306", "330603", "330603001", "330109")


def days(least=0):
    return st.integers(least, len(DAYS) - 1)


# a person: (union, first day, last day or None) one after another; (group, since, until or None) at once
STAYS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(0, 2)), max_size=3)
WORKS = st.lists(st.tuples(st.integers(0, 2), st.none() | days(), st.none() | days()), max_size=3)
WORLDS = st.lists(st.tuples(STAYS, st.booleans(), WORKS), max_size=7)


def planted(world, unions, groups):
    """Write the rows of a world; return what each person was when."""
    people = []
    for number, (stays, is_open, works) in enumerate(world):
        who = Worker.objects.create(
            id=document(number).worker_id, document_kind="resident", document_sealed="x", document_tail=1,
            name="演示", entered_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        )  # fmt: skip
        at, lived = 0, []
        for n, (union, gap, lasts) in enumerate(stays, start=1):
            first, is_last = at + gap, n == len(stays)
            at = first + lasts
            last = None if is_last and is_open else at
            lived.append((unions[union], first, last))
            _membership(who, n, unions[union], first, last).save(force_insert=True)
        done = {}
        for group, since, until in works:
            low, high = sorted((since or 0, until or 0)) if until is not None else (since, None)
            done[groups[group].pk] = (groups[group], low if since is not None else None, high)
        for group, low, high in done.values():
            Occupation.objects.create(
                id=occupation_digits(str(who.pk), group.pk, ""), worker=who, group=group,
                since_on=None if low is None else DAYS[low], until_on=None if high is None else DAYS[high],
            )  # fmt: skip
        people.append((lived, list(done.values())))
    return people


def _membership(who, n, union, first, last):
    start = DAYS[0] + dt.timedelta(days=first)
    is_over = last is not None
    return Membership(
        id=computed_id("membership", str(who.pk), str(n)), worker=who, n=n, union=union,
        state=MembershipState.ENDED if is_over else MembershipState.ACTIVE, channel=Channel.IMPORT,
        applied_on=start, active_on=start,
        ended_on=DAYS[0] + dt.timedelta(days=last) if is_over else None,
        end_reason=EndReason.LEFT if is_over else "",
        state_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC), state_by="x",
    )  # fmt: skip


def within(day, first, last):
    return (first is None or first <= day) and (last is None or last > day)


def by_hand(people, path, day):
    """Count over the plain lists."""
    total = 0
    forms: dict[str, int] = {}
    groups: dict[str, int] = {}
    counties: dict[str, int] = {}
    for lived, works in people:
        there = {
            u for u, first, last in lived if within(day, first, last) and u.path.startswith(path)
        }
        if not there:
            continue
        total += 1
        present = {group for group, low, high in works if within(day, low, high)}
        form = (
            "unknown" if not present else "new" if any(g.is_new_form for g in present) else "other"
        )
        forms[form] = forms.get(form, 0) + 1
        for group in present:
            groups[group.pk] = groups.get(group.pk, 0) + 1
        for county in {union.division_id[:6] for union in there}:
            counties[county] = counties.get(county, 0) + 1
    return total, forms, groups, counties


def told(found):
    return (
        found.people_count,
        *({f.key: f.people_count for f in figures} for figures in (found.by_form, found.by_group, found.by_county)),
    )  # fmt: skip


class Worlds(TestCase):
    @given(world=WORLDS, day=days(), scope=st.integers(0, 4))
    @hypothesis_settings(max_examples=40, deadline=None)
    def test_figures_are_those_counted_by_hand(self, world, day, scope):
        unions = make_unions()
        groups = make_groups()
        people = planted(world, unions, groups)
        officer = GrantFactory.create(union=unions[scope]).user

        found = member_statistics(officer, on=DAYS[day])

        assert told(found) == by_hand(people, unions[scope].path, day)
        assert sum(f.people_count for f in found.by_form) == found.people_count
        assert sum(f.people_count for f in found.by_county) == found.people_count
        rows = statistics.members_on(officer, DAYS[day])
        assert rows.count() == found.people_count
        for figure in found.by_form:
            assert statistics.with_form(rows, figure.key, DAYS[day]).count() == figure.people_count
        for figure in found.by_group:
            assert statistics.with_group(rows, figure.key, DAYS[day]).count() == figure.people_count
        for figure in found.by_county:
            assert statistics.with_county(rows, figure.key).count() == figure.people_count


def make_unions():
    """Return a province, a city, a county, a town in it, and another county."""
    found: list[Union] = []
    for place, above in zip(PLACES, (None, 0, 1, 2, 0), strict=True):
        parent = None if above is None else found[above]
        division = DivisionFactory.create(code=place)
        found.append(UnionFactory.create(parent=parent, division=division))
    return found


def make_groups():
    return [
        WorkerGroup.objects.create(code=code, name_zh=code, name_en=code, rank=n, is_new_form=n < 2)
        for n, code in enumerate(("riders", "drivers", "guards"))
    ]


@pytest.mark.django_db
def test_member_who_moves_counts_where_they_were_on_the_day(clock):
    unions, today = make_unions(), dt.date(2026, 3, 10)
    held = member(1, unions[2])
    clock.stop_at("2026-03-12T10:00")
    asked = memberships.apply(worker=held.worker, union=unions[4], channel=Channel.QR, by=BY)
    memberships.verify(membership=asked, by=BY)
    memberships.approve(membership=asked, by=BY)
    transfers.release(transfer=Transfer.objects.get(), by=BY)

    def counties(day):
        return {f.key: f.people_count for f in member_statistics(BY, on=day).by_county}

    assert counties(today - dt.timedelta(days=1)) == {}
    assert counties(today) == {"330603": 1}
    assert counties(today + dt.timedelta(days=1)) == {"330603": 1}
    assert counties(today + dt.timedelta(days=2)) == {"330109": 1}


@pytest.mark.django_db
def test_person_entered_twice_is_one_of_the_past_too(clock):
    union = make_unions()[2]
    held = member(1, union)
    clock.stop_at("2026-03-12T10:00")
    merge = merging.propose_merge(
        worker=held.worker, document=document(2), reason=MergeReason.MISTYPED, by=BY
    )
    second = GrantFactory.create(union=union).user
    merging.approve_merge(merge=merge, by=second)

    for day in (dt.date(2026, 3, 10), dt.date(2026, 3, 12)):
        assert member_statistics(second, on=day).people_count == 1
        assert statistics.members_on(second, day).count() == 1


@pytest.mark.django_db
def test_person_who_had_left_by_one_of_two_rows_is_one_of_the_past_too(clock):
    here, there = make_unions()[2::2]
    left, kept = member(1, here), member(2, there)
    clock.stop_at("2026-03-12T10:00")
    memberships.end(membership=left, reason=EndReason.LEFT, by=BY)
    merge = merging.propose_merge(
        worker=left.worker, document=document(2), reason=MergeReason.TWICE, by=BY
    )
    merging.approve_merge(merge=merge, by=SystemActor("second"))

    found = member_statistics(BY, on=dt.date(2026, 3, 10))

    assert found.people_count == 1
    assert [figure.key for figure in found.by_county] == [kept.union.division_id]


@pytest.mark.django_db
def test_queries_stay_the_same_for_more_members(clock, django_assert_num_queries):
    unions = make_unions()
    make_groups()
    officer = GrantFactory.create(union=unions[0]).user
    assert officer.scopes
    planted([([(2, 0, 0)], True, [(0, None, None)])], unions, list(WorkerGroup.objects.all()))

    for n in (0, 20):
        for number in range(n):
            member(100 + number, unions[2])
        with django_assert_num_queries(6):
            member_statistics(officer, on=dt.date(2026, 3, 10))


@pytest.mark.django_db
def test_page_leads_from_each_figure_to_its_rows(clock):
    unions, groups = make_unions(), make_groups()
    for n, union in enumerate((unions[2], unions[2], unions[3], unions[4])):
        held = member(n, union)
        if n < 2:
            Occupation.objects.create(
                id=occupation_digits(str(held.worker_id), groups[n].pk, ""),
                worker=held.worker,
                group=groups[n],
            )
    client = StrictClient()
    client.force_login(GrantFactory.create(union=unions[1]).user)
    address = reverse("admin:workers_membership_statistics")

    page = client.get(address, {"on": "2026-03-10"}).text
    lines = re.findall(
        r'href="([^"]*\?on=[^"]*)">([^<]*)</a>.*?(?:<b>(\d+)</b>|members|名)', page, re.S
    )

    assert len(lines) == 1 + 2 + 2 + 1  # all; new and unknown; two groups; one county
    for href, label, count in lines:
        shown = client.get(unescape(href))
        assert shown.status_code == 200
        assert shown.context["cl"].queryset.count() == int(count or label)
    assert "330109" not in page
    assert client.get(address, {"on": "2026-03-09"}).context["found"].people_count == 0


@pytest.mark.django_db
def test_page_says_what_is_no_day(clock):
    client = StrictClient()
    client.force_login(GrantFactory.create(union=make_unions()[0]).user)
    address = reverse("admin:workers_membership_statistics")

    for day in ("2026-02-31", "x", ""):
        assert client.get(address, {"on": day}).status_code == 422
    assert client.post(address).status_code == 405
    rows = reverse("admin:workers_membership_changelist")
    assert client.get(rows, {"on": "2026-02-31"}).status_code == 200
