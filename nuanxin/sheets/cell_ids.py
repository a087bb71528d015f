"""Numbers of identity documents: tidied, checked, and never repaired."""

import datetime as dt
import re
import unicodedata

from nuanxin.algorithms import resident_ids
from nuanxin.sheets.cell_texts import says_nothing
from nuanxin.sheets.grids import Broken, Cell, visible

RESIDENT = "居民身份证"
_PERMANENT, _PASSPORT = "外国人永久居留身份证", "护照"
_CHECKED = frozenset([RESIDENT, "港澳台居民居住证"])
_TYPES = {
    "身份证": RESIDENT, "居民身份证": RESIDENT, "二代身份证": RESIDENT, "第二代身份证": RESIDENT,
    "第二代居民身份证": RESIDENT, "二代居民身份证": RESIDENT, "公民身份证": RESIDENT, "中国居民身份证": RESIDENT,
    "港澳台居住证": "港澳台居民居住证", "居住证": "港澳台居民居住证",
    "回乡证": "港澳居民来往内地通行证", "港澳通行证": "港澳居民来往内地通行证",
    "台胞证": "台湾居民来往大陆通行证", "台湾通行证": "台湾居民来往大陆通行证",
    "户口簿": RESIDENT, "户口本": RESIDENT,  # whose number is that of the card
    "外国人永久居留证": _PERMANENT, "永久居留身份证": _PERMANENT,
    "普通护照": _PASSPORT, "中国护照": _PASSPORT, "外国护照": _PASSPORT,
}  # fmt: skip
_KNOWN = frozenset(_TYPES.values())
_ASIDE = re.compile(r"[(（][^()（）]*[)）]$")
_CLEAN = re.compile(r"\d{17}[\dX]", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?[eE]\+?\d{1,3}", re.ASCII)
_WRAPPED = re.compile(r'^\s*=\s*"(.*)"\s*$', re.DOTALL)
_EX = re.compile(r"[x×ХхⅩⅹＸｘΧχ✕✖╳]$")
_MASKED = re.compile(r"[*＊●•]{2,}|(?<=\d)[xX×]{3,}")
_DOCUMENT = re.compile(r"[A-Z]{0,4}\d{5,12}[A-Z]?(?:\(\d\))?", re.ASCII)
# a card of permanent residence has since 2023 as many places as a citizen's; before it had fifteen
_TODAYS = 18
_APOSTROPHES = "'’‘＇`′"
IdOutcome = tuple[str | None, str, tuple[str, ...]]


def document_type(text: str) -> str:
    """Return the full name of a kind of document; an unknown one stays as it is.

    A note in brackets is passed over where the rest is known: 居民身份证（二代）.
    """
    bare = _ASIDE.sub("", text)
    return _TYPES.get(bare, bare if bare in _KNOWN else text)


def read_id(value: Cell, *, document: str, today: dt.date) -> IdOutcome:
    """Read the number of a document.

    A number cell has lost its last digits whatever they look like: an office program keeps fifteen.
    Resident cards and residence permits must have eighteen places, a birthday that exists and is
    not to come, and the right check character, as have today's cards of permanent residence; of other
    documents only the shape is known.
    """
    if isinstance(value, str):
        if document in _CHECKED and _CLEAN.fullmatch(value):
            return _checked(value, (), today)
        return _read_text(value, document, today)
    if isinstance(value, Broken):
        return None, value.code, ()
    return (None, "", ()) if value is None else (None, "id_precision_lost", ())


def birth_date(id_no: str) -> str:
    """Return the birthday an eighteen-place number holds, as YYYY-MM-DD."""
    return f"{id_no[6:10]}-{id_no[10:12]}-{id_no[12:14]}"


def _read_text(value: str, document: str, today: dt.date) -> IdOutcome:
    text, warnings = _tidied(value)
    if not text or says_nothing(text):
        return None, "", ()
    if _SCIENTIFIC.fullmatch(text):
        return None, "id_precision_lost", ()
    if document not in _CHECKED and not (document == _PERMANENT and len(text) == _TODAYS):
        text = text.upper()
        return (text, "", warnings) if _DOCUMENT.fullmatch(text) else (None, "id_bad_char", ())
    if _MASKED.search(text):
        return None, "id_masked", ()
    crossed = _EX.sub("X", text)
    if crossed != text:
        warnings = (*warnings, "id_x_normalised")
    if not re.fullmatch(r"\d+X?", crossed, re.ASCII):
        return None, "id_bad_char", ()
    if len(crossed) != 18:
        return None, "id_length", ()
    return _checked(crossed, warnings, today)


def _tidied(value: str) -> tuple[str, tuple[str, ...]]:
    """Drop what typing and exporting put around a number; say what it was."""
    warnings = []
    wrapped = _WRAPPED.match(value)
    text = wrapped[1] if wrapped else value
    if wrapped:
        warnings.append("id_formula_text_unwrapped")
    bare = "".join(visible(text).split())
    if bare != text:
        warnings.append("id_space_removed")
    unquoted = bare.strip(_APOSTROPHES + '"“”')
    if unquoted != bare:
        warnings.append("id_apostrophe_removed")
    half = unicodedata.normalize("NFKC", unquoted[:-1]) + unquoted[-1:]
    half = half[:-1] + (
        unicodedata.normalize("NFKC", half[-1:]) if half[-1:].isdigit() else half[-1:]
    )
    if half != unquoted:
        warnings.append("id_fullwidth_normalised")
    return half, tuple(warnings)


def _checked(id_no: str, warnings: tuple[str, ...], today: dt.date) -> IdOutcome:
    fault = resident_ids.problem(id_no, today=today)
    if fault == "check":
        lost = id_no.endswith("000")
        return None, "id_precision_lost" if lost else "id_checksum", ()
    return (None, "id_birthdate", ()) if fault else (id_no, "", warnings)
