"""The demo's certificate: for this machine's addresses, for 30 days, from an authority of its own."""

import datetime as dt
import io
import ipaddress
import socket
import ssl
import stat
import threading

import pytest
from cryptography import x509
from django.core.management import CommandError, call_command

from nuanxin.core import clock
from nuanxin.demo import lan

NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
ADDRESSES = [ipaddress.ip_address("192.168.1.7"), ipaddress.ip_address("fd00::7")]


def certificate_of(path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_certificate_names_the_addresses_and_ends_after_thirty_days(tmp_path):
    made = lan.make_certificate(tmp_path, ADDRESSES, now=NOW)

    server = certificate_of(made.chain)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    assert addresses[:2] == ADDRESSES
    assert all(address.is_loopback for address in addresses[2:])
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    for certificate in (server, certificate_of(made.ca)):
        assert certificate.not_valid_before_utc <= NOW
        assert certificate.not_valid_after_utc <= NOW + dt.timedelta(days=30)
    server.verify_directly_issued_by(certificate_of(made.ca))


def test_keys_are_their_owners_alone(tmp_path):
    lan.make_certificate(tmp_path, ADDRESSES, now=NOW)

    keys = list((tmp_path / "lan").glob("*.key"))
    assert len(keys) == 2
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_authority_stays_until_its_last_day(tmp_path):
    """A phone that installed it goes on trusting the demo."""
    made = lan.make_certificate(tmp_path, ADDRESSES, now=NOW)
    first, server = made.ca.read_bytes(), made.chain.read_bytes()

    lan.make_certificate(tmp_path, ADDRESSES, now=NOW + dt.timedelta(days=20))
    assert made.ca.read_bytes() == first
    assert made.chain.read_bytes() != server
    assert certificate_of(made.chain).not_valid_after_utc <= NOW + dt.timedelta(days=30)

    lan.make_certificate(tmp_path, ADDRESSES, now=NOW + dt.timedelta(days=29, hours=12))
    assert made.ca.read_bytes() != first


def test_client_that_trusts_the_authority_trusts_the_server_and_no_other(tmp_path):
    made = lan.make_certificate(tmp_path, ADDRESSES, now=clock.now())
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(made.chain, made.key)

    assert handshake(served, ssl.create_default_context(cafile=made.ca), "127.0.0.1") == ""
    assert "certificate" in handshake(served, ssl.create_default_context(), "127.0.0.1")
    wrong = handshake(served, ssl.create_default_context(cafile=made.ca), "192.168.1.8")
    assert "not valid for" in wrong


def handshake(served: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str:
    """Return the client's complaint about the server, or nothing."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with served.wrap_socket(theirs, server_side=True) as wire:
                wire.recv(1)
        except (ssl.SSLError, OSError):
            theirs.close()

    server = threading.Thread(target=serve)
    server.start()
    try:
        with client.wrap_socket(ours, server_hostname=name) as wire:
            wire.send(b"x")
    except ssl.SSLError as error:
        return str(error)
    finally:
        ours.close()
        server.join()
    return ""


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["192.168.1.7", "fd00::7"], ["192.168.1.7", "fd00::7"]),
        (["10.1.2.3", ""], ["10.1.2.3"]),
        (["8.8.8.8", "2400:3200::1"], []),
        (["127.0.0.1", "fe80::1"], []),
        (["", ""], []),
    ],
)
def test_addresses_are_those_of_local_networks(monkeypatch, texts, kept):
    answers = iter(texts)
    monkeypatch.setattr(lan, "_own_address", lambda family, probe: next(answers))

    assert [str(address) for address in lan.lan_addresses()] == kept


def test_command_prints_the_hosts_to_answer(monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    monkeypatch.setattr(lan, "lan_addresses", lambda: ADDRESSES)
    printed = io.StringIO()

    call_command("demo_certificate", stdout=printed)

    assert printed.getvalue().split() == ["192.168.1.7", "[fd00::7]"]
    assert lan.ca_path(tmp_path).is_file()


def test_command_without_a_network_says_so(monkeypatch, settings, tmp_path):
    settings.VAR = tmp_path
    monkeypatch.setattr(lan, "lan_addresses", list)

    with pytest.raises(CommandError, match="no local network"):
        call_command("demo_certificate")


def test_command_draws_an_address_for_a_camera():
    printed = io.StringIO()
    call_command("demo_certificate", show="https://192.168.1.7:8443/demo/", stdout=printed)

    lines = printed.getvalue().splitlines()
    assert len(lines) > 15
    assert len({len(line) for line in lines if line.strip()}) <= 3
