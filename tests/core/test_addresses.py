import pytest
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core.addresses import client_address, site_of

PEER, CLIENT = "10.0.0.1", "203.0.113.9"
ADDRESSES = st.ip_addresses().map(str)


def asked(forwarded: str | None = None, peer: str = PEER) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, PEER),
        (0, CLIENT, PEER),
        (1, CLIENT, CLIENT),
        (1, f"1.2.3.4, {CLIENT}", CLIENT),
        (1, f"  {CLIENT}  ", CLIENT),
        (2, f"1.2.3.4, {CLIENT}, 10.0.0.7", CLIENT),
        (2, CLIENT, PEER),
        (1, None, PEER),
        (1, "", PEER),
        (1, f"{CLIENT}, nonsense", PEER),
        (1, "2001:DB8::0001", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", CLIENT),
    ],
)
def test_client_address_believes_our_own_proxies_alone(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies

    assert asked(forwarded) == address


@given(st.lists(ADDRESSES | st.text("0123456789abcdef.:, \t", max_size=20), max_size=5))
def test_client_address_nothing_a_client_writes_changes_it(said):
    with override_settings(TRUSTED_PROXIES=2):
        honest = asked(f"{CLIENT}, 10.0.0.7")
        spoofed = asked(", ".join([*said, CLIENT, "10.0.0.7"]))

    assert honest == spoofed == CLIENT


def test_client_address_of_a_unix_socket_is_empty():
    assert asked(peer="") == ""


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_site_of_is_what_one_subscriber_holds(address, site):
    assert site_of(address) == site
