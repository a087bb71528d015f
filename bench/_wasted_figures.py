"""From sums over trips to the figures of the benchmark."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench._wasted_play import Setting
from bench._wasted_policies import POLICIES, Scores
from bench._wasted_rules import Floats


def rows_of(family: str, settings: Sequence[Setting], scores: Scores) -> list[dict[str, Any]]:
    """Return one row of the sweep for each setting, in their order."""
    return [_row(family, setting, scores, index) for index, setting in enumerate(settings)]


def _row(family: str, setting: Setting, scores: Scores, index: int) -> dict[str, Any]:
    wasted = {policy: scores.wasted[policy][index] / scores.trips for policy in POLICIES}
    metres = {
        policy: scores.metres[policy][index].sum() / scores.answered[policy][index].sum()
        for policy in POLICIES
    }
    count, p, is_open, squares = scores.bins[:, index]
    return {
        "family": family,
        "rate": setting.rate,
        "liars": setting.liars,
        **{f"wasted_{policy}": _figure(wasted[policy].mean()) for policy in POLICIES},
        "regained": _figure(_regained(wasted["posted"], wasted["ours"], wasted["oracle"])),
        "regained_se": _figure(_jackknife(wasted["posted"], wasted["ours"], wasted["oracle"])),
        "regained_by_last_report": _figure(
            _regained(wasted["posted"], wasted["last_report"], wasted["oracle"])
        ),
        "extra_distance": _figure(metres["ours"] / metres["posted"] - 1.0),
        "extra_distance_of_oracle": _figure(metres["oracle"] / metres["posted"] - 1.0),
        "brier": _figure(squares.sum() / count.sum()),
        "ece": _figure(np.abs(p - is_open).sum() / count.sum()),
        "share_open": _figure(is_open.sum() / count.sum()),
    }


def _figure(value: float) -> float:
    return round(float(value), 4)


def _regained(posted: Floats, ours: Floats, oracle: Floats) -> float:
    return float((posted.sum() - ours.sum()) / (posted.sum() - oracle.sum()))


def _jackknife(posted: Floats, ours: Floats, oracle: Floats) -> float:
    """Return the standard error of the share regained, leaving out one district at a time."""
    n = len(posted)
    left = np.array(
        [_regained(*(np.delete(values, i) for values in (posted, ours, oracle))) for i in range(n)]
    )
    return float(np.sqrt((n - 1) / n * np.square(left - left.mean()).sum()))
