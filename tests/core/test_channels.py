import logging
import socket

import pytest

from nuanxin.core import channels
from nuanxin.core.channels import DeliveryFailed, check_apprise, send_apprise, sms_backend
from nuanxin.core.errors import Invalid

PHONE = "13800138000"
ROBOT = "wecombot://botkey-abc-123"


class Service:
    """What apprise would make of a URL."""

    def __init__(self, smtp_host="", taken=True):
        self.smtp_host, self.taken, self.told = smtp_host, taken, []

    def notify(self, *, body, title):
        self.told.append((title, body))
        return self.taken


@pytest.fixture
def service(monkeypatch):
    made = Service()
    monkeypatch.setattr(channels, "_service", lambda url: made)
    return made


@pytest.fixture
def names(monkeypatch):
    known = {"smtp.example.cn": ["8.8.8.8"], "inside.example.cn": ["8.8.8.8", "10.1.2.3"]}

    def asked(host, port):
        if host not in known:
            raise socket.gaierror
        return [(2, 1, 6, "", (address, 0)) for address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    return known


def test_console_tells_neither_number_nor_words(caplog):
    with caplog.at_level(logging.INFO):
        sms_backend().send(phone=PHONE, text="验证码 482913")

    assert "…00" in caplog.text
    assert PHONE not in caplog.text
    assert "482913" not in caplog.text


@pytest.mark.parametrize(
    "url", [ROBOT, "WECOMBOT://x", "dingtalk://token/", "mailtos://u:p@qq.com"]
)
def test_address_of_a_listed_kind_is_followed(url):
    check_apprise(url)


@pytest.mark.parametrize(
    "url", ["", "wecombot", "json://127.0.0.1", "xmls://x", "syslog://", "http://x", "gotify://h/t"]
)
def test_address_of_any_other_kind_is_not(url):
    with pytest.raises(Invalid):
        check_apprise(url)


def test_site_chooses_the_kinds(settings):
    settings.APPRISE_SCHEMES = ["slack"]

    check_apprise("slack://x")
    with pytest.raises(Invalid):
        check_apprise(ROBOT)


@pytest.mark.parametrize(
    "option", ["pgp=yes", "smtp=a&wkd=yes", "attach=http://10.0.0.1/", "PGP=1"]
)
def test_mail_address_brings_no_option_that_fetches(option):
    with pytest.raises(Invalid):
        check_apprise(f"mailto://u:p@example.cn?{option}")


def test_message_goes_to_the_service(service):
    send_apprise(url=ROBOT, subject="主题", text="正文")

    assert service.told == [("主题", "正文")]


def test_service_that_takes_nothing_is_a_failure(service):
    service.taken = False

    with pytest.raises(DeliveryFailed, match="not_taken"):
        send_apprise(url=ROBOT, subject="", text="x")


@pytest.mark.parametrize("host", ["inside.example.cn", "nobody.example.cn"])
def test_mail_host_inside_or_unknown_is_not_asked(service, names, host):
    service.smtp_host = host

    with pytest.raises(DeliveryFailed, match="host_not_allowed"):
        send_apprise(url="mailto://u:p@example.cn", subject="", text="x")
    assert service.told == []


def test_mail_host_outside_or_on_the_sites_list_is_asked(service, names, settings):
    for host in ("smtp.example.cn", "inside.example.cn"):
        settings.MAIL_HOSTS = ["inside.example.cn"]
        service.smtp_host = host
        send_apprise(url="mailto://u:p@example.cn", subject="", text=host)

    assert [text for _title, text in service.told] == ["smtp.example.cn", "inside.example.cn"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("mailto://u:p@example.cn?smtp=10.0.0.1", "10.0.0.1"),
        ("mailto://10.0.0.2/?from=a@b.cn&to=c@d.cn", "10.0.0.2"),
    ],
)
def test_library_names_the_host_it_would_ask(url, host):
    assert channels._service(url).smtp_host == host


@pytest.mark.parametrize("url", ["wecombot://", "dingtalk://"])
def test_address_the_library_cannot_read_is_a_failure(url):
    with pytest.raises(DeliveryFailed, match="address_unreadable"):
        send_apprise(url=url, subject="", text="x")
