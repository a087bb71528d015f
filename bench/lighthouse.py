"""Lighthouse's word on the first page and on a station's page, as a phone sees them.

The demo is served by granian as in production, on its own port. Lighthouse stands in its own folder and is
installed from its lock on the first run; it drives the machine's Chromium with its mobile preset.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench._chromium import chromium_path
from bench._demo import demo_server

_ROOT: Final = Path(__file__).resolve().parents[1]
_HOME: Final = Path(__file__).with_suffix("")
_NEAR: Final = "/api/v1/stations/nearby?lat=30.0760&lon=120.4880&limit=1"
_CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
_LATE_S: Final = 180


def run(*, seed: int = 0, runs: int = 3) -> dict[str, Any]:
    """Ask Lighthouse for the first page and a station's page, ``runs`` times each.

    Parameters
    ----------
    seed
        Accepted for the common interface; nothing here is drawn.
    runs
        Loads of each page; medians are reported.

    Returns
    -------
    dict
        ``performance``, ``accessibility``, ``best_practices`` and ``seo`` of the worse of the two
        pages, 0 to 100; the same of each page with the suffixes ``_first`` and ``_station``;
        ``findings``, what is short of full marks in any of the runs.

    Raises
    ------
    RuntimeError
        When Chromium is missing, or Lighthouse cannot be installed or does not answer.
    """
    _install()
    with demo_server(_NEAR) as address:
        pages = {"first": f"{address}/", "station": address + _station_path(address)}
        reports = {name: [_report(page) for _ in range(runs)] for name, page in pages.items()}
    marks = {name: _marks(loads) for name, loads in reports.items()}
    figures: dict[str, Any] = {
        key: min(marks[name][key] for name in pages) for key in marks["first"]
    }
    for name, found in marks.items():
        figures |= {f"{key}_{name}": mark for key, mark in found.items()}
    every = [report for loads in reports.values() for report in loads]
    findings = sorted({finding for report in every for finding in _findings(report)})
    return figures | {
        "findings": findings,
        "lighthouse": every[0]["lighthouseVersion"],
        "runs": runs,
        "seed": seed,
    }


def _install() -> None:
    """Install Lighthouse as its lock says, unless that has been done."""
    done, lock = _HOME / "node_modules" / ".package-lock.json", _HOME / "package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    _node("npm", "--prefix", str(_HOME), "ci", "--no-audit", "--no-fund", "--loglevel=error")
    done.touch()


def _station_path(address: str) -> str:
    """Return the address of a station's page: of the first row that a rider gets."""
    with urllib.request.urlopen(address + _NEAR, timeout=60) as response:  # noqa: S310  loopback
        code: str = json.load(response)["stations"][0]["code"]
    return f"/s/{code}/"


def _report(page: str) -> dict[str, Any]:
    flags = "--headless=new --no-first-run" + (" --no-sandbox" if os.geteuid() == 0 else "")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        _node(
            str(_HOME / "node_modules" / ".bin" / "lighthouse"),
            page,
            *("--quiet", "--no-enable-error-reporting", f"--chrome-flags={flags}"),
            *("--output=json", f"--output-path={report}"),
            f"--only-categories={','.join(_CATEGORIES)}",
        )
        told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    if "runtimeError" in told:
        raise RuntimeError(told["runtimeError"]["message"])
    return told


def _node(*command: str) -> None:
    """Run a command with the project's Node.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    done = subprocess.run(  # noqa: S603  our own script
        [str(_ROOT / "scripts" / "with-node.sh"), *command],
        cwd=_HOME,
        env=os.environ | {"CHROME_PATH": chromium_path()},
        stdout=sys.stderr,
        timeout=_LATE_S,
        check=False,
    )
    if done.returncode:
        msg = f"{Path(command[0]).name} failed; its own output stands above"
        raise RuntimeError(msg)


def _marks(loads: list[dict[str, Any]]) -> dict[str, int]:
    """Return the medians of the marks, 0 to 100."""
    return {
        category.replace("-", "_"): round(
            100 * median(load["categories"][category]["score"] or 0 for load in loads)
        )
        for category in _CATEGORIES
    }


def _findings(report: dict[str, Any]) -> list[str]:
    """Return the audits that take marks away, with the mark each gives."""
    weighed = [
        part["id"]
        for category in report["categories"].values()
        for part in category["auditRefs"]
        if part["weight"]
    ]
    audits = [report["audits"][name] for name in weighed]
    return [
        f"{audit['id']} {audit['score']}"
        for audit in audits
        if audit["score"] is not None and audit["score"] < 0.9
    ]
