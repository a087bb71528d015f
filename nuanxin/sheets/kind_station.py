"""Sheets of stations: a county's ledger of where they are, when they open and what is inside."""

from typing import Any

from nuanxin.sheets import cell_dates, cell_names, cell_phones, cell_places, cell_texts
from nuanxin.sheets.blocks import Block
from nuanxin.sheets.cell_texts import as_text, read_text
from nuanxin.sheets.drafts import (
    Draft,
    Reader,
    Setting,
    cell_at,
    read_columns,
    read_extra,
    remembering,
    take,
)
from nuanxin.sheets.grids import Broken, Cell, Row, is_blank, shown
from nuanxin.sheets.headings import datum_of

_ALWAYS = ("district", "name", "address", "open_hours", "contact", "phone", "lat", "lng", "built", "kind", "area_m2", "facilities", "remark")  # fmt: skip
_LABELS = ("code", "brand", "town", "county", "union", "host", "host_kind", "outlet", "tier", "lifecycle", "street", "floor", "entrance", "parking", "access")  # fmt: skip
# columns whose texts hardly ever come again
_UNLIKE = ("name", "address", "code")
_PRESENT = frozenset(["√", "✓", "✔", "☑", "有", "是", "y", "yes", "true", "具备", "已配", "已配备", "配备", "配有", "r", "p", "ü", "●", "1", "v", "对", "✅", "齐全", "完好", "正常", "已有"])  # fmt: skip
_ABSENT = frozenset(["×", "✗", "✘", "✕", "无", "否", "没有", "n", "no", "false", "x", "-", "—", "－", "/", "\\", "0", "未配", "未配备", "不具备", "缺", "暂无", "没", "☐", "□", "❌", "〇"])  # fmt: skip

_TICKED = {
    "√": True,
    "✓": True,
    "有": True,
    "1": True,
    "是": True,
    "×": False,
    "无": False,
    "否": False,
}


class StationKind:
    """How records of stations are read and compared."""

    name = "station"
    always_required = ("name", "address")
    keys = ("address", "lng", "coords", "open_hours", "contact", "phone")
    ditto = frozenset([*_ALWAYS, *_LABELS, "groups", "accepted_on", "outlet_hours", "outlet_self_service_hours", "self_service_hours"]) - {"name", "lat", "lng", "facilities"}  # fmt: skip
    filled_down = frozenset(["district", "town", "county"])

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._readers: dict[str, tuple[Reader, bool]] = {
            "name": (_read_place_name, False),
            "address": (cell_texts.read_label, False),
            "district": (cell_texts.read_label, False),
            "open_hours": (cell_places.read_hours, False),
            "built": (cell_dates.read_date, True),
            "kind": (cell_texts.read_label, False),
            "area_m2": (cell_texts.read_number, True),
            "remark": (cell_texts.read_label, False),
            "self_service_hours": (cell_places.read_hours, False),
            "outlet_hours": (cell_places.read_hours, False),
            "outlet_self_service_hours": (cell_places.read_hours, False),
            "accepted_on": (cell_dates.read_date, True),
            "groups": (cell_texts.read_list, False),
            "floors_count": (_read_count, True),
        }
        self._readers |= dict.fromkeys(_LABELS, (cell_texts.read_label, False))
        self._readers = {
            name: (reader if name in _UNLIKE else remembering(reader), by_field)
            for name, (reader, by_field) in self._readers.items()
        }

    def read(self, row: Row, block: Block, draft: Draft) -> None:
        """Fill a draft from a row."""
        draft.fields = dict.fromkeys(_ALWAYS)
        read_columns(row, block, draft, self._readers)
        _read_people(row, block, draft)
        _read_position(row, block, draft)
        _read_facilities(row, block, draft)
        if block.extra:
            read_extra(row, block, draft, read_text)

    def missing(self, name: str) -> str:
        """Return the reason for a required field that is blank."""
        return f"{name}_missing"

    def compare(self, drafts: list[Draft]) -> None:
        """Reject a second record of the same name and address; note a name that stands twice."""
        seen: dict[tuple[str, str], Draft] = {}
        named: dict[tuple[Any, str], str] = {}
        for draft in drafts:
            name, address = draft.fields["name"], draft.fields["address"]
            if draft.reason or not name or not address:
                continue
            key = (_bare(name), _bare(address))
            if key in seen:
                draft.reject("duplicate_same", seen[key].place.row)
                continue
            seen[key] = draft
            called = (draft.fields["district"], key[0])
            if named.setdefault(called, key[1]) != key[1]:
                draft.warn("same_name_diff_address")


def _bare(text: str) -> str:
    return "".join(text.split()) if " " in text else text


