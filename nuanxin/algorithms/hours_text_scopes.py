"""The scope of a statement: the days and dates that are being spoken of, closed or excepted."""

from nuanxin.algorithms.hours_text_draft import Closure, Dates
from nuanxin.algorithms.hours_text_look import Look
from nuanxin.algorithms.hours_text_phrases import DaySet, Phrase

__all__ = ["Scopes"]


class Scopes(Look):
    """Keeps which days and dates hold for the times to come.

    What is written first is the outer scope: in 周一至周五 5月-9月 … 10月-4月 … the weekdays hold for
    both seasons, in 5月-9月 周一至周五 … 周六 … the dates hold for both sorts of days.
    """

    def __init__(self, phrases: list[Phrase]) -> None:
        super().__init__(phrases)
        self.dates: Dates = ()
        self.days: DaySet | None = None
        self.season = ""
        self.is_days_outer = False
        self.unused_days = self.unused_dates = self.is_fresh = False
        self.days_before: DaySet | None = None
        self.days_role = ""
        self.last_was_closure = False
        self.other_scopes: list[tuple[Dates, DaySet]] = []

    def _days(self, phrase: Phrase) -> None:
        kind, end = self._role(self.at + 1)
        if self._previous_kind(("of",)) == "include" or kind in ("no_rest", "normal"):
            if self.unused_dates:
                self.draft.copies.append((self.dates, phrase.days))
                self.unused_dates = False
            else:
                self._include(phrase.days, has_comma=phrase.text == "comma")
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

    def _close(self, days: DaySet, end: int) -> None:
        between = self.phrases[self.at + 1 : end]
        part = next(
            (p.kind.removeprefix("period_") for p in between if p.kind.startswith("period_")), ""
        )
        spared = next((p.days for p in between if p.kind == "days"), None)
        closure = Closure(self._dates_of_closure(), days, part)
        closure.spares_holidays = spared is not None and _is_holidays(spared)
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

    def _except(self, days: DaySet) -> None:
        if self.last_was_closure:
            if _is_holidays(days):
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

    def _include(self, days: DaySet, *, has_comma: bool = False) -> None:
        if has_comma:
            self._issue("days_unclear")
        if self.last_was_closure and _is_holidays(days):
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
            self._start_date(phrase.dates)
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

    def _start_date(self, dates: Dates) -> None:
        if any(span.first[1] == 1 and span.last[1] > span.first[1] for span in dates):
            self._issue("start_date")  # 5月起 comes round every year, 5月1日起 is a notice
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

    def _settle_unused(self) -> None:
        if self.unused_days and self.days is not None:
            self._loose(self.days)
        if self.unused_dates:
            self._issue("dates_without_times")


def _is_holidays(days: DaySet) -> bool:
    return days.classes == {"PH"} and not days.weekdays
