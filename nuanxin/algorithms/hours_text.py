"""Opening hours as people write them, in Chinese or English, read into the hours syntax.

What is read, asked and refused, and why, is in docs/adr/0009-hours-text.md. This module is the one
that other rooms import.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from nuanxin.algorithms.hours_errors import HoursError
from nuanxin.algorithms.hours_kinds import canonical
from nuanxin.algorithms.hours_readings import parse_hours
from nuanxin.algorithms.hours_text_clauses import read_clauses
from nuanxin.algorithms.hours_text_compose import compose
from nuanxin.algorithms.hours_text_draft import Draft
from nuanxin.algorithms.hours_text_normal import normalise
from nuanxin.algorithms.hours_text_phrases import Phrase
from nuanxin.algorithms.hours_text_prune import prune
from nuanxin.algorithms.hours_text_reading import read_phrases

__all__ = ["MAX_WRITTEN_LENGTH", "Outcome", "TextReading", "read_hours_text"]

MAX_WRITTEN_LENGTH = 600
_SYNTAX_WORDS = re.compile(r"\b(?:mo|tu|we|th|fr|sa|su|ph|wd|off|24/7)\b", re.IGNORECASE)


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
        Codes of what stood in the way, or of what a reading left out; in the order met. A reading
        with ``closed_only`` says when the place is shut and never when it is open.
    """

    outcome: Outcome
    osm: str | None = None
    alternatives: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def read_hours_text(text: str) -> TextReading:
    """Return what a text of opening hours says, without guessing.

    Parameters
    ----------
    text
        As written, in Chinese or English or in the hours syntax; any length, any signs.

    Returns
    -------
    TextReading
        Read only when every number, day, date and word about opening in the text is accounted for.

    Notes
    -----
    Never raises. Texts of more than ``MAX_WRITTEN_LENGTH`` characters are refused unread.
    """
    if len(text) > MAX_WRITTEN_LENGTH:
        return TextReading(Outcome.REFUSE, reasons=("too_long",))
    plain = normalise(text)
    if not plain:
        return TextReading(Outcome.REFUSE, reasons=("empty",))
    if _SYNTAX_WORDS.search(text):
        try:
            return TextReading(Outcome.READ, canonical(parse_hours(text)))
        except HoursError:
            pass  # then it is prose with such a word in it
    return _read_prose(plain)


def _read_prose(plain: str) -> TextReading:
    phrases, notes = prune(read_phrases(plain))
    draft = read_clauses(phrases)
    if _is_suspended(draft, phrases):
        return TextReading(Outcome.READ, "off", reasons=("suspended",))
    composed = compose(draft)
    suspended = ("suspended",) if draft.is_suspended else ()
    issues = tuple(dict.fromkeys((*draft.issues, *composed.issues, *suspended)))
    if not composed.texts:
        return TextReading(Outcome.REFUSE, reasons=issues or ("no_times",))
    if set(issues) <= {"closed_only"} and len(composed.texts) == 1:
        return TextReading(Outcome.READ, composed.texts[0], reasons=(*issues, *notes))
    return TextReading(Outcome.ASK, None, tuple(composed.texts), issues or ("several_readings",))


def _is_suspended(draft: Draft, phrases: list[Phrase]) -> bool:
    says_more = {"range", "point", "days", "dates", "allday24", "number", "festival"}
    return (
        draft.is_suspended
        and not draft.issues
        and not any(phrase.kind in says_more for phrase in phrases)
    )
