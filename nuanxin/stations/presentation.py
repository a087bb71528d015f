"""Rows of the finder in words: pure functions, in the reader's language."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from nuanxin.stations.directions import Way, ways_to
from nuanxin.stations.enums import Access
from nuanxin.stations.models import Station

Row = Mapping[str, Any]

HURRY_S = 900
"""With less time than this after arrival the page warns."""

STATE_WORDS = {
    "confirmed": gettext_lazy("Open"),
    "expected": gettext_lazy("Should be open"),
    "doubtful": gettext_lazy("Hard to say"),
    "unknown": gettext_lazy("Not known"),
    "closed": gettext_lazy("Closed"),
}
LIKELY_OPEN = ("confirmed", "expected")

_COMPASS = (
    gettext_lazy("north"), gettext_lazy("north-east"), gettext_lazy("east"), gettext_lazy("south-east"),
    gettext_lazy("south"), gettext_lazy("south-west"), gettext_lazy("west"), gettext_lazy("north-west"),
)  # fmt: skip
_TRAVEL = {
    "walk": gettext_lazy("%(minutes)d min on foot"),
    "ebike": gettext_lazy("%(minutes)d min by e-bike"),
    "van": gettext_lazy("%(minutes)d min by van"),
}
_EVIDENCE = {
    "keeper_open": gettext_lazy("%(age)s: the keeper opened"),
    "keeper_close": gettext_lazy("%(age)s: the keeper locked up"),
    "inside_scan": gettext_lazy("%(age)s: somebody went in"),
    "visit": gettext_lazy("%(age)s: somebody was served here"),
    "sensor": gettext_lazy("%(age)s: the door moved"),
    "inspection": gettext_lazy("%(age)s: an inspector found it as it should be"),
    "door_report": gettext_lazy("%(age)s: somebody found it shut, though its hours say open"),
    "rebuttal": gettext_lazy("%(age)s: it was shown from inside that it is open after all"),
}
_CONFIRMS = ("keeper_open", "inside_scan", "visit", "sensor", "inspection", "rebuttal")
_REASONS = {
    "schedule": gettext_lazy("Outside its posted hours"),
    "no_hours": gettext_lazy("It has posted no hours, and nobody has confirmed it lately"),
    "unconfirmed_day": gettext_lazy("The arrangement of this holiday is not confirmed yet"),
    "closure": gettext_lazy("It has announced that it is closed"),
    "reports": gettext_lazy("%(age)s: several people found it shut"),
    "record": gettext_lazy(
        "Nobody has confirmed it lately; by what was found before, it is open %(chance)s"
    ),
}
_BY_HOURS_ALONE = gettext_lazy("Nobody has confirmed it lately; only its posted hours say so")
_WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DoorWords:
    """What one may expect of a door: state, until when, and why to believe it.

    ``posted`` and ``confirmed_s`` are for a kept copy: the posted hours of the coming days, and the
    moment of the last confirmation, epoch seconds; empty and None where there is none to tell.
    """

    state: str
    word: str
    aside: str
    until: str
    why: str
    is_hurry: bool
    posted: str = ""
    confirmed_s: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One station of a list; ``number`` is its place where others point to it, else 0."""

    code: str
    name: str
    kind: str
    door: DoorWords
    way: str
    facilities: list[str]
    access: str
    ways: list[Way]
    number: int = 0


def card(
    row: Row,
    *,
    now: dt.datetime,
    by: str,
    facility_names: Mapping[str, str],
    has_journey: bool = True,
) -> Card:
    """Return a finder's row as a card.

    Parameters
    ----------
    row
        A row of the finder.
    now
        The reader's civil moment.
    by
        Mode of travel.
    facility_names
        Names of the facilities worth showing, by code, in the order to show them.
    has_journey
        Whether the reader's place is known; else the address stands for the way.
    """
    held = set(row["facilities"])
    return Card(
        code=row["code"],
        name=row["name"],
        kind=" · ".join(part for part in (row["brand"], row["host"]) if part),
        door=door_words(row, now=now),
        way=way_words(row, by=by) if has_journey else row["address"],
        facilities=[name for code, name in facility_names.items() if code in held],
        access=access_words(row["access"]),
        ways=ways_to(row["name"], lat_wgs84=row["lat"], lon_wgs84=row["lon"], by=by),
    )


def door_words(row: Row, *, now: dt.datetime) -> DoorWords:
    """Return state, closing time and reason of a row in words."""
    state, stay_s = row["state"], row.get("stay_s")
    is_hurry = state != "closed" and stay_s is not None and stay_s < HURRY_S
    return DoorWords(
        state=state,
        word=str(STATE_WORDS[state]),
        aside=_aside(row, now),
        until=_until(row, now),
        why=reason_words(row),
        is_hurry=is_hurry,
        posted=row.get("posted", ""),
        confirmed_s=_confirmed_s(row, now),
    )


def _confirmed_s(row: Row, now: dt.datetime) -> int | None:
    kind, age_s = row["reason"]["kind"], row["reason"].get("age_s")
    if kind not in _CONFIRMS or age_s is None:
        return None
    # the finder counts ages on arrival
    return int(now.timestamp() - age_s + row.get("travel_s", 0))


