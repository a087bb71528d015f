"""Looking through prose that no pattern knows for characters that still speak of days or times."""

import re

__all__ = ["residue"]

_HARMLESS = re.compile(
    "月(?:饼|光|亮|嫂|台|湖|坛|子|季花)|岁月|蜜月|周(?:边|围|到|年|密|转|全|期|易|口|庄)|[四一]周|季节|"
    "休息|休(?:闲|憩|整|养)|退休|请假|虚假|封闭|闭(?:环|路)|不开(?:心|车)|不对(?!外)"
)
_TELLING = re.compile("[月周季假闭休]|不(?:对外|开|营|办|供|接|出)|暂不|礼拜|星期")
_UNITS = "月点时号年日旬刻季"
_NUMERALS = re.compile("[一二三四五六日天七八九十]{1,7}")
_NUMBERS = frozenset(("range", "point", "dates", "number"))
_SCOPES = frozenset(("days", "dates"))
_CLOSING = ("无", "停", "关", "另", "不")


def residue(prose: str, before: str) -> str:
    """Return the code of what a piece of prose leaves unexplained; empty when it may be left out.

    Parameters
    ----------
    prose
        Characters between two known words, normalised.
    before
        Kind of the phrase before it; empty at the beginning.

    Returns
    -------
    str
        ``word_unexplained`` where it still speaks of days, dates or closing; else empty.
    """
    plain = _HARMLESS.sub("", prose.strip())
    is_unit = before in _NUMBERS and plain.startswith(tuple(_UNITS))
    is_closing = before in _SCOPES and plain.startswith(_CLOSING)
    is_numeral = bool(_NUMERALS.fullmatch(plain)) and before != "open"
    return (
        "word_unexplained" if is_unit or is_closing or is_numeral or _TELLING.search(plain) else ""
    )
