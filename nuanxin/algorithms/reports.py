"""What strangers' answers at a door are worth, and when they close it for everyone.

Nobody signs in to say that a door is shut, so a word is weighed by what stands behind it: the place
it comes from, the age of the device's token, and whether two words can come from one person.
``docs/adr/0007-reports.md`` gives the reasons. Standard library only.
"""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = [
    "Claim",
    "Discount",
    "Place",
    "Report",
    "ReportParams",
    "Verdict",
    "are_independent",
    "independent",
    "verdict",
    "worth_of",
]


class Place(enum.StrEnum):
    """How an answer shows where it was given."""

    INSIDE_CODE = "inside_code"
    DOOR_CODE = "door_code"
    NEAR = "near"
    FAR = "far"
    UNKNOWN = "unknown"


class Discount(enum.StrEnum):
    """Why an answer counts for less than a whole one."""

    NONE = ""
    KEEPERS_OWN = "keepers_own"
    FAR_AWAY = "far_away"
    TOO_FAST = "too_fast"
    TOO_MANY = "too_many"
    OFTEN_WRONG = "often_wrong"
    NOT_POSTED_OPEN = "not_posted_open"
    YOUNG_DEVICE = "young_device"
    NO_PLACE = "no_place"
    ONCE_WRONG = "once_wrong"
    KEEPERS_NETWORK = "keepers_network"


class Verdict(enum.Enum):
    """What the reports of the last hour do to a door."""

    NOTHING = enum.auto()
    DOUBT = enum.auto()
    CLOSE = enum.auto()


@dataclass(frozen=True, slots=True)
class ReportParams:
    """The numbers of the rules.

    Parameters
    ----------
    near_m
        Greatest distance from the door at which a position counts as at the door.
    window_s
        How long reports count together.
    enough
        Worth of independent reports that close a door.
    closure_s
        Greatest time for which the last report keeps it closed.
    young_s
        Age below which a device's token counts half.
    apart_s
        Least time between two independent reports that are not both given at the door.
    contradicted_s
        How long before the first of the reports a sight from inside still contradicts them.
    network_cap
        Greatest worth of all reports from one network address together.
    per_day
        Answers of one device in a day that count.
    too_fast_mps
        Speed as the crow flies between two answers of one device beyond which the later counts
        nothing.
    """

    near_m: float = 150.0
    window_s: int = 3_600
    enough: float = 2.0
    closure_s: int = 14_400
    young_s: int = 600
    apart_s: int = 60
    contradicted_s: int = 600
    network_cap: float = 1.5
    per_day: int = 12
    too_fast_mps: float = 30.0


DEFAULT: Final = ReportParams()


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of one answer before it is weighed.

    Parameters
    ----------
    place
        How it shows where it was given.
    token_age_s
        Age of the device's token.
    is_keepers_own
        Whether the device belongs to a keeper of this station.
    is_on_keepers_network
        Whether it came from the address a keeper of this station used today.
    answers_today
        Earlier answers of the device on that day that counted, at any door.
    speed_mps
        Speed from the door of its last answer, as the crow flies; None for no such answer.
    wrong, right
        Earlier answers of the device that others contradicted and bore out.
    is_in_hours
        Whether the door was posted open, or posts no hours.
    is_shut
        Whether it says that the door is shut.
    """

    place: Place
    token_age_s: int
    is_keepers_own: bool = False
    is_on_keepers_network: bool = False
    answers_today: int = 0
    speed_mps: float | None = None
    wrong: int = 0
    right: int = 0
    is_in_hours: bool = True
    is_shut: bool = True


def worth_of(claim: Claim, params: ReportParams = DEFAULT) -> tuple[float, Discount]:
    """Return how much of a whole answer a claim is worth, 0 to 1, and the chief reason for less.

    Parameters
    ----------
    claim
        The answer.
    params
        The numbers of the rules.

    Returns
    -------
    (float, Discount)
        Nothing for the first reason that voids it; otherwise half for each reason that weakens it,
        the first of them named.
    """
    void = next((reason for reason, holds in _voids(claim, params) if holds), None)
    if void is not None:
        return 0.0, void
    weak = [reason for reason, holds in _weakens(claim, params) if holds]
    return 0.5 ** len(weak), weak[0] if weak else Discount.NONE


def _voids(claim: Claim, params: ReportParams) -> Sequence[tuple[Discount, bool]]:
    speed = claim.speed_mps or 0.0
    return (
        (Discount.KEEPERS_OWN, claim.is_keepers_own),
        (Discount.NOT_POSTED_OPEN, claim.is_shut and not claim.is_in_hours),
        (Discount.FAR_AWAY, claim.place is Place.FAR),
        (Discount.TOO_FAST, speed > params.too_fast_mps),
        (Discount.TOO_MANY, claim.answers_today >= params.per_day),
        (Discount.OFTEN_WRONG, claim.wrong - claim.right >= 2),
    )


def _weakens(claim: Claim, params: ReportParams) -> Sequence[tuple[Discount, bool]]:
    return (
        (Discount.YOUNG_DEVICE, claim.token_age_s < params.young_s),
        (Discount.NO_PLACE, claim.place is Place.UNKNOWN),
        (Discount.ONCE_WRONG, claim.wrong - claim.right == 1),
        (Discount.KEEPERS_NETWORK, claim.is_on_keepers_network and not claim.is_shut),
    )


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a shut door, as far as it can close it.

    Parameters
    ----------
    at_s
        Epoch seconds.
    worth
        0 to 1, see `worth_of`.
    device, origin, network
        Keyed fingerprints of the device's token, of address and user agent, and of the address
        alone.
    place
        How it shows where it was given.
    is_known
        Whether others bore out an earlier answer of the device.
    """

    at_s: int
    worth: float
    device: str
    origin: str
    network: str
    place: Place
    is_known: bool = False

    @property
    def is_at_door(self) -> bool:
        """Whether it was given within the geofence; a door code counts as inside it."""
        return self.place in (Place.DOOR_CODE, Place.INSIDE_CODE, Place.NEAR)

    @property
    def is_anchored(self) -> bool:
        """Whether more than a position that a program can make up stands behind it."""
        return self.place in (Place.DOOR_CODE, Place.INSIDE_CODE) or self.is_known


