"""Every text a page can show stands in the Chinese catalogue."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CHINESE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[.\d]*[sdf]")


def _used(root: Path) -> Catalog:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    used = Catalog()
    for folder in ("nuanxin", "config"):
        found = extract_from_dir(
            root / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            {pattern.removeprefix(f"{folder}/"): value for pattern, value in options.items()},
            KEYWORDS,
            directory_filter=lambda _: True,
        )
        for filename, _line, message, _comments, context in found:
            used.add(message, locations=[(f"{folder}/{filename}", 0)], context=context)
    return used


@pytest.fixture(scope="module")
def used() -> Catalog:
    return _used(ROOT)


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with CHINESE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _strings(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [])


def _missing(used: Catalog, chinese: Catalog) -> list[Any]:
    missing = []
    for message in _messages(used):
        known = chinese.get(message.id, context=message.context)
        if known is None or not known.string or not all(_strings(known.string)):
            missing.append(message.id)
    return missing


def test_messages_every_used_text_has_a_chinese_text(used: Catalog, chinese: Catalog) -> None:
    assert _missing(used, chinese) == []


def test_messages_text_without_a_chinese_text_is_found(tmp_path: Path, chinese: Catalog) -> None:
    templates = tmp_path / "nuanxin" / "core" / "templates"
    templates.mkdir(parents=True)
    (templates / "x.html").write_text('{% translate "Planted" %}{% translate "Details" %}')
    (tmp_path / "nuanxin" / "core" / "x.py").write_text('X = pgettext("code", "Details")')

    assert sorted(_missing(_used(tmp_path), chinese)) == ["Details", "Planted"]


def test_messages_extraction_reads_code_templates_and_components(used: Catalog) -> None:
    assert used.get("Should be open"), "a lazy text of a module"
    assert used.get("Planned closures"), "a text of a page"
    assert used.get("Demo clock: %(time)s"), "a text with a place, in a component"
    assert used.get("at %(time)s", context="closes/opens at a time"), "a text in a context"


def test_messages_chinese_keeps_every_placeholder(chinese: Catalog) -> None:
    wrong = []
    for message in _messages(chinese):
        source = set(_PLACEHOLDER.findall(_strings(message.id)[-1]))
        wrong += [t for t in _strings(message.string) if set(_PLACEHOLDER.findall(t)) != source]
    assert wrong == []


def test_messages_nothing_is_left_unsure(chinese: Catalog) -> None:
    assert [message.id for message in _messages(chinese) if message.fuzzy] == []
