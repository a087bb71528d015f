"""From phrases to statements: which days and dates each range, closure and exception is about."""

from collections.abc import Callable, Sequence

from nuanxin.algorithms.hours_text_draft import Closure, Draft, Statement
from nuanxin.algorithms.hours_text_phrases import Phrase, Range
from nuanxin.algorithms.hours_text_prune import BREAKS
from nuanxin.algorithms.hours_text_residue import residue
from nuanxin.algorithms.hours_text_scopes import Scopes

__all__ = ["read_clauses"]

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
_PLACE_ENDS = (
    "馆厅室楼区部院店站点园场心口台门吧庄处所库房行科池亭厕驿堂市车组务道课班会校墙廊屋岗铺"
)
_LAST_NOUNS = ("说明", "备注", "温馨提示", "提示", "注", "通知", "公告", "地址", "时间")


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


class _Walker(Scopes):
    def __init__(self, phrases: list[Phrase]) -> None:
        super().__init__(phrases)
        self.is_tainted = self.has_period = False
        self.hint = self.label = ""
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
            "part": self._part,
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

    def _activity(self, _: Phrase) -> None:
        """Refuse times beside a word such as 讲解: they are of something that happens in the place."""
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

    def _part(self, _: Phrase) -> None:
        self._note_period("")
        if self._previous_kind(("of", "only")) in ("days", "dates"):
            self._issue("part_of_day")

    def _check_period(self) -> None:
        """Refuse a part of the day without times where nothing follows, or only 开放."""
        periods = ("of", "period_am", "period_noon", "period_pm", "period_eve", "noise", "colon")
        following = self._next_kind(self.at + 1, periods)
        if following in ("", "right", "comma", "list", "and", "open", "normal", *BREAKS):
            self._issue("part_of_day")
        is_of_days = self._previous_kind(("of", "only")) == "days"
        if is_of_days and following not in (
            "range",
            "point",
            "cut_range",
            "closed",
            "suspended",
            "text",
        ):
            self._issue("part_of_day")

    def _undated_season(self, name: str) -> None:
        self._issue("season_without_dates")
        statements = self.draft.statements
        if not statements or statements[-1].season or not self._is_bracket_behind_range():
            self.season, self.is_fresh = name, True
            return
        statements[-1].season, self.is_fresh = name, True
        statements[-1].is_tainted |= len(statements[-1].ranges) > 1

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
        if self._previous_kind(("of", "noise", "and")) in ("closed", "suspended", "lunch"):
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
