"""Sealing of sensitive fields and keyed search over them.

A sealed text is ``v1:<kid>:<base64url(nonce ‖ ciphertext ‖ tag)>``. Its associated data is table,
primary key and field, so that a ciphertext copied to another row or column does not open. The key that
``kid`` names says the cipher: AES-256 or, for sites that must use the national one, SM4.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as national_hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"
_NONCE_BYTES = 12
_TAG_BYTES = 16
SM4: Final = "sm4"
SHA256, SM3 = "sha256", "sm3"
_BLOCK_BYTES = 64
_PADS: Final = tuple(bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


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


class _Aead(Protocol):
    """What seals and opens with one key."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Return ciphertext and tag."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Return the data; raise ``InvalidTag`` when anything was altered."""


class SM4GCM:
    """SM4 in Galois/Counter Mode, with the interface that the library gives AES alone.

    Parameters
    ----------
    key
        16 bytes.

    References
    ----------
    .. [1] GB/T 32907-2016, the block cipher SM4; RFC 8998, section 3 and appendix A.1.
    """

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Return ciphertext and tag of 16 bytes."""
        cipher = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(associated_data)
        return cipher.update(data) + cipher.finalize() + cipher.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Return the data.

        Raises
        ------
        InvalidTag
            When anything was altered.
        ValueError
            When the data are shorter than a tag.
        """
        sealed, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
        cipher = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(associated_data)
        return cipher.update(sealed) + cipher.finalize()


class Provider:
    """Authenticated sealing with named keys, and keyed blind indexes.

    Parameters
    ----------
    keys
        ``kid:hex`` texts of 32 bytes for AES-256-GCM, or ``kid:sm4:hex`` of 16 bytes for SM4-GCM; the
        first seals, all open, so keys and ciphers can rotate on line.
    blind_index_key
        Hex text, 32 bytes, used for search alone.
    digest
        ``sha256`` or ``sm3``: the hash under the blind indexes.

    Raises
    ------
    ValueError
        When there is no key, a key has another length, a key id repeats, or the digest is unknown.

    References
    ----------
    .. [1] NIST SP 800-38D, Galois/Counter Mode.
    .. [2] RFC 2104, HMAC; GB/T 32905-2016, the hash SM3.
    """

    def __init__(self, keys: list[str], blind_index_key: str, *, digest: str = SHA256) -> None:
        self._ciphers = dict(_cipher(key) for key in keys)
        if not keys or len(self._ciphers) != len(keys):
            msg = "encryption keys need distinct key ids, and at least one"
            raise ValueError(msg)
        if digest not in (SHA256, SM3):
            msg = f"there is no keyed digest {digest!r}, only sha256 and sm3"
            raise ValueError(msg)
        self._sealing_kid = keys[0].partition(":")[0]
        self._blind_index_key = key_bytes(blind_index_key)
        self._digest = digest

    @property
    def sealing_prefix(self) -> str:
        """What every text begins with that the present key has sealed."""
        return f"{_VERSION}:{self._sealing_kid}:"

    def seal(self, text: str, place: Place) -> str:
        """Return the sealed form of a text for one place; equal texts seal differently."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = self._ciphers[self._sealing_kid]
        sealed = cipher.encrypt(nonce, text.encode(), place.associated_data())
        body = base64.urlsafe_b64encode(nonce + sealed).decode()
        return self.sealing_prefix + body

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
        return (
            self.sealing_prefix.encode()
            + nonce
            + cipher.encrypt(nonce, content, place.associated_data())
        )

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
        begun = hashlib.blake2b(digest_size=6, key=self._blind_index_key, person=purpose.encode())

        def fingerprint(text: str) -> str:
            context = begun.copy()
            context.update(text.encode())
            return context.hexdigest()

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
        return keyed_digest(self._blind_index_key, message, digest=self._digest).hex()


def keyed_digest(key: bytes, message: bytes, *, digest: str) -> bytes:
    """Return HMAC-SHA-256 or HMAC-SM3 of a message, 32 bytes.

    Parameters
    ----------
    key
        Any length; ours have 32 bytes.
    message
        What is fingerprinted.
    digest
        ``sha256`` or ``sm3``.
    """
    if digest == SHA256:
        return hmac.digest(key, message, SHA256)
    # the interpreter's own OpenSSL may lack SM3; the library brings one that has it
    context = national_hmac.HMAC(key, hashes.SM3())
    context.update(message)
    return context.finalize()


def keyed_digester(key: bytes, *, digest: str) -> Callable[[bytes], bytes]:
    """Return ``keyed_digest`` for one key, which is taken in once instead of for each message.

    Parameters
    ----------
    key, digest
        As for ``keyed_digest``.

    References
    ----------
    .. [1] RFC 2104, section 4: intermediate results that depend on the key alone are kept.
    """
    if digest == SHA256 and len(key) <= _BLOCK_BYTES:
        padded = key.ljust(_BLOCK_BYTES, b"\0")
        inner, outer = (hashlib.sha256(padded.translate(pad)) for pad in _PADS)

        def digested(message: bytes) -> bytes:
            within, around = inner.copy(), outer.copy()
            within.update(message)
            around.update(within.digest())
            return around.digest()

        return digested
    return partial(keyed_digest, key, digest=digest)


def provider() -> Provider:
    """Return the provider of this deployment's keys."""
    return _provider(
        tuple(settings.ENCRYPTION_KEYS), settings.BLIND_INDEX_KEY, settings.KEYED_DIGEST
    )


@lru_cache(maxsize=4)
def _provider(keys: tuple[str, ...], blind_index_key: str, digest: str) -> Provider:
    return Provider(list(keys), blind_index_key, digest=digest)


def _cipher(key: str) -> tuple[str, _Aead]:
    kid, _, rest = key.partition(":")
    suite, colon, digits = rest.rpartition(":")
    if suite == SM4:
        return kid, SM4GCM(key_bytes(digits, length=16))
    return kid, AESGCM(key_bytes(rest if colon else digits))


def key_bytes(digits: str, *, length: int = 32) -> bytes:
    """Return the bytes of a key written in hexadecimal digits.

    Raises
    ------
    ValueError
        When it has another length, or other characters.
    """
    raw = bytes.fromhex(digits)
    if len(raw) != length:
        msg = f"this key has {length} bytes, {2 * length} hexadecimal digits"
        raise ValueError(msg)
    return raw
