"""Parts of the pages that need addresses: chips, the demo clock, counties, the answer as cards."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.regions.models import Division
from nuanxin.stations.door_pages import FaultNote
from nuanxin.stations.enums import Condition
from nuanxin.stations.forms import REST_MIN, Search
from nuanxin.stations.models import StationFacility
from nuanxin.stations.presentation import Card, card, list_summary, weekday_words
from nuanxin.stations.radar_picture import Radar, radar_of
from nuanxin.stations.report_words import fault_words

_MODE_CHIPS = {
    "ebike": gettext_lazy("By e-bike"),
    "walk": gettext_lazy("On foot"),
    "van": gettext_lazy("By van"),
}
_QUICK_FACILITIES = 6
# Dates that show the calendar at work: a make-up Saturday, the Spring Festival, the October week.
_DEMO_DATES = ((2, 14), (2, 17), (2, 20), (10, 5), (10, 10))
_DEMO_YEAR = 2026
_DEMO_HOUR, _DEMO_MINUTE = 9, 30


@dataclass(frozen=True, slots=True)
class Chip:
    """A link that states one choice and whether it is made."""

    label: str
    href: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class City:
    """A city and links to its counties."""

    name: str
    counties: list[Chip]


@dataclass(frozen=True, slots=True)
class ClockControl:
    """The demo's clock: what it shows and where else it may stand."""

    text: str
    choices: list[Chip]


@dataclass(frozen=True, slots=True)
class Thing:
    """One facility as a page shows it, with what is said of it."""

    code: str
    name: str
    remark: str
    said: str
    is_out: bool


@dataclass(frozen=True, slots=True)
class AnswerCards:
    """The finder's answer, ready for the page."""

    summary: str
    cards: list[Card]
    next_to_open: Card | None
    nearest_24h: Card | None
    is_confirmed_day: bool
    radar: Radar | None


def things_of(facilities: Sequence[StationFacility], notes: Mapping[str, FaultNote]) -> list[Thing]:
    """Return a station's facilities with their condition and what is said of them."""
    return [
        Thing(
            code=held.facility_id,
            name=str(held.facility),
            remark=_remark(held),
            said=fault_words(notes[held.facility_id]) if held.facility_id in notes else "",
            is_out=held.condition != Condition.WORKING,
        )
        for held in facilities
    ]


def _remark(held: StationFacility) -> str:
    is_out = held.condition != Condition.WORKING
    until = (
        _("good until %(date)s") % {"date": f"{held.expires_on:%Y-%m-%d}"}
        if held.expires_on
        else ""
    )
    return " · ".join(filter(None, [str(Condition(held.condition).label) if is_out else "", until]))


def told_of(
    facilities: Sequence[StationFacility], notes: Mapping[str, FaultNote], code: str
) -> str:
    """Return the thanks for a fault just told; empty when none was."""
    name = next((str(held.facility) for held in facilities if held.facility_id == code), "")
    if not name:
        return ""
    thanks = _("Thank you. %(facility)s is noted.") % {"facility": name}
    note = notes.get(code)
    return f"{thanks} {fault_words(note)}" if note else thanks


def list_href(search: Search) -> str:
    """Return the address of the list for a question."""
    return "/?" + urlencode(search.parameters(), safe=",:")


def correct_href(search: Search) -> str:
    """Return the page on which the reader types the place; the clock stays."""
    at = f"?{urlencode({'at': search.at}, safe=':')}" if search.at else ""
    return reverse("stations:place_list") + at


def print_href(search: Search) -> str:
    """Return the table for the wall around the position of a question; filters do not matter there."""
    place = urlencode({"lat": search.lat, "lon": search.lon})
    return f"{reverse('stations:print_list')}?{place}"


def map_href(search: Search) -> str:
    """Return the map around the position of a question, or of everything."""
    place = urlencode({"lat": search.lat, "lon": search.lon}) if search.has_position else ""
    return reverse("stations:station_map") + (f"?{place}" if place else "")


