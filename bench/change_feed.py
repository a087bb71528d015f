"""How long after its commit a change is told by every process: PostgreSQL with two, SQLite with one.

A small demo is filled, served by granian with production settings, and changed by a third process
through the services; each server is asked over HTTP until it tells the change.
"""

import dataclasses
import json
import os
import subprocess
import sys
import time
from typing import Any, Final

import numpy as np

from bench import finder
from bench._demo import ROOT
from nuanxin.algorithms.finder import StationColumns
from nuanxin.algorithms.hours import parse_hours

_LARGE: Final = 12_000
_RUNS: Final = 21


def run(*, seed: int = 1, stations: int = 2_000, changes: int = 100) -> dict[str, Any]:
    """Measure from commit to sight.

    Parameters
    ----------
    seed
        Of the stations that change, and when and how.
    stations
        In the demo that is served.
    changes
        Written on each database.

    Returns
    -------
    dict
        ``visible_p50_ms``, ``visible_p99_ms``, ``visible_max_ms`` over every change in every
        process on PostgreSQL, ``out_of_order`` of them committed after a greater number; the same
        with ``_sqlite``; ``seen`` and ``seen_sqlite`` count the sightings. ``patch_ms_12000``
        and ``build_ms_12000`` are the computing of one patch, of one station and of twenty, and
        of a whole snapshot, without reading rows.

    Raises
    ------
    RuntimeError
        When a change is not told within ten seconds.
    """
    options = {"seed": seed, "stations": stations, "changes": changes}
    postgres = [str(ROOT / "scripts" / "with-postgres.sh")]
    several = _trial(postgres, options | {"processes": 2, "writers": 2})
    single = _trial([], options | {"processes": 1, "writers": 1})
    return {
        **_summary(several, ""),
        "out_of_order": several["out_of_order"],
        **_summary(single, "_sqlite"),
        **_patch_ms(seed),
        **options,
    }


def _trial(before: list[str], options: dict[str, int]) -> dict[str, Any]:
    variables = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    command = [*before, sys.executable, "-m", "bench._feed_trial"]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(  # noqa: S603  our own module
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        msg = "a change was not told, or the trial broke; its own output stands above"
        raise RuntimeError(msg)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    expected = options["changes"] * options["processes"]
    if len(figures["seen_s"]) != expected:
        msg = f"{len(figures['seen_s'])} of {expected} sightings"
        raise RuntimeError(msg)
    return figures


def _summary(figures: dict[str, Any], suffix: str) -> dict[str, Any]:
    seen_ms = 1000.0 * np.array(figures["seen_s"])
    return {
        f"visible_p50_ms{suffix}": round(float(np.percentile(seen_ms, 50))),
        f"visible_p99_ms{suffix}": round(float(np.percentile(seen_ms, 99))),
        f"visible_max_ms{suffix}": round(float(seen_ms.max())),
        f"seen{suffix}": len(seen_ms),
    }


def _patch_ms(seed: int) -> dict[str, float]:
    """Return the computing of patches and of a whole build at the size of a province."""
    rng = np.random.default_rng(seed)
    columns = finder.columns_of(_LARGE, rng)
    began = time.perf_counter()
    snapshot = finder.snapshot_of(columns)
    figures = {"build_ms_12000": round(1000.0 * (time.perf_counter() - began), 1)}
    for count, name in ((1, "patch_ms_12000"), (20, "patch_of_20_ms_12000")):
        taken_ms = []
        for _ in range(_RUNS):
            index = rng.choice(_LARGE, count, replace=False)
            changed = _seen_again(columns.take(index))
            began = time.perf_counter()
            snapshot = snapshot.patched(
                index,
                changed,
                readings=[parse_hours(text) for text in finder.TEXTS],
                permits=[parse_hours("24/7")],
            )
            taken_ms.append(1000.0 * (time.perf_counter() - began))
        figures[name] = round(float(np.median(taken_ms)), 2)
    return figures


def _seen_again(columns: StationColumns) -> StationColumns:
    at_s, weight = columns.evidence_at_s.copy(), columns.evidence_weight.copy()
    at_s[:, 0], weight[:, 0] = at_s.max() + 60, 2.4
    return dataclasses.replace(columns, evidence_at_s=at_s, evidence_weight=weight)
