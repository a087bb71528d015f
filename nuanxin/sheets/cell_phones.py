"""Telephone numbers as they are typed, told from what is written around them."""

import re
import unicodedata
from dataclasses import dataclass

from nuanxin.sheets.cell_texts import says_nothing
from nuanxin.sheets.grids import Broken, Cell, visible

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_LANDLINE = re.compile(
    rf"({_AREA})(\d{{7,8}})(?:(?:转|ext\.?|-)(\d{{1,6}}))?", re.ASCII | re.IGNORECASE
)
_LOCAL = re.compile(r"[2-8]\d{6,7}", re.ASCII)
_SERVICE = re.compile(r"1[0-2]\d{1,3}|9[56]\d{3,4}|[48]00\d{7}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d*)?[eE]\+?\d{1,3}", re.ASCII)
_COUNTRY = re.compile(r"^(?:\(?(?:\+|00)86\)?|86(?=[-\s]?1[3-9]))[-\s]*")
_NOTES = re.compile(r"\([^()\d]*\)|\[[^\[\]\d]*\]")
_WORDS = re.compile(r"[^\d+\-()./\s转*]+")
_PARTING = re.compile(r"[、,，;；/\n\r|]+|或|和|及")
_SEPARATORS = re.compile(r"[\s\-–—－.·_()]+")
# a mobile number or a landline that stands whole; two of them may have but a space between
_WHOLE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)", re.ASCII)
_HAN_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,12}")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number read, another beside it, a person's name beside it; or the problem."""

    number: str | None = None
    other: str | None = None
    person: str = ""
    problem: str = ""
    warnings: tuple[str, ...] = ()


def read_phone(value: Cell, *, takes_landline: bool) -> Phone:
    """Read a telephone number.

    Parameters
    ----------
    value
        The cell.
    takes_landline
        Whether a landline or a service number will do; else it is the problem ``phone_landline``.

    Returns
    -------
    Phone
        A mobile number in eleven digits, a landline as ``022-00000000``.
    """
    if isinstance(value, str):
        if _MOBILE.fullmatch(value):
            return Phone(value)
        return _read_text(value, takes_landline=takes_landline)
    if isinstance(value, Broken):
        return Phone(problem=value.code)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _single(str(value), takes_landline=takes_landline)
    return Phone(problem="phone_missing" if value is None else "phone_invalid")


def _read_text(value: str, *, takes_landline: bool) -> Phone:
    plain = visible(value)
    text = unicodedata.normalize("NFKC", plain).strip(" \t\u00a0'’‘`\"")
    warnings = (
        ["phone_fullwidth_normalised"]
        if text != plain.strip() and re.search(r"[０-９]", plain)
        else []
    )
    if not text or says_nothing(text):
        return Phone(problem="phone_missing")
    if _SCIENTIFIC.fullmatch(text):
        return Phone(problem="phone_precision_lost")
    if re.search(r"\d\*+|\*+\d|\d[xX]{2,}\d", text):
        return Phone(problem="phone_masked")
    if plain.strip().startswith(("'", "’", "‘", "＇", "`")):
        warnings.append("phone_formatting_removed")
    found = _numbers(text)
    if not found:
        return Phone(problem="phone_invalid")
    if not takes_landline:  # a mobile number goes before a landline
        found.sort(key=lambda part: _single(part, takes_landline=False).number is None)
    first = _single(found[0], takes_landline=takes_landline)
    return _completed(first, found[1:], text, warnings)


def _completed(first: Phone, more: list[str], text: str, warnings: list[str]) -> Phone:
    others = [_single(part, takes_landline=True).number for part in more]
    if more and (not first.number or not all(others)):
        good = next((number for number in others if number), None)
        if not first.number and good and first.problem != "phone_landline":
            return Phone(problem="phone_invalid")
        if first.number and not good:
            return Phone(
                first.number,
                person=_person(text),
                warnings=(*warnings, *first.warnings, "phone_rest_ignored"),
            )
    if not first.number:
        return Phone(problem=first.problem)
    warnings += [word for word in first.warnings if word not in warnings]
    if others and others[0]:
        warnings.append("phone_multiple")
    if _WORDS.search(_PARTING.sub(" ", text)):
        warnings.append("phone_note_removed")
    return Phone(first.number, next(iter(others), None), _person(text), warnings=tuple(warnings))


def _person(text: str) -> str:
    """Return a name typed before the number."""
    before = re.split(r"\d", text, maxsplit=1)[0]
    found = _HAN_NAME.search(re.sub(r"\s+", "", before.split("(")[0]))
    return found[0] if found and not re.search(r"电话|手机|联系|号码", found[0]) else ""


def _numbers(text: str) -> list[str]:
    """Part a text into what may be numbers; a space parts two numbers only when each is whole."""
    text = _NOTES.sub(" ", text)
    parts = [_WORDS.sub(" ", part).strip(" .") for part in _PARTING.split(text)]
    numbers = []
    for part in parts:
        if sum(char.isdigit() for char in part) < 3:
            continue
        whole = [found[0] for found in _WHOLE.finditer(part)]
        numbers += whole if len(whole) > 1 else [part]
    return numbers


def _single(text: str, *, takes_landline: bool) -> Phone:
    warnings: list[str] = []
    bare = _COUNTRY.sub("", text)
    if bare != text:
        warnings.append("phone_country_code_removed")
    if re.fullmatch(r"1\d{10}\.0+", bare):
        bare = bare.split(".")[0]
        warnings.append("phone_formatting_removed")
    digits = _SEPARATORS.sub("", bare)
    if _MOBILE.fullmatch(digits):
        if digits != bare:
            warnings.append("phone_formatting_removed")
        return Phone(digits, warnings=tuple(dict.fromkeys(warnings)))
    landline = _landline(re.sub(r"[\s()]+", "", bare), digits)
    if landline:
        return (
            Phone(landline, warnings=tuple(warnings))
            if takes_landline
            else Phone(problem="phone_landline")
        )
    return Phone(problem="phone_invalid")


def _landline(spaced: str, digits: str) -> str:
    hyphened = re.fullmatch(
        rf"({_AREA})-?(\d{{7,8}})(?:(?:-|转|ext\.?)(\d{{1,6}}))?", spaced, re.ASCII | re.IGNORECASE
    )
    found = hyphened or _LANDLINE.fullmatch(digits)
    if found:
        return f"{found[1]}-{found[2]}" + (f"-{found[3]}" if found[3] else "")
    return digits if _SERVICE.fullmatch(digits) or _LOCAL.fullmatch(digits) else ""
