"""Short-lived passes that somebody without a network can check: signed, and opaque to whoever reads them.

A pass is ``NX1.<kid>.<opaque id>.<end>.<signature>``. The opaque id is one enciphered block: only this
deployment turns it back. The signature is checked with a public key alone, by any browser: ECDSA over
P-256, for the curve of newer habits is unknown to the browsers that phones of the street still have.
Both keys come from the sealing key that ``kid`` names, and rotate with it.
"""

import base64
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from nuanxin.core.crypto import SM4

FORM: Final = "NX1"
UNREADABLE, FORGED, OVER = "unreadable", "forged", "over"
_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF_BYTES: Final = 32


class PassRefused(Exception):
    """A pass that does not hold.

    Parameters
    ----------
    reason
        ``unreadable``, ``forged`` or ``over``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Issuer:
    """What one sealing key gives: a cipher for ids and a key that signs."""

    kid: str
    is_sm4: bool
    block_key: bytes
    signing: ec.EllipticCurvePrivateKey

    def enclose(self, key: UUID) -> bytes:
        """Return an id as sixteen bytes that tell nobody anything."""
        encryptor = self._cipher().encryptor()
        return encryptor.update(key.bytes) + encryptor.finalize()

    def disclose(self, block: bytes) -> UUID:
        """Return the id of sixteen bytes."""
        decryptor = self._cipher().decryptor()
        return UUID(bytes=decryptor.update(block) + decryptor.finalize())

    def _cipher(self) -> Cipher[modes.ECB]:
        # one block, which is what a permutation of ids is: no mode has anything to chain
        suite = algorithms.SM4 if self.is_sm4 else algorithms.AES
        return Cipher(suite(self.block_key), modes.ECB())  # noqa: S305


def issue(subject: UUID, *, until: dt.datetime) -> str:
    """Return a pass.

    Parameters
    ----------
    subject
        Id of whom it is for.
    until
        From this moment on it does not hold, aware; whole seconds count.

    Returns
    -------
    str
        About 135 characters of the alphabet of addresses.
    """
    issuer = _issuers()[0]
    words = [FORM, issuer.kid, _text(issuer.enclose(subject)), str(int(until.timestamp()))]
    body = ".".join(words)
    return f"{body}.{_text(_signature(issuer, body))}"


def read(text: str, *, now: dt.datetime) -> UUID:
    """Return for whom a pass is.

    Parameters
    ----------
    text
        As scanned or typed.
    now
        The present moment, aware.

    Raises
    ------
    PassRefused
        When it is none, was altered or made elsewhere, or its time is over.
    """
    body, _, signature = "".join(text.split()).rpartition(".")
    words = body.split(".")
    issuers = {issuer.kid: issuer for issuer in _issuers()}
    if len(words) != 4 or words[0] != FORM or words[1] not in issuers:
        raise PassRefused(UNREADABLE)
    issuer = issuers[words[1]]
    try:
        block, until_s = _bytes(words[2]), int(words[3])
        _check(issuer, body, _bytes(signature))
    except (ValueError, InvalidSignature) as error:
        raise PassRefused(FORGED) from error
    if until_s <= now.timestamp():
        raise PassRefused(OVER)
    return issuer.disclose(block)


def public_keys() -> dict[str, dict[str, Any]]:
    """Return what checks passes without a network: JSON web keys by key id.

    References
    ----------
    .. [1] RFC 7517, JSON Web Key; RFC 7518, section 6.2 (elliptic curves).
    """
    keys = {}
    for issuer in _issuers():
        numbers = issuer.signing.public_key().public_numbers()
        x, y = (_text(n.to_bytes(_HALF_BYTES, "big")) for n in (numbers.x, numbers.y))
        keys[issuer.kid] = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    return keys


def _signature(issuer: Issuer, body: str) -> bytes:
    """Return ``r ‖ s``, the form in which browsers want it."""
    der = issuer.signing.sign(body.encode(), ec.ECDSA(hashes.SHA256()))
    return b"".join(n.to_bytes(_HALF_BYTES, "big") for n in decode_dss_signature(der))


def _check(issuer: Issuer, body: str, raw: bytes) -> None:
    halves = raw[:_HALF_BYTES], raw[_HALF_BYTES:]
    der = encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))
    issuer.signing.public_key().verify(der, body.encode(), ec.ECDSA(hashes.SHA256()))


def _issuers() -> list[Issuer]:
    return [_issuer(key) for key in settings.ENCRYPTION_KEYS]


@lru_cache(maxsize=8)
def _issuer(key: str) -> Issuer:
    kid, _, rest = key.partition(":")
    suite, _, digits = rest.rpartition(":")
    secret = bytes.fromhex(digits)
    number = int.from_bytes(_derived(secret, "sign", 48), "big") % (_ORDER - 1) + 1
    return Issuer(
        kid, suite == SM4, _derived(secret, "id", 16), ec.derive_private_key(number, _CURVE)
    )


def _derived(secret: bytes, use: str, length: int) -> bytes:
    info = f"nuanxin.passes.{use}".encode()
    return HKDF(hashes.SHA256(), length=length, salt=None, info=info).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded, altchars=b"-_", validate=True)
