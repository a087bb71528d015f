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
    WorkerAlias,
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


def standing_of(ids: Iterable[UUID]) -> tuple[dict[str, Standing], dict[UUID, UUID]]:
    """Return how workers stand, and which of the ids are other rows of whom.

    Parameters
    ----------
    ids
        Of workers, known or not.

    Returns
    -------
    standing, survivors
        By the id of the row that stands for the person, as text; erased rows are unknown.

    Notes
    -----
    Five queries.
    """
    wanted = set(ids)
    aliases = WorkerAlias.objects.filter(pk__among=wanted).values_list("pk", "survivor_id")
    survivors = dict(aliases)
    keys = {survivors.get(key, key) for key in wanted}
    workers = Worker.objects.filter(pk__among=keys, erased_at__isnull=True).order_by()
    columns = ("name", "phone_sealed", "document_kind")
    found = {row[0]: Standing(*row[1:]) for row in workers.values_list("pk", *columns)}
    _add_memberships(found)
    _add_transfers(found)
    _add_occupations(found)
    return {str(key): standing for key, standing in found.items()}, survivors


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
    rows = Membership.objects.present().filter(worker_id__among=list(found)).order_by("n")
    columns = ("worker_id", "state", "union__code", "union__path", "joined", "member_no")
    for worker, state, code, path, joined, member_no in rows.values_list(*columns):
        standing = found[worker]
        if standing.is_held:
            continue
        standing.union, standing.path, standing.state = code, path, state
        standing.joined, standing.member_no = joined, member_no
        standing.is_held = state in HELD


def _add_transfers(found: dict[UUID, Standing]) -> None:
    rows = Transfer.objects.open().filter(worker_id__among=list(found)).order_by()
    for worker, code in rows.values_list("worker_id", "to_union__code"):
        found[worker].transfer_to = code


def _add_occupations(found: dict[UUID, Standing]) -> None:
    rows = Occupation.objects.filter(worker_id__among=list(found), until_on__isnull=True)
    columns = ("worker_id", "group_id", "platform")
    for worker, group, platform in rows.order_by("group_id", "platform").values_list(*columns):
        found[worker].occupations.append(f"{group}|{platform}")
