"""What waits for an officer: each line when it should stand there, inside their scope alone."""

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.urls import reverse

from nuanxin.accounts.enums import GrantedRole
from nuanxin.core import clock as core_clock
from nuanxin.core import due
from nuanxin.core.actors import SystemActor
from nuanxin.sheets.models import ImportBatch
from nuanxin.stations import services as stations
from nuanxin.stations.enums import ClosureReason
from nuanxin.unions.models import Union
from nuanxin.workers import memberships, merging, transfers
from nuanxin.workers.enums import Channel, MergeReason
from nuanxin.workers.models import Membership, Transfer
from tests.conftest import StrictClient
from tests.factories import GrantFactory, StationFactory, UnionFactory
from tests.sheets.batches import make_batch
from tests.unions.lives import found
from tests.workers import people

pytestmark = pytest.mark.django_db
BY = SystemActor("test")
DAY = dt.timedelta(days=1)
OFFICER, AUDITOR = GrantedRole.OFFICER, GrantedRole.AUDITOR


class World(NamedTuple):
    root: Union
    here: Union
    there: Union


@pytest.fixture
def world(clock) -> World:
    root = UnionFactory.create(code="ZJ", root=True)
    here, there = (UnionFactory.create(code=code, parent=root) for code in ("KQ", "XS"))
    return World(root, here, there)


def apply(union: Union, n: int = 1) -> Membership:
    return memberships.apply(worker=people.worker(n, union), union=union, channel=Channel.QR, by=BY)


def transfer(from_union: Union, to_union: Union) -> Transfer:
    held = people.member(2, from_union)
    memberships.apply(worker=held.worker, union=to_union, channel=Channel.QR, by=BY)
    return Transfer.objects.select_related("worker", "from_union", "to_union").get()


def lines(union: Union, role: GrantedRole = OFFICER, **options: Any) -> dict[str, due.DueItem]:
    """Return what waits for somebody of a union, by kind."""
    who = GrantFactory.create(union=union, role=role, **options).user
    found = due.due_for(who, now=core_clock.now())
    return {item.query.removeprefix("due="): item for item in found}


def is_listed_alike(union: Union, item: due.DueItem) -> bool:
    """Return whether the list behind a line has as many rows as the line says."""
    client = StrictClient()
    client.force_login(GrantFactory.create(union=union).user)
    page = client.get(f"{reverse(item.url_name)}?{item.query}")
    return bool(page.context["cl"].queryset.count() == item.count)


def close(union: Union, after: dt.timedelta) -> None:
    starts_at = core_clock.now() + after
    stations.file_closure(
        station=StationFactory.create(union=union),
        starts_at=starts_at,
        ends_at=starts_at + DAY,
        reason=ClosureReason.REPAIR,
        by=BY,
    )


def imported(union: Union, age: dt.timedelta) -> None:
    batch = make_batch(union, code="list", key="x", by=BY)
    told = {"state": "applied", "applied_at": core_clock.now() - age, "confirmed_by": "x"}
    ImportBatch.objects.filter(pk=batch.pk).update(**told)


def propose(union: Union) -> None:
    merging.propose_merge(
        worker=people.member(3, union).worker,
        document=people.document(4),
        reason=MergeReason.MISTYPED,
        by=BY,
    )


def end_term(union: Union, after: dt.timedelta) -> None:
    Union.objects.filter(pk=union.pk).update(term_ends_on=core_clock.civil_date() + after)


