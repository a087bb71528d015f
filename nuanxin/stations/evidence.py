"""Taking what is seen at a door: keep the word, fold it, count it, close or free the door."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.devices import Marks
from nuanxin.core.errors import Invalid
from nuanxin.core.ids import computed_id
from nuanxin.stations import alerts, judging, memory, policies
from nuanxin.stations.enums import Discount, Place, Source
from nuanxin.stations.models import Evidence, Station
from nuanxin.stations.services import announce


@dataclass(frozen=True, slots=True)
class Finding:
    """Something seen at a door.

    Parameters
    ----------
    kind
        Kind of evidence.
    at
        When it was seen, aware.
    """

    kind: EvidenceKind
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells it, and how much their word is worth.

    Parameters
    ----------
    source
        What kind of speaker.
    key
        Natural key of this word beside station, kind and second: the same word twice is one.
    actor_key
        The actor of a desk or the office; empty for strangers.
    marks
        A stranger's device and network.
    place, worth, discount
        Where a stranger's word came from and what it counts, see `algorithms.reports`.
    photo_digest
        Fingerprint of the photo that shows it.
    is_finding
        Whether it weighs and counts. A keeper's absence does not: a closure tells riders of it until
        it ends, and saying so must not cost a station its name.
    """

    source: Source
    key: tuple[str, ...] = field(default=())
    actor_key: str = ""
    marks: Marks | None = None
    place: Place | None = None
    worth: float = 1.0
    discount: Discount | None = None
    photo_digest: str = ""
    is_finding: bool = True


@transaction.atomic
def record_evidence(*, station: Station, finding: Finding, by: Actor) -> Evidence:
    """Take something seen at the door by the desk, the office or a program.

    Parameters
    ----------
    station
        The station, its union loaded.
    finding
        What was seen, and when.
    by
        Who acts; keepers of the station, the office and commands.

    Returns
    -------
    Evidence
        The word that was kept.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the moment lies ahead of the clock by more than a minute.

    Notes
    -----
    As `take`; no audit row, evidence being its own record.
    """
    policies.can_keep_station(by, station).enforce()
    return take(
        station=station,
        finding=finding,
        telling=Telling(source_of(by), key=(by.actor_key,), actor_key=by.actor_key),
    )


def source_of(actor: Actor) -> Source:
    """Return what kind of speaker an actor is."""
    roles = {scope.role for scope in actor.scopes}
    if roles & {Role.OFFICER, Role.ADMIN}:
        return Source.OFFICE
    return Source.KEEPER if Role.KEEPER in roles else Source.PROGRAM


def take(*, station: Station, finding: Finding, telling: Telling) -> Evidence:
    """Keep a word, fold it into the evidence, count it, and let it close or free the door.

    Parameters
    ----------
    station
        The station.
    finding
        What was seen, and when.
    telling
        Who says so, and what it is worth; whoever calls has asked the policies.

    Returns
    -------
    Evidence
        The word; one that was kept before is returned as it is and changes nothing.

    Raises
    ------
    Invalid
        When the moment lies ahead of the clock by more than a minute.

    Notes
    -----
    About fifteen queries and one change row, in the caller's transaction. The station's row is
    locked, on SQLite the database: what is folded and counted was read before.
    """
    if finding.at > clock.now() + dt.timedelta(minutes=1):
        raise Invalid(_("Evidence cannot come from the future."), code="future_evidence")
    Station.objects.select_for_update().only("pk").get(pk=station.pk)
    at_s = int(finding.at.timestamp())
    key = (str(station.pk), finding.kind, *(telling.key or (str(at_s),)))
    if telling.source is not Source.RIDER:
        key = (*key, str(at_s))
    word_id = computed_id("evidence", *key)
    known = Evidence.objects.filter(pk=word_id).first()
    if known is not None:
        return known
    word = _keep(word_id, station, finding, telling)
    if word.worth > 0:
        # judged first: what answers a closure is a word of its own kind
        judgement = judging.judge(station=station, word=word)
        if telling.is_finding:
            memory.fold(station, finding.kind, finding.at, share=word.worth)
            memory.count(station, finding.kind, finding.at)
        else:
            memory.drop_opposite(station, finding.kind, finding.at)
        announce(station)
        if telling.source is Source.RIDER:
            alerts.word_judged(word, judgement)
    return word


def _keep(word_id: UUID, station: Station, finding: Finding, telling: Telling) -> Evidence:
    marks = telling.marks
    return Evidence.objects.create(
        id=word_id,
        station=station,
        kind=finding.kind,
        at=finding.at,
        source=telling.source,
        actor_key=telling.actor_key,
        device_key=marks.device_key if marks else "",
        origin_key=marks.origin_key if marks else "",
        network_key=marks.network_key if marks else "",
        place=telling.place or "",
        worth=telling.worth,
        discount=telling.discount or "",
        photo_digest=telling.photo_digest,
    )
