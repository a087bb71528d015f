"""The weekly form: two weeks, staffed and self-service, filled in row by row or from a sign's words.

Desk and office show the same form. It keeps what is typed from one page to the next in its own
fields, so that every button works without a script and nothing is stored before it is saved.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours import (
    CLOSED,
    DayView,
    HoursError,
    WeekGrid,
    from_grid,
    parse_hours,
    station_reading,
    to_grid,
    week_view,
)
from nuanxin.algorithms.hours_text import Outcome, read_hours_text
from nuanxin.core import clock
from nuanxin.regions.selectors import calendar
from nuanxin.stations.hours_words import hours_sentences
from nuanxin.stations.presentation import weekday_words
from nuanxin.stations.sign_words import what_to_look_at, why_asked, why_unread
from nuanxin.stations.week import WeekRow, week_rows
from nuanxin.stations.week_rows import RowField

NONE: Final = "none"
GRID: Final = "grid"
TEXT: Final = "text"
_STATES: Final = (NONE, GRID, TEXT)
_WEEKDAYS: Final = ("mo", "tu", "we", "th", "fr", "sa", "su")
_SPECIAL: Final = ("ph", "wd")
_OFFICE_DAYS: Final = ("tu", "we", "th", "fr", "wd")
_LABELS: Final = {
    "staffed": gettext_lazy("Staffed hours"),
    "self": gettext_lazy("Self-service hours"),
}
_HINTS: Final = {
    "staffed": gettext_lazy("Somebody is there and opens the door."),
    "self": gettext_lazy("Nobody is there, but one gets in: by a code, a card, an open door."),
}
_SPECIAL_LABELS: Final = {
    "ph": gettext_lazy("Public holidays"),
    "wd": gettext_lazy("Make-up workdays"),
}
_MAX_SAID: Final = 600
_YEAR_DAYS: Final = 370


@dataclass(slots=True)
class Part:
    """One of the two weeks.

    Parameters
    ----------
    name
        ``staffed`` or ``self``.
    state
        ``none``: no such hours; ``grid``: the rows hold them; ``text``: a text that says more than
        rows can.
    text
        The hours text of the state ``text``.
    said
        What the sign says, as typed.
    note, wrong
        What came of reading it.
    choices, question
        Hours text and sentences of the readings that are possible, and what is asked about them.
    is_whole
        False when what was sent says nothing of these hours: then nothing is known, and nothing saved.
    """

    name: str
    state: str = NONE
    text: str = ""
    said: str = ""
    note: str = ""
    wrong: str = ""
    choices: list[tuple[str, list[str]]] = field(default_factory=list)
    question: str = ""
    rows: list[RowField] = field(default_factory=list)
    is_whole: bool = True

    def __post_init__(self) -> None:
        days = zip(_WEEKDAYS, map(weekday_words, range(7)), strict=True)
        special = ((name, str(label)) for name, label in _SPECIAL_LABELS.items())
        self.rows = [
            RowField(f"{self.name}-{name}", label, has_weekday=name in _SPECIAL)
            for name, label in [*days, *special]
        ]

    @property
    def label(self) -> str:
        """The heading."""
        return str(_LABELS[self.name])

    @property
    def hint(self) -> str:
        """What these hours are."""
        return str(_HINTS[self.name])

    @property
    def sentences(self) -> list[str]:
        """The text of the state ``text`` in words."""
        return hours_sentences(self.text) if self.state == TEXT else []

    def show(self, text: str) -> None:
        """Fill the form with an hours text."""
        grid = to_grid(parse_hours(text)) if text else None
        self.state = NONE if not text else TEXT if grid is None else GRID
        self.text = text if self.state == TEXT else ""
        if grid is not None:
            for row, spans in zip(self.rows, (*grid.days, grid.holiday, grid.makeup), strict=True):
                row.show(spans)

    def begin(self) -> None:
        """Begin an empty week."""
        self.state, self.text = GRID, ""
        for row in self.rows:
            row.show(CLOSED)

    def drop(self) -> None:
        """Say that there are no such hours."""
        self.state, self.text = NONE, ""

    def copy(self, to: str) -> None:
        """Copy Monday: to one row, to the other working days, or to every row."""
        targets = {"days": _OFFICE_DAYS, "all": (*_WEEKDAYS[1:], *_SPECIAL)}.get(to, (to,))
        for row in self.rows[1:]:
            if row.day in targets:
                row.copy(self.rows[0])

    def read(self, data: Mapping[str, str]) -> None:
        """Take over what was sent."""
        state = data.get(f"{self.name}-state", "")
        self.is_whole = state in _STATES
        self.state = state if self.is_whole else NONE
        self.said = data.get(f"{self.name}-said", "").strip()[:_MAX_SAID]
        self.text = _readable(data.get(f"{self.name}-text", "")) if self.state == TEXT else ""
        if self.state == TEXT and not self.text:
            self.state = NONE
        for row in self.rows:
            row.read(data)

    def read_sign(self) -> None:
        """Read what the sign says into the rows; a doubt is asked, what cannot be read changes nothing."""
        if not self.said:
            self.wrong = _("Type what the sign says first.")
            return
        reading = read_hours_text(self.said)
        if reading.outcome is Outcome.READ and reading.osm:
            self.take(reading.osm, what_to_look_at(reading))
        elif reading.outcome is Outcome.ASK:
            self.choices = [(text, hours_sentences(text)) for text in reading.alternatives]
            self.question = why_asked(reading)
        else:
            self.wrong = why_unread(reading)

    def take(self, text: str, note: str = "") -> None:
        """Fill the form with one reading of the sign."""
        self.show(text)
        self.note = note or _("This is how it was read. Look at every row, then save.")

    def obey(self, verb: str, what: str) -> None:
        """Carry out what one of its buttons asks for; anything else changes nothing."""
        if verb == "begin":
            self.begin()
        elif verb == "drop":
            self.drop()
        elif verb == "copy":
            self.copy(what)
        elif verb == "read":
            self.read_sign()
        elif verb == "take" and (text := _readable(what)):
            self.take(text)

    def hours(self) -> str | None:
        """Return the hours text; None when a row is wrong, which then says how."""
        if self.state != GRID:
            return self.text if self.is_whole else None
        values = [row.value() for row in self.rows]
        if any(row.error for row in self.rows):
            return None
        days = tuple(value or CLOSED for value in values[:7])
        return from_grid(WeekGrid(days, *values[7:]))


class WeekEditor:
    """The form as it stands: what is stored, or what was sent.

    Parameters
    ----------
    posted
        Staffed and self-service hours that apply now, a host's perhaps.
    data
        What was sent; None for a page that is opened.
    own
        What is stored where the form saves; the same as ``posted`` when left out.
    """

    def __init__(
        self,
        posted: tuple[str, str],
        data: Mapping[str, str] | None = None,
        *,
        own: tuple[str, str] | None = None,
    ) -> None:
        self.posted = posted
        self.own = posted if own is None else own
        self.parts = [Part("staffed"), Part("self")]
        for part, text in zip(self.parts, posted, strict=True):
            if data is None:
                part.show(text)
            else:
                part.read(data)
        self.command = "" if data is None else data.get("do", "")
        self._obey(self.command)
        self.hours = self._hours()

    @property
    def is_save(self) -> bool:
        """Whether the button that saves was pressed."""
        return self.command == "save"

    @property
    def is_wrong(self) -> bool:
        """Whether a row does not say what it should."""
        return self.hours is None

    @property
    def is_changed(self) -> bool:
        """Whether saving would change something."""
        return self.hours is not None and self.hours != _canonical(self.posted)

    @property
    def to_save(self) -> tuple[str, str]:
        """What is to be stored: texts that mean the same stay as they were written.

        Raises
        ------
        ValueError
            When a row is wrong.
        """
        if self.hours is None:
            msg = "a row is wrong"
            raise ValueError(msg)
        return self.hours if self.is_changed else self.own

    @property
    def sentences(self) -> list[tuple[str, list[str]]]:
        """Both weeks in words, each under its heading."""
        if self.hours is None:
            return []
        pairs = zip(self.parts, self.hours, strict=True)
        return [(part.label, hours_sentences(text)) for part, text in pairs if text]

    def week(self) -> list[WeekRow]:
        """Return the coming week as drawn, and the next holiday and make-up workday behind it."""
        if self.hours is None:
            return []
        staffed, self_service = (parse_hours(text) if text else None for text in self.hours)
        reading = station_reading(staffed, self_service)
        if reading is None:
            return []
        now = clock.now().astimezone(clock.CIVIL_ZONE)
        today = now.date()
        days = calendar(today - dt.timedelta(days=2), today + dt.timedelta(days=_YEAR_DAYS + 2))
        views: list[DayView] = list(week_view(reading, day_from=today, calendar=days))
        for kind in (DayKind.HOLIDAY, DayKind.MAKEUP):
            coming = (today + dt.timedelta(days=n) for n in range(7, _YEAR_DAYS))
            on = next((day for day in coming if days.kind(day) == kind), None)
            if on is not None and all(view.kind != kind for view in views):
                views += week_view(reading, day_from=on, calendar=days, days=1)
        return week_rows(views, now=now)

    def _hours(self) -> tuple[str, str] | None:
        staffed, self_service = (part.hours() for part in self.parts)
        return None if staffed is None or self_service is None else (staffed, self_service)

    def _obey(self, command: str) -> None:
        """Carry out what a button of the form asks for: ``verb:part:what``."""
        verb, _colon, rest = command.partition(":")
        name, _colon, what = rest.partition(":")
        for part in self.parts:
            if part.name == name:
                part.obey(verb, what)


def _readable(text: str) -> str:
    """Return an hours text as it was sent from our own page; empty when it was tampered with."""
    try:
        return parse_hours(text).text if text else ""
    except HoursError:
        return ""


def _canonical(stored: tuple[str, str]) -> tuple[str, str]:
    """Return stored texts as the form would write them."""

    def rewritten(text: str) -> str:
        grid = to_grid(parse_hours(text)) if text else None
        return text if grid is None else from_grid(grid)

    return rewritten(stored[0]), rewritten(stored[1])
