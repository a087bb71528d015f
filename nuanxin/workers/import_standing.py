"""How workers stand, in the form in which a member list speaks of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from nuanxin.core import crypto
from nuanxin.sheets.kinds import Values
from nuanxin.workers.models import (
    HELD,
    Membership,
    Occupation,
    Transfer,
    Worker,
)


@dataclass(slots=True)
class Standing:
    """A worker and their membership: the one in force, else the application.

    Parameters
    ----------
    name, phone_sealed, document_kind
        As in the row of the worker.
    union, path, state, joined, member_no
        Of the membership; empty without one.
    is_held
        Whether it is in force.
    transfer_to
        Code of the union to which an open transfer leads.
    occupations
        ``group|platform``, in order, those that are not over.
    """

    name: str
    phone_sealed: str
    document_kind: str
    union: str | None = None
    path: str = ""
    state: str | None = None
    joined: str | None = None
    member_no: str | None = None
    is_held: bool = False
    transfer_to: str | None = None
    occupations: list[str] = field(default_factory=list)

    @property
    def is_loose(self) -> bool:
        """Whether no union has the worker."""
        return self.union is None


def standing_of(ids: Iterable[str]) -> tuple[dict[str, Standing], dict[str, UUID]]:
    """Return how workers stand, and which of the ids are other rows of whom.

    Parameters
    ----------
    ids
        Of workers, known or not, as text.

    Returns
    -------
    standing, survivors
        By id, as text: of the row that stands for the person, and of the other row; erased rows are
        unknown.

    Notes
    -----
    One query for whom nobody knows, four for others, and one more when one row stands for another.
    """
    wanted = set(ids)
    found, survivors = _workers(wanted)
    if missing := set(survivors.values()) - found.keys():
        found |= _workers(map(str, missing))[0]
    if found:
        _add_memberships(found)
        _add_transfers(found)
        _add_occupations(found)
    standing = {str(key): each for key, each in found.items()}
    return standing, {str(key): survivor for key, survivor in survivors.items()}


def _workers(ids: Iterable[str]) -> tuple[dict[UUID, Standing], dict[UUID, UUID]]:
    """Return those who stand, and who stands for the others. One query."""
    found: dict[UUID, Standing] = {}
    survivors: dict[UUID, UUID] = {}
    columns = ("pk", "alias__survivor_id", "erased_at", "name", "phone_sealed", "document_kind")
    rows = Worker.objects.filter(pk__among=set(ids)).order_by()
    for key, survivor, erased_at, *said in rows.values_list(*columns):
        if survivor is not None:
            survivors[key] = survivor
        elif erased_at is None:
            found[key] = Standing(*said)
    return found, survivors


def values_of(key: str, standing: Standing) -> Values:
    """Return how a worker stands as the values a list speaks of; the phone is opened."""
    phone = standing.phone_sealed
    if phone:
        place = crypto.Place(Worker._meta.db_table, key, "phone_sealed")
        phone = crypto.provider().unseal(phone, place)
    return {
        "name": standing.name,
        "phone": phone or None,
        "union": standing.union,
        "state": standing.state,
        "joined": standing.joined or None,
        "member_no": standing.member_no or None,
        "occupations": standing.occupations or None,
        "transfer_to": standing.transfer_to,
    }


def _add_memberships(found: dict[UUID, Standing]) -> None:
    rows = Membership.objects.present().filter(worker_id__among=set(found)).order_by("n")
    columns = ("worker_id", "state", "union__code", "union__path", "joined", "member_no")
    for worker, state, code, path, joined, member_no in rows.values_list(*columns):
        standing = found[worker]
        if standing.is_held:
            continue
        standing.union, standing.path, standing.state = code, path, state
        standing.joined, standing.member_no = joined, member_no
        standing.is_held = state in HELD


def _add_transfers(found: dict[UUID, Standing]) -> None:
    rows = Transfer.objects.open().filter(worker_id__among=set(found)).order_by()
    for worker, code in rows.values_list("worker_id", "to_union__code"):
        found[worker].transfer_to = code


def _add_occupations(found: dict[UUID, Standing]) -> None:
    rows = Occupation.objects.filter(worker_id__among=set(found), until_on__isnull=True)
    columns = ("worker_id", "group_id", "platform")
    for worker, group, platform in rows.order_by("group_id", "platform").values_list(*columns):
        found[worker].occupations.append(f"{group}|{platform}")
