"""From statements to hours texts: one where the text says one thing, several where it may say several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise, product

from nuanxin.algorithms.hours_errors import HoursError
from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval, merge, subtract
from nuanxin.algorithms.hours_kinds import canonical
from nuanxin.algorithms.hours_readings import parse_hours
from nuanxin.algorithms.hours_text_draft import Closure, Draft, Statement
from nuanxin.algorithms.hours_text_phrases import DateSpan, DaySet
from nuanxin.algorithms.hours_text_rules import (
    ALL_WEEK,
    HoursRule,
    rank,
    rule_text,
    weekdays_of,
    with_seasons,
    without_all_week,
)
from nuanxin.algorithms.hours_text_times import resolve

__all__ = ["Composed", "compose"]

_NOON, _AFTER_NOON = 720, 840
_MOST = 6


@dataclass(slots=True)
class Composed:
    """Hours texts a draft may mean, the likeliest first, and what made more than one of it."""

    texts: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)


def compose(draft: Draft) -> Composed:
    """Return the hours texts that a draft may mean.

    Parameters
    ----------
    draft
        With or without issues; what they are about is left out.

    Returns
    -------
    Composed
        No text when nothing can be said of the opening; more than one, or an issue, when it is not
        sure.
    """
    composed = Composed()
    statements = [each for each in draft.statements if not each.is_tainted]
    _bind_loose_days(draft, statements, composed)
    options = [_spans(each, draft, composed) for each in statements]
    if any(not option for option in options):
        composed.issues.append("times_contradict")
        return composed
    for choice in islice(product(*options), _MOST):
        _compose_one(statements, list(choice), draft, composed)
    composed.texts = list(dict.fromkeys(composed.texts))
    composed.issues = list(dict.fromkeys(composed.issues))
    return composed


def _bind_loose_days(draft: Draft, statements: list[Statement], composed: Composed) -> None:
    if draft.loose_days is None:
        return
    if draft.issues:
        composed.issues.append("days_without_times")
        return
    bare = [each for each in statements if each.days is None]
    if not bare or len(bare) < len(statements):
        composed.issues.append("days_without_times")
    for each in bare:
        each.days = draft.loose_days


def _spans(statement: Statement, draft: Draft, composed: Composed) -> list[tuple[Interval, ...]]:
    if statement.is_all_day and not statement.ranges:
        return [((0, DAY_MIN),)]
    resolved = resolve(statement.ranges)
    if not all(each.is_sure for each in resolved):
        composed.issues.append("times_unclear")
    options: list[tuple[Interval, ...]] = [((0, DAY_MIN),)] if statement.is_all_day else []
    for choice in islice(product(*(each.spans for each in resolved)), _MOST):
        spans = tuple(dict.fromkeys(choice))
        if any(
            first[1] > second[0]
            for first, second in zip(sorted(spans), sorted(spans)[1:], strict=False)
        ):
            composed.issues.append("times_overlap")
            continue
        left = tuple(merge(_without_cuts(spans, draft, composed)))
        if not left:
            composed.issues.append("times_contradict")
        options.append(left or spans)
    if resolved and not options and all(each.spans for each in resolved):
        return [((-1, -1),)]
    return options


def _without_cuts(spans: Iterable[Interval], draft: Draft, composed: Composed) -> list[Interval]:
    cuts = resolve([(each, "") for each in draft.cuts])
    if not all(each.is_sure for each in cuts):
        composed.issues.append("times_unclear")
    return subtract(spans, [each.spans[0] for each in cuts if each.spans])


def _compose_one(
    statements: Sequence[Statement],
    spans: list[tuple[Interval, ...]],
    draft: Draft,
    composed: Composed,
) -> None:
    if any(each == ((-1, -1),) for each in spans):
        return
    rules = [
        HoursRule(each.dates, each.days, times, each.season)
        for each, times in zip(statements, spans, strict=True)
    ]
    for statement in statements:
        if statement.days_before is not None and not _is_closed_elsewhere(
            statement.days_before, draft
        ):
            composed.issues.append("days_of_season_unclear")
    rules = _joined(rules, composed)
    rules = _with_closures(rules, draft, composed)
    rules += _copied(rules, draft, composed)
    _check_included(rules, draft, composed)
    if any(rule.days and rule.days.is_not_working for rule in rules) and not _speaks_of_work(rules):
        rules.append(HoursRule((), DaySet(classes=frozenset(("WD",))), ()))
    for variant in with_seasons(rules):
        if variant:
            _write(variant, composed)


def _is_closed_elsewhere(days: DaySet, draft: Draft) -> bool:
    closed = frozenset[int]().union(*(each.days.weekdays for each in draft.closures if each.days))
    return ALL_WEEK - days.weekdays <= closed


def _speaks_of_work(rules: Iterable[HoursRule]) -> bool:
    return any(rule.days and "WD" in rule.days.classes for rule in rules)


def _joined(rules: list[HoursRule], composed: Composed) -> list[HoursRule]:
    """Join what is said twice of the same days, and look for what contradicts itself."""
    joined: list[HoursRule] = []
    for rule in map(without_all_week, rules):
        same = next(
            (n for n, each in enumerate(joined)
             if (each.dates, each.days, each.season) == (rule.dates, rule.days, rule.season)),
            None,
        )  # fmt: skip
        if same is None:
            joined.append(rule)
            continue
        spans = sorted({*joined[same].spans, *rule.spans})
        if joined[same].spans != rule.spans and _overlap(spans):
            composed.issues.append("times_overlap")
            continue
        joined[same] = replace(joined[same], spans=tuple(merge(spans)))
    for at, rule in enumerate(joined):
        for earlier in joined[:at]:
            _check_pair(earlier, rule, composed)
    return joined


def _overlap(spans: Sequence[Interval]) -> bool:
    return any(first[1] > second[0] for first, second in pairwise(spans))


def _check_pair(earlier: HoursRule, later: HoursRule, composed: Composed) -> None:
    """Two statements about the same dates: one may be a special case of the other, no more."""
    if earlier.season != later.season or not _dates_meet(earlier.dates, later.dates):
        return
    one, other = weekdays_of(earlier.days), weekdays_of(later.days)
    both = one & other
    if earlier.dates != later.dates:
        is_case = not earlier.dates or not later.dates
        if not is_case and both:
            composed.issues.append("dates_overlap")
        return
    classes = [days.classes if days else frozenset[str]() for days in (earlier.days, later.days)]
    if ("WD" in classes[0]) != ("WD" in classes[1]) and (one | other) & frozenset(range(5)):
        composed.issues.append("workdays_or_weekdays")
    if (
        classes[0] & classes[1]
        or (both and (both not in (one, other) or (one == other and classes[0] == classes[1])))
        or (both and not _overlap(sorted((*earlier.spans, *later.spans))))
        or (both and both == one and one != other)
    ):
        composed.issues.append("days_overlap")


def _dates_meet(one: tuple[DateSpan, ...], other: tuple[DateSpan, ...]) -> bool:
    if not one or not other:
        return True
    return bool(_days_of(one) & _days_of(other))


def _days_of(dates: Iterable[DateSpan]) -> set[int]:
    days: set[int] = set()
    for span in dates:
        first, last = (month * 31 + day for month, day in (span.first, span.last))
        days |= (
            set(range(first, last + 1)) if first <= last else {*range(first, 450), *range(last + 1)}
        )
    return days


def _copied(rules: list[HoursRule], draft: Draft, composed: Composed) -> list[HoursRule]:
    usual = {rule.spans for rule in rules if not rule.is_off}
    if draft.copies and len(usual) != 1:
        composed.issues.append("normal_hours_elsewhere")
        return []
    return [HoursRule(dates, days, spans) for dates, days in draft.copies for spans in usual]


def _with_closures(rules: list[HoursRule], draft: Draft, composed: Composed) -> list[HoursRule]:
    closed: list[HoursRule] = []
    for closure in draft.closures:
        if closure.part:
            rules = _without_part(rules, closure, composed)
        elif closure.dates:
            closed.append(HoursRule(closure.dates, closure.days, ()))
        elif closure.days is not None:
            rules, more = _without_days(rules, closure, composed)
            closed += more
    return [*rules, *closed]


def _without_days(
    rules: list[HoursRule], closure: Closure, composed: Composed
) -> tuple[list[HoursRule], list[HoursRule]]:
    days = closure.days or DaySet()
    if "WD" in days.classes:
        composed.issues.append("closed_unclear")
    off: list[HoursRule] = []
    if days.classes or (days.weekdays and not rules):
        shown = days if not rules else DaySet(classes=days.classes)
        off.append(HoursRule((), shown, ()))
    if closure.spares_holidays and not rules:
        composed.issues.append("exception_without_hours")
    cut = []
    for rule in rules:
        if (
            rule.days is not None
            and (rule.days.classes or rule.days.is_not_working)
            and (not rule.days.weekdays & days.weekdays)
        ):
            cut.append(rule)
            continue
        left = weekdays_of(rule.days) - days.weekdays
        classes = rule.days.classes if rule.days else frozenset[str]()
        if closure.spares_holidays:
            classes |= {"PH"}
        if not left and not classes:
            composed.issues.append("closed_unclear")
        plain = None if left == ALL_WEEK and not classes else DaySet(left, classes)
        cut.append(replace(rule, days=plain if days.weekdays else rule.days))
    return cut, off


_PARTS = {
    "am": (0, _NOON),
    "dawn": (0, _NOON),
    "pm": (_NOON, DAY_MIN),
    "eve": (1080, DAY_MIN),
    "noon": (690, 840),
}


def _without_part(rules: list[HoursRule], closure: Closure, composed: Composed) -> list[HoursRule]:
    low, high = _PARTS.get(closure.part, (0, DAY_MIN))
    touched = [
        rule for rule in rules if any(start < high and end > low for start, end in rule.spans)
    ]
    if closure.days is None:
        if touched:
            composed.issues.append("part_of_day")
        return rules
    special = _special_rules(touched, closure)
    if special is None or len(touched) != 1:
        composed.issues.append("part_of_day")
        return rules
    return [*rules, special]


def _special_rules(touched: list[HoursRule], closure: Closure) -> HoursRule | None:
    """Return the hours left on days whose morning or afternoon is closed, where noon divides them."""
    days = closure.days
    if days is None or days.classes or closure.part not in ("am", "pm") or not touched:
        return None
    rule = touched[0]
    if not days.weekdays < weekdays_of(rule.days) or (rule.days and rule.days.classes):
        return None
    mornings = tuple(span for span in rule.spans if span[1] <= _AFTER_NOON - 60)
    afternoons = tuple(span for span in rule.spans if span[0] >= _NOON)
    left = mornings if closure.part == "pm" else afternoons
    is_divided = len(mornings) + len(afternoons) == len(rule.spans)
    return replace(rule, days=days, spans=left) if is_divided and left else None


def _check_included(rules: list[HoursRule], draft: Draft, composed: Composed) -> None:
    for days in draft.included:
        open_days = [rule for rule in rules if not rule.is_off and not rule.dates]
        covered = any(
            weekdays_of(rule.days) >= days.weekdays
            and (
                weekdays_of(rule.days) == ALL_WEEK
                or (rule.days and rule.days.classes >= days.classes)
            )
            for rule in open_days
        )
        if rules and not covered and any(not rule.is_off for rule in rules):
            composed.issues.append("included_days_unclear")


def _write(rules: list[HoursRule], composed: Composed) -> None:
    ordered = sorted(rules, key=rank)
    if not any(not rule.is_off for rule in ordered):
        composed.issues.append("closed_only")
    text = "; ".join(filter(None, (rule_text(rule) for rule in ordered)))
    try:
        composed.texts.append(canonical(parse_hours(text)))
    except HoursError as error:
        composed.issues.append(error.code.value)
