"""Take the pictures of the README from the running demo: `manage.py bench pictures`."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from bench._chromium import chromium
from bench._demo import ROOT, demo_server

FOLDER = ROOT / "docs" / "pictures"
KEQIAO = "/?lat=30.0785&lon=120.4905"
_VIEWS = (("list", KEQIAO, False), ("night", KEQIAO, True))
_LANGUAGES = {"zh": "zh-hans", "en": "en"}


def run(*, seed: int = 0) -> dict[str, Any]:
    """Write one picture for each view and language, and return their names.

    Parameters
    ----------
    seed
        Accepted for the common interface; nothing here is drawn.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo_server(KEQIAO) as address, chromium() as browser:
        names = [
            _take(browser, address, language, view) for language in _LANGUAGES for view in _VIEWS
        ]
        names += [_door(browser, address, language) for language in _LANGUAGES]
        names += [
            _persona(browser, address, language, *view)
            for language in _LANGUAGES
            for view in (("sign", "door"), ("desk", "keeper"))
        ]
    return {"pictures": names, "seed": seed}


def _context(browser: Browser, *, is_dark: bool) -> Any:
    return browser.new_context(
        viewport={"width": 360, "height": 740},
        color_scheme="dark" if is_dark else "light",
    )


def _take(browser: Browser, address: str, language: str, view: tuple[str, str, bool]) -> str:
    name, path, is_dark = view
    context = _context(browser, is_dark=is_dark)
    page = context.new_page()
    page.goto(f"{address}{path}&lang={_LANGUAGES[language]}")
    saved = _save(page, f"{name}-{language}.png")
    context.close()
    return saved


def _door(browser: Browser, address: str, language: str) -> str:
    context = _context(browser, is_dark=False)
    page = context.new_page()
    page.goto(f"{address}{KEQIAO}&lang={_LANGUAGES[language]}")
    page.goto(address + str(page.locator("article.card h2 a").first.get_attribute("href")))
    saved = _save(page, f"door-{language}.png")
    context.close()
    return saved


def _persona(browser: Browser, address: str, language: str, name: str, persona: str) -> str:
    """Take what one of the demo's people sees first."""
    context = _context(browser, is_dark=False)
    page = context.new_page()
    page.goto(f"{address}/demo/?lang={_LANGUAGES[language]}")
    page.locator(f'button[value="{persona}"]').click()
    page.wait_for_load_state()
    saved = _save(page, f"{name}-{language}.png")
    context.close()
    return saved


def _save(page: Any, name: str) -> str:
    path: Path = FOLDER / name
    page.screenshot(path=path)
    return str(path.relative_to(ROOT))