def _aside(row: Row, now: dt.datetime) -> str:
    if row["state"] == "closed":
        opens_at = row.get("opens_at")
        return _("opens %(time)s") % {"time": moment_words(opens_at, now=now)} if opens_at else ""
    if row["state"] == "unknown":
        return ""
    if (stay_s := row.get("stay_s")) is not None:
        return _("%(duration)s to stay") % {"duration": duration_words(stay_s)}
    return _("round the clock") if row.get("is_24h") else ""


def _until(row: Row, now: dt.datetime) -> str:
    closes_at = row.get("closes_at")
    if not closes_at or row["state"] in ("closed", "unknown"):
        return ""
    return _("closes %(time)s") % {"time": moment_words(closes_at, now=now)}


def _is_by_record(row: Row) -> bool:
    record = row.get("record") or {"times": 0}
    return bool(row["reason"]["kind"] == "record" and record["times"])


def reason_words(row: Row) -> str:
    """Return why a state is what it is, with the age of the evidence."""
    reason = row["reason"]
    kind, age_s = reason["kind"], reason.get("age_s")
    text = _EVIDENCE.get(kind) or _REASONS[kind]
    if kind == "record" and not _is_by_record(row):
        text = _BY_HOURS_ALONE
    if kind == "schedule" and row["state"] != "closed":
        text = _BY_HOURS_ALONE
    return str(text) % {"age": age_words(age_s or 0), "chance": chance_words(row.get("p", 0.0))}


def way_words(row: Row, *, by: str) -> str:
    """Return direction, distance, time and how to find the door."""
    minutes = max(1, math.ceil(row["travel_s"] / 60))
    parts = [
        f"{compass_words(row['bearing_deg'])} {distance_words(row['distance_m'])}",
        str(_TRAVEL[by]) % {"minutes": minutes},
        row["floor"],
        row["parking"],
    ]
    return " · ".join(part for part in parts if part)


def distance_words(distance_m: float) -> str:
    """Return a distance: tens of metres below one kilometre, else kilometres with one decimal."""
    rounded_m = max(10, round(distance_m / 10) * 10)
    if rounded_m < 1000:
        return _("%(metres)d m") % {"metres": rounded_m}
    return _("%(kilometres).1f km") % {"kilometres": distance_m / 1000}


def compass_words(bearing_deg: float) -> str:
    """Return the nearest of eight directions, clockwise from north."""
    return str(_COMPASS[round(bearing_deg / 45) % 8])


def duration_words(duration_s: float) -> str:
    """Return a duration, rounded down: nobody shall count on a minute that is not there."""
    minutes = int(duration_s // 60)
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours, rest = divmod(minutes, 60)
    if hours >= 3 or rest == 0:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def age_words(age_s: float) -> str:
    """Return how long ago something was."""
    if age_s < 60:
        return _("just now")
    minutes = int(age_s // 60)
    if minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {
            "count": minutes
        }
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


def moment_words(moment: str | dt.datetime, *, now: dt.datetime) -> str:
    """Return a coming civil moment: the time today, else with its day.

    Parameters
    ----------
    moment
        ISO 8601 with offset, or an aware datetime, in civil time.
    now
        The reader's civil moment.
    """
    at = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    time, days = f"{at:%H:%M}", (at.date() - now.date()).days
    if days == 0:
        return pgettext("closes/opens at a time", "at %(time)s") % {"time": time}
    if days == 1 and (at.hour, at.minute) == (0, 0):
        return _("at midnight")
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": time}
    if 1 < days < 7:
        return _("%(weekday)s at %(time)s") % {"weekday": weekday_words(at.weekday()), "time": time}
    return _("on %(date)s at %(time)s") % {"date": f"{at:%m-%d}", "time": time}


def weekday_words(weekday: int) -> str:
    """Return the name of a weekday, Monday 0."""
    return str(_WEEKDAYS[weekday])


def access_words(code: str) -> str:
    """Return how one gets in; walking in is said as the welcome it is."""
    return _("Walk in: no code, no sign-up") if code == Access.OPEN else str(Access(code).label)


def list_summary(rows: Sequence[Row]) -> str:
    """Return how many of the listed doors should be open on arrival."""
    likely = sum(row["state"] in LIKELY_OPEN for row in rows)
    return _("%(open)d of these %(count)d should be open when you arrive") % {
        "open": likely,
        "count": len(rows),
    }


def chance_words(p: float) -> str:
    """Return a probability as a count of a hundred, never certain."""
    return _("%(count)d times of 100") % {"count": min(99, max(1, round(p * 100)))}


def chance_of(row: Row) -> str:
    """Return the chance of an open door where it means something and the reason has not told it."""
    if _is_by_record(row):
        return ""
    return chance_words(row["p"]) if row["state"] in (*LIKELY_OPEN, "doubtful") else ""


def kind_words(station: Station) -> str:
    """Return brand, host and size of a station."""
    outlet = station.outlet
    area = _("%(area)d m²") % {"area": station.area_m2} if station.area_m2 else ""
    host = str(outlet.host) if outlet else ""
    return " · ".join(part for part in (str(station.brand), host, area) if part)
