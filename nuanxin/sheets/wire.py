"""A reading as plain JSON: what the child sends up its pipe, and what a command prints."""

import datetime as dt
import json
from typing import Any

from nuanxin.sheets.readings import Accepted, Column, Place, Reading, Rejected, Skipped
from nuanxin.sheets.unreadable import refuse

Json = dict[str, Any]


def accepted_as_json(record: Accepted) -> Json:
    """Return an accepted record as plain values."""
    return {
        **_place(record.place),
        "fields": record.fields,
        "warnings": list(record.warnings),
        "extra": record.extra,
    }


def rejected_as_json(record: Rejected) -> Json:
    """Return a rejected record as plain values."""
    return {
        **_place(record.place),
        "reason": record.reason,
        "field": record.field,
        "column": record.column,
        "value": record.value,
        "twin_row": record.twin_row,
    }


def skipped_as_json(row: Skipped) -> Json:
    """Return a skipped row as plain values."""
    return {**_place(row.place), "kind": row.kind}


def column_as_json(column: Column) -> Json:
    """Return a column as plain values."""
    return {
        "sheet": column.sheet,
        "letter": column.letter,
        "heading": column.heading,
        "field": column.field,
        "source": column.source,
        "samples": list(column.samples),
    }


def reading_as_json(reading: Reading) -> Json:
    """Return a whole reading as plain values."""
    return {
        "kind": reading.kind,
        "encoding": reading.encoding,
        "accepted": [accepted_as_json(record) for record in reading.accepted],
        "rejected": [rejected_as_json(record) for record in reading.rejected],
        "skipped": [skipped_as_json(row) for row in reading.skipped],
        "columns": [column_as_json(column) for column in reading.columns],
    }


def accepted_in(line: bytes) -> list[Accepted]:
    """Return the accepted records of a part.

    Raises
    ------
    Unreadable
        ``failed``, when what the child says makes no sense.
    """
    try:
        return [accepted_from_json(item) for item in json.loads(line)["accepted"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        refuse("failed")


def accepted_from_json(data: Json) -> Accepted:
    """Return the record a JSON object tells of.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it tells of none.
    """
    fields, extra = data["fields"], data["extra"]
    if type(fields) is not dict or type(extra) is not dict:
        raise TypeError
    return Accepted(_placed(data), fields, tuple(map(str, data["warnings"])), extra)


def rejected_from_json(data: Json) -> Rejected:
    """Return the rejected record a JSON object tells of; raises as ``accepted_from_json``."""
    twin = data["twin_row"]
    reason, field, column, value = (str(data[k]) for k in ("reason", "field", "column", "value"))
    row = None if twin is None else int(twin)
    return Rejected(_placed(data), reason, field, column, value, row)


def skipped_from_json(data: Json) -> Skipped:
    """Return the skipped row a JSON object tells of; raises as ``accepted_from_json``."""
    return Skipped(_placed(data), str(data["kind"]))


def column_from_json(data: Json) -> Column:
    """Return the column a JSON object tells of; raises as ``accepted_from_json``."""
    keys = ("sheet", "letter", "heading", "field", "source")
    sheet, letter, heading, field, source = (str(data[key]) for key in keys)
    return Column(sheet, letter, heading, field, source, tuple(map(str, data["samples"])))


def day_from_json(text: str) -> dt.date:
    """Return the day the parent says it is."""
    return dt.date.fromisoformat(text)


def _place(place: Place) -> Json:
    return {"sheet": place.sheet, "row": place.row, "block": place.block}


def _placed(data: Json) -> Place:
    return Place(str(data["sheet"]), int(data["row"]), str(data["block"]))
