"""Identity computed from what a thing is, so that importing or sending it twice is harmless."""

import hashlib
import unicodedata
import uuid
from functools import lru_cache

_VARIANTS = "89ab" * 4
_SEPARATOR = "\x1f"  # the unit separator cannot stand in a normalised part
# control characters, lone surrogates and separators are spaces, format characters are nothing
_SEEN_AS = {"Cc": " ", "Cs": " ", "Zs": " ", "Zl": " ", "Zp": " ", "Cf": ""}


def normalised(text: str) -> str:
    """Return a text in the one form in which it takes part in an identity.

    Parameters
    ----------
    text
        Any text; full-width letters and digits, doubled spaces, control characters and invisible
        format characters are folded. Rare characters of names stay, also those of private use or
        newer than this machine's Unicode tables.

    Returns
    -------
    str
        NFKC form, single spaces, no control characters, lower case.
    """
    if text.isascii() and text.isprintable():  # most keys: nothing to fold but case and spaces
        lower = text.lower()
        return " ".join(lower.split()) if " " in lower else lower
    return _folded(text)


@lru_cache(maxsize=4_096)
def _folded(text: str) -> str:
    visible = "".join(_SEEN_AS.get(unicodedata.category(char), char) for char in text)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return " ".join(folded.split())


def computed_id(kind: str, *parts: str) -> uuid.UUID:
    """Return the identifier of a public thing from its kind and its natural key.

    Parameters
    ----------
    kind
        The noun of the glossary, e.g. ``"station"``.
    parts
        The natural key, in order; each part is normalised first.

    Returns
    -------
    uuid.UUID
        Version 8 (custom) UUID over SHA-256 of kind and parts: the same key gives the same
        identifier on every machine.

    Raises
    ------
    ValueError
        When there is no part, or every part is empty: such a key identifies nothing.

    References
    ----------
    .. [1] RFC 9562, section 5.8 (UUID version 8).
    """
    return uuid.UUID(hex=computed_digits(kind, *parts))


def computed_digits(kind: str, *parts: str) -> str:
    """Return the 32 digits of ``computed_id``, for who writes them by the hundred thousand.

    Raises
    ------
    ValueError
        As ``computed_id``.
    """
    key = [normalised(part) for part in parts]
    if not any(key):
        msg = f"a {kind} needs a natural key"
        raise ValueError(msg)
    digits = hashlib.sha256(_SEPARATOR.join([kind, *key]).encode()).hexdigest()
    # version 8, and the variant in the two highest bits of the seventeenth digit
    variant = _VARIANTS[int(digits[16], 16)]
    return f"{digits[:12]}8{digits[13:16]}{variant}{digits[17:32]}"
