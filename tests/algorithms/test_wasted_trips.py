"""The benchmark decides by the plain rules, and its measure cannot be fooled."""

import numpy as np
import pytest

from bench._tune_openness import DISTRICTS as TRAINING_DISTRICTS
from bench._tune_openness import TRAINING_SEED, training_seeds
from bench._wasted_figures import rows_of
from bench._wasted_play import DAY_S, Districts, Events, Memory, Setting, draw_events
from bench._wasted_policies import POLICIES, Scores
from bench._wasted_rules import KINDS, NEVER_S, Doors, probability, states
from bench.wasted_trips import DISTRICTS, FIRST_SEED, Play, run
from nuanxin.algorithms.openness import (
    INSIDE_KINDS,
    Door,
    EvidenceKind,
    EvidenceLine,
    OpennessParams,
    fold_evidence,
    openness,
)
from nuanxin.algorithms.records import count_findings
from nuanxin.algorithms.worlds import DAY_SLOTS, SLOT_S, STEADY, make_world

PARAMS = OpennessParams()
NOON_S = 40 * 86_400


def random_doors(n, rng):
    has = rng.random((n, len(KINDS))) < 0.4
    age = rng.integers(-3_000, 40_000, (n, len(KINDS)))
    times = rng.integers(0, 30, n)
    return Doors(
        has_hours=rng.random(n) < 0.8,
        is_posted_open=rng.random(n) < 0.7,
        at_s=np.where(has, NOON_S - age, NEVER_S),
        weight=np.where(has, rng.normal(0, 2.5, (n, len(KINDS))), 0.0),
        hits=np.floor(times * rng.random(n)),
        times=times.astype(float),
        host_rate=rng.random(n),
        shut_until_s=np.where(rng.random(n) < 0.1, NOON_S + 60, 0),
        doubt_until_s=np.where(rng.random(n) < 0.1, NOON_S + 60, 0),
    )


def plain(doors, row):
    return Door(
        has_hours=bool(doors.has_hours[row]),
        is_posted_open=bool(doors.is_posted_open[row]),
        lines={
            kind: EvidenceLine(int(doors.at_s[row, k]), float(doors.weight[row, k]))
            for k, kind in enumerate(KINDS)
            if doors.weight[row, k]
        },
        hits=int(doors.hits[row]),
        times=int(doors.times[row]),
        host_rate=float(doors.host_rate[row]),
        shut_until_s=int(doors.shut_until_s[row]),
        doubt_until_s=int(doors.doubt_until_s[row]),
    )


def test_array_rules_equal_the_plain_rules():
    doors = random_doors(3_000, np.random.default_rng(3))
    arrival_s = np.full(3_000, NOON_S)

    p = probability(doors, arrival_s, PARAMS)
    told = states(doors, p, arrival_s, PARAMS)

    answers = [openness(plain(doors, row), arrival_s=NOON_S, params=PARAMS) for row in range(3_000)]
    assert told.tolist() == [answer.state for answer in answers]
    judged = [row for row, answer in enumerate(answers) if answer.p > 0]
    assert len(judged) > 1_000
    assert p[judged] == pytest.approx([answers[row].p for row in judged], abs=1e-12)
    assert set(told.tolist()) == set(range(5))


def events_of(kind, at_s, share=1.0):
    n = len(at_s)
    return Events(
        at_s=np.array(at_s),
        place=np.zeros(n, dtype=np.int64),
        kind=np.full(n, KINDS.index(kind))
        if isinstance(kind, EvidenceKind)
        else np.array([KINDS.index(k) for k in kind]),
        share=np.full(n, share),
        is_posted=np.ones(n, dtype=bool),
        next_opening_s=np.full(n, NOON_S + 3 * 3_600),
        cell=np.zeros(n, dtype=np.int64),
    )


def memory_after(events):
    memory = Memory((1, 1, 1), PARAMS, np.array([[True]]))
    memory.count(events, slice(None))
    memory.take(events, slice(None))
    return memory


def test_memory_folds_as_the_plain_rules_do():
    moments = [NOON_S, NOON_S + 700, NOON_S + 9_000]

    memory = memory_after(events_of(EvidenceKind.INSIDE_SCAN, moments, share=0.5))

    line = None
    for at_s in moments:
        line = fold_evidence(line, EvidenceKind.INSIDE_SCAN, at_s, PARAMS, share=0.5)
    inside = KINDS.index(EvidenceKind.INSIDE_SCAN)
    assert line is not None
    assert memory.at_s[0, inside] == line.at_s
    assert memory.weight[0, inside] == pytest.approx(line.weight)
    assert (memory.hits[0, 0], memory.times[0, 0]) == (72, 72)


def test_memory_counts_in_the_order_of_time_as_one_finding_after_another():
    rng = np.random.default_rng(4)
    districts = Districts([make_world(STEADY, seed=1, stations=5, days=21)])
    settings = [Setting(5.0, 0.1)]
    events = draw_events(districts, settings, [1])
    memory = Memory((1, 1, 5), PARAMS, districts.has_hours)
    cuts = np.sort(rng.integers(0, len(events.at_s), 3))

    for first, last in zip([0, *cuts], [*cuts, len(events.at_s)], strict=True):
        memory.count(events, slice(first, last))

    plain = np.zeros((2, 5, 48), dtype=np.uint8)
    for at in np.flatnonzero(events.is_posted):
        kind, place = KINDS[events.kind[at]], events.place[at]
        if kind is not EvidenceKind.KEEPER_OPEN:
            counted = count_findings(
                *plain[:, place][:, None],
                cell=events.cell[at : at + 1],
                is_open=np.array([kind in INSIDE_KINDS]),
                has_hours=districts.has_hours[0, place : place + 1],
            )
            plain[:, place] = np.stack(counted)[:, 0]
    assert np.array_equal(memory.hits, plain[0])
    assert np.array_equal(memory.times, plain[1])


