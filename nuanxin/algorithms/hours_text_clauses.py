"""From phrases to statements: which days and dates each range, closure and exception is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nuanxin.algorithms.hours_text_phrases import DateSpan, DaySet, Phrase, Range
from nuanxin.algorithms.hours_text_prune import BREAKS, PROSE
from nuanxin.algorithms.hours_text_residue import residue

__all__ = ["Closure", "Draft", "Statement", "read_clauses"]

Dates = tuple[DateSpan, ...]
_SKIPPED = frozenset((*PROSE, "allday", "colon")) - {"open"}
_TAINTS = {
    "festival": "festival",
    "school": "school_holidays",
    "nth": "weekday_of_month",
    "alternate": "alternate_days",
    "span_unnamed": "period_unnamed",
    "some_days": "days_not_named",
}
_ISSUES = {
    "number": "number_unexplained",
    "point": "single_time",
    "stray_day": "days_unclear",
    "negation": "negated",
    "former": "former_hours",
    "next_day": "next_day_unclear",
    "cut": "text_cut_off",
    "vague": "vague_time",
    "except_left": "exception_unclear",
    "shift": "days_shifted",
    "issue": "condition",
}
_SPEAKS_ON = frozenset(
    ("text", "days", "dates", "normal", "no_rest", "closed", "suspended", "except")
)
_QUALIFIES = frozenset(("text", "remark", "condition", "vague"))
_PLACE_ENDS = (
    "馆厅室楼区部院店站点园场心口台门吧庄处所库房行科池亭厕驿堂市车组务道课班会校墙廊屋岗铺"
)
_LAST_NOUNS = ("说明", "备注", "温馨提示", "提示", "注", "通知", "公告", "地址", "时间")


@dataclass(slots=True)
class Statement:
    """Some ranges with the days they are about; ``days`` None means every day."""

    dates: Dates = ()
    days: DaySet | None = None
    season: str = ""
    ranges: list[tuple[Range, str]] = field(default_factory=list)
    is_all_day: bool = False
    is_tainted: bool = False
    label: str = ""
    days_before: DaySet | None = None


@dataclass(slots=True)
class Closure:
    """Days said to be closed, and whether holidays among them are open all the same."""

    dates: Dates = ()
    days: DaySet | None = None
    part: str = ""
    spares_holidays: bool = False


@dataclass(slots=True)
class Draft:
    """All that a text says, before it is put together.

    Parameters
    ----------
    statements, closures
        In the order of the text.
    cuts
        Ranges said to be closed within the others.
    included
        Days said to be open like the others.
    loose_days
        Days said to be open, with times elsewhere.
    copies
        Days of certain dates said to be open as usual.
    is_suspended
        Whether the place is said to be shut until further notice.
    issues
        Codes of what could not be accounted for, in the order met.
    """

    statements: list[Statement] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    cuts: list[Range] = field(default_factory=list)
    included: list[DaySet] = field(default_factory=list)
    loose_days: DaySet | None = None
    copies: list[tuple[Dates, DaySet]] = field(default_factory=list)
    is_suspended: bool = False
    issues: list[str] = field(default_factory=list)


def read_clauses(phrases: Sequence[Phrase]) -> Draft:
    """Return what the phrases say, each with its scope; whatever has no place leaves an issue.

    Parameters
    ----------
    phrases
        Pruned, in the order of the text.

    Returns
    -------
    Draft
        Times not yet resolved.
    """
    walker = _Walker(list(phrases))
    walker.walk()
    return walker.draft


class _Walker:
    def __init__(self, phrases: list[Phrase]) -> None:
        self.phrases = phrases
        self.draft = Draft()
        self.at = 0
        self.dates: Dates = ()
        self.days: DaySet | None = None
        self.season = ""
        self.is_days_outer = False
        self.unused_days = self.unused_dates = self.is_fresh = self.is_tainted = False
        self.days_before: DaySet | None = None
        self.days_role = ""
        self.hint = self.label = ""
        self.has_period = False
        self.last_was_closure = False
        self.other_scopes: list[tuple[Dates, DaySet]] = []
        self.done: set[int] = set()
        self.acts: dict[str, Callable[[Phrase], None]] = {
            "range": self._range,
            "allday24": self._all_day,
            "allday": self._maybe_all_day,
            "days": self._days,
            "dates": self._dates,
            "everyday": self._everyday,
            "closed": self._closed,
            "suspended": self._suspended,
            "text": self._text,
            "or": self._or,
            "before": self._after_time,
            "after": self._after_time,
            "normal": self._normal,
            "no_rest": self._normal,
            "cut_range": lambda phrase: self.draft.cuts.extend(phrase.ranges),
            "word_en": self._english,
            "except": self._leading_except,
            "other_times": self._other_times,
            "activity": self._activity,
            "part": lambda _: self._note_period(""),
        }

    def walk(self) -> None:
        while self.at < len(self.phrases):
            phrase = self.phrases[self.at]
            if self.at not in self.done:
                self._step(phrase)
            self.at += 1
        self._end_sentence()
        self._settle_unused()

    def _step(self, phrase: Phrase) -> None:
        kind = phrase.kind
        for issue in phrase.issues:
            self._issue(issue)
        if kind in BREAKS:
            self._end_sentence()
        elif kind in self.acts:
            self.acts[kind](phrase)
        elif kind.startswith(("period_", "meal_")):
            self._note_period(kind.partition("_")[2])
            if kind.startswith("period_"):
                self._check_period()
        elif kind.startswith("season_"):
            self._undated_season(kind.removeprefix("season_"))
        elif kind in _TAINTS:
            self._taint(_TAINTS[kind])
        elif kind in _ISSUES and not phrase.issues:
            self._issue(_ISSUES[kind])

    def _issue(self, code: str) -> None:
        if code not in self.draft.issues:
            self.draft.issues.append(code)

    def _activity(self, _: Phrase) -> None:
        """A word such as 讲解 beside a time: hours of something that happens in the place."""
        ends = {*BREAKS, "comma"}
        for step in (1, -1):
            n = self.at + step
            while 0 <= n < len(self.phrases) and self.phrases[n].kind not in ends:
                if self.phrases[n].kind in ("range", "point", "days", "dates"):
                    self._taint("activity")
                n += step

    def _other_times(self, _: Phrase) -> None:
        following = self._next_kind(self.at + 1, ("colon", "of", "comma", "open"))
        if not (self.last_was_closure and following == "range"):
            self._issue("other_times")

    def _taint(self, code: str) -> None:
        self._issue(code)
        self.is_tainted = self.is_fresh = True

    def _end_sentence(self) -> None:
        if self.has_period and (self.unused_days or self.unused_dates):
            self._issue("part_of_day")
        self.is_tainted = self.has_period = False
        self.hint = self.label = ""

    def _note_period(self, period: str) -> None:
        self.hint, self.has_period = period, True

    def _check_period(self) -> None:
        """A part of the day without times is no remark where nothing, or only 开放, follows."""
        periods = ("of", "period_am", "period_noon", "period_pm", "period_eve", "noise", "colon")
        following = self._next_kind(self.at + 1, periods)
        if following in ("", "right", "comma", "list", "and", "open", "normal", *BREAKS):
            self._issue("part_of_day")

    def _undated_season(self, name: str) -> None:
        self._issue("season_without_dates")
        statements = self.draft.statements
        if not statements or statements[-1].season or not self._is_bracket_behind_range():
            self.season, self.is_fresh = name, True
            return
        statements[-1].season, self.is_fresh = name, True
        statements[-1].is_tainted |= len(statements[-1].ranges) > 1

    def _is_bracket_behind_range(self) -> bool:
        around = [phrase.kind for phrase in self.phrases[max(0, self.at - 2) : self.at + 2]]
        return around[:2] == ["range", "left"] and around[3:] == ["right"]

    # ranges

    def _range(self, phrase: Phrase) -> None:
        span = phrase.ranges[0]
        if span.start.is_bare and span.end.is_bare and not (self.unused_days or self.hint):
            self._issue("number_unexplained")
        statement = self._statement()
        if statement.is_all_day:
            self._issue("whole_day_and_times")
        statement.ranges.append((span, self.hint))
        self._used()

    def _all_day(self, _: Phrase) -> None:
        statement = self._statement()
        if statement.ranges:
            self._issue("whole_day_and_times")
        statement.is_all_day = True
        self._used()

    def _maybe_all_day(self, phrase: Phrase) -> None:
        following = self._next_kind(self.at + 1, ("of", "noise", "colon"))
        if following == "open":
            if self.draft.statements:
                self._issue("whole_day_or_hours")
            self._all_day(phrase)
        elif following not in ("closed", "suspended", "allday24", "range"):
            self._issue("whole_day_or_hours")

    def _statement(self) -> Statement:
        statements = self.draft.statements
        if self.label and any(each.label != self.label for each in statements):
            self._issue("several_places")
        if not statements or self.is_fresh:
            shared: list[tuple[Range, str]] = []
            statements.extend(
                Statement(dates, days, self.season, shared, False, self.is_tainted)
                for dates, days in self.other_scopes
            )
            self.other_scopes.clear()
            statements.append(
                Statement(
                    self.dates, self.days, self.season, shared, False, self.is_tainted,
                    self.label or (statements[-1].label if statements else ""), self.days_before,
                )
            )  # fmt: skip
        return statements[-1]

    def _used(self) -> None:
        self.unused_days = self.unused_dates = self.is_fresh = False
        self.has_period = self.last_was_closure = False
        self.label = ""

    # days and dates

    def _days(self, phrase: Phrase) -> None:
        kind, end = self._role(self.at + 1)
        if self._previous_kind(("of",)) == "include" or kind in ("no_rest", "normal"):
            if self.unused_dates:
                self.draft.copies.append((self.dates, phrase.days))
                self.unused_dates = False
            else:
                self._include(phrase.days)
            self._mark(end if kind in ("no_rest", "normal") else self.at)
        elif kind == "closed":
            self._close(phrase.days, end)
        elif kind == "except":
            self._except(phrase.days)
            self._mark(end)
        elif self._binds_back("days"):
            self.draft.statements[-1].days = phrase.days
            self.is_fresh = True
        else:
            self._set_days(phrase, kind)

    def _set_days(self, phrase: Phrase, kind: str) -> None:
        is_between_times = phrase.text == "comma" and self._same_sentence_range()
        if is_between_times and self.draft.statements[-1].days is None:
            self._issue("days_unclear")
        if self.unused_days and self.days is not None:
            self._keep_unused(self.days)
        self.days, self.unused_days, self.is_fresh = phrase.days, True, True
        self.days_role = kind
        self.is_days_outer = (
            self.is_days_outer if self.dates and self.is_days_outer else not self.dates
        )
        self.days_before = None

    def _same_sentence_range(self) -> bool:
        n = self.at - 1
        while n >= 0 and self.phrases[n].kind not in BREAKS:
            if self.phrases[n].kind == "range":
                return bool(self.draft.statements)
            n -= 1
        return False

    def _keep_unused(self, days: DaySet) -> None:
        """Let two scopes share the times to come: 5月至9月周六日、全年节假日 9:00-18:00."""
        if self._previous_kind(("of", "allyear")) not in ("list", "and"):
            self._loose(days)
            return
        self.other_scopes.append((self.dates, days))
        if self._previous_kind(("of",)) == "allyear":
            self.dates = ()

    def _loose(self, days: DaySet) -> None:
        is_said_open = self.days_role == "open"
        if self.draft.loose_days is not None or self.dates or not is_said_open:
            self._issue("days_without_times")
        self.draft.loose_days = days

    def _role(self, start: int) -> tuple[str, int]:
        """Return what is said of the days before ``start``, and where it ends."""
        n = self._skip_gloss(start)
        while n < len(self.phrases):
            kind = self.phrases[n].kind
            if kind in ("closed", "suspended", "lunch"):
                return "closed", n
            if kind in ("except", "no_rest", "normal"):
                return kind, n
            if kind in ("comma", "newline") or kind.startswith("period_"):
                if self._next_kind(n + 1, ("comma", "newline", "allday")) not in (
                    "closed",
                    "suspended",
                ):
                    return "", n
            elif kind not in _SKIPPED or len(self.phrases[n].text) > 6:
                return "open" if kind == "open" else "", n
            n += 1
        return "", n

    def _skip_gloss(self, start: int) -> int:
        """Step behind a bracket that spares holidays: 周一（法定节假日除外）闭馆."""
        kinds = [phrase.kind for phrase in self.phrases[start : start + 4]]
        if kinds == ["left", "days", "except", "right"]:
            after = self._next_kind(start + 4, ("of", "allday"))
            if after in ("closed", "suspended"):
                return start + 4
        return start

    def _mark(self, end: int) -> None:
        """Let what lies up to ``end`` be spoken for."""
        self.done |= set(range(self.at + 1, end + 1))

    def _close(self, days: DaySet, end: int) -> None:
        between = self.phrases[self.at + 1 : end]
        part = next(
            (p.kind.removeprefix("period_") for p in between if p.kind.startswith("period_")), ""
        )
        spared = next((p.days for p in between if p.kind == "days"), None)
        closure = Closure(self._dates_of_closure(), days, part)
        closure.spares_holidays = spared is not None and self._is_holidays(spared)
        if spared is not None and not closure.spares_holidays:
            self._issue("exception_unclear")
        self.draft.closures.append(closure)
        self.last_was_closure = True
        if end + 1 < len(self.phrases) and self.phrases[end + 1].kind == "except":
            end += 1
        self._mark(end)

    def _dates_of_closure(self) -> Dates:
        if self.unused_dates:
            self.unused_dates = False
            return self.dates
        return ()

    def _is_holidays(self, days: DaySet) -> bool:
        return days.classes == {"PH"} and not days.weekdays

    def _except(self, days: DaySet) -> None:
        if self.last_was_closure:
            if self._is_holidays(days):
                self.draft.closures[-1].spares_holidays = True
            else:
                self._issue("exception_unclear")
        else:
            self.draft.closures.append(Closure((), days))

    def _leading_except(self, phrase: Phrase) -> None:
        """English says it first: except public holidays."""
        following = self.phrases[self.at + 1 : self.at + 2]
        if phrase.text.isascii() and following and following[0].kind == "days":
            self._except(following[0].days)
            self._mark(self.at + 1)
        else:
            self._issue("exception_unclear")

    def _include(self, days: DaySet) -> None:
        if self.last_was_closure and self._is_holidays(days):
            self.draft.closures[-1].spares_holidays = True
        else:
            self.draft.included.append(days)

    def _everyday(self, _: Phrase) -> None:
        if self.unused_days:
            return
        self.days, self.days_before, self.is_fresh = None, None, True

    def _dates(self, phrase: Phrase) -> None:
        following = self._next_kind(self.at + 1, ("noise", "of"))
        if following in ("before", "after") or self._previous_kind(()) in (
            "before",
            "change",
            "to",
        ):
            self._issue("open_ended_dates")
        if following == "start" and self._next_kind(self.at + 2, ("of",)) != "to":
            self._start_date()
            return
        kind, end = self._role(self.at + 1)
        if kind == "closed":
            self.draft.closures.append(Closure(phrase.dates))
            self.last_was_closure = True
            self._mark(end)
        elif (
            kind in ("normal", "no_rest", "except")
            and self._next_kind(end + 1, ("comma",)) != "range"
        ):
            self._issue("normal_hours_elsewhere")
            self._mark(end)
        elif self._binds_back("dates"):
            self.draft.statements[-1].dates = phrase.dates
            self.is_fresh = True
        else:
            self._set_dates(phrase.dates)

    def _start_date(self) -> None:
        if any(p.kind == "dates" for n, p in enumerate(self.phrases) if n != self.at):
            self._issue("start_date")
        if not any(p.kind in ("range", "allday24") for p in self.phrases):
            self._issue("start_date")

    def _set_dates(self, dates: Dates) -> None:
        if self.unused_dates:
            self._issue("dates_without_times")
        if self.dates and not self.is_days_outer and self.days is not None and not self.unused_days:
            self.days_before, self.days = self.days, None
        self.dates, self.unused_dates, self.is_fresh = dates, True, True
        self.season = ""

    def _binds_back(self, what: str) -> bool:
        """Whether days or dates speak of the range before them: 9:00-17:00（周一至周五）."""
        statements = self.draft.statements
        if not statements or (
            statements[-1].days is not None if what == "days" else statements[-1].dates
        ):
            return False
        n, depth = self.at - 1, 0
        while n >= 0 and self.phrases[n].kind not in ("range", "allday24"):
            kind = self.phrases[n].kind
            if kind in BREAKS or kind in ("days", "dates"):
                return False
            depth += (kind == "left") - (kind == "right")
            n -= 1
        return n >= 0 and self._nothing_follows(in_bracket=depth > 0)

    def _nothing_follows(self, *, in_bracket: bool) -> bool:
        n = self.at + 1
        ends = {*BREAKS, "right"} if in_bracket else BREAKS
        while n < len(self.phrases) and self.phrases[n].kind not in ends:
            phrase = self.phrases[n]
            if phrase.kind in ("range", "allday24", "point", "everyday"):
                return False
            if phrase.kind in (_QUALIFIES if in_bracket else _SPEAKS_ON):
                return False
            n += 1
        return True

    # words

    def _closed(self, phrase: Phrase) -> None:
        n = self._skip(self.at + 1, ("noise", "noise_en", "colon", "of"))
        is_heading = phrase.text.startswith("clos") or phrase.text.endswith("日") or n > self.at + 1
        if is_heading and n < len(self.phrases) and self.phrases[n].kind == "days":
            self.draft.closures.append(Closure(self._dates_of_closure(), self.phrases[n].days))
            self.last_was_closure = True
            self._mark(n)
            return
        if phrase.text.endswith("日"):
            self._issue("closed_unclear")
        if self.last_was_closure:
            return
        if phrase.text in ("休息", "离开", "结束", "停止", "下班") and not self.has_period:
            return
        if self.hint and not self.unused_days:
            self.draft.closures.append(Closure((), None, self.hint))
            self.has_period = False
        elif self._next_kind(self.at + 1, ("noise", "of")) != "range":
            self._issue("closed_unclear")

    def _suspended(self, _: Phrase) -> None:
        self.draft.is_suspended = True

    def _text(self, phrase: Phrase) -> None:
        issue = residue(phrase.text, self.phrases[self.at - 1].kind if self.at else "")
        if issue:
            self._issue(issue)
        label = phrase.text.strip("-@#")
        following = self._next_kind(self.at + 1, ("open", "noise", "of"))
        if len(label) < 2 or label.endswith(_LAST_NOUNS):
            return
        label = label.removesuffix("的")
        if following == "colon" or (
            label[-1] in _PLACE_ENDS and following in ("range", "days", "dates")
        ):
            self.label = label

    def _or(self, _: Phrase) -> None:
        kinds = ("range", "days", "dates", "closed", "point")
        before = self._previous_kind(("comma", "left", "of"))
        after = self._next_kind(self.at + 1, ("of", "left", "period_am", "period_pm", "period_eve"))
        if before in kinds or after in ("range", "days", "dates", "point"):
            self._issue("alternatives_in_text")

    def _after_time(self, _: Phrase) -> None:
        before = self._previous_kind(())
        if before in ("range", "point", "days"):
            self._issue("vague_time")
        if before == "days":
            self.is_tainted, self.unused_days, self.days = True, False, None

    def _normal(self, phrase: Phrase) -> None:
        has_hours = any(each.kind in ("range", "allday24", "allday") for each in self.phrases)
        if self.unused_days or "不变" in phrase.text or (phrase.kind == "normal" and not has_hours):
            self._issue("normal_hours_elsewhere")

    def _english(self, phrase: Phrase) -> None:
        if not any("\u4e00" <= sign <= "\u9fff" for each in self.phrases for sign in each.text):
            self._issue("unknown_word")

    # looking around

    def _skip(self, n: int, skipped: Sequence[str]) -> int:
        while n < len(self.phrases) and self.phrases[n].kind in skipped:
            n += 1
        return n

    def _next_kind(self, n: int, skipped: Sequence[str]) -> str:
        n = self._skip(n, skipped)
        return self.phrases[n].kind if n < len(self.phrases) else ""

    def _previous_kind(self, skipped: Sequence[str]) -> str:
        n = self.at - 1
        while n >= 0 and self.phrases[n].kind in skipped:
            n -= 1
        return self.phrases[n].kind if n >= 0 else ""

    def _settle_unused(self) -> None:
        if self.unused_days and self.days is not None:
            self._loose(self.days)
        if self.unused_dates:
            self._issue("dates_without_times")
