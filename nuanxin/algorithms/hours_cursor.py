"""A cursor over the tokens of an opening-hours text."""

from collections.abc import Container
from typing import NoReturn

from nuanxin.algorithms.hours_errors import HoursError, HoursErrorCode
from nuanxin.algorithms.hours_tokens import Token, tokenize

__all__ = ["Cursor"]


class Cursor:
    """Walks over the tokens of one text; everything that reads moves it forward."""

    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._index = 0

    @property
    def token(self) -> Token:
        """The token under the cursor."""
        return self._tokens[self._index]

    @property
    def next_token(self) -> Token:
        """The token after that; the end again at the end."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def at(self, kind: str, text: str | None = None) -> bool:
        """Return whether the token is of a kind, and of a text if one is given."""
        return self.token.kind == kind and text in (None, self.token.text)

    def at_word(self, words: Container[str]) -> bool:
        """Return whether the token is one of some words."""
        return self.token.kind == "word" and self.token.text in words

    def take(self) -> Token:
        """Return the token and step behind it."""
        token = self.token
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def skip(self, sign: str) -> bool:
        """Step behind a sign if the cursor stands at it; return whether it did."""
        is_there = self.at("sign", sign)
        if is_there:
            self.take()
        return is_there

    def fail(self, code: HoursErrorCode, reason: str, token: Token | None = None) -> NoReturn:
        """Raise the refusal of a token, by default of the one under the cursor."""
        raise HoursError(code, (token or self.token).position, reason)
