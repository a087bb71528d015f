import numpy as np
import pytest

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.algorithms.worlds import DAY_SLOTS, SHIFTING, SLOT_S, STEADY, make_world
from nuanxin.algorithms.worlds_evidence import KINDS, draw_evidence


@pytest.fixture(scope="module")
def worlds():
    return {family.name: make_world(family, seed=5, stations=200) for family in (STEADY, SHIFTING)}


def kinds_of(evidence, *kinds):
    return np.isin(evidence.kind, [KINDS.index(kind) for kind in kinds])


def found_open(world, evidence):
    return world.is_open[evidence.station, evidence.at_s // SLOT_S]


def test_make_world_same_seed_gives_the_same_district(worlds):
    again = make_world(STEADY, seed=5, stations=200)
    other = make_world(STEADY, seed=6, stations=200)

    assert np.array_equal(again.is_open, worlds["steady"].is_open)
    assert not np.array_equal(again.is_open, other.is_open)


def test_posted_hours_are_mostly_kept_and_doors_are_rarely_open_outside_them(worlds):
    world = worlds["steady"]

    kept = world.is_open[world.posted].mean()
    outside = world.is_open[~world.meant].mean()

    assert 0.70 < kept < 0.92
    assert 0.0 < outside < 0.02


def test_natures_differ_as_described(worlds):
    world = worlds["steady"]
    by_day = world.is_open.reshape(200, -1, DAY_SLOTS)
    meant = world.meant.reshape(by_day.shape)

    steady, slack, locked = (
        by_day[world.nature == nature][meant[world.nature == nature]].mean() for nature in range(3)
    )

    assert steady > 0.9
    assert 0.5 < slack < 0.8
    assert locked < 0.2


def test_station_without_posted_hours_still_has_hours_of_its_own(worlds):
    world = worlds["steady"]
    silent = ~world.has_hours

    assert silent.any()
    assert not world.posted[silent].any()
    assert world.is_open[silent].any()


def test_habits_stay_in_the_first_family_and_change_in_the_second(worlds):
    changed = {name: (w.nature != w.nature[:, :1]).any(axis=1).mean() for name, w in worlds.items()}

    assert changed["steady"] == 0.0
    assert 0.05 < changed["shifting"] < 0.25  # some are drawn the same nature again


def test_second_family_holds_a_holiday_on_which_fewer_doors_open(worlds):
    world = worlds["shifting"]
    by_day = world.is_open.reshape(200, -1, DAY_SLOTS)
    meant = world.meant.reshape(by_day.shape)
    rates = {
        kind: by_day[:, world.day_kind == kind][meant[:, world.day_kind == kind]].mean()
        for kind in (DayKind.WORKDAY, DayKind.HOLIDAY)
    }

    assert DayKind.HOLIDAY not in worlds["steady"].day_kind
    assert rates[DayKind.HOLIDAY] < rates[DayKind.WORKDAY] - 0.1


def test_evidence_comes_by_time_and_near_the_rate_asked_for(worlds):
    world = worlds["steady"]

    evidence = draw_evidence(world, seed=1, rate=2.0, liars=0.0)

    assert (np.diff(evidence.at_s) >= 0).all()
    assert 0.75 < len(evidence.at_s) / (200 * 70 * 2.0) <= 1.0  # some occasions bring no event
    assert ((evidence.share > 0) & (evidence.share <= 1)).all()


def test_evidence_without_liars_tells_the_truth_but_for_careless_keepers(worlds):
    world = worlds["steady"]

    evidence = draw_evidence(world, seed=1, rate=2.0, liars=0.0)

    is_open = found_open(world, evidence)
    inside = kinds_of(evidence, EvidenceKind.INSIDE_SCAN, EvidenceKind.VISIT, EvidenceKind.SENSOR)
    assert is_open[inside].all()
    assert not is_open[kinds_of(evidence, EvidenceKind.DOOR_REPORT)].any()
    taps = kinds_of(evidence, EvidenceKind.KEEPER_OPEN) & ~is_open
    assert taps.any()
    assert world.keeper_lies[evidence.station[taps]].all()


def test_liars_turn_their_share_of_riders_words(worlds):
    world = worlds["steady"]

    evidence = draw_evidence(world, seed=1, rate=5.0, liars=0.15)

    riders = kinds_of(evidence, EvidenceKind.INSIDE_SCAN, EvidenceKind.DOOR_REPORT)
    said_open = kinds_of(evidence, EvidenceKind.INSIDE_SCAN)[riders]
    assert (said_open != found_open(world, evidence)[riders]).mean() == pytest.approx(
        0.15, abs=0.02
    )


def test_attacks_swear_in_bursts_that_an_open_door_is_shut(worlds):
    world = worlds["shifting"]

    evidence = draw_evidence(world, seed=1, rate=0.0, liars=0.0)

    assert kinds_of(evidence, EvidenceKind.DOOR_REPORT).all()
    struck, times = np.unique(
        evidence.station * 1_000 + evidence.at_s // 86_400, return_counts=True
    )
    assert len(struck) > 10
    assert np.median(times) >= 3
