"""The demo on a local network: addresses of this machine, and a certificate authority of its own.

Browsers give a page location, camera and offline work only under HTTPS. The authority's key never
leaves ``var/``; the certificate says for 30 days that the server is one of this machine's addresses.
"""

import datetime as dt
import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS: Final = 30
_SLACK: Final = dt.timedelta(hours=1)  # clocks of phones differ
# an address outside: no packet is sent, the machine only says by which of its own it would go
_PROBES: Final = ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1"))

_LAST_DAY: Final = dt.timedelta(days=1)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Authority = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the server's certificate and key stand, and the authority's certificate."""

    chain: Path
    key: Path
    ca: Path


def ca_path(var: Path) -> Path:
    """Return where the authority's certificate stands once the demo was on the network."""
    return var / "lan" / "ca.crt"


def lan_addresses() -> list[Address]:
    """Return this machine's addresses on local networks, the one that is used first.

    Returns
    -------
    list
        Without loopback, link-local and public addresses: the demo is served on none of them.
    """
    texts = [_own_address(family, probe) for family, probe in _PROBES]
    found = [ipaddress.ip_address(text) for text in dict.fromkeys(texts) if text]
    return [address for address in found if _is_local(address)]


def make_certificate(var: Path, addresses: Iterable[Address], *, now: dt.datetime) -> Certificate:
    """Write a certificate for these addresses into ``var/lan/``, and an authority where none stands.

    Parameters
    ----------
    var
        Folder of the demo.
    addresses
        What the certificate is good for, beside the loopback addresses.
    now
        The present moment. The authority is valid for 30 days, and no certificate outlives it.

    Returns
    -------
    Certificate
        Keys readable by their owner alone. The authority stays until its last day, so that a phone
        that installed it goes on trusting the demo when it starts again; then another takes its
        place.
    """
    folder = var / "lan"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Certificate(folder / "server.crt", folder / "server.key", ca_path(var))
    ca, ca_key = _standing_authority(folder, now) or _new_authority(folder, now)
    key = ec.generate_private_key(ec.SECP256R1())
    server = _server_certificate(key, ca, ca_key, addresses, now)
    _write_key(made.key, key)
    made.chain.write_bytes(_pem(server) + _pem(ca))
    return made


def _standing_authority(folder: Path, now: dt.datetime) -> Authority | None:
    certificate, key = folder / "ca.crt", folder / "ca.key"
    if not (certificate.is_file() and key.is_file()):
        return None
    ca = x509.load_pem_x509_certificate(certificate.read_bytes())
    ca_key = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if ca.not_valid_after_utc - now < _LAST_DAY or not isinstance(
        ca_key, ec.EllipticCurvePrivateKey
    ):
        return None
    return ca, ca_key


def _new_authority(folder: Path, now: dt.datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    ca = _ca_certificate(key, now)
    _write_key(folder / "ca.key", key)
    (folder / "ca.crt").write_bytes(_pem(ca))
    return ca, key


def _ca_certificate(key: ec.EllipticCurvePrivateKey, now: dt.datetime) -> x509.Certificate:
    name = _name("Nuanxin demo, this machine only")
    until = now - _SLACK + dt.timedelta(days=DAYS)
    return (
        _builder(name, name, key, now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server_certificate(
    key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    addresses: Iterable[Address],
    now: dt.datetime,
) -> x509.Certificate:
    loopback = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(address) for address in (*addresses, *loopback)]
    return (
        _builder(_name("Nuanxin demo"), ca.subject, key, now, ca.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_ca=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SLACK)
        .not_valid_after(until)
    )


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    # PKCS 8, which granian reads
    body = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)


def _own_address(family: socket.AddressFamily, probe: str) -> str:
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        try:
            wire.connect((probe, 9))
        except OSError:
            return ""
        return str(wire.getsockname()[0])


def _is_local(address: Address) -> bool:
    return not (address.is_global or address.is_loopback or address.is_link_local)
