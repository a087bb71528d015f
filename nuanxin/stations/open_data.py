"""The whole open list as one GeoJSON file, and what changed since a place in the change feed."""

import datetime as dt
import io
import json
import math
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, Final
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext, gettext_lazy

from nuanxin.algorithms.feed import GAP_AGE_S, Cursor, advance, begin
from nuanxin.algorithms.feed_tokens import held_back, read_cursor, write_cursor
from nuanxin.core import clock
from nuanxin.core.errors import DomainError, Invalid
from nuanxin.stations import changes, open_records, snapshots
from nuanxin.stations.models import StationChange
from nuanxin.stations.open_records import Feature

START: Final = "0"
"""The cursor of whoever has nothing yet."""
REACH: Final = 20_000
"""So many numbers below the newest may still be on their way when somebody begins: those of one import."""
IN_MEMORY: Final = 2_000_000
"""Bytes of a file that never touch the disk."""
_AT: Final = "_"


class Gone(DomainError):
    """A place in the feed was trimmed away, or is that of another database."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy(
                "This cursor is no longer known. Forget what you hold and read everything again."
            ),
            code="cursor_gone",
            status=410,
        )


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, each station once, as it is now.

    Parameters
    ----------
    changed
        Listed stations, in the order of their last change.
    removed
        Identifiers of stations that are not on the list, or never were, in the same order.
    cursor
        With which to ask next.
    has_more
        Whether there is more to be had at once.
    """

    changed: list[Feature]
    removed: list[str]
    cursor: str
    has_more: bool


def collection_etag(*, division: str, now: dt.datetime) -> str:
    """Return the tag of `write_collection`, without its body: of what was announced and of the day.

    Notes
    -----
    Four queries and the look at the change feed.
    """
    version = snapshots.holder.held(now_s=int(now.timestamp())).version
    called = zlib.crc32(_json(open_records.words()))
    return f'W/"{version}.{called:x}.{clock.civil_date(now)}.{division}"'


def write_collection(*, division: str, now: dt.datetime, absolute: str) -> IO[bytes]:
    """Return all listed stations as a GeoJSON feature collection.

    Parameters
    ----------
    division
        Only stations whose division's code begins so; empty for all.
    now, absolute
        As for `open_records.features`.

    Returns
    -------
    IO of bytes
        At its beginning; on disk when it is big. Beside the features stand ``cursor``, with which
        `changes_since` goes on from here, and ``words``, what the codes are called.

    Notes
    -----
    Five queries, and five for every 500 stations; memory for 500 stations whatever their number. No
    connection is in use any more while somebody slow takes the file.

    References
    ----------
    .. [1] RFC 7946, sections 3.3 and 6.1.
    """
    # before the rows: a change in between is told twice, never lost
    cursor = write_cursor(_begun(now.timestamp()))
    head = {"type": "FeatureCollection", "cursor": cursor, "words": open_records.words()}
    return _written(_pieces(head, open_records.under(division), now=now, absolute=absolute))


def changes_since(since: str, *, limit: int, now: dt.datetime, absolute: str) -> ChangePage:
    """Return a page of what changed since a cursor.

    Parameters
    ----------
    since
        A cursor of an earlier page or of a whole file; ``0`` or nothing begins with everything.
    limit
        At most so many numbers of the feed on a page, hence stations; <= `open_records.CHUNK`.
    now, absolute
        As for `open_records.features`.

    Returns
    -------
    ChangePage
        The same question gives the same stations until something changes; to apply a page twice, or
        an earlier page again, is harmless once the later ones follow.

    Raises
    ------
    Invalid
        For a text that is no cursor.
    Gone
        When the feed no longer holds everything since.

    Notes
    -----
    At most eight queries. Transactions that end out of order are waited for as `algorithms.feed`
    says, by the gaps that the cursor itself carries.
    """
    cursor, after = _read(since, now.timestamp())
    if after is not None:
        return _reading(cursor, after, limit=limit, now=now, absolute=absolute)
    return _following(cursor, limit=limit, now=now, absolute=absolute)


def _pieces(head: dict[str, Any], within: Q, *, now: dt.datetime, absolute: str) -> Iterator[bytes]:
    yield _json(head)[:-1] + b',"features":['
    mark = b""
    for part in open_records.all_features(within, now=now, absolute=absolute):
        yield mark + b",".join(map(_json, part))
        mark = b","
    yield b"]}"