Make = Callable[[Union], object]
STANDS: list[tuple[str, Make]] = [
    ("workers.applications", apply),
    ("workers.merges", propose),
    ("unions.terms", lambda union: end_term(union, 30 * DAY)),
    ("unions.terms", lambda union: end_term(union, -9 * DAY)),
    ("unions.foundings", lambda union: found(union, code="NEW1")),
    ("stations.closures", lambda union: close(union, DAY)),
    ("stations.closures", lambda union: close(union, 7 * DAY)),
    ("sheets.to_confirm", lambda union: make_batch(union, code="list", key="x", by=BY)),
    ("sheets.undo_ending", lambda union: imported(union, 23 * DAY)),
    ("sheets.undo_ending", lambda union: imported(union, 30 * DAY - DAY / 24)),
]
STANDS_NOT: list[Make] = [
    lambda union: people.member(1, union),
    lambda union: memberships.refuse(membership=apply(union), by=BY),
    lambda union: end_term(union, 31 * DAY),
    lambda union: close(union, 7 * DAY + DAY / 24),
    lambda union: imported(union, 23 * DAY - DAY / 24),
    lambda union: imported(union, 30 * DAY),
]


@pytest.mark.parametrize(("kind", "make"), STANDS)
def test_line_stands_for_the_office_over_the_union_alone(world, kind, make):
    make(world.here)

    item = lines(world.here)[kind]
    assert item.count == 1
    assert item.on is not None
    assert is_listed_alike(world.here, item)
    assert lines(world.root)[kind] == item
    assert lines(None, GrantedRole.ADMIN)[kind] == item  # type: ignore[arg-type]
    assert lines(world.there) == {}
    assert lines(world.here, AUDITOR) == {}


@pytest.mark.parametrize("make", STANDS_NOT)
def test_nothing_stands_of_what_is_done_or_far_off(world, make):
    make(world.here)

    assert lines(world.here) == {}


def test_transfer_waits_for_each_union_until_it_has_answered(world):
    asked = transfer(world.here, world.there)
    expires_on = core_clock.civil_date(asked.expires_at)

    for union in (world.here, world.there):
        item = lines(union)["workers.transfers"]
        assert (item.count, item.on, item.is_deadline) == (1, expires_on, True)
        assert is_listed_alike(union, item)
    transfers.release(transfer=asked, by=BY)

    assert "workers.transfers" not in lines(world.here)
    assert "workers.transfers" in lines(world.there)


def test_whoever_proposed_a_merge_is_not_the_second_person(world):
    first = GrantFactory.create(union=world.here).user
    merging.propose_merge(
        worker=people.member(3, world.here).worker,
        document=people.document(4),
        reason=MergeReason.MISTYPED,
        by=first,
    )

    assert due.due_for(first, now=core_clock.now()) == []
    assert "workers.merges" in lines(world.here)


def test_nearest_deadline_stands_first_then_what_waits_longest(world):
    apply(world.here)
    make_batch(world.here, code="list", key="x", by=BY)
    Membership.objects.update(applied_on=core_clock.civil_date() - 9 * DAY)
    close(world.here, 3 * DAY)
    end_term(world.here, DAY)

    kinds = ["unions.terms", "stations.closures", "workers.applications", "sheets.to_confirm"]
    assert list(lines(world.here)) == kinds


def test_first_page_says_what_waits_and_asks_the_same_for_more(world, assert_same_queries, client):
    client.force_login(GrantFactory.create(union=world.here).user)
    for _kind, make in STANDS[:1] + STANDS[2:5]:
        make(world.here)
    transfer(world.here, world.there)
    page = client.get("/office/").text

    assert page.split("<section")[1].split("</section>")[0].count("<li") == 4
    assert_same_queries(
        lambda: client.get("/office/"), lambda: [apply(world.here, n) for n in range(10, 30)]
    )


def test_first_page_says_that_nothing_waits_and_nothing_to_readers(world, client):
    client.force_login(GrantFactory.create(union=world.here).user)
    assert "没有等您办的事" in client.get("/office/").text

    client.force_login(GrantFactory.create(union=world.here, role=AUDITOR).user)
    assert "没有等您办的事" not in client.get("/office/").text


def test_name_stands_for_one_kind():
    kind = due.kinds_of("workers_membership")[0]
    due.register_rows(kind)

    with pytest.raises(ValueError, match="another reader"):
        due.register(kind.name, lambda actor, now: [])
    with pytest.raises(ValueError, match="another kind"):
        due.register_rows(due.RowKind(kind.name, "", "x", kind.rows, "pk"))
