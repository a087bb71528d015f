"""The chain over the audit trail: who edits, drops or inserts an act breaks it.

Acts are written without it, in their own transactions; a chain inside them would let one act wait for
another. One sealer, the leading tick, gives each act the next number and a keyed digest over the
digest before it and everything the act says. ``docs/adr/0016-audit-chain.md`` gives the reasons.
"""

import datetime as dt
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef

from nuanxin.core import crypto
from nuanxin.core.health import Part
from nuanxin.core.models import AuditEvent, AuditSeal

FIRST: Final = "0" * 64
"""What stands before the first act."""
LATE_S: Final = 120
_PIECE: Final = 500
_TURN_S: Final = 0.5
# an act may be committed so long after the moment it carries; what is later waits for `seal_late`
_SLACK: Final = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Head:
    """The last number of the chain and its digest: with it the chain cannot be cut unseen."""

    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold, and how: ``missing``, ``altered``, ``gap`` or ``cut``."""

    seq: int
    kind: str


def seal(now: dt.datetime) -> int:
    """Seal the acts of the last minutes, for at most half a second.

    Parameters
    ----------
    now
        The moment; unused, for the order is that of the acts.

    Returns
    -------
    int
        How many acts were sealed.

    Notes
    -----
    Three statements for each 500 acts. Two sealers at once: one of them seals, the other nothing.
    """
    return _seal_all(_recent())


def seal_late(now: dt.datetime) -> int:
    """Seal also what was committed long after the moment it carries; looks through all acts."""
    return _seal_all(None)


def head() -> Head:
    """Return the head of the chain, to be kept outside. One query."""
    last = AuditSeal.objects.order_by("-seq").first()
    return Head(last.seq, last.digest) if last else Head(0, FIRST)


def anchor(now: dt.datetime) -> int:
    """Append the head to the file outside, if one is configured and the head has moved.

    Returns
    -------
    int
        1 when a line was written.
    """
    if not settings.AUDIT_ANCHOR:
        return 0
    file, present = Path(settings.AUDIT_ANCHOR), head()
    if present.seq == 0 or ((anchored := anchored_heads(file)) and anchored[-1] == present):
        return 0
    with file.open("a", encoding="ascii") as lines:
        lines.write(f"{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {present}\n")
    return 1


def anchored_heads(file: Path) -> list[Head]:
    """Return the heads that a file outside keeps, in the order in which they were written.

    Raises
    ------
    ValueError
        When a line is no head.
    """
    if not file.exists():
        return []
    return [read_head(line.split()[-1]) for line in file.read_text("ascii").splitlines() if line]


def read_head(text: str) -> Head:
    """Return the head that a text like ``17:ab…`` names.

    Raises
    ------
    ValueError
        When it names none.
    """
    seq, colon, digest = text.partition(":")
    if not (colon and seq.isascii() and seq.isdigit() and len(digest) == len(FIRST)):
        msg = f"not the head of a chain: {text!r}"
        raise ValueError(msg)
    return Head(int(seq), digest)


def verify(anchored: list[Head] | None = None) -> Iterator[Fault]:
    """Go through the whole chain.

    Parameters
    ----------
    anchored
        Heads that were kept outside.

    Yields
    ------
    Fault
        By number: an act that is gone, or says something else than when it was sealed, a number that
        is missing, and a head that the chain no longer reaches or holds otherwise.

    Notes
    -----
    Reads every act once. After a fault the chain goes on from the digest that
    is stored, so that one fault is told once.
    """
    # every kept head counts: one that was kept after a cut must not hide the one before it
    wanted: dict[int, set[str]] = defaultdict(set)
    for kept in anchored or []:
        wanted[kept.seq].add(kept.digest)
    before, expected = FIRST, 1
    for row, event in _sealed():
        if row.seq != expected:
            yield Fault(expected, "gap")
        if event is None:
            yield Fault(row.seq, "missing")
        elif _digest(before, row.seq, event) != row.digest:
            yield Fault(row.seq, "altered")
        if wanted.pop(row.seq, {row.digest}) != {row.digest}:
            yield Fault(row.seq, "cut")
        before, expected = row.digest, row.seq + 1
    yield from (Fault(seq, "cut") for seq in sorted(wanted))


def check(now: dt.datetime) -> Part:
    """Tell whether the sealer keeps up: nothing older than two minutes is unsealed. Two queries."""
    oldest = _unsealed(_recent()).values_list("at", flat=True).first()
    age_s = int((now - oldest).total_seconds()) if oldest else 0
    return Part(age_s <= LATE_S, {"oldest_unsealed_s": age_s})


def _seal_all(since: dt.datetime | None) -> int:
    count, until = 0, time.monotonic() + _TURN_S
    while True:
        sealed = _seal_piece(since)
        count += sealed
        if sealed < _PIECE or time.monotonic() > until:
            return count


def _seal_piece(since: dt.datetime | None) -> int:
    # looked at before a transaction begins: an idle site writes nothing
    if not _unsealed(since).exists():
        return 0
    try:
        with transaction.atomic():
            last = head()
            events = list(_unsealed(since)[:_PIECE])
            AuditSeal.objects.bulk_create(_chained(events, last))
    except IntegrityError:  # another sealer was faster
        return 0
    return len(events)


def _chained(events: list[AuditEvent], last: Head) -> list[AuditSeal]:
    seals, before = [], last.digest
    for seq, event in enumerate(events, start=last.seq + 1):
        before = _digest(before, seq, event)
        seals.append(AuditSeal(seq=seq, event_id=event.pk, digest=before))
    return seals


def _unsealed(since: dt.datetime | None) -> "models.QuerySet[AuditEvent]":
    sealed = Exists(AuditSeal.objects.filter(event_id=OuterRef("pk")))
    waiting = AuditEvent.objects.filter(~sealed).order_by("at", "id")
    return waiting if since is None else waiting.filter(at__gte=since)


def _recent() -> dt.datetime | None:
    """Return from when on acts may be unsealed: a little before the last that is."""
    last = AuditSeal.objects.order_by("-seq").values_list("event_id", flat=True)[:1]
    at = AuditEvent.objects.filter(pk__in=list(last)).values_list("at", flat=True).first()
    return at - _SLACK if at else None


def _sealed() -> Iterator[tuple[AuditSeal, AuditEvent | None]]:
    """Yield the seals by number, each with its act; None for one that is gone."""
    seals = AuditSeal.objects.order_by("seq").iterator(chunk_size=_PIECE)
    while piece := list(itertools.islice(seals, _PIECE)):
        events = AuditEvent.objects.in_bulk([row.event_id for row in piece])
        for row in piece:
            yield row, events.get(row.event_id)


def _digest(before: str, seq: int, event: AuditEvent) -> str:
    said = {
        "seq": seq,
        "id": str(event.pk),
        "at": event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": [event.actor_key, event.actor_label],
        "verb": event.verb,
        "object": [event.object_type, event.object_key],
        "scope": event.scope_path,
        "data": event.data,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return crypto.provider().blind_index(before + text, purpose="audit.chain")
