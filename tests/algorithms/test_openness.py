"""The worked numbers of docs/adr/0002-openness.md, and the laws of the formula."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.openness import (
    Door,
    EvidenceKind,
    EvidenceLine,
    OpennessParams,
    State,
    fold_evidence,
    openness,
    probability,
)

NOW = 1_771_000_000
PARAMS = OpennessParams()
K = EvidenceKind


def seen(**minutes_ago):
    """Return fresh lines of some kinds, each one event so many minutes ago."""
    return {
        K(kind): fold_evidence(None, K(kind), NOW - 60 * ago, PARAMS)
        for kind, ago in minutes_ago.items()
    }


def told(door):
    answer = openness(door, arrival_s=NOW, params=PARAMS)
    return answer.state, round(answer.p, 3)


OPEN: dict[str, Any] = {"has_hours": True, "is_posted_open": True}
SHUT: dict[str, Any] = {"has_hours": True, "is_posted_open": False}
NO_HOURS: dict[str, Any] = {"has_hours": False, "is_posted_open": False}


@pytest.mark.parametrize(
    ("door", "expected"),
    [
        (Door(**OPEN), (State.EXPECTED, 0.900)),
        (Door(**OPEN, lines=seen(inside_scan=12)), (State.CONFIRMED, 0.990)),
        (Door(**OPEN, lines=seen(keeper_open=390)), (State.EXPECTED, 0.921)),
        (Door(**OPEN, lines=seen(door_report=20)), (State.DOUBTFUL, 0.695)),
        (Door(**OPEN, lines=seen(door_report=20, keeper_open=0)), (State.CONFIRMED, 0.962)),
        (
            Door(**OPEN, lines=seen(door_report=20, keeper_open=0), doubt_until_s=NOW + 60),
            (State.DOUBTFUL, 0.962),
        ),
        (Door(**OPEN, hits=24, times=240), (State.DOUBTFUL, 0.126)),
        (Door(**OPEN, hits=24, times=240, lines=seen(inside_scan=0)), (State.DOUBTFUL, 0.637)),
        (Door(**NO_HOURS, host_rate=0.2), (State.UNKNOWN, 0.200)),
        (Door(**NO_HOURS, host_rate=0.2, lines=seen(inside_scan=12)), (State.DOUBTFUL, 0.731)),
        (Door(**NO_HOURS, host_rate=0.2, lines=seen(inside_scan=180)), (State.DOUBTFUL, 0.466)),
        (Door(**SHUT, lines=seen(inside_scan=10)), (State.CONFIRMED, 0.990)),
        (Door(**SHUT, lines=seen(inside_scan=40)), (State.CLOSED, 0.0)),
        (Door(**OPEN, lines=seen(inside_scan=12), is_day_confirmed=False), (State.UNKNOWN, 0.990)),
        (Door(**OPEN, lines=seen(inside_scan=0), is_closure_filed=True), (State.CLOSED, 0.0)),
        (Door(**OPEN, lines=seen(keeper_open=0), shut_until_s=NOW + 1), (State.CLOSED, 0.0)),
        (Door(**OPEN, shut_until_s=NOW), (State.EXPECTED, 0.900)),
    ],
)
def test_worked_case(door, expected):
    assert told(door) == expected


@given(
    kind=st.sampled_from(EvidenceKind),
    ages=st.lists(st.integers(0, 86_400), min_size=1, max_size=6),
)
def test_folded_evidence_never_passes_its_cap_and_keeps_its_sign(kind, ages):
    line = fold_evidence(None, kind, NOW - ages[0], PARAMS)
    for age in ages[1:]:
        line = fold_evidence(line, kind, NOW - age, PARAMS)

    rule = PARAMS.rules[kind]
    assert abs(line.weight) <= rule.cap
    assert (line.weight > 0) == (rule.weight > 0)
    assert line.at_s == NOW - min(ages)


@given(age=st.integers(0, 400_000), weight=st.floats(-5, 5), hits=st.integers(0, 30))
def test_evidence_moves_the_probability_its_way_and_fades_to_the_prior(age, weight, hits):
    bare = Door(**OPEN, hits=hits, times=30)
    door = Door(**OPEN, hits=hits, times=30, lines={K.VISIT: EvidenceLine(NOW - age, weight)})
    base, p = (probability(d, arrival_s=NOW, params=PARAMS) for d in (bare, door))
    later = probability(door, arrival_s=NOW + 86_400, params=PARAMS)

    assert (p >= base) if weight >= 0 else (p <= base)
    assert abs(later - base) <= abs(p - base) + 1e-12


def test_evidence_from_after_the_arrival_is_left_out():
    door = Door(**OPEN, lines={K.DOOR_REPORT: EvidenceLine(NOW + 1, -5.0)})

    assert told(door) == (State.EXPECTED, 0.900)


def test_parameters_survive_being_data():
    assert OpennessParams.from_mapping(PARAMS.as_mapping()) == PARAMS
    with pytest.raises(ValueError, match="no rule"):
        OpennessParams.from_mapping({"rules": {}})
