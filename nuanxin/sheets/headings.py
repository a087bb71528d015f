"""What a column is called, and which field that means for a kind of sheet."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nuanxin.sheets.grids import Cell, visible

EXACT = 2
LIKE = 1
_LONGEST = 24  # characters; longer texts are sentences, not headings
_SPACE = re.compile(r"\s+")
_MARKS = re.compile(r"[*★※☆#\"'“”‘’`]")
_BRACKETS = re.compile(r"[(\[【〔{<《][^()\[\]【】〔〕{}<>《》]*[)\]】〕}>》]")
_NUMBERING = re.compile(r"^(?:[(]\d{1,2}[)]|\d{1,2}[.、])(?=\D)")
# of a questionnaire: 您的姓名; of a form in two languages: 姓名 Name
_ASKED = re.compile(r"^(请问|请)?(填写|输入)?(您|你)的")
_FOREIGN = re.compile(r"(?<=[\u4e00-\u9fff])[a-z.\s'_-]+$")
_REQUIRED = re.compile(r"[*＊★]|必填|必录")
_DATUMS = (
    ("bd09", re.compile(r"百度|bd-?09|baidu", re.IGNORECASE)),
    ("gcj02", re.compile(r"高德|腾讯|火星|gcj-?02|gcj|amap", re.IGNORECASE)),
    ("cgcs2000", re.compile(r"cgcs-?2000|国家2000|2000国家|天地图", re.IGNORECASE)),
    ("wgs84", re.compile(r"wgs-?84|wgs|gps|国际坐标", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Match:
    """A field a heading stands for, and whether a synonym fits or only a pattern."""

    field: str
    strength: int


@cache
def plain(text: str) -> str:
    """Return a heading without white space, marks and numbering, in half-width lower case."""
    text = _SPACE.sub("", unicodedata.normalize("NFKC", visible(text)))
    text = _MARKS.sub("", text).strip(":;。.,、").casefold()
    return _ASKED.sub("", _NUMBERING.sub("", text))


@cache
def base(text: str) -> str:
    """Return a heading as it is compared: plain, and without what stands in brackets."""
    key = plain(text)
    bare = _BRACKETS.sub("", key).strip(":;。.,、-_")
    return bare or key.strip("()[]【】")


def is_marked(text: str) -> bool:
    """Return whether a heading says that its column must be filled."""
    return bool(_REQUIRED.search(text))


def datum_of(text: str) -> str:
    """Return the datum a text names, or nothing."""
    text = unicodedata.normalize("NFKC", text)
    return next((datum for datum, pattern in _DATUMS if pattern.search(text)), "")


class Vocabulary:
    """The headings of one kind of sheet, and those somebody mapped by hand."""

    def __init__(self, kind: str, mapping: Mapping[str, str] | None = None) -> None:
        fields = _book()[kind]
        self.fields = tuple(fields)
        self._given = {base(heading): field for heading, field in (mapping or {}).items()}
        self._exact: dict[str, str] = {}
        for name, entry in fields.items():
            for synonym in entry.get("synonyms", ()):
                self._exact.setdefault(plain(synonym), name)
        self._like = _patterns(fields, "like")
        self._unlike = _patterns(fields, "unlike")
        self._found: dict[str, Match | None] = {}

    def match(self, heading: Cell) -> Match | None:
        """Return what a heading stands for; a hand-made mapping comes first, ``""`` means nothing."""
        if not isinstance(heading, str) or not heading:
            return None
        if heading not in self._found:
            if len(self._found) > 20_000:
                self._found.clear()
            self._found[heading] = self._search(heading)
        return self._found[heading]

    def is_given(self, heading: str) -> bool:
        """Return whether somebody mapped this heading by hand."""
        return base(heading) in self._given

    def forbids(self, field: str, group: str) -> bool:
        """Return whether the group heading above says that the field is somebody else's."""
        pattern = self._unlike.get(field)
        return bool(pattern and group and pattern.search(plain(group)))

    def _search(self, heading: str) -> Match | None:
        if len(heading) > 200:
            return None
        key = base(heading)
        if key in self._given:
            field = self._given[key]
            return Match(field, EXACT) if field else None
        forms = (key, plain(heading), _joined(heading), *key.split("/"), _FOREIGN.sub("", key))
        for form in forms:
            if form in self._exact:
                return Match(self._exact[form], EXACT)
        if len(key) > _LONGEST:
            return None
        for field, pattern in self._like.items():
            if pattern.search(key) and not self.forbids(field, key):
                return Match(field, LIKE)
        return None


def _joined(heading: str) -> str:
    """区（县） is 区县: what stands in brackets may belong to the word."""
    return re.sub(r"[()\[\]【】、/]", "", plain(heading))


def _patterns(fields: Mapping[str, Mapping[str, str]], key: str) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(entry[key]) for name, entry in fields.items() if key in entry}


@cache
def _book() -> dict[str, dict[str, dict[str, str]]]:
    path = Path(__file__).with_name("headings.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def kinds() -> tuple[str, ...]:
    """Return the kinds of sheets whose headings are known."""
    return tuple(_book())
