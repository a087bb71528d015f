"""Finding workers: by document, phone, the end of either, or the beginning of a name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import models
from django.db.models.lookups import GreaterThan

from nuanxin.algorithms.pinyin_people import person_pinyin
from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.errors import DomainError, NotFound
from nuanxin.core.identities import search_keys
from nuanxin.core.scopes import reach, reaches_all
from nuanxin.core.search import InPatternOrder, begins_with
from nuanxin.unions.models import Union
from nuanxin.workers import documents, phones, sealer, sealing
from nuanxin.workers.enums import DocumentKind
from nuanxin.workers.models import (
    READERS,
    Membership,
    Occupation,
    Transfer,
    Worker,
    WorkerGroup,
    WorkerQuerySet,
)

FOUND: Final = 50
# below so many people their rows are read one by one; above, the name finds some of them soon enough
_FEW: Final = 5_000
# scopes over more unions than these are asked for by their paths
_UNIONS: Final = 1_000
_Wanted = tuple[models.Q, tuple[InPatternOrder | str, ...]]
# whoever share the end of a number; among more of them nobody finds anybody
_MANY: Final = 500
_BY_PINYIN: Final = (InPatternOrder("pinyin"), "pk")
_TAIL: Final = re.compile(r"\d{3}[\dXx]", re.ASCII)
_LETTERS: Final = re.compile(r"[a-z']+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Masked:
    """What a list shows of the numbers of a worker: their ends."""

    document: str
    phone: str


def find_workers(actor: Actor, text: str, *, limit: int = FOUND) -> list[Worker]:
    """Return the workers inside an actor's scopes whom a text may mean.

    Parameters
    ----------
    actor
        Who asks.
    text
        A whole number of a document or a phone, the last four characters of either, the beginning of
        a name, of its pinyin or of its initials.
    limit
        How many at most.

    Returns
    -------
    list of Worker
        By pinyin, then id; of more than ``limit`` those whose pinyin, and those whose initials, come first.

    Notes
    -----
    At most two queries for the scope and one for each index of numbers or names. In a scope of few people
    those are read, in a large one the index leads. Of more than 500 with one end of a number any 500 count.
    """
    bare = "".join(text.split())
    if not bare:
        return []
    if any(char.isdigit() for char in bare):
        return _by_number(actor, bare, limit)
    return _by_name(actor, bare, limit)


def masked(worker: Worker) -> Masked:
    """Return the ends of a worker's numbers. No query; two seals are opened."""
    return Masked(
        documents.masked(sealing.opened(worker, "document_sealed")),
        phones.masked(sealing.opened(worker, "phone_sealed")),
    )


def group_by_word() -> Mapping[str, WorkerGroup]:
    """Return the groups of workers by every word that lists use for them. One query."""
    groups: dict[str, WorkerGroup] = {}
    for group in WorkerGroup.objects.order_by("rank", "code"):
        for word in (group.name_zh, group.name_en, group.code, *group.words.split("|")):
            groups.setdefault(word, group)
    return groups


def present_memberships(workers: Iterable[UUID]) -> dict[UUID, list[Membership]]:
    """Return what is in force or applied for, by worker, unions loaded. One query."""
    found: dict[UUID, list[Membership]] = {}
    rows = Membership.objects.present().filter(worker__in=list(workers)).select_related("union")
    for row in rows.order_by("n"):
        found.setdefault(row.worker_id, []).append(row)
    return found


def open_transfer(worker: Worker) -> Transfer | None:
    """Return the transfer of a worker that waits for an answer, its unions loaded. One query."""
    rows = Transfer.objects.open().filter(worker=worker)
    return rows.select_related("from_union", "to_union").first()


def occupations_of(worker: Worker) -> list[Occupation]:
    """Return what a worker does today, groups loaded, the earliest first. One query."""
    rows = Occupation.objects.on(clock.civil_date()).filter(worker=worker)
    return list(rows.select_related("group").order_by("since_on", "pk"))


