"""Who a person is, and by what they are found: two keys, apart from the one that seals.

The identity key makes a worker's id out of a document; it is never rotated, because rows are spread and
joined by that id. The search keys make the fingerprints by which a phone or the end of a number is
found; they rotate on line like the sealing keys (`core.seals`).
"""

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.conf import settings

from nuanxin.core.crypto import key_bytes, keyed_digester

# part of every id: another way of making them would be another namespace, never a change of this one
_NAMESPACE: Final = "v1"
_SHORT: Final = 4
_KEPT: Final = 50_000


class Identities:
    """Makes the ids of people.

    Parameters
    ----------
    key
        Hex text, 32 bytes: one for a deployment, for good.
    digest
        ``sha256`` or ``sm3``.

    Raises
    ------
    ValueError
        When the key has another length.
    """

    def __init__(self, key: str, *, digest: str) -> None:
        self._digested = keyed_digester(key_bytes(key), digest=digest)

    def person_id(self, register: str, number: str) -> uuid.UUID:
        """Return the id of the person a document names.

        Parameters
        ----------
        register
            The register in which the number is unique, e.g. ``"citizen"``; not the kind of card: a
            residence permit carries a number of the same register as a resident card.
        number
            Normalised.

        Returns
        -------
        uuid.UUID
            Version 8 (custom) over 122 bits of the keyed digest.

        References
        ----------
        .. [1] RFC 9562, section 5.8 (UUID version 8).
        """
        message = f"{_NAMESPACE}\x1f{register}\x1f{number}".encode()
        raw = int.from_bytes(self._digested(message)[:16], "big")
        raw = raw & ~(0xF << 76) | 0x8 << 76  # version
        raw = raw & ~(0x3 << 62) | 0x2 << 62  # variant
        return uuid.UUID(int=raw)


class SearchKeys:
    """Makes the fingerprints by which exact values are found.

    Parameters
    ----------
    keys
        ``kid:hex`` texts of 32 bytes; the first makes new fingerprints, all of them find.
    digest
        ``sha256`` or ``sm3``.

    Raises
    ------
    ValueError
        When there is no key, or one has another length.
    """

    def __init__(self, keys: list[str], *, digest: str) -> None:
        raw = [key_bytes(key.rpartition(":")[2]) for key in keys]
        self._digesters = [keyed_digester(key, digest=digest) for key in raw]
        self._short: dict[tuple[str, str], int] = {}
        if not keys:
            msg = "search needs a key"
            raise ValueError(msg)

    def fingerprint(self, value: str, *, purpose: str) -> int:
        """Return the fingerprint to store beside a sealed value.

        Parameters
        ----------
        value
            The normalised value.
        purpose
            Keeps fingerprints of different fields apart, e.g. ``"people.phone"``.

        Returns
        -------
        int
            63 bits: narrow enough for an index over a hundred million rows; whoever finds a row opens
            the sealed value, so that a chance meeting of two values harms nobody.
        """
        if len(value) > _SHORT:
            return _print(self._digesters[0], value, purpose)
        # ends of numbers: there are few, and a list brings each of them again and again
        known = self._short.get((purpose, value))
        if known is None:
            known = _print(self._digesters[0], value, purpose)
            if len(self._short) < _KEPT:
                self._short[purpose, value] = known
        return known

    def candidates(self, value: str, *, purpose: str) -> list[int]:
        """Return every fingerprint under which a value may be stored while the keys rotate."""
        return [_print(digested, value, purpose) for digested in self._digesters]


def _print(digested: Callable[[bytes], bytes], value: str, purpose: str) -> int:
    return int.from_bytes(digested(f"{purpose}\x1f{value}".encode())[:8], "big") >> 1


def identities() -> Identities:
    """Return what makes the ids of this deployment."""
    return _identities(settings.IDENTITY_KEY, settings.KEYED_DIGEST)


def search_keys() -> SearchKeys:
    """Return what makes the fingerprints of this deployment."""
    return _search_keys(tuple(settings.SEARCH_KEYS), settings.KEYED_DIGEST)


@lru_cache(maxsize=4)
def _identities(key: str, digest: str) -> Identities:
    return Identities(key, digest=digest)


@lru_cache(maxsize=4)
def _search_keys(keys: tuple[str, ...], digest: str) -> SearchKeys:
    return SearchKeys(list(keys), digest=digest)
