"""A served demo in miniature, a phone to look at it, and a watch on what its pages do."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from bench._chromium import chromium
from nuanxin.core import clock
from nuanxin.stations import snapshots
from tests.accounts.codes import keeper_link
from tests.stations.page_world import TUESDAY_10, make_street, make_word
from tests.workers.joining_world import make_hall

# Playwright's synchronous interface runs an event loop in this thread; Django's guard against
# database access from a loop would see it and refuse the test's own set-up.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.effectiveDirective} by ${event.blockedURI}`));
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the tables of SQLite in a file, where every thread has a connection of its own.

    In memory the test and the server share one: a page that asks while the test writes is refused.
    """
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connections.settings["default"]["TEST"]["NAME"] = str(folder / "nuanxin.sqlite3")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def address(live_server, monkeypatch):
    """Return the address of the served street; it is Tuesday morning there, whenever it runs."""
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_10)
    make_word(make_street()[0])
    keeper_link()
    make_hall()
    snapshots.holder.forget()
    yield live_server.url
    snapshots.holder.forget()


def watch(page: Page, origin: str) -> list[str]:
    """Return a list that grows with everything a page of ours must never do.

    Errors on the console, exceptions, violations of the content security policy, requests to
    other origins. The status of the page itself is for the test to judge.
    """
    faults: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        is_own_status = message.text.startswith("Failed to load resource") and (
            message.location["url"] == page.url
        )
        if message.type == "error" and not is_own_status:
            faults.append(f"console: {message.text}")

    def note_request(request: Request) -> None:
        if not request.url.startswith((f"{origin}/", "data:")):
            faults.append(f"off-origin: {request.url}")

    page.add_init_script(_TELL_VIOLATIONS)
    page.on("console", note_console)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    page.on("request", note_request)
    return faults


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that gives a page at 360 px in a context of its own."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True, **options
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def watched_page(open_page: Callable[..., Page], live_server: Any) -> Iterator[Callable[..., Page]]:
    """Return a function that gives a watched page; every fault it shows fails the test."""
    watched: list[list[str]] = []

    def opened(**options: Any) -> Page:
        page = open_page(**options)
        watched.append(watch(page, live_server.url))
        return page

    yield opened
    assert [fault for faults in watched for fault in faults] == []


@pytest.fixture
def phone(address: str, watched_page: Callable[..., Page]) -> Callable[..., Page]:
    """Return a function that gives a watched page before the served street."""
    return watched_page
