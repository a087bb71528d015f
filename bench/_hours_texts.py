"""Opening-hours texts as published, with careful readings: loading them, and comparing by meaning."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from nuanxin.algorithms.calendars import known_calendar
from nuanxin.algorithms.hours import Interval, parse_hours
from nuanxin.algorithms.hours_text import Outcome, TextReading

DATA = Path(__file__).resolve().parents[1] / "tests" / "algorithms" / "data"
CALENDAR = known_calendar(2024, 2025, 2026)
FIRST_DAY, DAYS = date(2024, 1, 1), 3 * 365 + 1


@dataclass(frozen=True, slots=True)
class Sample:
    """One text; ``accepted`` are its good readings, the preferred one first, None for a refusal."""

    id: str
    text: str
    preferred: str | None
    accepted: tuple[str | None, ...]

    @property
    def is_readable(self) -> bool:
        """Whether only a reading is good."""
        return self.preferred is not None and None not in self.accepted


def load(name: str) -> list[Sample]:
    """Return the samples of one file of ``tests/algorithms/data``, in its order."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return [Sample(row["id"], row["text"], row["osm"], (row["osm"], *row["alt"])) for row in rows]


@lru_cache(maxsize=4096)
def meaning(osm: str) -> tuple[Interval, ...]:
    """Return the minutes open over three years of the Chinese calendar."""
    return tuple(parse_hours(osm).intervals(FIRST_DAY, DAYS, CALENDAR))


def same(osm: str, accepted: Iterable[str | None]) -> bool:
    """Return whether a reading means the same as one that is accepted."""
    return any(meaning(osm) == meaning(each) for each in accepted if each and _is_storable(each))


def is_wrong(sample: Sample, reading: TextReading) -> bool:
    """Return whether a reading, or a question without a good answer, would mislead."""
    if reading.outcome == Outcome.READ:
        return not same(reading.osm or "", sample.accepted)
    if reading.outcome == Outcome.ASK and sample.is_readable:
        return not any(same(each, sample.accepted) for each in reading.alternatives)
    return False


def _is_storable(osm: str) -> bool:
    return not osm.endswith("+") and "unknown" not in osm and not osm.startswith("We open")
