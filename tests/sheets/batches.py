"""An import that has been read, with a row in doubt, one not usable and one line of a journal."""

from typing import Any

from nuanxin.core import clock
from nuanxin.core.actors import Actor
from nuanxin.core.ids import computed_id
from nuanxin.sheets import services
from nuanxin.sheets.models import (
    ColumnMapping,
    ImportBatch,
    ImportPart,
    ImportRow,
    JournalEntry,
    SourceRecord,
)
from nuanxin.sheets.sealed_rows import RowSaid, seal_part
from nuanxin.unions.models import Union


def make_batch(union: Union, *, code: str, key: str, by: Actor) -> ImportBatch:
    """Save an import in which every text is ``code``; ``key`` is that of the station it is about."""
    batch = services.bring_sheet(
        content=code.encode(), name=code, kind="station", source=f"{union.code}-{code}",
        source_label=union.name, scope_path=union.path, by=by,
    )  # fmt: skip
    counts = {"suspect_count": 1, "rejected_count": 1, "kept_count": 1}
    ImportBatch.objects.filter(pk=batch.pk).update(state="preview", **counts)
    note = {"code": "point_far", "field": "point", "detail": code, "choices": [code]}
    told: dict[str, Any] = {"batch": batch, "sheet": code, "row": 2, "label": code}
    told |= {"notes": [note | {"is_doubt": True, "column": "A"}]}
    ImportRow.objects.create(number=1, fate="suspect", key=key, **told)
    ImportRow.objects.create(number=2, fate="rejected", **told)
    said = [RowSaid(3, {"name": code}, True, {})]
    ImportPart.objects.create(
        batch=batch, first=3, last=3, payload_sealed=seal_part(batch.pk, said)
    )
    JournalEntry.objects.create(
        batch=batch, number=1, key=code[:36], label=code, is_new=False, state="kept", reason=code
    )
    source = {"kind": "station", "source": batch.source}
    ColumnMapping.objects.create(
        id=computed_id("column_mapping", "station", batch.source), changed_at=clock.now(), **source
    )
    SourceRecord.objects.create(key=code[:36], **source)
    return batch
