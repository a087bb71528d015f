"""Sealing of sensitive fields and keyed search over them.

A sealed text is ``v1:<kid>:<base64url(nonce ‖ ciphertext ‖ tag)>``. Its associated data is table,
primary key and field, so that a ciphertext copied to another row or column does not open.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed text does not open: another place, another key, or altered bytes."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text belongs.

    Parameters
    ----------
    table
        Database table.
    pk
        Primary key as text.
    field
        Column.
    """

    table: str
    pk: str
    field: str

    def associated_data(self) -> bytes:
        """Return the bytes that bind a ciphertext to this place."""
        return "\x1f".join((self.table, self.pk, self.field)).encode()


class Provider:
    """AES-256-GCM sealing with named keys, and HMAC-SHA-256 blind indexes.

    Parameters
    ----------
    keys
        ``kid:hex`` texts, 32 bytes each; the first seals, all open, so keys can rotate on line.
    blind_index_key
        Hex text, 32 bytes, used for search alone.

    Raises
    ------
    ValueError
        When there is no key, a key is not 32 bytes, or a key id repeats or holds a colon.

    References
    ----------
    .. [1] NIST SP 800-38D, Galois/Counter Mode.
    """

    def __init__(self, keys: list[str], blind_index_key: str) -> None:
        self._ciphers = dict(_cipher(key) for key in keys)
        if not keys or len(self._ciphers) != len(keys):
            msg = "encryption keys need distinct key ids, and at least one"
            raise ValueError(msg)
        self._sealing_kid = keys[0].partition(":")[0]
        self._blind_index_key = _key_bytes(blind_index_key)

    def seal(self, text: str, place: Place) -> str:
        """Return the sealed form of a text for one place; equal texts seal differently."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._sealing_kid]
        sealed = cipher.encrypt(nonce, text.encode(), place.associated_data())
        body = base64.urlsafe_b64encode(nonce + sealed).decode()
        return f"{_VERSION}:{self._sealing_kid}:{body}"

    def unseal(self, sealed: str, place: Place) -> str:
        """Return the text that was sealed for this place.

        Raises
        ------
        SealBroken
            When version or key id is unknown, or the bytes were sealed elsewhere or altered.
        """
        version, _, rest = sealed.partition(":")
        kid, _, body = rest.partition(":")
        cipher = self._ciphers.get(kid) if version == _VERSION else None
        if cipher is None:
            msg = f"no key opens {version}:{kid}"
            raise SealBroken(msg)
        try:
            raw = base64.b64decode(body, altchars=b"-_", validate=True)
            opened = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.associated_data())
        except (InvalidTag, ValueError) as error:
            msg = f"the seal of {place.table}.{place.field} is broken"
            raise SealBroken(msg) from error
        return opened.decode()

    def seal_bytes(self, content: bytes, place: Place) -> bytes:
        """Return the sealed form of a file for one place: ``v1:<kid>:``, nonce, ciphertext, tag."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._sealing_kid]
        head = f"{_VERSION}:{self._sealing_kid}:".encode()
        return head + nonce + cipher.encrypt(nonce, content, place.associated_data())

    def unseal_bytes(self, sealed: bytes, place: Place) -> bytes:
        """Return the file that was sealed for this place.

        Raises
        ------
        SealBroken
            As ``unseal``.
        """
        version, _, rest = sealed.partition(b":")
        kid, _, raw = rest.partition(b":")
        cipher = self._ciphers.get(kid.decode("ascii", "replace")) if version == b"v1" else None
        if cipher is None:
            msg = "no key opens this file"
            raise SealBroken(msg)
        try:
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.associated_data())
        except (InvalidTag, ValueError) as error:
            msg = f"the seal of {place.table}.{place.field} is broken"
            raise SealBroken(msg) from error

    def fingerprinter(self, *, purpose: str) -> Callable[[str], str]:
        """Return a fast keyed fingerprint for texts that are only ever compared, never searched.

        Parameters
        ----------
        purpose
            Keeps fingerprints of different uses apart; at most 16 bytes.

        Returns
        -------
        callable
            From a text to 12 hexadecimal digits.

        References
        ----------
        .. [1] RFC 7693 (BLAKE2), keyed hashing.
        """
        key, person = self._blind_index_key, purpose.encode()

        def fingerprint(text: str) -> str:
            return hashlib.blake2b(text.encode(), digest_size=6, key=key, person=person).hexdigest()

        return fingerprint

    def blind_index(self, value: str, *, purpose: str) -> str:
        """Return the keyed fingerprint by which an exact value is found without opening a seal.

        Parameters
        ----------
        value
            The normalised value.
        purpose
            Keeps fingerprints of different fields apart, e.g. ``"user.phone"``.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        message = f"{purpose}\x1f{value}".encode()
        return hmac.new(self._blind_index_key, message, hashlib.sha256).hexdigest()


def provider() -> Provider:
    """Return the provider of this deployment's keys."""
    return Provider(settings.ENCRYPTION_KEYS, settings.BLIND_INDEX_KEY)


def _cipher(key: str) -> tuple[str, AESGCM]:
    kid, _, digits = key.partition(":")
    return kid, AESGCM(_key_bytes(digits))


def _key_bytes(digits: str) -> bytes:
    raw = bytes.fromhex(digits)
    if len(raw) != 32:
        msg = "a key has 32 bytes, 64 hexadecimal digits"
        raise ValueError(msg)
    return raw
