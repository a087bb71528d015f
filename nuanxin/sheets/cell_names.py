"""Names of people as they are typed: white space, dots of every kind, rare characters."""

import re

from nuanxin.sheets.cell_texts import NOTHING, Outcome, as_text, is_ditto, says_nothing
from nuanxin.sheets.grids import Broken, Cell, visible

DOT = "\u00b7"
_PLAIN = re.compile(r"[\u4e00-\u9fa5]{2,}")
_WHITE = re.compile(r"\s+")
_DOTS = re.compile(r"[•・･‧⋅●．.∙·᛫⸱]+")
_NOTE = re.compile(r"[(（【\[][^()（）【】\[\]]*[)）】\]]")
# of lists: a star before a name, a triangle behind it; a star behind it may stand for a character
_MARKS = re.compile(r"^[*＊★☆▲△◆◇○※#＃√✓]+|[★☆▲△◆◇○※#＃√✓]+$")
_ORDINAL = re.compile(r"^\s*\d{1,4}\s*[、.．)）]\s*(?=\D)")
# beside the name, not part of it: of 王 伟 女 each character stands alone
_SEX = re.compile(r"^(\s*\S{2,})\s+[男女]\s*$")
# a name that is masked, or two in one cell
_NO_NAME = re.compile(r"[*＊/／、，,;；|+&]")
# Full-width Latin letters alone: NFKC would replace rare Chinese characters.
_LATIN = {code: code - 0xFEE0 for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
# GB 18030-2005 put these at private places; GB 18030-2022 and Unicode have them.
_PRIVATE = {
    **dict(zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)),
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE831: 0x215D7, 0xE83B: 0x2298F, 0xE855: 0x241FE,
    **dict(zip(range(0xE78D, 0xE797), (*range(0xFE10, 0xFE13), 0xFE13, 0xFE14, 0xFE15, 0xFE16, 0xFE17, 0xFE18, 0xFE19), strict=True)),
}  # fmt: skip


def published(text: str) -> str:
    """Return a text with the characters GB 18030 once kept at private places."""
    return text.translate(_PRIVATE)


def read_name(value: Cell) -> Outcome:
    """Read a person's name; digits, masks and a second name make it no name.

    White space goes, dots become U+00B7, a note in brackets and a mark of the list are dropped with a
    warning; Chinese characters are never replaced by others.
    """
    if (
        isinstance(value, str)
        and _PLAIN.fullmatch(value)
        and value not in ("同上", "暂无", "没有", "不详", "未知", "待补", "待定")
    ):
        return value, "", ()
    if isinstance(value, Broken):
        return None, value.code, ()
    text = as_text(value)
    if not text or says_nothing(text) or is_ditto(text):
        return NOTHING
    return _tidied(published(text), value)


def _tidied(text: str, value: Cell) -> Outcome:
    warnings = []
    alone = _SEX.sub(r"\1", _ORDINAL.sub("", text))
    if alone != text:
        text = alone
        warnings.append("name_note_removed")
    bare = _WHITE.sub("", visible(text)).translate(_LATIN)
    if isinstance(value, str) and _WHITE.sub("", visible(value)) != value and bare != value:
        warnings.append("name_space_removed")
    noteless = _NOTE.sub("", bare)
    if noteless and noteless != bare:
        bare = noteless
        warnings.append("name_note_removed")
    unmarked = _MARKS.sub("", bare)
    if unmarked != bare:
        bare = unmarked
        warnings.append("name_note_removed")
    dotted = _DOTS.sub(DOT, bare).strip(DOT)
    if dotted != bare or re.search(r"\s·|·\s", text):
        warnings.append("name_interpunct_normalised")
    is_name = any(map(str.isalpha, dotted)) and not any(map(str.isdigit, dotted))
    if not is_name or _NO_NAME.search(dotted):
        return None, "name_invalid", ()
    if len(dotted) < 2:
        warnings.append("name_short")
    return dotted, "", tuple(warnings)
