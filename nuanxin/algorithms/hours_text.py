"""Opening hours as people write them, in Chinese or English, read into the hours syntax.

What is read, asked and refused, and why, is in docs/adr/0009-hours-text.md. This module is the one
that other rooms import.
"""

from dataclasses import dataclass
from enum import StrEnum

from nuanxin.algorithms.hours_errors import HoursError
from nuanxin.algorithms.hours_kinds import canonical
from nuanxin.algorithms.hours_readings import parse_hours

__all__ = ["Outcome", "TextReading", "read_hours_text"]


class Outcome(StrEnum):
    """What became of a text."""

    READ = "read"
    """The text says one thing, and ``osm`` says it."""
    ASK = "ask"
    """The text may say one of ``alternatives``; a person must choose or write anew."""
    REFUSE = "refuse"
    """The text does not say when the place is open."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What a text says.

    Parameters
    ----------
    outcome
        Read, to be asked, or refused.
    osm
        Canonical hours text, which ``parse_hours`` reads; None unless read.
    alternatives
        Distinct hours texts, the likeliest first; empty unless asked.
    reasons
        Codes of what stood in the way, or of what a reading left out; in the order met.
    """

    outcome: Outcome
    osm: str | None = None
    alternatives: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def read_hours_text(text: str) -> TextReading:
    """Return what a text of opening hours says, without guessing."""
    try:
        return TextReading(Outcome.READ, canonical(parse_hours(text)))
    except HoursError as error:
        return TextReading(Outcome.REFUSE, reasons=(error.code.value,))