def _written(pieces: Iterable[bytes]) -> IO[bytes]:
    """Return a file of some pieces, at its beginning: in memory when it is small, else on disk."""
    file: IO[bytes] = io.BytesIO()
    for piece in pieces:
        if isinstance(file, io.BytesIO) and file.tell() + len(piece) > IN_MEMORY:
            beginning, file = file, tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
            file.write(beginning.getvalue())
        file.write(piece)
    file.seek(0)
    return file


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _read(since: str, now_s: float) -> tuple[Cursor, UUID | None]:
    """Return the place in the feed, and how far the first reading of everything has come."""
    if since in ("", START):
        return _begun(now_s), UUID(int=0)
    text, _mark, after = since.partition(_AT)
    try:
        return read_cursor(text), UUID(hex=after) if after else None
    except ValueError as error:
        sentence = gettext("This is no cursor of this list.")
        raise Invalid(sentence, code="bad_cursor", fields={"since": sentence}) from error


def _begun(now_s: float) -> Cursor:
    newest = StationChange.objects.order_by("-seq").values_list("seq", flat=True)[:REACH]
    return held_back(begin(newest, now_s=now_s, reach=REACH))


def _reading(
    cursor: Cursor, after: UUID, *, limit: int, now: dt.datetime, absolute: str
) -> ChangePage:
    """Return a page of the first reading; what changes meanwhile is told by the feed afterwards."""
    _check_kept(cursor)
    part = open_records.features(Q(), now=now, absolute=absolute, after=after, limit=limit)
    text = write_cursor(cursor)
    if len(part) == limit:
        text += _AT + UUID(part[-1]["id"]).hex
    return ChangePage(part, [], text, has_more=True)


def _following(cursor: Cursor, *, limit: int, now: dt.datetime, absolute: str) -> ChangePage:
    told, has_more = _told_since(cursor, limit)
    # late numbers that do not fit this page are not to be forgotten before the next
    moved, fresh = advance(
        cursor, told, now_s=now.timestamp(), gap_age_s=math.inf if has_more else GAP_AGE_S
    )
    last_told: dict[UUID, int] = {}
    for seq in fresh:
        last_told.pop(told[seq], None)
        last_told[told[seq]] = seq
    found = open_records.features(Q(pk__in=list(last_told)), now=now, absolute=absolute)
    by_key = {feature["id"]: feature for feature in found}
    keys = [str(key) for key in last_told]
    kept = held_back(moved)
    return ChangePage(
        changed=[by_key[key] for key in keys if key in by_key],
        removed=[key for key in keys if key not in by_key],
        cursor=write_cursor(kept),
        has_more=has_more and kept is moved,
    )


def _told_since(cursor: Cursor, limit: int) -> tuple[dict[int, UUID], bool]:
    """Return the numbers of a page with their stations, and whether some did not fit it."""
    ahead = _told(Q(seq__gte=cursor.last), limit + 2)
    if cursor.last and ahead.pop(cursor.last, None) is None:
        raise Gone
    late = _told(_gaps_of(cursor), limit + 1) if cursor.gaps else {}
    # after the rows: what was trimmed while they were read is found missing
    _check_kept(cursor)
    waiting = [*late.items(), *ahead.items()]
    return dict(waiting[:limit]), len(waiting) > limit


def _told(wanted: Q, most: int) -> dict[int, UUID]:
    rows = StationChange.objects.filter(wanted).order_by("seq")
    return dict(rows.values_list("seq", "station_id")[:most])


def _gaps_of(cursor: Cursor) -> Q:
    wanted = Q()
    for gap in cursor.gaps:
        wanted |= Q(seq__range=(gap.first, gap.last))
    return wanted


def _check_kept(cursor: Cursor) -> None:
    """Refuse a cursor when something it still waits for may have been trimmed."""
    newest = StationChange.objects.aggregate(newest=Max("seq"))["newest"] or 0
    oldest_wanted = cursor.gaps[0].first if cursor.gaps else cursor.last + 1
    if oldest_wanted <= newest - changes.KEPT or cursor.last > newest:
        raise Gone
