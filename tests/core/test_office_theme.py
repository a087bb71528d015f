"""The office wears the colours of the tokens."""

import re
from pathlib import Path

import unfold
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from config.settings.office import UNFOLD

# texts of parts of the theme that no page of ours has
UNSEEN = {"contrib", "login.html", "auth"}
NEVER_SHOWN = {"Select currency"}
_TEMPLATE_TEXT = re.compile(r"""\{%\s*(?:translate|trans)\s+(["'])(.+?)\1""")
_PYTHON_TEXT = re.compile(r"""(?:\b_|gettext|gettext_lazy)\(\s*(["'])(.+?)\1\s*\)""")
ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "frontend" / "src" / "tokens.css").read_text(encoding="utf-8")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#\w{6});", block))


def test_every_table_stands_in_the_navigation_once():
    links = [
        str(item["link"]) for group in UNFOLD["SIDEBAR"]["navigation"] for item in group["items"]
    ]
    tables = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]

    assert sorted(links) == sorted([*tables, reverse("processes")])


def test_office_colours_are_the_tokens():
    light, dark = (tokens(block) for block in TOKENS.split("@media"))
    base, primary, font = (UNFOLD["COLORS"][name] for name in ("base", "primary", "font"))

    assert base["50"] == light["paper"]
    assert base["100"] == light["wash"]
    assert base["200"] == light["line"]
    assert base["600"] == light["ink-2"]
    assert base["950"] == dark["paper"]
    assert base["900"] == dark["card"]
    assert base["800"] == dark["wash"]
    assert base["700"] == dark["line"]
    assert base["400"] == dark["ink-2"]
    assert primary["50"] == light["accent-wash"]
    assert primary["600"] == light["accent"]
    assert primary["500"] == dark["accent"]
    assert primary["950"] == dark["accent-wash"]
    assert font["default-light"] == light["ink"]
    assert font["default-dark"] == dark["ink"]


def texts_of_the_theme() -> set[str]:
    """Return every text that the theme asks a catalogue for, as far as our pages can show it."""
    base = Path(unfold.__file__).parent
    found: set[str] = set()
    for file in base.rglob("*.html"):
        if not UNSEEN & set(file.relative_to(base).parts):
            found |= {match[2] for match in _TEMPLATE_TEXT.finditer(file.read_text("utf-8"))}
    for file in base.glob("*.py"):
        found |= {match[2] for match in _PYTHON_TEXT.finditer(file.read_text("utf-8"))}
    return found - NEVER_SHOWN


def test_theme_speaks_chinese_wherever_it_asks_for_it():
    with translation.override("zh-hans"):
        silent = {text for text in texts_of_the_theme() if translation.gettext(text) == text}

    assert silent == set()
