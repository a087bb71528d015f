"""The office wears the colours of the tokens."""

import re
from pathlib import Path

from django.contrib import admin
from django.urls import reverse

from config.settings.office import UNFOLD

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

    assert sorted(links) == sorted(tables)


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
