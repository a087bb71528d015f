"""What sources said last: read, and remembered, as fingerprints by field."""

from collections.abc import Mapping, Sequence

from nuanxin.core import bulk
from nuanxin.sheets.models import ImportBatch, SourceRecord


def remember(batch: ImportBatch, digests: Mapping[str, str]) -> None:
    """Keep what the source of a batch has said, by key of the thing. One bulk statement."""
    bulk.upsert(
        SourceRecord,
        ("kind", "source", "key", "digests"),
        [(batch.kind, batch.source, key, text) for key, text in digests.items()],
        unique=("kind", "source", "key"),
    )


def told_by(batch: ImportBatch, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the fingerprints of what the source of a batch said last, by key. One query."""
    said = SourceRecord.objects.filter(kind=batch.kind, source=batch.source, key__among=set(keys))
    return {key: _loaded(text) for key, text in said.values_list("key", "digests")}


def _loaded(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",")) if text else {}


def digests_as_text(digests: dict[str, str]) -> str:
    """Return fingerprints by field as one short text."""
    return ",".join(f"{name}={mark}" for name, mark in sorted(digests.items()))
