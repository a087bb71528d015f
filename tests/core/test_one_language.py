"""A Chinese page speaks Chinese: no English word stands on it but what has no other name."""

import re
from collections.abc import Collection
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from tests.browser.pages import OWN
from tests.conftest import StrictClient
from tests.workers import people
from tests.workers.joining_world import HALL, UNION, make_hall, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

# names of forms and of things that have no Chinese one, and what offers the other language
NAMES = {
    "csv", "pdf", "xlsx", "xls", "json", "html", "geojson", "icalendar", "utc", "wgs", "pin", "qr", "english", "https",
    "http", "webp", "esc",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][A-Za-z]{2,}")
# what people, machines and other lists have written: codes, keys, addresses, hours, names of accounts
_DATA = re.compile(
    r"\b(?:https?://|/)\S+|\S*[\d_@:=/.\\]\S*|\b[A-Z]{1,4}\b|\b(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:-\w\w)?\b"
)


class _Text(HTMLParser):
    """Collects what a reader sees of a page: texts, and what a voice says of pictures and fields."""

    SILENT = {"script", "style", "code", "template", "svg"}
    SPOKEN = {"aria-label", "alt", "title", "placeholder"}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in self.SILENT or values.get("lang") == "en" or "material-symbols" in str(values.get("class")):  # fmt: skip
            self._silent.append(tag)
        elif not self._silent:
            self.said += [text for name, text in attrs if name in self.SPOKEN and text]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def english_on(page: str, *, known: Collection[str] = ()) -> set[str]:
    """Return the English words that a reader of a page meets."""
    reader = _Text()
    reader.feed(page)
    words = {word.lower() for said in reader.said for word in _WORD.findall(_DATA.sub(" ", said))}
    return words - NAMES - set(known)


def office_pages() -> list[tuple[str, type[models.Model], str]]:
    """Return the lists, rows and acts of the office."""
    found = []
    for model, page in sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label):
        acts: Any = page
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [(f"{stem}_changelist", model, ""), (f"{stem}_change", model, "row")]
        found += [(f"{stem}_{name}", model, "") for name in _names(acts, acts.actions_list)]
        found += [(f"{stem}_{name}", model, "row") for name in _names(acts, acts.actions_detail)]
    return found


def _names(page: Any, actions: Any) -> list[str]:
    return list(page._extract_action_names(actions))


@pytest.mark.parametrize(
    ("name", "model", "of"),
    office_pages(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_page_of_the_office_speaks_chinese(office, name, model, of):
    client = office.client("admin")
    row = model._default_manager.all()[0] if of else None
    answer = client.get(reverse(name, args=[row.pk] if row else []))
    if answer.status_code in (302, 403, 404):
        pytest.skip("not on such a row")

    assert answer.status_code == 200
    assert english_on(answer.content.decode(), known=data_of(office)) == set()


def data_of(office: Any) -> set[str]:
    """Return the words that stand in the rows of this office: English columns, codes, names of accounts."""
    # codes of catalogue rows, the key of a bulk act, and a name in pinyin
    texts = [
        "test system demo off rider sign all difang",
        *(user.username for user in office.people.values()),
    ]
    for model in admin.site._registry:
        names = [f.name for f in model._meta.local_fields if f.name.endswith("_en")]
        texts += [
            text for row in model._default_manager.values_list(*names) for text in row if names
        ]
    return {word.lower() for text in texts for word in _WORD.findall(text)}


def test_pages_of_joining_and_of_ones_own_entry_speak_chinese(office):
    make_hall()
    client = StrictClient()
    worker = people.member(1, office.here).worker
    found = {}
    for path in (f"/join/{UNION}/", f"/c/{HALL}/", f"/c/{HALL}/screen/", "/me/sign-in/", "/card/check/"):  # fmt: skip
        found[path] = english_on(client.get(path).content.decode())
    client.cookies["sessionid"] = session_of(worker)
    for path in OWN:
        found[path] = english_on(client.get(path).content.decode(), known={"test"})

    assert {path: words for path, words in found.items() if words} == {}


def test_english_word_is_found():
    page = "<p>会员 <b>Members</b> KQ001 Mo-Su 08:30</p><img alt='Picture'><code>key</code>"

    assert english_on(page) == {"members", "picture"}