def are_independent(one: Report, other: Report, params: ReportParams = DEFAULT) -> bool:
    """Return whether two reports can be taken for two people's.

    Parameters
    ----------
    one, other
        Reports at one door, in any order.
    params
        The numbers of the rules.

    Returns
    -------
    bool
        Other devices, not the same address with the same user agent, and more than a minute apart
        unless both were given at the door. Reports that nothing anchors to the door need different
        addresses too.
    """
    if one.device == other.device or one.origin == other.origin:
        return False
    if one.network == other.network and not (one.is_anchored and other.is_anchored):
        return False
    is_apart = abs(one.at_s - other.at_s) > params.apart_s
    return is_apart or (one.is_at_door and other.is_at_door)


def independent(reports: Collection[Report], params: ReportParams = DEFAULT) -> list[Report]:
    """Return reports that are all independent of each other, the weightiest first.

    Parameters
    ----------
    reports
        Reports at one door, at most a few dozen.
    params
        The numbers of the rules.

    Returns
    -------
    list of Report
        Chosen greedily by worth, then anchored ones, then by time, ties by all else: whatever is chosen, each pair is
        independent. A cleverer choice could at times find a little more worth, never less honest.
    """
    chosen: list[Report] = []
    for report in sorted(reports, key=_precedence):
        if report.worth > 0 and all(are_independent(report, kept, params) for kept in chosen):
            chosen.append(report)
    return chosen


def _precedence(report: Report) -> tuple[float | bool | int | str, ...]:
    """Return a total order, so that the order of arrival never decides which reports are kept."""
    ties = (report.device, report.origin, report.network, report.place, report.is_known)
    return (-report.worth, not report.is_anchored, report.at_s, *ties)


def verdict(
    reports: Collection[Report], *, seen_inside_s: int | None, params: ReportParams = DEFAULT
) -> Verdict:
    """Decide what the reports of one window do to a door.

    Parameters
    ----------
    reports
        The reports at most ``window_s`` old, and later than the last word from inside that settled
        the ones before.
    seen_inside_s
        When somebody was last seen inside, epoch seconds; None for never.
    params
        The numbers of the rules.

    Returns
    -------
    Verdict
        *Nothing* below ``enough``; *close* when one of the independent reports is anchored at the
        door and nobody was seen inside since shortly before the first of them; else *doubt*.
    """
    chosen = independent(reports, params)
    if _worth(chosen, params) < params.enough - 1e-9:
        return Verdict.NOTHING
    first_s = min(report.at_s for report in chosen)
    is_contradicted = seen_inside_s is not None and seen_inside_s >= first_s - params.contradicted_s
    is_anchored = any(report.is_anchored for report in chosen)
    return Verdict.CLOSE if is_anchored and not is_contradicted else Verdict.DOUBT


def _worth(chosen: Sequence[Report], params: ReportParams) -> float:
    """Return the worth of independent reports, each network counted up to its cap."""
    by_network: dict[str, float] = {}
    for report in chosen:
        by_network[report.network] = by_network.get(report.network, 0.0) + report.worth
    return sum(min(params.network_cap, worth) for worth in by_network.values())
