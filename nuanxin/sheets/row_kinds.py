"""What a row is when it is no record: blank, total, section, note, signature, example."""

import re

from nuanxin.sheets.blocks import Block
from nuanxin.sheets.cell_texts import is_ditto
from nuanxin.sheets.grids import Cell, Row, is_blank, visible

_TOTALS = frozenset(["合计", "小计", "总计", "共计", "总合计", "本页合计", "本页小计", "累计", "合计数", "总数", "本表合计", "全市合计", "全区合计", "全县合计"])  # fmt: skip
_SUMMED = re.compile(r"(合计|总计|小计|共计|共)[:：]?\d+[人个名家处户座]*$")
_NOTE = re.compile(
    r"^\s*(注|备注|说明|填表说明|填报说明|附注|填写说明|备 注|注意事项|要求|提示|附)\s*[:：.、\d]|^\s*(注|说明|填表说明)\s*$|^\s*\d{1,2}[.、．]\s*\S{8,}"
)
_SIGN = re.compile(
    r"(主席|经办人|制表|制表人|审核|审核人|填表人|填报人|负责人|领导|证明人|签字|签名|盖章|公章|日期|联系电话|时间|复核|统计人|报送人|分管|单位|主管)[^:：]{0,12}[:：]|[（(](签字|盖章|签章|公章)[)）]"
)
_EXAMPLE_SEQ = re.compile(
    r"^[（(【]?(示例|样例|范例|例|例如|样本|填写示例|填写样例|举例)[)）】]?\s*\d*\s*[:：]?$"
)
_EXAMPLE = re.compile(
    r"^[ 　]*(示例|样例|范例|例如|例)[ 　]*[:：]|示例行|示例数据|样例数据|填写示例|填写样例|[（(【](示例|样例|范例|例)[)）】]|此行为示例|本行为示例|示例[,，。]|请勿删除|导入时请删除|仅供参考"
)
# what a template says under a heading of how to fill the column
_HINT = re.compile(
    r"^[（(【][^0-9]*\d{0,2}[^0-9]*[)）】]$|必填|选填|可不填|可为空|不用填|格式|^\d{1,2}位|下拉|^[请如][^0-9]{2,}|YYYY|yyyy"
)
_EXAMPLE_NAMES = frozenset(["张三", "李四", "王五", "赵六", "某某某", "张某某", "某某", "XXX", "×××", "xxx", "小明", "张三丰"])  # fmt: skip
_EXAMPLE_PHONES = re.compile(
    r"1[3-9](\d)\1{8}|13800138000|1[3-9]012345678|1[3-9]123456789|138\*{4}\d{4}|1[3-9][xX*]{9}"
)
_EXAMPLE_IDS = re.compile(
    r"(11010[15]19900307|110101199001011|\d{6}(?:1234|XXXX)|12345678|11010119491231)"
)
_GAP, _RUN = re.compile(r"[\s\-]+"), re.compile(r"\d{5}|[*＊]|\d[eE]\+?\d")
# no name of a person or a place: more than five characters without a dot that speak of the list
_WORDY = re.compile(r"(以上|以下|上述|下列|本表|本页|全部|其中)[\u4e00-\u9fff\d，,。]{3,}")
_SECTION = re.compile(
    r"^\s*([一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[)）]|第[一二三四五六七八九十\d]+)"
)
_ORGANISATION = re.compile(
    r"(部|科|室|组|队|厂|公司|车间|工会|街道|乡|镇|区|县|市|班|中心|支部|协会|会|院|局|处|校)$"
)
_PAGE = re.compile(
    r"^\s*(第\s*\d+\s*页|共\s*\d+\s*页|续表|[（(]续[)）]|接上页|转下页|以下空白|此页无正文)"
)


def kind_of(row: Row, blocks: list[Block], *, is_early: bool) -> str:
    """Return what a row is when it holds no record, or nothing when it may hold one.

    ``is_early`` is said of the few rows under the header, where templates keep their examples.
    """
    if not is_early and _is_plain_record(row, blocks):
        return ""
    cells = [(column, cell) for column, cell in enumerate(row) if not is_blank(cell)]
    if not cells or not _says_something(row, blocks):
        return "blank"
    texts = [cell for _column, cell in cells if isinstance(cell, str)]
    total = _total(cells, blocks)
    if total:
        return "subtotal" if "小计" in total else "total"
    if len(cells) == 1 or len({str(cell) for _column, cell in cells}) == 1:
        return _alone(cells, blocks)
    if is_early and _is_example(row, texts, blocks):
        return "example"
    if is_early and len(texts) == len(cells) and all(map(_HINT.search, texts)):
        return "note"
    if _is_signature(texts, cells, row, blocks):
        return "signature"
    if (
        _NOTE.match(texts[0] if texts else "")
        and cells[0][1] is texts[0]
        and not _has_key(row, blocks)
    ):
        return "note"
    return "page" if texts and _PAGE.match(texts[0]) and not _has_key(row, blocks) else ""


def _is_plain_record(row: Row, blocks: list[Block]) -> bool:
    """Tell most records at once: a name, a key beside it, and no word for a total."""
    block = blocks[0]
    columns, width = block.columns, len(row)
    name, key = columns.get("name", width), columns.get("id_no", columns.get("address", width))
    if name >= width or key >= width or not row[name] or not row[key]:
        return False
    texts = [row[0], row[name], *_at(row, columns, "seq"), *_at(row, columns, "district")]
    shape = str(row[key])
    return (
        ":" not in shape
        and "：" not in shape
        and len(shape) > 3
        and not any(isinstance(text, str) and ("计" in text or text in _TOTALS) for text in texts)
    )


