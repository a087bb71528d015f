import pytest
from django.core.exceptions import ImproperlyConfigured

from config.hosts import refuse_public_hosts


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "10.0.0.7",
        "172.16.3.4",
        "192.168.1.7",
        "100.64.0.9",
        "169.254.1.1",
        "[fd00::7]",
        "[fe80::1]",
    ],
)
def test_demo_may_stand_on_this_machine_and_on_local_networks(host):
    refuse_public_hosts([host])


@pytest.mark.parametrize(
    "host",
    [
        "nuanxin.example",
        ".nuanxin.example",
        "*",
        "demo.local",
        "8.8.8.8",
        "172.32.0.1",
        "[2400:3200::1]",
        "0.0.0.0",  # noqa: S104  refused
        "[::]",
        "224.0.0.1",
        "127.0.0.1.nip.io",
        "localhost.example",
        "::ffff:8.8.8.8",
        "",
    ],
)
def test_demo_is_refused_everywhere_else(host):
    with pytest.raises(ImproperlyConfigured, match="The demo is refused"):
        refuse_public_hosts(["127.0.0.1", host])
