"""Sheets of people: rosters of members, sign-up lists, templates with coded columns."""

from collections import defaultdict
from typing import Any

from nuanxin.sheets import cell_dates, cell_ids, cell_names, cell_phones, cell_texts
from nuanxin.sheets.blocks import Block
from nuanxin.sheets.cell_texts import read_text
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
from nuanxin.sheets.grids import Cell, Row

_ALWAYS = ("name", "id_no", "phone", "birth_date", "join_date")
_CODED = ("id_type", "gender", "ethnicity", "political", "education", "marital", "hukou_type", "employment_form", "emp_status", "occupation", "is_eight", "is_migrant", "member_status", "change_type")  # fmt: skip
_TEXTS = ("native_place", "platform", "site", "org", "org_code", "dept", "position", "title", "union", "union_group", "union_post", "member_no", "emp_no", "address", "remark", "age")  # fmt: skip
_ALIKE = ("dept", "org", "union", "union_group", "platform", "site", "position")
_DATES = ("join_date", "work_date", "hire_date")
_POLITICAL = {"党员": "中共党员", "团员": "共青团员", "预备党员": "中共预备党员", "中共党员(预备)": "中共预备党员", "中国共产党党员": "中共党员", "中国共产党预备党员": "中共预备党员", "共产党员": "中共党员", "无党派": "无党派人士", "中共正式党员": "中共党员", "党员(预备)": "中共预备党员"}  # fmt: skip
_GENDER = {
    "男性": "男",
    "女性": "女",
    "男士": "男",
    "女士": "女",
    "M": "男",
    "F": "女",
    "male": "男",
    "female": "女",
}
_PEOPLES = frozenset(["汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼", "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克", "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴", "珞巴", "基诺"])  # fmt: skip


class MemberKind:
    """How records of people are read and compared."""

    name = "member"
    always_required = ("name", "id_no")
    keys = ("id_no", "phone", "gender", "join_date", "member_no")
    ditto = frozenset([*_CODED, *_TEXTS, *_DATES]) - {"member_no", "emp_no", "age", "gender"}
    filled_down = frozenset(["dept", "union_group"])

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._readers: dict[str, tuple[Reader, bool]] = {"name": (cell_names.read_name, False)}
        self._readers |= dict.fromkeys(_TEXTS, (_read_number_text, True))
        self._readers |= {name: (remembering(_read_number_text), True) for name in _ALIKE}
        self._readers |= dict.fromkeys(_DATES, (cell_dates.read_date, True))
        self._readers |= {name: (remembering(self._coded(name)), True) for name in _CODED}

    def read(self, row: Row, block: Block, draft: Draft) -> None:
        """Fill a draft from a row."""
        draft.fields = dict.fromkeys(_ALWAYS)
        read_columns(row, block, draft, self._readers)
        self._read_document(row, block, draft)
        self._read_birth(row, block, draft)
        if "phone" in block.columns:
            _read_phone(cell_at(row, block, "phone"), draft)
        if block.extra:
            read_extra(row, block, draft, read_text)

    def missing(self, name: str) -> str:
        """Return the reason for a required field that is blank."""
        return "id_missing" if name == "id_no" else f"{name}_missing"

    def compare(self, drafts: list[Draft]) -> None:
        """Reject a person's second record, and everybody whose number stands for two names."""
        groups: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            if draft.fields["id_no"] and draft.fields["name"]:
                groups[draft.fields["id_no"]].append(draft)
        for group in groups.values():
            if len(group) > 1:
                _compare_twins(group)
        _note_shared_phones([draft for draft in drafts if not draft.reason])

    def _coded(self, name: str) -> Reader:
        labels = self.setting.codes.get(name, {})
        tidy = _TIDY.get(name, {})

        def read(cell: Cell) -> tuple[Any, str, tuple[str, ...]]:
            value, problem, warnings = cell_texts.read_coded(
                cell, labels, needs_label=name == "gender"
            )
            if value:
                value = tidy.get(value, value)
                value = _people(value) if name == "ethnicity" else value
            return value, problem, warnings

        return read

    def _read_document(self, row: Row, block: Block, draft: Draft) -> None:
        document = cell_ids.RESIDENT
        if "id_type" in block.columns:
            given = draft.fields.get("id_type")
            if given and not given.isdigit():
                document = cell_ids.document_type(given)
            else:
                draft.warn("id_type_assumed")
            draft.fields["id_type"] = document
        cell = cell_at(row, block, "id_no")
        if cell is not None:
            take(
                draft,
                "id_no",
                cell_ids.read_id(cell, document=document, today=self.setting.today),
                by_field=False,
            )

    def _read_birth(self, row: Row, block: Block, draft: Draft) -> None:
        """Take the birthday from the number; a cell that says otherwise is a warning."""
        value, problem, warnings = cell_dates.read_date(cell_at(row, block, "birth_date"))
        id_no = draft.fields["id_no"]
        if not id_no or not _holds_birthday(draft):
            take(draft, "birth_date", (value, problem, warnings), by_field=True)
            return
        draft.fields["birth_date"] = born = cell_ids.birth_date(id_no)
        if value and not born.startswith(value):
            draft.warn("birth_conflict")


def _holds_birthday(draft: Draft) -> bool:
    return draft.fields.get("id_type", cell_ids.RESIDENT) in (cell_ids.RESIDENT, "港澳台居民居住证")


def _read_phone(cell: Cell, draft: Draft) -> None:
    phone = cell_phones.read_phone(cell, takes_landline=False)
    draft.fields["phone"] = phone.number
    if phone.other:
        draft.fields["phone_alt"] = phone.other
    if phone.problem:
        draft.note("phone", phone.problem)
        draft.warn(phone.problem)
    for warning in phone.warnings:
        draft.warn(warning)


def _read_number_text(cell: Cell) -> tuple[Any, str, tuple[str, ...]]:
    """Read a text that may be a number with leading zeros; one in powers of ten has lost its end."""
    if isinstance(cell, float) and abs(cell) >= 1e15:
        return None, "precision_lost", ()
    value, problem, warnings = cell_texts.read_label(cell)
    if value and len(value) < 16 and value[0].isdigit() and "E+" in value.upper():
        return None, "precision_lost", ()
    return value, problem, warnings


def _people(text: str) -> str:
    return f"{text}族" if text in _PEOPLES else text


_TIDY = {"political": _POLITICAL, "gender": _GENDER}


def _compare_twins(group: list[Draft]) -> None:
    if len({draft.fields["name"] for draft in group}) > 1:
        for draft in group:
            twin = next(other.place.row for other in group if other is not draft)
            draft.reject("id_shared_by_names", twin)
        return
    first: Draft | None = None
    for draft in group:
        if draft.reason:
            continue
        if first is None:
            first = draft
            continue
        phones = {phone for phone in (first.fields["phone"], draft.fields["phone"]) if phone}
        if len(phones) > 1:
            first.warn("conflict_phone_elsewhere")
        draft.reject(
            "duplicate_conflict_phone" if len(phones) > 1 else "duplicate_same", first.place.row
        )


def _note_shared_phones(drafts: list[Draft]) -> None:
    owners: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.fields["phone"]:
            owners[draft.fields["phone"]].append(draft)
    for sharing in owners.values():
        if len(sharing) > 1:
            for draft in sharing:
                draft.warn("phone_shared")
