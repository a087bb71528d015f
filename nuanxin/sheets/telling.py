"""What sources said last: read, and remembered, as fingerprints by field."""

from collections.abc import Mapping, Sequence

from nuanxin.sheets.models import ImportBatch, SourceRecord


def remember(batch: ImportBatch, digests: Mapping[str, str]) -> None:
    """Keep what the source of a batch has said, by key of the thing. One bulk statement."""
    SourceRecord.objects.bulk_create(
        [
            SourceRecord(kind=batch.kind, source=batch.source, key=key, digests=text)
            for key, text in digests.items()
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["kind", "source", "key"],
        update_fields=["digests"],
    )


def told_by(batch: ImportBatch, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the fingerprints of what the source of a batch said last, by key. One query."""
    said = SourceRecord.objects.filter(kind=batch.kind, source=batch.source, key__in=keys)
    return {key: _loaded(text) for key, text in said.values_list("key", "digests")}


def _loaded(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",")) if text else {}


def digests_as_text(digests: dict[str, str]) -> str:
    """Return fingerprints by field as one short text."""
    return ",".join(f"{name}={mark}" for name, mark in sorted(digests.items()))