def _read_place_name(cell: Cell) -> tuple[Any, str, tuple[str, ...]]:
    text, problem, warnings = cell_texts.read_label(cell)
    if text and cell_texts.is_ditto(text):
        return None, "", ()
    if text and not any(char.isalpha() for char in text):
        return None, "name_invalid", ()
    return (cell_names.published(text) if text else None), problem, warnings


def _read_count(cell: Cell) -> tuple[Any, str, tuple[str, ...]]:
    value, problem, warnings = cell_texts.read_number(cell)
    if value is not None and not value.is_integer():
        return None, "number_unparsed", ()
    return (None if value is None else int(value)), problem, warnings


def _read_people(row: Row, block: Block, draft: Draft) -> None:
    """Read contact and phone; either may stand in the other's cell."""
    contact, number = cell_at(row, block, "contact"), cell_at(row, block, "phone")
    text = as_text(contact) if contact is not None else ""
    if any(char.isdigit() for char in text):
        _split(text, number, block, draft)
        return
    if contact is not None:
        take(draft, "contact", _read_contact(contact), by_field=False)
    if "phone" not in block.columns:
        return
    phone = cell_phones.read_phone(number, takes_landline=True)
    _put_phone(phone, draft)
    if phone.person and not draft.fields["contact"]:
        draft.fields["contact"] = phone.person
        draft.warnings = [word for word in draft.warnings if word != "phone_note_removed"]
        draft.warn("contact_split_from_phone")


def _split(text: str, number: Cell, block: Block, draft: Draft) -> None:
    """Read a name and a number out of the contact's cell."""
    inside = cell_phones.read_phone(text, takes_landline=True)
    beside = cell_phones.read_phone(number, takes_landline=True)
    draft.fields["contact"] = inside.person or None
    if not inside.person:
        draft.warn("contact_invalid")
    if beside.number or not inside.number:
        if "phone" in block.columns:
            _put_phone(beside, draft)
        return
    _put_phone(inside, draft)
    draft.warnings = [word for word in draft.warnings if word != "phone_note_removed"]
    draft.warn("contact_split_from_phone")


def _read_contact(cell: Cell) -> tuple[Any, str, tuple[str, ...]]:
    text, problem, warnings = cell_texts.read_label(cell)
    if text and any(mark in text for mark in "、/,，;；"):  # more than one of them
        return text, problem, warnings
    value, problem, warnings = cell_names.read_name(cell)
    if problem == "name_invalid":
        return None, "contact_invalid", ()
    return value, problem, tuple(word.replace("name_", "contact_") for word in warnings)


def _put_phone(phone: cell_phones.Phone, draft: Draft) -> None:
    draft.fields["phone"] = phone.number
    if phone.other:
        draft.fields["phone_alt"] = phone.other
    if phone.problem:
        draft.note("phone", phone.problem)
        draft.warn(phone.problem)
    for warning in phone.warnings:
        draft.warn(warning)


def _read_position(row: Row, block: Block, draft: Draft) -> None:
    lng, lat, both = (cell_at(row, block, name) for name in ("lng", "lat", "coords"))
    if lng is not None or lat is not None or both is not None:
        x, y, warnings = cell_places.read_point(lng, lat, both)
        draft.fields["lng"], draft.fields["lat"] = x, y
        draft.warnings += warnings
        if "coord_invalid" in warnings:
            draft.note("lng", "coord_invalid")
            draft.note("lat", "coord_invalid")
    if "datum" in block.columns:
        text = shown(cell_at(row, block, "datum"))
        draft.fields["datum"] = datum_of(text) or block.datum or None
        if text and not datum_of(text) and not cell_texts.says_nothing(text):
            draft.warn("datum_unknown")
    elif block.datum:
        draft.fields["datum"] = block.datum


def _read_facilities(row: Row, block: Block, draft: Draft) -> None:
    names: list[str] = []
    listed = cell_at(row, block, "facilities")
    if listed is not None:
        value, _problem, _warnings = cell_texts.read_list(listed)
        names = value or []
    for name, column in block.facilities.items():
        cell = row[column] if column < len(row) else None
        if cell is None or cell == "":
            continue
        present = _ticked(cell)
        if present:
            names.append(name)
        elif present is None:
            draft.warn(f"facility_unclear:{name}")
    if block.facilities or listed is not None:
        draft.fields["facilities"] = names


def _ticked(cell: Cell) -> bool | None:
    """Return whether a cell says that something is there; None when it does not say."""
    if isinstance(cell, str) and cell in _TICKED:
        return _TICKED[cell]
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return cell > 0
    if isinstance(cell, Broken) or is_blank(cell):
        return None if isinstance(cell, Broken) else False
    text = as_text(cell).casefold()
    if text in _PRESENT:
        return True
    if text in _ABSENT:
        return False
    if text[:1] == "有" or (text[:1].isdigit() and text[:1] != "0"):
        return True
    return False if text[:1] in ("无", "×") else None
