"""From the text to its phrases: ranges, days, dates and the words around them, in order."""

from nuanxin.algorithms.hours_text_clock import read_clock
from nuanxin.algorithms.hours_text_days import read_dates_written, read_days_written
from nuanxin.algorithms.hours_text_phrases import Phrase, Reader
from nuanxin.algorithms.hours_text_tokens import TextToken, tokenize_text

__all__ = ["read_phrases"]

_UNREADABLE = frozenset(
    ("bare", "compact", "number", "dotted", "clock", "clock_word", "clock_ampm", "year",
     "slash_date", "dash_dates", "iso_date", "month_day", "month", "months", "year_month",
     "day_number", "month_en")
)  # fmt: skip


def read_phrases(plain: str) -> list[Phrase]:
    """Return the phrases of a normalised text, in order; none of it is lost.

    A number, time or date that belongs to no phrase becomes one of kind ``number``.
    """
    reader = Reader(tokenize_text(plain))
    if _dots_are_times(reader.tokens):
        reader.tokens = [_undotted(token) for token in reader.tokens]
    phrases: list[Phrase] = []
    if _is_plain_day_unclear(reader.tokens):
        phrases.append(Phrase("issue", issues=("weekdays_unclear",)))
    has_clock = any(token.kind in ("clock", "clock_word") for token in reader.tokens)
    while reader.kind():
        phrases.append(_read(reader, has_clock=has_clock))
    return phrases


def _is_plain_day_unclear(tokens: list[TextToken]) -> bool:
    """Whether 平日 stands without a weekend beside it, and may be any day but a holiday."""
    kinds = {token.kind for token in tokens}
    is_weekend_said = "weekend" in kinds or any(
        token.kind == "day" and token.groups[0] in ("六", "日", "天") for token in tokens
    )
    return "plain_days" in kinds and not is_weekend_said


def _dots_are_times(tokens: list[TextToken]) -> bool:
    """Whether 8.30 is a time throughout: all may be, and one cannot be a date."""
    dotted = [token for token in tokens if token.kind == "dotted"]
    return all(map(_is_time, dotted)) and not all(map(_is_date, dotted))


def _undotted(token: TextToken) -> TextToken:
    if token.kind != "dotted":
        return token
    return TextToken("clock", token.text, (token.groups[0], token.groups[1], None))


def _read(reader: Reader, *, has_clock: bool) -> Phrase:
    if reader.kind() == "dotted" and reader.kind(1) in ("dash", "to"):
        sense = _dotted_sense(reader, has_clock=has_clock)
        if sense == "unclear":
            return Phrase("number", reader.take().text, issues=("dotted_numbers",))
        if sense == "dates" and (dates := reader.attempt(read_dates_written)):
            return dates
    elif reader.kind() != "dotted" and (dates := reader.attempt(read_dates_written)):
        return dates
    found = reader.attempt(read_clock) or reader.attempt(read_days_written)
    if found:
        return found
    token = reader.take()
    return Phrase("number" if token.kind in _UNREADABLE else token.kind, token.text)


def _dotted_sense(reader: Reader, *, has_clock: bool) -> str:
    ahead = 1
    while reader.kind(ahead) in ("dash", "to", "of", "next_year"):
        ahead += 1
    pair = [reader.token()]
    if reader.kind(ahead) == "dotted":
        pair.append(reader.tokens[reader.at + ahead])
    may_be_times, may_be_dates = (
        all(map(_is_time, pair)),
        len(pair) > 1 and all(map(_is_date, pair)),
    )
    if may_be_times and may_be_dates:
        return "dates" if has_clock else "unclear"
    return "dates" if may_be_dates else "times" if may_be_times else "unclear"


def _is_time(token: TextToken) -> bool:
    minute = token.groups[1] or ""
    return len(minute) == 2 and int(minute) < 60 and int(token.groups[0] or 0) <= 24


def _is_date(token: TextToken) -> bool:
    return 1 <= int(token.groups[0] or 0) <= 12 and 1 <= int(token.groups[1] or 0) <= 31