def _at(row: Row, columns: dict[str, int], name: str) -> list[Cell]:
    column = columns.get(name, len(row))
    return [row[column]] if column < len(row) else []


def is_column_numbers(row: Row) -> bool:
    """Return whether a row under the header numbers the columns: 1, 2, 3 … or 甲, 乙, 1, 2 …."""
    texts = [
        str(int(c)) if isinstance(c, float) and c.is_integer() else str(c).strip("() （）")
        for c in row
        if not is_blank(c)
    ]
    count = len(texts)
    if count < 3:
        return False
    while texts and texts[0] in "甲乙丙丁戊" and len(texts) > 1:
        texts = texts[1:]
    start = int(texts[0]) if texts[0].isdigit() and texts[0] in ("0", "1") else None
    return start is not None and texts == [str(start + n) for n in range(len(texts))]


def _says_something(row: Row, blocks: list[Block]) -> bool:
    """Return whether there is more than the row's number and marks that repeat the row above."""
    for block in blocks:
        seq = block.columns.get("seq", -1)
        if 0 <= seq < len(row) and _is_word(row[seq]):
            return True
        columns = (*block.columns.values(), *block.facilities.values(), *block.extra.values())
        for column in columns:
            cell = row[column] if column != seq and column < len(row) else ""
            if cell != "" and not is_blank(cell) and not is_ditto(cell):
                return True
    return False


def _is_word(cell: Cell) -> bool:
    return isinstance(cell, str) and not is_blank(cell) and not cell.strip().isdigit()


def _total(cells: list[tuple[int, Cell]], blocks: list[Block]) -> str:
    if _has_number(cells, blocks):
        return ""
    columns = {cells[0][0]}
    for block in blocks:
        columns |= {
            block.columns[name] for name in ("seq", "district", "name") if name in block.columns
        }
    labels = [_label(cell) for column, cell in cells if column in columns and isinstance(cell, str)]
    return next((label for label in labels if label in _TOTALS), "")


def _has_number(cells: list[tuple[int, Cell]], blocks: list[Block]) -> bool:
    """Return whether the number of a document stands in its column, as on no line of totals."""
    columns = {block.columns["id_no"] for block in blocks if "id_no" in block.columns}
    return any(column in columns and len(str(cell).strip()) >= 15 for column, cell in cells)


def _label(text: str) -> str:
    return "".join(visible(text).split()).strip(":：")


def _alone(cells: list[tuple[int, Cell]], blocks: list[Block]) -> str:
    """Tell a section, a note or a lonely name from a row with one text."""
    column, cell = cells[0]
    if not isinstance(cell, str):
        return ""
    name_columns = {block.columns.get("name") for block in blocks}
    text = _label(cell)
    if _SUMMED.match(text):
        return "total"
    if len(cells) == 1 and column in name_columns and len(text) <= 30:
        is_sentence = (
            _NOTE.match(cell) or _SECTION.match(cell) or _PAGE.match(cell) or _WORDY.fullmatch(text)
        )
        if not is_sentence and (column != 0 or not _ORGANISATION.search(text)):
            return ""
    if (
        len(cells) == 1
        and column
        and column not in name_columns
        and not _NOTE.match(cell)
        and not _SIGN.search(cell)
        and not _SECTION.match(cell)
    ):
        known = {
            c
            for block in blocks
            for n, c in block.columns.items()
            if n not in ("seq", "district", "remark")
        }
        if column in known and len(text) <= 30:
            return ""
    if _SIGN.search(cell):
        return "signature"
    if _PAGE.match(cell):
        return "page"
    return (
        "section" if _SECTION.match(cell) or (len(text) <= 20 and not _NOTE.match(cell)) else "note"
    )


def _is_example(row: Row, texts: list[str], blocks: list[Block]) -> bool:
    for block in blocks:
        seq, name = block.columns.get("seq", 0), block.columns.get("name")
        if (
            seq < len(row)
            and isinstance(row[seq], str)
            and _EXAMPLE_SEQ.match(_label(str(row[seq])))
        ):
            return True
        own = _label(str(row[name])) if name is not None and name < len(row) else ""
        if any(_EXAMPLE.search(text) for text in texts if len(text) <= 40):
            return True
        signs = sum(
            bool(_EXAMPLE_PHONES.fullmatch(t.strip()) or _EXAMPLE_IDS.search(t))
            for t in _numbers(row)
        )
        # a whole row is passed over: not for a name alone where another record stands beside it
        if own in _EXAMPLE_NAMES and signs and len(blocks) == 1:
            return True
    return False


def _numbers(row: Row) -> list[str]:
    return [
        str(int(c)) if isinstance(c, float) else str(c)
        for c in row
        if isinstance(c, str | float) and c != ""
    ]


def _is_signature(
    texts: list[str], cells: list[tuple[int, Cell]], row: Row, blocks: list[Block]
) -> bool:
    if len(texts) != len(cells) or _has_key(row, blocks):
        return False
    signs = sum(bool(_SIGN.search(text)) for text in texts)
    return signs >= 1 and signs >= 0.5 * len(texts)


def _has_key(row: Row, blocks: list[Block]) -> bool:
    """Return whether a row holds what only records hold: a document or a phone number, an address."""
    for block in blocks:
        for name in ("id_no", "phone", "address", "lng"):
            column = block.columns.get(name)
            if column is None or column >= len(row) or is_blank(row[column]):
                continue
            text = str(row[column])
            if name in ("id_no", "phone") and not _RUN.search(_GAP.sub("", text)):
                continue  # a date, as at the foot of a page
            if not re.search(r"[:：]", text) and not _SIGN.search(text):
                return True
    return False
