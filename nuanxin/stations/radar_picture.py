"""The stations of a list as dots around the reader: words and whole numbers for the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nuanxin.algorithms.radar import Dot, place_dots, rings_m
from nuanxin.stations.presentation import STATE_WORDS, Card, Row, compass_words, distance_words

RADIUS: Final = 150
APART: Final = 28
"""Centres of dots, in the same units: on the narrowest phone a dot is as wide as a thumb needs."""
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle around the reader, and how far out it is."""

    radius: int
    text: str


@dataclass(frozen=True, slots=True)
class RadarDot:
    """One station: its number in the list, where it is drawn and where it stands, and its words."""

    number: int
    x: int
    y: int
    true_x: int
    true_y: int
    state: str
    text: str

    @property
    def is_moved(self) -> bool:
        """Whether another dot was in the way."""
        return (self.x, self.y) != (self.true_x, self.true_y)


@dataclass(frozen=True, slots=True)
class Radar:
    """The drawing; ``states`` are those it shows, with their words. The last dot lies on top."""

    rings: list[Ring]
    dots: list[RadarDot]
    states: list[tuple[str, str]]


def radar_of(listed: Sequence[tuple[Card, Row]]) -> Radar | None:
    """Return the drawing of a list's first stations.

    Parameters
    ----------
    listed
        Numbered cards with the rows they were made of, in the order of the list.

    Returns
    -------
    Radar or None
        At most twelve dots, the first of the list last; None for an empty list.
    """
    shown = listed[:MOST]
    if not shown:
        return None
    metres = [float(row["distance_m"]) for _card, row in shown]
    bearings = [float(row["bearing_deg"]) for _card, row in shown]
    rings = rings_m(max(metres))
    places = place_dots(bearings, metres, outer_m=rings[-1], radius=RADIUS, apart=APART)
    dots = [_dot(card, row, place) for (card, row), place in zip(shown, places, strict=True)]
    states = {dot.state for dot in dots}
    return Radar(
        rings=[Ring(round(RADIUS * each / rings[-1]), distance_words(each)) for each in rings],
        dots=dots[::-1],
        states=[(state, str(word)) for state, word in STATE_WORDS.items() if state in states],
    )


def _dot(card: Card, row: Row, place: Dot) -> RadarDot:
    return RadarDot(
        number=card.number,
        x=round(place.x),
        y=round(place.y),
        true_x=round(place.true_x),
        true_y=round(place.true_y),
        state=card.door.state,
        text=_text(card, row),
    )


def _text(card: Card, row: Row) -> str:
    way = f"{compass_words(row['bearing_deg'])} {distance_words(row['distance_m'])}"
    return f"{card.number} {card.name} · {card.door.word} · {way}"
