"""What Lighthouse says is read as its makers mean it, and it is installed from no registry's address."""

import json
from pathlib import Path

from bench import lighthouse
from bench.lighthouse import _findings, _marks

HOME = Path(lighthouse.__file__).with_suffix("")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def report(mark, *, audits=()):
    parts = [{"id": name, "weight": weight} for name, _score, weight in audits]
    return {
        "categories": {
            name: {"score": mark, "auditRefs": parts if name == "seo" else []}
            for name in CATEGORIES
        },
        "audits": {name: {"id": name, "score": score} for name, score, _weight in audits},
    }


def test_mark_is_the_median_of_the_runs():
    marks = _marks([report(0.9), report(0.97), report(0.96)])

    assert marks == {
        "performance": 96,
        "accessibility": 96,
        "best_practices": 96,
        "seo": 96,
    }


def test_failed_category_counts_nothing():
    assert _marks([report(None)])["seo"] == 0


def test_only_audits_that_take_marks_away_are_findings():
    audits = [
        ("meta-description", 0, 1),
        ("crawlable-anchors", 1, 1),
        ("canonical", None, 1),
        ("structured-data", 0, 0),
    ]

    assert _findings(report(0.9, audits=audits)) == ["meta-description 0"]


def test_lock_pins_every_package_and_names_no_registry():
    lock = json.loads((HOME / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: told for name, told in lock["packages"].items() if name}

    assert len(packages) > 100
    assert [name for name, told in packages.items() if "resolved" in told] == []
    assert [name for name, told in packages.items() if "integrity" not in told] == []
