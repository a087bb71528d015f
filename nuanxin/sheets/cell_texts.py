"""Cells of plain text: what counts as nothing, line breaks, codes with labels, numbers with units."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping

from nuanxin.sheets.grids import Broken, Cell, is_blank, shown, visible

# value in normal form (None when nothing usable), the problem, the warnings
Outcome = tuple[str | None, str, tuple[str, ...]]
NOTHING: Outcome = (None, "", ())

_NOTHING_WORDS = frozenset(["无", "空", "暂无", "没有", "不详", "未知", "未填", "待补", "待定", "待填", "缺", "暂缺", "未提供", "/", "//", "\\", "-", "--", "—", "——", "－", "―", "–", ".", "、", "n/a", "na", "none", "null", "nil", "#n/a"])  # fmt: skip
DITTO = frozenset(
    [
        "同上",
        "〃",
        "″",
        '"',
        "''",
        "“",
        "”",
        "〞",
        "々",
        "同前",
        "上同",
        "同上行",
        "〃〃",
        "″″",
        '""',
    ]
)
_UNWRAP = re.compile(r'^\s*=\s*"(.*)"\s*$', re.DOTALL)
# what a tidy text does not begin with
_LOOSE = "='’‘＇` "
_LINES = re.compile(r"\s*[\r\n\v\f\u2028\u2029]+\s*")
_HAN_GAP = re.compile(
    r"(?<=[\u2e80-\uffef\U00020000-\U0003ffff])[ \t\u00a0\u3000]+(?=\S)|(?<=\S)[ \t\u00a0\u3000]+(?=[\u2e80-\uffef\U00020000-\U0003ffff])"
)
_NUMBER = re.compile(r"[-+]?\d+(?:,\d{3})*(?:\.\d+)?")
_CODED = re.compile(r"^0*\d{1,3}\s*[-－—–_.．、:：/|\s]\s*(?=\D)|^\d{1,2}(?=[\u4e00-\u9fff])")
_LABELLED = re.compile(r"^(\D+?)\s*[(（]\s*\d{1,3}\s*[)）]$")


def says_nothing(text: str) -> bool:
    """Return whether a text only says that there is nothing to say: 无, /, N/A, a dash."""
    return len(text) < 8 and text.strip().casefold() in _NOTHING_WORDS


def is_ditto(value: Cell) -> bool:
    """Return whether a cell repeats the one above it."""
    return isinstance(value, str) and len(value) <= 8 and value.strip() in DITTO


def as_text(value: Cell) -> str:
    """Return a cell as text: ``="…"`` unwrapped, a leading apostrophe dropped, trimmed."""
    if isinstance(value, str):
        if value.isprintable() and value and value[0] not in _LOOSE and value[-1] != " ":
            return value
        if '="' in value or "= " in value:
            wrapped = _UNWRAP.match(value)
            value = wrapped[1] if wrapped else value
        return visible(value).strip().lstrip("'’‘＇`").strip()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return "" if isinstance(value, Broken) else shown(value)


def read_text(value: Cell) -> Outcome:
    """Read one line of free text: line breaks and gaps between Chinese characters close up."""
    if isinstance(value, Broken):
        return None, value.code, ()
    text = as_text(value)
    if text and text is value and " " not in text:
        return text, "", ()
    if "\n" in text or "\r" in text:
        text = _LINES.sub(" ", text)
    if " " in text or "\u3000" in text or "\u00a0" in text:
        text = re.sub(r"\s+", " ", _HAN_GAP.sub("", text))
    return (text, "", ()) if text else NOTHING


def read_label(value: Cell) -> Outcome:
    """Read a text that may only say that there is nothing, and then is nothing."""
    outcome = read_text(value)
    return NOTHING if outcome[0] and says_nothing(outcome[0]) else outcome


def read_number(value: Cell) -> tuple[float | None, str, tuple[str, ...]]:
    """Read a number that may have been typed with its unit: 约50㎡."""
    if isinstance(value, Broken):
        return None, value.code, ()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), "", ()
    text = unicodedata.normalize("NFKC", as_text(value))
    if not text or says_nothing(text):
        return None, "", ()
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1 and not (len(numbers) == 2 and re.search(r"m2$", text, re.IGNORECASE)):
        return None, "number_unparsed", ()
    return float(numbers[0].replace(",", "")), "", ("number_from_text",)


def read_coded(value: Cell, labels: Mapping[str, str], *, needs_label: bool) -> Outcome:
    """Read ``13-群众``, ``13 群众`` or a bare ``13``, which a code sheet resolves.

    A bare number without a code sheet stays as it is with a warning, or is nothing when
    ``needs_label`` says that the number means different things in different offices.
    """
    text, problem, warnings = read_label(value)
    if text is None:
        return text, problem, warnings
    text = unicodedata.normalize("NFKC", text)
    if text.isdigit():
        label = labels.get(text) or labels.get(text.lstrip("0")) or labels.get(text.zfill(2))
        if label:
            return label, "", ()
        return (None, "code_ambiguous", ()) if needs_label else (text, "", ("code_unresolved",))
    labelled = _LABELLED.match(text)
    return (labelled[1] if labelled else _CODED.sub("", text)), "", ()


def read_list(value: Cell) -> tuple[list[str] | None, str, tuple[str, ...]]:
    """Read a list in one cell, parted by any of the usual marks."""
    if isinstance(value, Broken):
        return None, value.code, ()
    if is_blank(value) or says_nothing(as_text(value)):
        return None, "", ()
    parts = re.split(r"[、,，;；/|\n\r]+|\s{1,}", as_text(value))
    return list(dict.fromkeys(part.strip() for part in parts if part.strip())), "", ()
