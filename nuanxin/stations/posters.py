"""The two sheets a station puts up: one outside its door, one inside."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from nuanxin.core.documents import pdf_of
from nuanxin.core.qr import qr_picture
from nuanxin.stations.hours_words import posted_sentences
from nuanxin.stations.models import Station
from nuanxin.stations.presentation import access_words

_TEMPLATE: Final = Path(__file__).parent / "typst" / "poster.typ"
# a poster speaks both languages, whoever prints it: the first is large
_LANGUAGES: Final = {"zh": "zh-hans", "en": "en"}

Texts = dict[str, Any]


def poster_pdf(station_pk: UUID, *, outside: str, inside: str) -> bytes:
    """Return both sheets of a station's door as PDF, to be printed on A4.

    Parameters
    ----------
    station_pk
        The station, listed or not.
    outside, inside
        The addresses that the codes lead to, with the host; whoever has the second counts as inside.

    Returns
    -------
    bytes
        Two pages: outside, then inside. Posted hours in words, never a state.

    Raises
    ------
    DomainError
        ``fonts_missing``, as `documents.pdf_of`.

    Notes
    -----
    Three queries.
    """
    rows = Station.objects.select_related("brand", "division__parent", "union", "outlet__host")
    station = rows.get(pk=station_pk)
    facilities = station.facility_rows.select_related("facility").order_by("facility__rank", "pk")
    groups = station.group_rows.select_related("group").order_by("group__rank", "pk")
    named: dict[str, list[Any]] = {
        "facilities": [row.facility for row in facilities],
        "groups": [row.group for row in groups],
    }
    words: Texts = {}
    for key, language in _LANGUAGES.items():
        with override(language):
            words[key] = _words(station, **named)
    codes = [{"link": link, "qr": qr_picture(link)} for link in (outside, inside)]
    return pdf_of(_TEMPLATE, {"number": station.code, "codes": codes, "words": words})


def _words(station: Station, *, facilities: list[Any], groups: list[Any]) -> Texts:
    """Return everything the sheets say, in the active language."""
    outlet, division = station.outlet, station.division
    everybody = _("everybody who works outdoors")
    return {
        "name": station.name,
        "brand": str(station.brand),
        "host": str(outlet.host) if outlet else "",
        "union": station.union.name if station.union else "",
        "hours": {"title": _("Hours"), "lines": posted_sentences(station.posted_hours)},
        "facts": [
            _fact(_("Address"), "".join([_county(division), division.name, station.address])),
            _fact(_("What is inside"), _(", ").join(map(str, facilities))),
            _fact(_("Who may come"), _(", ").join(map(str, groups)) or everybody),
            _fact(_("Getting in"), access_words(station.access)),
        ],
        "number": _("Station number"),
        "typed": _("Or type this address:"),
        "sheets": [_outside(), _inside()],
    }


def _fact(title: str, text: str) -> Texts:
    return {"title": title, "text": text or "–"}


def _county(division: Any) -> str:
    return division.parent.name if division.parent else ""


def _outside() -> Texts:
    return {
        "call": _("Door shut? Scan this."),
        "steps": [
            _("Scan with any phone: no app, no sign-up."),
            _("Tap whether it is shut or you came in: the next rider sees it."),
            _("See at once what is open near here."),
        ],
        "remark": _("Hours differ on holidays and special days: scan to see today's."),
    }


def _inside() -> Texts:
    return {
        "call": _("You are inside? Scan this."),
        "steps": [
            _("Scan with any phone: no app, no sign-up."),
            _("One tap tells the next rider that the door is open."),
            _("Say here, too, what is broken or used up."),
        ],
        "remark": _("Hang this sheet inside, where only those who came in see it."),
    }
