"""Fit the weights, half-lives and the cost of a shut door on training worlds.

A coordinate search: each number in turn is made larger and smaller, and a change is kept when the
objective grows. Training districts are of the steady family and have seeds below 2,000; the seeds
and the family that `bench.wasted_trips` reports are never looked at. The evidence of an inspection
does not occur in the worlds, and thresholds, fresh times and the strength of the prior are decided;
they stay as they are. ``python -m bench._tune_openness`` starts from the present numbers, takes some
five minutes, and prints what it found; whoever takes it over writes it into `openness.py`.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bench._wasted_figures import rows_of
from bench._wasted_play import Setting
from bench.wasted_trips import FIRST_SEED, Play
from nuanxin.algorithms.openness import EvidenceKind, EvidenceRule, OpennessParams
from nuanxin.algorithms.worlds import STEADY

TRAINING_SEED = 1_000
DISTRICTS = 16
SHARES = {Setting(1.0, 0.05): 1.0, Setting(0.1, 0.05): 0.5, Setting(5.0, 0.05): 0.25}
STEPS = (1.4, 1 / 1.4)
WIDEST = 0.09  # extra distance; a little less than the aim, for it must hold in other districts
_BARREN = frozenset({EvidenceKind.INSPECTION})


def run(
    *, seed: int = TRAINING_SEED, districts: int = DISTRICTS, rounds: int = 2
) -> dict[str, Any]:
    """Search from the present defaults and return the numbers found.

    Parameters
    ----------
    seed
        First of the training seeds.
    districts
        Number of training districts.
    rounds
        How often every number is tried.

    Returns
    -------
    dict
        ``before`` and ``after`` of the objective, and ``params`` in the form that JSON keeps.

    Raises
    ------
    ValueError
        When a seed is one of those reported.
    """
    seeds = training_seeds(seed, districts)
    play = Play(STEADY, tuple(SHARES), seeds)
    best = OpennessParams()
    before = reached = objective(rows_of("steady", tuple(SHARES), play.scores(best)))
    for turn, name, step in itertools.product(range(rounds), tuple(_names()), STEPS):
        tried = changed(best, name, step)
        value = objective(rows_of("steady", tuple(SHARES), play.scores(tried)))
        if value > reached + 1e-4:
            best, reached = tried, value
            sys.stderr.write(f"round {turn + 1}: {name} x {step:.2f}: {value:.4f}\n")
    return {"before": before, "after": reached, "params": best.as_mapping()}


def training_seeds(first: int, districts: int) -> range:
    """Return the seeds of training districts.

    Raises
    ------
    ValueError
        When one of them is reported by `bench.wasted_trips`.
    """
    seeds = range(first, first + districts)
    if seeds.stop > FIRST_SEED:
        msg = f"seeds from {FIRST_SEED} on are for reporting, not for tuning"
        raise ValueError(msg)
    return seeds


def objective(rows: list[dict[str, Any]]) -> float:
    """Return what is to be as great as possible: trips regained, within the aims for the rest."""
    regained = sum(
        share * row["regained"] for share, row in zip(SHARES.values(), rows, strict=True)
    )
    usual = rows[0]
    too_far = max(0.0, usual["extra_distance"] - WIDEST)
    too_sure = max(0.0, usual["ece"] - 0.022)
    return float(regained - 5.0 * too_far - 2.0 * too_sure - usual["brier"])


def _names() -> Iterator[tuple[str, str]]:
    for kind in EvidenceKind:
        if kind not in _BARREN:
            yield kind.value, "weight"
            yield kind.value, "half_life_s"
    yield "", "shut_cost_ms"


def changed(params: OpennessParams, name: tuple[str, str], step: float) -> OpennessParams:
    """Return the parameters with one number multiplied; a cap keeps its ratio to the weight."""
    kind, field = name
    if not kind:
        return replace(params, shut_cost_ms=round(params.shut_cost_ms * step**0.25))
    rule = params.rules[EvidenceKind(kind)]
    new = (
        EvidenceRule(rule.weight * step, rule.half_life_s, rule.cap * step)
        if field == "weight"
        else replace(rule, half_life_s=rule.half_life_s * step)
    )
    return replace(params, rules={**params.rules, EvidenceKind(kind): new})


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run()) + "\n")
