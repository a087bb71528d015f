"""What the gallery shows: one card for each state and each reason a page can give."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours import Bar, DayView
from nuanxin.core.clock import CIVIL_ZONE
from nuanxin.stations.door_pages import FaultNote, FaultStage
from nuanxin.stations.enums import Discount, FaultKind
from nuanxin.stations.models import Station
from nuanxin.stations.page_parts import Thing
from nuanxin.stations.presentation import Card, card
from nuanxin.stations.radar_picture import radar_of
from nuanxin.stations.report_words import fault_choices, fault_words, report_words
from nuanxin.stations.reports import Effect, Report, Standing, Step, Turn
from nuanxin.stations.week import week_rows

_NOW = dt.datetime(2026, 2, 14, 15, 0, tzinfo=CIVIL_ZONE)
_OPEN_UNTIL = {"closes_at": "2026-02-14T18:00:00+08:00", "stay_s": 10_680}
_CLOSING = {"closes_at": "2026-02-14T15:12:00+08:00", "stay_s": 600}
_OPENING = {"opens_at": "2026-02-16T08:30:00+08:00"}
_RECORD = {"hits": 27, "times": 28}

_CASES: list[tuple[str, str, int | None, dict[str, Any]]] = [
    ("confirmed", "inside_scan", 720, _OPEN_UNTIL),
    ("confirmed", "visit", 60, {"is_24h": True}),
    ("confirmed", "sensor", 20, _CLOSING),
    ("confirmed", "inspection", 3_600, _OPEN_UNTIL),
    ("confirmed", "rebuttal", 240, _OPEN_UNTIL),
    ("expected", "record", None, _OPEN_UNTIL | {"record": _RECORD}),
    ("expected", "schedule", None, _OPEN_UNTIL),
    ("expected", "keeper_open", 23_000, _OPEN_UNTIL),
    ("doubtful", "door_report", 1_200, _OPEN_UNTIL),
    ("doubtful", "keeper_close", 900, _OPEN_UNTIL),
    ("unknown", "no_hours", None, {}),
    ("unknown", "unconfirmed_day", None, _OPEN_UNTIL),
    ("closed", "schedule", None, _OPENING),
    ("closed", "closure", None, _OPENING),
    ("closed", "reports", 300, {}),
]


_NOTES = (
    None,
    FaultNote(FaultStage.REPORTED, 2, FaultKind.BROKEN),
    FaultNote(FaultStage.ACCEPTED, 3, FaultKind.EMPTY),
)
_STEPS = (
    (Turn.SAID_SHUT, Effect.NONE, None),
    (Turn.KEEPER_TOLD, Effect.NONE, None),
    (Turn.SAME, Effect.CLOSED, _NOW + dt.timedelta(hours=3)),
    (Turn.KEEPER_OPEN, Effect.DOUBT, None),
    (Turn.SHOWN, Effect.OPEN, None),
    (Turn.CAME_IN, Effect.NONE, None),
)


def gallery_samples() -> list[dict[str, Any]]:
    """Return the gallery's samples, once for each language."""
    return [_sample("zh-hans", "中文"), _sample("en", "English")]


def _sample(language: str, title: str) -> dict[str, Any]:
    with translation.override(language):
        rows = [_row(*case) | _around(number) for number, case in enumerate(_CASES)]
        names = {"water": _("hot water"), "microwave": _("microwave"), "charging": _("charging")}
        return {
            "language": language,
            "title": title,
            "chip": names["microwave"],
            "note": _("The phone did not say where you are. Type a place instead."),
            "week": week_rows(_week(), now=_NOW),
            "things": [
                Thing(code, name, "", fault_words(note) if note else "", is_out=code == "charging")
                for (code, name), note in zip(names.items(), _NOTES, strict=True)
            ],
            "fault_choices": fault_choices(),
            "reports": [report_words(report, now=_NOW) for report in _reports()],
            "cards": [card(row, now=_NOW, by="ebike", facility_names=names) for row in rows],
            "radar": radar_of(
                [(_numbered(row, number), row) for number, row in enumerate(rows, 1)]
            ),
        }


def _around(number: int) -> dict[str, Any]:
    return {"bearing_deg": 45 + 100 * number, "distance_m": 420 + 60 * number}


def _numbered(row: dict[str, Any], number: int) -> Card:
    return replace(card(row, now=_NOW, by="ebike", facility_names={}), number=number)


def _reports() -> list[Report]:
    """Return a report of each standing, the fullest one first."""
    steps = [
        Step(turn, _NOW - dt.timedelta(minutes=30 - 5 * i), effect, until=until)
        for i, (turn, effect, until) in enumerate(_STEPS)
    ]
    rows = [(Standing.BORNE_OUT, None), *((Standing.NOTHING, reason) for reason in Discount)]
    rows += [(standing, None) for standing in Standing if standing is not Standing.NOTHING]
    return [
        Report(
            station=Station(code="SAMPLE", name="金柯桥大道营业厅"),
            is_shut=True,
            standing=standing,
            discount=discount,
            steps=steps if i == 0 else steps[:1],
            others=1 if i == 0 else 0,
            is_running=False,
        )
        for i, (standing, discount) in enumerate(rows)
    ]


def _row(state: str, reason: str, age_s: int | None, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": "SAMPLE",
        "name": "金柯桥大道营业厅",
        "brand": "惠工小站",
        "host": "",
        "address": "",
        "floor": "1F",
        "parking": "",
        "access": "open" if state != "doubtful" else "scan",
        "facilities": ["water", "microwave", "charging"],
        "lat": 30.076,
        "lon": 120.488,
        "state": state,
        "p": 0.5,
        "distance_m": 420,
        "bearing_deg": 45,
        "travel_s": 121,
        "reason": {"kind": reason, "age_s": age_s},
        **more,
    }


def _week() -> list[DayView]:
    day, night = Bar(510, 1050, "08:30", "17:30"), Bar(0, 1440, "00:00", "24:00")
    split = (Bar(480, 720, "08:00", "12:00"), Bar(870, 1050, "14:30", "17:30"))
    cases: list[tuple[DayKind, bool, tuple[Bar, ...]]] = [
        (DayKind.MAKEUP, True, (day,)),
        (DayKind.REST, True, ()),
        (DayKind.HOLIDAY, True, ()),
        (DayKind.HOLIDAY, False, (day,)),
        (DayKind.WORKDAY, True, (night,)),
        (DayKind.WORKDAY, True, split),
        (DayKind.WORKDAY, True, (day,)),
    ]
    first = _NOW.date()
    return [
        DayView(on := first + dt.timedelta(i), on.weekday(), kind, is_confirmed, bars)
        for i, (kind, is_confirmed, bars) in enumerate(cases)
    ]