def occupation_of(worker: Worker, key: str) -> Occupation:
    """Return one occupation of a worker. One query.

    Raises
    ------
    NotFound
        When it is none of theirs.
    """
    found = [row for row in occupations_of(worker) if str(row.pk) == key]
    if not found:
        raise NotFound
    return found[0]


def _by_number(actor: Actor, text: str, limit: int) -> list[Worker]:
    # each index by itself, in its own order: in another, a database may read the whole table
    near = _near(actor).filter(erased_at__isnull=True)
    found = {row.pk: row for row in near.filter(pk__in=_documents(text)).order_by("pk")}
    for column, prints in _prints(text):
        rows = near.filter(**{f"{column}__in": prints}).order_by(column)
        found |= {row.pk: row for row in rows[:_MANY]}
    return sorted(found.values(), key=lambda row: (row.pinyin, row.pk))[:limit]


def _prints(text: str) -> Iterator[tuple[str, list[int]]]:
    """Yield what a number may have left beside a seal: as a whole phone, and as the end of either."""
    keys = search_keys()
    with suppress(DomainError):  # then it is no phone
        phone = phones.phone_of(text)
        yield "phone_index", keys.candidates(phone, purpose=sealer.PHONE)
    if _TAIL.fullmatch(text):
        tail = text.upper()
        yield "document_tail", keys.candidates(tail, purpose=sealer.DOCUMENT_TAIL)
        yield "phone_tail", keys.candidates(tail, purpose=sealer.PHONE_TAIL)


def _documents(text: str) -> list[UUID]:
    """Return the ids of the workers a number would name, on whatever document it stands."""
    found = []
    for kind in DocumentKind:
        try:
            document = documents.document_of(kind, text, today=clock.civil_date())
        except DomainError:
            continue
        found.append(document.worker_id)
    return found


def _by_name(actor: Actor, text: str, limit: int) -> list[Worker]:
    near, found = _near(actor), dict[UUID, Worker]()
    for condition, order in _wanted(text):
        for row in near.filter(condition).order_by(*order)[:limit]:
            found.setdefault(row.pk, row)
    return sorted(found.values(), key=lambda row: (row.pinyin, row.pk))[:limit]


def _wanted(text: str) -> list[_Wanted]:
    """Return the conditions that a name may fit, each with the order that its index answers."""
    spelled = text.lower().replace("'", "")
    if not _LETTERS.fullmatch(spelled):
        full, _initials = person_pinyin(text)
        return [(begins_with("pinyin", full) & _spelt(text), _BY_PINYIN)]
    wanted: list[_Wanted] = [(begins_with("pinyin", spelled), _BY_PINYIN)]
    if len(spelled) > 1:  # the pinyin begins with the first of the initials
        wanted.append((begins_with("initials", spelled), (InPatternOrder("initials"), *_BY_PINYIN)))
    return wanted


def _spelt(text: str) -> models.Q:
    """Return the condition that a name begins with characters, to be met among those who sound so.

    A planner who sees both conditions takes them for independent, expects next to nobody, and reads everybody of
    a surname to sort them; of a case it expects nothing.
    """
    case = models.Case(models.When(name__startswith=text, then=1), default=0)
    return models.Q(GreaterThan(case, 0))


def _near(actor: Actor) -> WorkerQuerySet:
    """Return the workers in an actor's scopes: by who they are if they are few. At most two queries."""
    if reaches_all(actor, roles=READERS | {Role.SYSTEM}):
        return Worker.objects.all()
    within = Union.objects.filter(reach(actor, "path", roles=READERS)).order_by()
    unions = list(within.values_list("pk", flat=True)[: _UNIONS + 1])
    if len(unions) > _UNIONS:
        return Worker.objects.visible_to(actor)
    present = Membership.objects.present().filter(union__among=unions).order_by()
    if present[: _FEW + 1].count() <= _FEW:
        return Worker.objects.filter(pk__in=present.values("worker_id"))
    mine = present.filter(worker=models.OuterRef("pk"))
    return Worker.objects.filter(models.Exists(mine))
