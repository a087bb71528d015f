"""Cutting an opening-hours text into tokens that remember where they stood."""

import re
from typing import NamedTuple

from nuanxin.algorithms.hours_errors import HoursError, HoursErrorCode

__all__ = ["Token", "tokenize"]

_TOKEN = re.compile(
    r"""(?P<always>24/7)
      | (?P<time>\d{1,2}:\d{2})
      | (?P<number>\d+)
      | (?P<word>[A-Za-z]+)
      | (?P<comment>"[^"]*")
      | (?P<sign>\|\||[-;,:+/\[\]])
      | (?P<space>\s+)""",
    re.VERBOSE,
)
# What Chinese keyboards produce for the same signs; one character each, so positions stay true.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９：；，－–—～~“”＋", '0123456789:;,-----""+')


class Token(NamedTuple):
    """A piece of the text."""

    kind: str
    """always, time, number, word, comment, sign, or end."""
    text: str
    position: int


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text.

    Parameters
    ----------
    text
        Opening hours; full-width digits and signs are taken for their plain forms.

    Returns
    -------
    list[Token]
        In the order of the text, closed by one token of kind ``end``; words in lower case.

    Raises
    ------
    HoursError
        At a character that belongs to no token, or a comment that is not closed.
    """
    plain = text.translate(_HALF_WIDTH)
    tokens, position = [], 0
    while position < len(plain):
        match = _TOKEN.match(plain, position)
        if match is None:
            raise _stray(plain, position)
        kind = str(match.lastgroup)
        if kind != "space":
            piece = match.group()
            tokens.append(Token(kind, piece if kind == "comment" else piece.lower(), position))
        position = match.end()
    return [*tokens, Token("end", "", len(plain))]


def _stray(plain: str, position: int) -> HoursError:
    if plain[position] == '"':
        return HoursError(HoursErrorCode.UNCLOSED_COMMENT, position, "the comment has no end")
    reason = f"{plain[position]!r} does not belong in opening hours"
    return HoursError(HoursErrorCode.UNEXPECTED, position, reason)
