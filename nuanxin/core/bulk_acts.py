"""Bulk acts: one audit row with the root over all the rows it changed, and a proof for each of them.

The leaves stand in a table of their own, so that a row can be asked which acts it was part of; the root
stands in the audit row, which is sealed into the chain. Who changes, adds or takes away a leaf no
longer meets the root.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from nuanxin.algorithms import merkle
from nuanxin.core import audit, bulk
from nuanxin.core.actors import Actor
from nuanxin.core.errors import NotFound
from nuanxin.core.models import AuditEvent, AuditLeaf

ROOT: Final = "merkle_root"
COUNT: Final = "count"
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
_elsewhere: Final[dict[str, "Callable[[AuditEvent], Iterable[Leaf] | None]"]] = {}


class Leaf(NamedTuple):
    """One row of a bulk act: its key, and what it was before and after, in stable words."""

    key: str
    before: str
    after: str

    @property
    def encoded(self) -> bytes:
        """What is hashed: the three as a JSON array in ASCII, without spaces."""
        return _encode(self).encode("ascii")


@dataclass(frozen=True, slots=True)
class Proof:
    """That a row is part of a bulk act: checked with the root in hand, and nothing else of ours.

    Parameters
    ----------
    leaf
        The row.
    index, count
        Its place from zero, and how many rows the act has.
    path
        Digests from the leaf upwards, as RFC 6962 has them.
    """

    leaf: Leaf
    index: int
    count: int
    path: tuple[bytes, ...]

    def holds(self, root: str) -> bool:
        """Return whether the row stands under a root, written in hexadecimal."""
        return merkle.is_under(
            bytes.fromhex(root), self.leaf.encoded, index=self.index, count=self.count, path=self.path
        )  # fmt: skip


def record(
    *,
    by: Actor,
    verb: str,
    leaves: Sequence[Leaf],
    subject_type: str,
    subject_key: str,
    scope_path: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Write the one audit row of an act over many rows, and its leaves.

    Parameters
    ----------
    by, verb, subject_type, subject_key, scope_path, data
        As ``audit.record``.
    leaves
        The rows, in the order in which they are numbered; at least one.

    Returns
    -------
    AuditEvent
        With the number of rows and the root over them in its details.

    Raises
    ------
    transaction.TransactionManagementError
        When called outside a transaction.

    Notes
    -----
    Two statements, whatever the number of rows.
    """
    event = audit.record(
        by=by,
        verb=verb,
        subject_type=subject_type,
        subject_key=subject_key,
        scope_path=scope_path,
        data={**(data or {}), **summed(leaves)},
    )
    columns = ("event_id", "number", "object_key", "before", "after")
    bulk.insert(AuditLeaf, columns, ((event.pk, n, *leaf) for n, leaf in enumerate(leaves)))
    return event


def summed(leaves: Iterable[Leaf]) -> dict[str, Any]:
    """Return what the details of a bulk act say of its rows: how many, and the root over them.

    For acts whose rows stand in a table of their room, see `keep_elsewhere`; a million are read one by one.
    """
    count = 0

    def encoded() -> Iterator[bytes]:
        nonlocal count
        for leaf in leaves:
            count += 1
            yield leaf.encoded

    root = merkle.root_of(encoded()).hex()
    return {COUNT: count, ROOT: root}


def keep_elsewhere(verb: str, leaves: Callable[[AuditEvent], Iterable[Leaf] | None]) -> None:
    """Say where the rows of an act stand that has none among the leaves.

    Parameters
    ----------
    verb
        Of the act.
    leaves
        Returns its rows in their order, or None when their time is over: what was proved stays proved.
    """
    _elsewhere[verb] = leaves


def leaves_of(event: AuditEvent) -> list[Leaf]:
    """Return the rows of a bulk act in their order; none when their time is over. One query."""
    return list(_leaves(event) or ())


def _leaves(event: AuditEvent) -> Iterable[Leaf] | None:
    if event.verb in _elsewhere:
        return _elsewhere[event.verb](event)
    rows = AuditLeaf.objects.filter(event_id=event.pk).order_by("number")
    return (Leaf(*row) for row in rows.values_list("object_key", "before", "after").iterator())


def is_whole(event: AuditEvent) -> bool:
    """Return whether the leaves of a bulk act are those of its root, or their time is over. One query."""
    leaves = _leaves(event)
    return leaves is None or summed(leaves) == {name: event.data[name] for name in (COUNT, ROOT)}


def proof_of(event: AuditEvent, key: str) -> Proof:
    """Return the proof that a row is part of a bulk act.

    Parameters
    ----------
    event
        The audit row of the act.
    key
        Of the row.

    Returns
    -------
    Proof
        Made of the leaves as they stand now: it holds when they are those of the root.

    Raises
    ------
    NotFound
        When the act has no such row.

    Notes
    -----
    One query; time grows with the rows of the act.
    """
    leaves = leaves_of(event)
    index = next((n for n, leaf in enumerate(leaves) if leaf.key == key), None)
    if index is None:
        raise NotFound
    path = merkle.audit_path([leaf.encoded for leaf in leaves], index)
    return Proof(leaves[index], index, len(leaves), tuple(path))


def acts_on(keys: Collection[str]) -> list[tuple[AuditEvent, list[Leaf]]]:
    """Return the bulk acts that some rows were part of, the latest first, with those rows. Two queries."""
    rows = AuditLeaf.objects.filter(object_key__in=keys).order_by("event_id", "number")
    found: dict[UUID, list[Leaf]] = defaultdict(list)
    for event_id, *leaf in rows.values_list("event_id", "object_key", "before", "after"):
        found[event_id].append(Leaf(*leaf))
    events = AuditEvent.objects.filter(pk__in=found).order_by("-at", "pk")
    return [(event, found[event.pk]) for event in events]


def torn() -> Iterator[AuditEvent]:
    """Yield the bulk acts whose leaves are not those of their root. One query for each bulk act."""
    events = AuditEvent.objects.filter(data__has_key=ROOT).order_by("at", "pk")
    for event in events.iterator():
        if not is_whole(event):
            yield event