def test_two_reports_close_until_the_next_posted_opening_and_inside_opens_again():
    report, inside = EvidenceKind.DOOR_REPORT, EvidenceKind.INSIDE_SCAN

    closed = memory_after(events_of(report, [NOON_S, NOON_S + 900]))
    opened = memory_after(events_of([report, report, inside], [NOON_S, NOON_S + 9, NOON_S + 20]))

    assert closed.shut_until_s[0] == NOON_S + 3 * 3_600
    assert opened.shut_until_s[0] == 0


@pytest.mark.parametrize(("gap_s", "share"), [(3_700, 1.0), (900, 0.5)])
def test_reports_far_apart_or_of_young_devices_do_not_close(gap_s, share):
    memory = memory_after(events_of(EvidenceKind.DOOR_REPORT, [NOON_S, NOON_S + gap_s], share))

    assert memory.shut_until_s[0] == 0


def test_keeper_against_reports_and_reports_against_inside_leave_doubt():
    report, tap, inside = (
        EvidenceKind.DOOR_REPORT,
        EvidenceKind.KEEPER_OPEN,
        EvidenceKind.INSIDE_SCAN,
    )
    moments = [NOON_S, NOON_S + 60, NOON_S + 120]

    contested = memory_after(events_of([report, report, tap], moments))
    attacked = memory_after(events_of([inside, report, report], moments))

    for memory in (contested, attacked):
        assert memory.shut_until_s[0] == 0
        assert memory.doubt_until_s[0] > NOON_S + 120


def scores_with(wasted):
    scores = Scores((1, 4))
    scores.trips = 100
    for policy in POLICIES:
        scores.wasted[policy] += wasted[policy]
        scores.metres[policy] += 1_000.0
        scores.answered[policy] += 100
    scores.bins[0, 0, 5] = 1.0
    return scores


def test_regained_is_nothing_for_posted_and_all_for_the_oracle():
    none = scores_with({"posted": 20, "last_report": 20, "ours": 20, "oracle": 2})
    everything = scores_with({"posted": 20, "last_report": 20, "ours": 2, "oracle": 2})

    rows = [rows_of("x", [Setting(1.0, 0.0)], scores)[0] for scores in (none, everything)]

    assert [row["regained"] for row in rows] == [0.0, 1.0]


def test_next_opening_and_truth_are_looked_up_at_the_same_slot():
    world = make_world(STEADY, seed=1, stations=30, days=7)
    districts = Districts([world])

    events = draw_events(districts, [Setting(3.0, 0.0)], [1])

    later = events.next_opening_s[events.next_opening_s < 7 * DAY_S]
    station = events.place[events.next_opening_s < 7 * DAY_S]
    slot = later // SLOT_S
    assert world.posted[station, slot].all()
    assert not world.posted[station, slot - 1].any()
    assert (events.next_opening_s > events.at_s // SLOT_S * SLOT_S).all()


def test_oracle_wastes_least_and_blind_parameters_regain_nothing():
    blind = OpennessParams(shut_cost_ms=0, inside_fresh_s=-1)
    play = Play(STEADY, [Setting(1.0, 0.0)], range(2))

    seeing, unseeing = (
        rows_of("x", [Setting(1.0, 0.0)], play.scores(p))[0] for p in (PARAMS, blind)
    )

    assert seeing["wasted_oracle"] <= min(seeing["wasted_ours"], seeing["wasted_posted"])
    assert seeing["regained"] > unseeing["regained"] + 0.05


def test_policy_sees_nothing_of_the_truth_but_what_is_told():
    """With no word from any door there is nothing to tell steady doors from locked ones by."""
    play = Play(STEADY, [Setting(0.0, 0.0)], range(2))
    no_one_told = len(play.events.at_s)

    row = rows_of("x", [Setting(0.0, 0.0)], play.scores(PARAMS))[0]

    assert no_one_told == 0
    assert abs(row["regained"]) < 0.02


def test_truth_turned_round_after_the_evidence_changes_no_choice():
    """Choices follow from evidence alone: swap the truth behind them and only outcomes change."""
    settings = [Setting(1.0, 0.05)]
    play, turned = (Play(STEADY, settings, range(1)) for _time in range(2))
    turned.districts.is_open = ~turned.districts.is_open

    seen, unseen = play.scores(PARAMS), turned.scores(PARAMS)

    for policy in ("posted", "last_report", "ours"):
        assert np.array_equal(seen.metres[policy], unseen.metres[policy])
    assert not np.array_equal(seen.metres["oracle"], unseen.metres["oracle"])


def test_same_seed_gives_the_same_figures_and_another_seed_others():
    settings = [Setting(1.0, 0.05)]
    first, again, other = (
        rows_of("x", settings, Play(STEADY, settings, range(seed, seed + 2)).scores(PARAMS))
        for seed in (3, 3, 4)
    )

    assert first == again
    assert first != other


def test_tuning_never_looks_at_the_districts_that_are_reported():
    reported = range(FIRST_SEED, FIRST_SEED + DISTRICTS)
    tuned = training_seeds(TRAINING_SEED, TRAINING_DISTRICTS)

    assert not set(reported) & set(tuned)
    with pytest.raises(ValueError, match="for reporting"):
        training_seeds(FIRST_SEED - 1, 2)


@pytest.mark.slow
def test_run_returns_every_headline_and_the_whole_sweep():
    figures = run(seed=1, districts=2)

    assert {"regained", "regained_sparse", "regained_second_family", "brier", "ece"} <= set(figures)
    assert len(figures["sweep"]) == 36
    assert DAY_SLOTS * SLOT_S == DAY_S
