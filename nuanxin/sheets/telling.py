"""What sources said last: read, and remembered, as fingerprints by field."""

from collections.abc import Mapping, Sequence
from typing import Final

from nuanxin.core import bulk
from nuanxin.sheets.comparing import digests_of
from nuanxin.sheets.models import ImportBatch, SourceRecord

_WRITTEN: Final = ("kind", "source", "key", "digests")


def remember(batch: ImportBatch, digests: Mapping[str, str], *, is_first: bool = False) -> None:
    """Keep what the source of a batch has said, by key of the thing.

    Parameters
    ----------
    batch, digests
        Whose source, and its fingerprints as text.
    is_first
        Whether it has said nothing of any of them before; to write that takes half the time.

    Raises
    ------
    IntegrityError
        When it has said something after all.

    Notes
    -----
    One bulk statement.
    """
    rows = [(batch.kind, batch.source, key, text) for key, text in digests.items()]
    if is_first:
        bulk.insert(SourceRecord, _WRITTEN, rows)
    else:
        bulk.upsert(SourceRecord, _WRITTEN, rows, unique=_WRITTEN[:3])


def told_by(batch: ImportBatch, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the fingerprints of what the source of a batch said last, by key. One query."""
    said = SourceRecord.objects.filter(kind=batch.kind, source=batch.source, key__among=set(keys))
    return {key: digests_of(text) for key, text in said.values_list("key", "digests")}
