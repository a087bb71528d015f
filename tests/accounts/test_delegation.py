"""An officer on leave: a colleague acts for them, in those days, over that union, and no further."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from nuanxin.accounts.delegation import DAYS_MOST, delegate_role, end_delegation
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Delegation, Grant, User
from nuanxin.accounts.services import end_grant, grant_role, reset_password, switch_user
from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations import services as stations
from nuanxin.unions.enums import UnionState
from nuanxin.unions.models import Union
from tests.conftest import StrictClient
from tests.factories import PASSWORD, GrantFactory, StationFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db
SYSTEM = SystemActor("test")
LIST = reverse("admin:accounts_delegation_changelist")


def day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


@pytest.fixture
def holder(clock) -> Grant:
    """The role of an officer over a county; today is the tenth of March."""
    root = UnionFactory.create(code="ZJ", root=True)
    grant: Grant = GrantFactory.create(union=UnionFactory.create(code="KQ", parent=root))
    return grant


@pytest.fixture
def colleague(holder) -> User:
    sibling = UnionFactory.create(code="XS", parent=holder.union.parent)
    user: User = GrantFactory.create(union=sibling).user
    return user


def lend(holder: Grant, colleague: User, **options: Any) -> Delegation:
    told: dict[str, Any] = {"starts_on": day(12), "ends_on": day(14), "by": holder.user} | options
    return delegate_role(grant=holder, to_user=colleague, **told)


def scopes(user: User) -> set[Scope]:
    return set(User.objects.get(pk=user.pk).scopes)


OWN, LENT = Scope(Role.OFFICER, "ZJ/XS/"), Scope(Role.OFFICER, "ZJ/KQ/")


def test_colleague_acts_from_the_first_day_to_the_last(holder, colleague, clock):
    lend(holder, colleague)

    for at, expected in (
        ("2026-03-11T23:59", {OWN}),
        ("2026-03-12T00:00", {OWN, LENT}),
        ("2026-03-14T23:59", {OWN, LENT}),
        ("2026-03-15T00:00", {OWN}),
    ):
        clock.stop_at(at)
        assert scopes(colleague) == expected, at
        assert scopes(holder.user) == {LENT}


def test_pages_open_in_those_days_alone(holder, colleague, clock):
    station = StationFactory.create(union=holder.union)
    address = reverse("admin:stations_station_change", args=(station.pk,))
    lend(holder, colleague)
    client = StrictClient()

    for at, status in (
        ("2026-03-11T10:00", 404),
        ("2026-03-12T10:00", 200),
        ("2026-03-15T10:00", 404),
    ):
        clock.stop_at(at)
        client.force_login(User.objects.get(pk=colleague.pk))  # a session lasts half a day
        assert client.get(address).status_code == status, at


@pytest.mark.parametrize(
    "end",
    [
        lambda lent: end_delegation(delegation=lent, by=lent.grant.user),
        lambda lent: end_delegation(delegation=lent, by=lent.to_user),
        lambda lent: end_delegation(
            delegation=lent, by=SystemActor("a", (Scope(Role.ADMIN, "ZJ/KQ/"),))
        ),
        lambda lent: end_grant(grant=lent.grant, by=SYSTEM),
        lambda lent: switch_user(user=lent.grant.user, is_active=False, by=SYSTEM),
    ],
    ids=["holder", "colleague", "administrator", "role ended", "holder switched off"],
)
def test_role_comes_back_early(holder, colleague, clock, end):
    lent = lend(holder, colleague)
    clock.stop_at("2026-03-13T10:00")
    assert LENT in scopes(colleague)

    end(lent)

    assert scopes(colleague) == {OWN}
    assert not Delegation.objects.get().is_in_force


def test_who_is_no_officer_any_more_acts_for_none(holder, colleague, clock):
    lend(holder, colleague)
    clock.stop_at("2026-03-13T10:00")
    GrantFactory.create(user=colleague, role=GrantedRole.KEEPER, union=holder.union)

    end_grant(grant=colleague.grants.get(role=GrantedRole.OFFICER), by=SYSTEM)

    assert scopes(colleague) == {Scope(Role.KEEPER, "ZJ/KQ/")}


def test_what_was_lent_is_not_lent_on(holder, colleague, clock):
    lend(holder, colleague)
    clock.stop_at("2026-03-13T10:00")
    borrower = User.objects.get(pk=colleague.pk)
    third = GrantFactory.create(union=holder.union.parent).user

    with pytest.raises(NotAllowed):
        lend(holder, third, by=borrower, starts_on=day(20), ends_on=day(20))
    client = StrictClient()
    client.force_login(borrower)
    page = client.get(reverse("admin:accounts_delegation_hand_over"))
    assert list(page.context["form"].fields["grant"].queryset) == list(colleague.grants.all())


@pytest.mark.parametrize("role", [GrantedRole.AUDITOR, GrantedRole.KEEPER, GrantedRole.ADMIN])
def test_only_an_officer_hands_a_role_over(holder, colleague, role):
    grant = GrantFactory.create(role=role, union=holder.union)

    with pytest.raises(NotAllowed):
        lend(grant, colleague)
    with pytest.raises(NotAllowed):
        lend(holder, colleague, by=SYSTEM)


def test_only_an_officer_can_be_handed_one(holder):
    others = (
        UserFactory.create(),
        GrantFactory.create(role=GrantedRole.KEEPER, union=holder.union).user,
        GrantFactory.create(union=holder.union, ended=True).user,
        GrantFactory.create(union=holder.union, user__is_active=False).user,
        holder.user,
    )

    for other in others:
        with pytest.raises(Invalid) as refused:
            lend(holder, other)
        assert "to_user" in refused.value.fields


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "code"),
    [
        (day(9), day(12), "in_the_past"),
        (day(12), day(11), "ends_before"),
        (day(12), day(12) + dt.timedelta(DAYS_MOST), "too_long"),
    ],
)
def test_days_are_those_of_a_leave(holder, colleague, starts_on, ends_on, code):
    with pytest.raises(Invalid) as refused:
        lend(holder, colleague, starts_on=starts_on, ends_on=ends_on)

    assert refused.value.code == code
    longest = day(12) + dt.timedelta(DAYS_MOST - 1)
    lend(holder, colleague, starts_on=day(10), ends_on=day(10))
    lend(holder, colleague, starts_on=day(12), ends_on=longest)
    assert Delegation.objects.count() == 2


def test_role_is_in_one_colleagues_hands_at_a_time(holder, colleague):
    lend(holder, colleague)
    other = GrantFactory.create(union=holder.union.parent).user

    for starts_on, ends_on in ((day(11), day(12)), (day(14), day(20)), (day(13), day(13))):
        with pytest.raises(Conflict):
            lend(holder, other, starts_on=starts_on, ends_on=ends_on)
    lend(holder, other, starts_on=day(15), ends_on=day(16))
    assert Delegation.objects.count() == 2


def test_role_and_union_that_ended_are_handed_to_nobody(holder, colleague):
    stale = Grant.objects.select_related("user", "union").get(pk=holder.pk)
    end_grant(grant=holder, by=SYSTEM)
    with pytest.raises(Conflict):
        lend(stale, colleague)
    other = GrantFactory.create(union=holder.union)
    Union.objects.filter(pk=holder.union.pk).update(
        state=UnionState.DISSOLVED, ended_on=day(9), ended_by="x"
    )

    with pytest.raises(Conflict) as refused:
        lend(other, colleague)

    assert refused.value.code == "union_ended"


def test_strangers_take_nothing_back(holder, colleague):
    lent = lend(holder, colleague)
    neighbour = GrantFactory.create(union=holder.union).user

    for by in (neighbour, SystemActor("a", (Scope(Role.ADMIN, "ZJ/XS/"),))):
        with pytest.raises(NotAllowed):
            end_delegation(delegation=lent, by=by)


def test_acts_are_told_as_done_for_the_holder(holder, colleague, clock):
    lend(holder, colleague)
    clock.stop_at("2026-03-13T10:00")
    acting = User.objects.get(pk=colleague.pk)

    for union in (holder.union, Union.objects.get(code="XS")):
        stations.set_hours(
            station=StationFactory.create(union=union), staffed="24/7", self_service="", by=acting
        )

    for_holder = AuditEvent.objects.get(scope_path="ZJ/KQ/", actor_key=colleague.actor_key)
    own = AuditEvent.objects.get(scope_path="ZJ/XS/", actor_key=colleague.actor_key)
    assert for_holder.data["on_behalf_of"] == holder.user.actor_key
    assert "on_behalf_of" not in own.data
    client = StrictClient()
    client.force_login(holder.user)
    page = client.get(reverse("admin:core_auditevent_change", args=(for_holder.pk,)))
    assert f"{colleague.display_name} 代 {holder.user.display_name}" in page.text


def test_own_role_over_the_place_is_told_as_ones_own(holder, colleague, clock):
    lend(holder, colleague)
    GrantFactory.create(user=colleague, union=holder.union.parent)
    clock.stop_at("2026-03-13T10:00")

    stations.set_hours(
        station=StationFactory.create(union=holder.union), staffed="24/7", self_service="",
        by=User.objects.get(pk=colleague.pk),
    )  # fmt: skip

    assert "on_behalf_of" not in AuditEvent.objects.get(actor_key=colleague.actor_key).data


def test_handing_over_and_back_are_on_record_once(holder, colleague):
    lent = lend(holder, colleague, reason="年休假")
    end_delegation(delegation=lent, by=holder.user)
    end_delegation(delegation=lent, by=holder.user)

    events = AuditEvent.objects.filter(verb__startswith="role.deleg").order_by("at", "verb")
    assert [event.verb for event in events] == ["role.delegated", "role.delegation_ended"]
    assert events[0].scope_path == "ZJ/KQ/"
    assert events[0].data == {
        "role": "officer", "of": holder.user.actor_key, "from": "2026-03-12", "until": "2026-03-14",
    }  # fmt: skip


def test_scopes_are_read_with_one_query(holder, colleague, clock, django_assert_num_queries):
    lend(holder, colleague)
    clock.stop_at("2026-03-13T10:00")
    user = User.objects.get(pk=colleague.pk)

    with django_assert_num_queries(1):
        assert len(user.scopes) == 2


def test_officer_hands_over_and_takes_back_by_the_pages(holder, colleague, clock):
    client = StrictClient()
    client.force_login(holder.user)
    told = {
        "grant": holder.pk, "to_user": f" {colleague.username.upper()} ", "starts_on": "2026-03-10",
        "ends_on": "2026-03-14", "reason": "年休假",
    }  # fmt: skip

    missing = client.post(
        reverse("admin:accounts_delegation_hand_over"), told | {"to_user": "nobody"}
    )
    answer = client.post(reverse("admin:accounts_delegation_hand_over"), told)

    lent = Delegation.objects.get()
    assert missing.status_code == 422
    assert answer["Location"] == reverse("admin:accounts_delegation_change", args=(lent.pk,))
    assert LENT in scopes(colleague)
    for user in (holder.user, colleague):
        other = StrictClient()
        other.force_login(User.objects.get(pk=user.pk))
        assert str(lent.pk) in other.get(LIST).text
        assert "代管" in other.get("/office/").text
    client.post(reverse("admin:accounts_delegation_take_back", args=(lent.pk,)))
    assert scopes(colleague) == {OWN}


def test_auditors_and_administrators_over_the_union_see_it_and_neighbours_do_not(holder, colleague):
    lent = lend(holder, colleague)
    union, sibling = holder.union, Union.objects.get(code="XS")

    def sees(role: GrantedRole, over: Union) -> bool:
        client = StrictClient()
        client.force_login(GrantFactory.create(role=role, union=over).user)
        return str(lent.pk) in client.get(LIST).text

    for role in (GrantedRole.AUDITOR, GrantedRole.ADMIN, GrantedRole.OFFICER):
        assert sees(role, union)
        assert not sees(role, sibling)


def test_administrator_below_switches_off_whom_a_stranger_has_lent_a_role_and_resets_nothing(
    holder, colleague, clock
):
    lend(holder, colleague)
    clock.stop_at("2026-03-13T10:00")
    over_the_colleague = SystemActor("a", (Scope(Role.ADMIN, "ZJ/XS/"),))

    with pytest.raises(NotAllowed):
        reset_password(
            user=User.objects.get(pk=colleague.pk), password=f"{PASSWORD}-2", by=over_the_colleague
        )
    switch_user(user=User.objects.get(pk=colleague.pk), is_active=False, by=over_the_colleague)

    assert scopes(colleague) == set()


def test_table_keeps_its_rules(holder, colleague):
    lent = lend(holder, colleague)

    for wrong in ({"ends_on": day(1)}, {"ended_by": "x"}, {"given_by": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.filter(pk=lent.pk).update(**wrong)
    assert str(lent) == f"{holder.user} → {colleague}"


def test_role_over_a_union_that_ended_is_granted_to_nobody(holder):
    Union.objects.filter(pk=holder.union.pk).update(
        state=UnionState.DISSOLVED, ended_on=day(9), ended_by="x"
    )

    with pytest.raises(Conflict) as refused:
        grant_role(
            user=UserFactory.create(), role=GrantedRole.OFFICER, union=holder.union, by=SYSTEM
        )

    assert refused.value.code == "union_ended"