def answer_cards(
    body: Mapping[str, Any], *, now: dt.datetime, by: str, facility_names: Mapping[str, str]
) -> AnswerCards:
    """Return the finder's answer as cards; a fallback already in the list is not repeated."""
    nearest_24h, next_to_open = body["nearest_24h"], body["next_to_open"]
    if next_to_open and nearest_24h and next_to_open["code"] == nearest_24h["code"]:
        next_to_open = None
    fallbacks = [row for row in (nearest_24h, next_to_open) if row]
    shown = {row["code"] for row in fallbacks}
    rows = [*fallbacks, *(row for row in body["stations"] if row["code"] not in shown)]
    drawn = [
        replace(card(row, now=now, by=by, facility_names=facility_names), number=number)
        for number, row in enumerate(rows, start=1)
    ]
    cards = {each.code: each for each in drawn}
    return AnswerCards(
        summary=list_summary(body["stations"]),
        cards=drawn[len(fallbacks) :],
        next_to_open=cards[next_to_open["code"]] if next_to_open else None,
        nearest_24h=cards[nearest_24h["code"]] if nearest_24h else None,
        is_confirmed_day=body["is_confirmed_day"],
        radar=radar_of(list(zip(drawn, rows, strict=True))),
    )


def chips_of(search: Search, facilities: Sequence[tuple[str, str]]) -> list[Chip]:
    """Return the quick filters: clock, mode, rest, round the clock, the first facilities."""
    now = Chip(_("Now"), list_href(replace(search, at="")), not search.at)
    chips = (
        [now, Chip(search.at.replace("T", " "), list_href(search), True)] if search.at else [now]
    )
    chips += [
        Chip(str(label), list_href(replace(search, by=mode)), search.by == mode)
        for mode, label in _MODE_CHIPS.items()
    ]
    rest = replace(search, rest="" if search.rest else str(REST_MIN))
    chips.append(Chip(_("20 minutes to rest"), list_href(rest), bool(search.rest)))
    all_day = replace(search, is_24h=not search.is_24h)
    chips.append(Chip(_("24 h"), list_href(all_day), search.is_24h))
    chips += [
        Chip(name, list_href(search.toggling(code)), code in search.need)
        for code, name in facilities[:_QUICK_FACILITIES]
    ]
    return chips


def cities_of(index: Sequence[tuple[Division, Sequence[Division]]], search: Search) -> list[City]:
    """Return cities with links to the lists around their counties' seats."""
    return [
        City(
            name=city.name,
            counties=[
                Chip(county.name, point_href(search, county.seat_lat_wgs84, county.seat_lon_wgs84))
                for county in counties
                if county.seat_lat_wgs84 is not None and county.seat_lon_wgs84 is not None
            ],
        )
        for city, counties in index
    ]


def point_href(search: Search, lat_wgs84: float | None, lon_wgs84: float | None) -> str:
    """Return the list around a point; filters come from the cookie, the clock stays."""
    pairs = {"lat": f"{lat_wgs84:.4f}", "lon": f"{lon_wgs84:.4f}"}
    return "/?" + urlencode(pairs | ({"at": search.at} if search.at else {}), safe=":")


def clock_control(
    parameters: Mapping[str, str], *, real_now: dt.datetime, now: dt.datetime
) -> ClockControl:
    """Return the demo's clock for the page whose other parameters are given."""
    chosen = parameters.get("at", "")
    others = {k: v for k, v in parameters.items() if k not in ("at", "lang", "text")}

    def choice(label: str, at: str) -> Chip:
        query = urlencode(others | ({"at": at} if at else {}), safe=",:")
        return Chip(label, f"?{query}", at == chosen)

    night = _next_time(real_now, 3)
    noon = _next_time(real_now, 12)
    choices = [
        choice(_("now"), ""),
        choice(_("3:00 at night"), f"{night:%Y-%m-%dT%H:%M}"),
        choice(_("noon"), f"{noon:%Y-%m-%dT%H:%M}"),
    ]
    for month, day in _DEMO_DATES:
        at = dt.datetime(_DEMO_YEAR, month, day, _DEMO_HOUR, _DEMO_MINUTE)  # noqa: DTZ001  civil
        choices.append(choice(f"{at:%m-%d %H:%M}", f"{at:%Y-%m-%dT%H:%M}"))
    return ClockControl(f"{now:%Y-%m-%d} {weekday_words(now.weekday())} {now:%H:%M}", choices)


def _next_time(now: dt.datetime, hour: int) -> dt.datetime:
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return at if at > now else at + dt.timedelta(days=1)
