"""Headless Chromium for the measures that need a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Return the program of the system's Chromium.

    Raises
    ------
    RuntimeError
        When no Chromium is installed.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        msg = "Chromium is missing: apt install chromium"
        raise RuntimeError(msg)
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a fresh headless Chromium; the system's own, since no other can be had offline.

    Raises
    ------
    RuntimeError
        When no Chromium is installed.
    """
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
