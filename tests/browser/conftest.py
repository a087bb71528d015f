"""A served demo in miniature and a phone to look at it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bench._chromium import chromium

# Playwright's synchronous interface runs an event loop in this thread; Django's guard against
# database access from a loop would see it and refuse the test's own set-up.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

KEQIAO = {"latitude": 30.0760, "longitude": 120.4880}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def phone(browser: Browser) -> Iterator[Any]:
    """Return a function that gives a page at 360 px; every console error fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_phone(**options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": 360, "height": 740}, locale="zh-CN", has_touch=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_phone
    for context in contexts:
        context.close()
    assert errors == []
