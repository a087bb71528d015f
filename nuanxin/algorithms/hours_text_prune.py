"""Taking out of the phrases what does not say when a place is open: last entries, what held before, remarks.

Each pass looks at the phrases around a word and returns the list anew; what it cannot take out
safely stays, and the clauses refuse it there.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from nuanxin.algorithms.hours_text_phrases import DateSpan, Phrase, Range

__all__ = ["BREAKS", "PROSE", "prune"]

BREAKS = frozenset(("newline", "stop", "semicolon"))
"""What ends a sentence."""
PROSE = frozenset(
    ("text", "noise", "noise_en", "of", "open", "from", "only", "and", "to", "end_mark", "remark", "start")
)  # fmt: skip
"""What may stand anywhere without a meaning for the hours."""
_NEVER_DROPPED = frozenset(
    ("days", "dates", "range", "allday24", "number", "season_summer", "season_winter")
)
"""What a condition must not take with it: 如有变动另行通知，周一闭馆."""
_SOLAR = ("国庆", "元旦", "五一", "劳动节", "年末", "年初", "年底")
_LONGEST_LABEL = 8
_Phrases = list[Phrase]


def prune(phrases: Sequence[Phrase]) -> tuple[_Phrases, list[str]]:
    """Return the phrases that speak of opening hours, and notes of what was left out.

    Parameters
    ----------
    phrases
        In the order of the text.

    Returns
    -------
    tuple[list[Phrase], list[str]]
        The phrases left; codes of what was dropped.
    """
    notes: list[str] = []
    kept = _with_years(phrases)
    for step in (
        _drop_former,
        _drop_conditions,
        _drop_last_entries,
        _pair_points,
        _mark_cuts,
        _drop_glosses,
    ):
        kept = step(kept, notes)
    return kept, notes


def _with_years(phrases: Sequence[Phrase]) -> _Phrases:
    """Give a year once said to the dates behind it: 2026年2月1日 …, 2月7日 …."""
    year, before = None, (1, 1)
    dated: _Phrases = []
    for at, phrase in enumerate(phrases):
        if phrase.dates and phrase.dates[0].year is None and year is not None:
            is_season = any(_is_long(span) for span in phrase.dates)
            this_year = year + (phrase.dates[0].first < before)
            spans = tuple(replace(span, year=this_year) for span in phrase.dates)
            issues = (*phrase.issues, "year_unclear") if is_season else phrase.issues
            dated.append(replace(phrase, dates=spans, issues=issues))
        else:
            dated.append(phrase)
        is_start = at + 1 < len(phrases) and phrases[at + 1].kind == "start"
        if dated[-1].dates and not is_start:
            before = dated[-1].dates[-1].last
            year = _last_year(dated[-1].dates[-1])
    return dated


def _is_long(span: DateSpan) -> bool:
    (month, _), (last_month, _) = span.first, span.last
    return (last_month - month) % 12 > 1 or span.last < span.first


def _last_year(span: DateSpan) -> int | None:
    if span.year is None or (span.last_year and span.last_year != span.year):
        return span.last_year
    return span.year + (span.last < span.first)


def _sentence(phrases: _Phrases, at: int) -> tuple[int, int]:
    start = at
    while start > 0 and phrases[start - 1].kind not in BREAKS:
        start -= 1
    end = at
    while end < len(phrases) and phrases[end].kind not in BREAKS:
        end += 1
    return start, end


def _drop_former(phrases: _Phrases, notes: list[str]) -> _Phrases:
    """Keep the second range of a change from one to another."""
    at = 0
    while at < len(phrases):
        if phrases[at].kind == "change":
            start, end = _sentence(phrases, at)
            before = [n for n in range(start, at) if phrases[n].kind == "range"]
            after = [n for n in range(at, end) if phrases[n].kind == "range"]
            if before and after and _is_only_change(phrases, before[0], at):
                notes.append("change")
                kept = [n for n in range(before[0]) if n < start or phrases[n].kind != "former"]
                phrases = [phrases[n] for n in kept] + phrases[at + 1 :]
                at = len(kept)
                continue
        at += 1
    return phrases


def _is_only_change(phrases: _Phrases, first: int, at: int) -> bool:
    between = phrases[first:at]
    return all(p.kind in PROSE or p.kind in ("range", "comma", "list") for p in between)


def _drop_conditions(phrases: _Phrases, notes: list[str]) -> _Phrases:
    kept: _Phrases = []
    at = 0
    while at < len(phrases):
        phrase = phrases[at]
        if phrase.kind == "whenever" and not _speaks_of_days(phrases, at + 1):
            phrase = Phrase("issue", issues=("condition",))
        if phrase.kind != "condition":
            kept.append(phrase)
            at += 1
            continue
        at += 1
        if _speaks_of_days(phrases, at):
            continue
        end = at
        while end < len(phrases) and phrases[end].kind not in {*BREAKS, "right"}:
            end += 1
        if any(p.kind in _NEVER_DROPPED for p in phrases[at:end]):
            kept.append(Phrase("issue", issues=("condition",)))
        notes.append("condition")
        at = end
    return kept


def _speaks_of_days(phrases: _Phrases, at: int) -> bool:
    while at < len(phrases) and phrases[at].kind == "of":
        at += 1
    return at < len(phrases) and phrases[at].kind in ("days", "dates", "festival", "season_other")


def _drop_last_entries(phrases: _Phrases, notes: list[str]) -> _Phrases:
    """Drop times of last entry and of tickets: the nearest time to the word."""
    dropped: set[int] = set()
    for at, phrase in enumerate(phrases):
        if phrase.kind != "last":
            continue
        if at + 1 < len(phrases) and phrases[at + 1].kind in ("dates", "number"):
            unclear = Phrase("issue", issues=("open_ended_dates",))
            phrases = [*phrases[:at], unclear, *phrases[at + 1 :]]
            continue
        dropped.add(at)
        near = _near_point(phrases, at, -1, dropped) or _near_point(phrases, at, 1, dropped)
        if near:
            dropped |= near
            notes.append("last_entry")
    return [p for n, p in enumerate(phrases) if n not in dropped]


def _near_point(phrases: _Phrases, at: int, step: int, dropped: set[int]) -> set[int] | None:
    """Return the point beside a word and what stands between; None without one."""
    fillers = (
        ("after", "start", "of", "to", "before", "noise", "and", "text")
        if step < 0
        else ("colon", "of", "noise", "to", "from", "text", "last", "open")
    )
    n = at + step
    while 0 <= n < len(phrases) and (n in dropped or phrases[n].kind in fillers):
        if phrases[n].kind == "text" and len(phrases[n].text) > 3:
            return None
        n += step
    if not 0 <= n < len(phrases):
        return None
    if phrases[n].kind == "point":
        return set(range(min(n, at), max(n, at) + 1)) | _trailing(phrases, n)
    is_ticket_time = step > 0 and phrases[n].kind == "range" and _is_not_only_range(phrases, n)
    return set(range(at, n + 1)) if is_ticket_time else None


def _trailing(phrases: _Phrases, n: int) -> set[int]:
    ahead = n + 1
    while ahead < len(phrases) and phrases[ahead].kind in ("after", "before", "start"):
        ahead += 1
    return set(range(n + 1, ahead))


def _is_not_only_range(phrases: _Phrases, at: int) -> bool:
    return any(p.kind == "range" for n, p in enumerate(phrases) if n != at)


def _pair_points(phrases: _Phrases, notes: list[str]) -> _Phrases:
    """Make a range of an opening time and a closing time, each with its word."""
    phrases = list(phrases)
    roles = {n: _role(phrases, n) for n, p in enumerate(phrases) if p.kind == "point"}
    points = list(roles)
    taken: set[int] = set()
    for first, second in itertools.pairwise(points):
        if roles[first][0] == "open" and roles[second][0] == "closed" and first not in taken:
            if not _is_near(phrases, first, second):
                continue
            pair = Range(phrases[first].points[0], phrases[second].points[0])
            phrases[first] = Phrase("range", ranges=(pair,), text="pair")
            taken |= {second, *roles[second][1], *roles[first][1]}
    for n in points:
        role, words = roles[n]
        if n not in taken and role == "closed" and _closes_like_range_before(phrases, n):
            taken |= {n, *words}
    return [p for n, p in enumerate(phrases) if n not in taken]


def _is_near(phrases: _Phrases, first: int, second: int) -> bool:
    return not any(
        p.kind in {"days", "dates", "range", "stop", "festival"}
        for p in phrases[first + 1 : second]
    )


def _role(phrases: _Phrases, at: int) -> tuple[str, set[int]]:
    """Return whether a time is said to open or to close, and where it is said."""
    n, has_time_word = at - 1, False
    while n >= 0 and phrases[n].kind in ("colon", "of", "noise", "to", "from"):
        has_time_word |= "时间" in phrases[n].text
        n -= 1
    if n >= 0 and has_time_word and phrases[n].kind in ("open", "closed"):
        return phrases[n].kind, {n}
    n = at + 1
    while n < len(phrases) and phrases[n].kind in ("of", "start", "right", "text", "after"):
        if phrases[n].kind == "text" and len(phrases[n].text) > 3:
            break
        n += 1
    if n < len(phrases) and phrases[n].kind in ("open", "closed", "suspended"):
        kind = "open" if phrases[n].kind == "open" else "closed"
        return kind, {n}
    return "", set()


def _closes_like_range_before(phrases: _Phrases, at: int) -> bool:
    point = phrases[at].points[0]
    for n in range(at - 1, -1, -1):
        if phrases[n].kind == "range":
            end = phrases[n].ranges[-1].end
            return (end.hour, end.minute) == (point.hour, point.minute)
    return False


def _mark_cuts(phrases: _Phrases, notes: list[str]) -> _Phrases:
    """Let a range beside 休息 or 维护 close."""
    phrases = list(phrases)
    for at, phrase in enumerate(phrases):
        is_break = phrase.kind == "lunch" or (
            phrase.kind == "closed"
            and phrase.text.startswith(("休息", "闭", "关", "不开放", "closed"))
            and not phrase.text.endswith("日")
        )
        if not is_break or (at + 1 < len(phrases) and phrases[at + 1].kind == "days"):
            continue
        for n in (
            _beside(phrases, at, -1),
            _beside(phrases, at, 1) if phrase.kind == "lunch" else None,
        ):
            if n is not None:
                phrases[n] = Phrase("cut_range", ranges=phrases[n].ranges)
                phrases[at] = Phrase("noise", phrase.text)
                break
    return phrases


def _beside(phrases: _Phrases, at: int, step: int) -> int | None:
    n = at + step
    while 0 <= n < len(phrases) and phrases[n].kind in (
        "of",
        "noise",
        "colon",
        "text",
        "period_noon",
    ):
        if phrases[n].kind == "text" and len(phrases[n].text) > 4:
            return None
        n += step
    is_range = 0 <= n < len(phrases) and phrases[n].kind == "range"
    return n if is_range else None


def _drop_glosses(phrases: _Phrases, notes: list[str]) -> _Phrases:
    """Drop a season beside its dates, a weekday in brackets behind its date."""
    dropped: set[int] = set()
    for at, phrase in enumerate(phrases):
        if phrase.kind.startswith("season_") and (
            _leads_to_dates(phrases, at, 1) or _leads_to_dates(phrases, at, -1)
        ):
            dropped.add(at)
        if phrase.kind == "festival" and phrase.text.startswith(_SOLAR):
            dropped |= _festival_gloss(phrases, at)
        if phrase.kind == "dates" and _is_one_day(phrase):
            dropped |= _day_gloss(phrases, at)
    return [p for n, p in enumerate(phrases) if n not in dropped]


def _festival_gloss(phrases: _Phrases, at: int) -> set[int]:
    """Return a festival of fixed date, and its 期间, where its dates are written behind."""
    last = at
    while last + 1 < len(phrases) and phrases[last + 1].kind in ("festival", "span_unnamed"):
        last += 1
    return set(range(at, last + 1)) if _leads_to_dates(phrases, last, 1) else set()


def _leads_to_dates(phrases: _Phrases, at: int, step: int) -> bool:
    n, length = at + step, 0
    kinds: tuple[str, ...] = ("left", "of", "noise", "from", "text", "dash", "open")
    if step > 0:
        kinds = (*kinds, "right", "colon", "newline")
    while 0 <= n < len(phrases) and (
        phrases[n].kind in kinds or phrases[n].kind.startswith("season_")
    ):
        length += len(phrases[n].text) if phrases[n].kind == "text" else 0
        if length > _LONGEST_LABEL:
            return False
        n += step
    return 0 <= n < len(phrases) and phrases[n].kind == "dates"


def _is_one_day(phrase: Phrase) -> bool:
    return len(phrase.dates) == 1 and phrase.dates[0].first == phrase.dates[0].last


def _day_gloss(phrases: _Phrases, at: int) -> set[int]:
    has_year = all(span.year for span in phrases[at].dates)
    kinds = [p.kind for p in phrases[at + 1 : at + 4]]
    glosses = ("days", "festival") if has_year else ("days",)
    if kinds[:1] == ["left"] and kinds[2:] == ["right"] and kinds[1] in glosses:
        return {at + 1, at + 2, at + 3}
    if kinds[:1] == ["days"] and len(phrases[at + 1].days.weekdays) == 1:
        return {at + 1}
    return set()
