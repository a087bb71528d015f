"""Cutting a normalised text into tokens: known words by what they do, and the prose between them."""

import re
from typing import NamedTuple

from nuanxin.algorithms.hours_text_words import PATTERNS

__all__ = ["CLOCKS", "TextToken", "tokenize_text"]

CLOCKS = frozenset(
    ("clock", "clock_word", "clock_ampm", "clock_named", "dotted", "compact", "bare")
)
"""Kinds that may be a time of the day."""
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)
_ANY = re.compile("|".join(f"(?P<p{n}>{pattern})" for n, (_, pattern) in enumerate(PATTERNS)))


class TextToken(NamedTuple):
    """One piece of a text.

    Parameters
    ----------
    kind
        What it does, a name of ``PATTERNS``; ``text`` for prose that no pattern knows.
    text
        The piece, normalised.
    groups
        What the pattern of its kind caught.
    """

    kind: str
    text: str
    groups: tuple[str | None, ...] = ()


def tokenize_text(plain: str) -> list[TextToken]:
    """Return the tokens of a normalised text, blanks left out, nothing else lost."""
    tokens: list[TextToken] = []
    position = behind = 0
    while found := _ANY.search(plain, position):
        if found.start() > behind:
            tokens.append(TextToken("text", plain[behind : found.start()]))
        number = int((found.lastgroup or "p0")[1:])
        kind, pattern = _COMPILED[number]
        again = pattern.match(plain, found.start())
        if kind != "space":
            tokens.append(TextToken(kind, found[0], again.groups() if again else ()))
        position = behind = max(found.end(), found.start() + 1)
    if behind < len(plain):
        tokens.append(TextToken("text", plain[behind:]))
    return tokens
