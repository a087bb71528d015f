"""What people agree to: known words never change, other words are another version."""

import datetime as dt
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from nuanxin.accounts.consents import current_texts, load_texts, text_of
from nuanxin.accounts.enums import ConsentPurpose
from nuanxin.accounts.models import ConsentText
from nuanxin.core.actors import AnonymousActor, SystemActor
from nuanxin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditEvent
from tests.factories import GrantFactory

pytestmark = pytest.mark.django_db

BY = SystemActor("test")
TODAY = dt.date(2026, 3, 10)
Row = dict[str, Any]


def row(purpose: str = "photo", version: Any = 1, **changed: Any) -> Row:
    text = {
        "purpose": purpose,
        "version": version,
        "effective_on": f"2026-0{version}-01",
        "is_required": False,
        "title_zh": "照片",
        "title_en": "Photos",
        "body_zh": ["第一段。", "第二段。"],
        "body_en": ["One.", "Two."],
    }
    return {**text, **changed}


@pytest.fixture
def load(tmp_path) -> Callable[..., int]:
    """Load the given rows from a file."""

    def loaded(*rows: Any) -> int:
        path = tmp_path / "texts.json"
        path.write_text(json.dumps(rows), encoding="utf-8")
        return load_texts(path=path, by=BY)

    return loaded


# --- the texts of the house ---


def test_house_has_a_text_in_both_languages_for_every_purpose():
    call_command("seed_consents", stdout=StringIO())

    texts = current_texts(on=TODAY)

    assert [text.purpose for text in texts] == ConsentPurpose.values
    assert [text.purpose for text in texts if text.is_required] == [ConsentPurpose.MEMBERSHIP]
    for text in texts:
        assert text.pk == computed_id("consent_text", text.purpose, str(text.version))
        # what is done, on what ground, for how long, and what follows from saying no
        for word in ("个人信息保护法", "依据：", "保存多久：", "不同意"):
            assert word in text.body_zh, (text, word)
        for word in ("Personal Information Protection Law", "Basis:", "How long:", "not agree"):
            assert word in text.body_en, (text, word)
        assert text.body_zh.count("\n\n") == text.body_en.count("\n\n")
        assert len(text.body_zh) <= 600  # a page that a rider reads on a phone


def test_seed_consents_again_changes_nothing(writes_of):
    call_command("seed_consents", stdout=StringIO())
    out = StringIO()

    assert writes_of(lambda: call_command("seed_consents", stdout=out)) == []
    assert out.getvalue() == "consent texts: 0 new versions\n"
    assert AuditEvent.objects.filter(verb="consent.texts_loaded").count() == 1


def test_seed_consents_takes_a_file_of_the_site_and_tells_what_is_wrong(tmp_path):
    path = tmp_path / "own.json"
    path.write_text(json.dumps([row()]), encoding="utf-8")

    call_command("seed_consents", file=path, stdout=StringIO())
    with pytest.raises(CommandError, match="photo 1"):
        call_command("seed_consents", file=settings.CONSENTS_PATH, stdout=StringIO())

    assert ConsentText.objects.count() == 1


# --- loading ---


def test_load_texts_enters_new_versions_and_says_which(load):
    assert load(row()) == 1
    assert load(row(), row(version=2, body_zh=["不同的文字。"])) == 1

    assert text_of("photo", 1).body_zh == "第一段。\n\n第二段。"
    assert text_of("photo", 2).body_zh == "不同的文字。"
    last = AuditEvent.objects.order_by("-at")[0]
    assert last.data == {"versions": ["photo 2"]}


@pytest.mark.parametrize(
    "changed",
    [
        {"body_zh": ["别的。"]},
        {"body_en": ["Other."]},
        {"title_zh": "别的"},
        {"title_en": "Other"},
        {"is_required": True},
        {"effective_on": "2026-01-02"},
    ],
)
def test_load_texts_refuses_other_words_for_a_known_version(load, changed):
    load(row())
    digest = text_of("photo", 1).digest

    with pytest.raises(Conflict) as refusal:
        load(row("services"), row(**changed))

    assert refusal.value.code == "text_changed"
    assert "photo 1" in str(refusal.value)
    assert ConsentText.objects.get().digest == digest


def test_load_texts_keeps_what_the_file_names_no_more_and_follows_its_order(load):
    load(row("photo"), row("services"), row("statistics"))
    load(row("services"), row("photo"))

    assert [text.purpose for text in current_texts(on=TODAY)][:2] == ["services", "photo"]
    assert ConsentText.objects.count() == 3


@pytest.mark.parametrize("days", [("2026-02-01", "2026-01-01"), ("2026-02-01", "2026-02-01")])
def test_load_texts_refuses_a_later_version_that_is_in_force_earlier(load, days):
    load(row(effective_on=days[0]))

    with pytest.raises(Invalid) as refusal:
        load(row(version=2, effective_on=days[1]))
    assert refusal.value.code == "texts_out_of_order"


@pytest.mark.parametrize(
    "broken",
    [
        [row(purpose="nobody_knows")],
        [row(version=0)],
        [row(version="1")],
        [row(effective_on="soon")],
        [row(title_zh="")],
        [row(body_en=[])],
        [row(body_en="One.")],
        [row(body_zh=[1])],
        [row(note="x")],
        [{"purpose": "photo"}],
        [row(), row(title_en="Twice")],
        ["photo"],
        [3],
    ],
)
def test_load_texts_refuses_a_file_of_another_form(load, broken):
    with pytest.raises(Invalid) as refusal:
        load(*broken)

    assert refusal.value.code == "texts_unreadable"
    assert not ConsentText.objects.exists()


@pytest.mark.parametrize("text", ["", "{", '{"purpose": 1}', "null", "7"])
def test_load_texts_refuses_what_is_no_list(tmp_path, text):
    path = tmp_path / "texts.json"
    for there in (False, True):
        with pytest.raises(Invalid, match="texts"):
            load_texts(path=path, by=BY)
        if not there:
            path.write_text(text, encoding="utf-8")


def test_load_texts_takes_an_administrator_of_everything(tmp_path):
    path = Path(settings.CONSENTS_PATH)

    for actor in (AnonymousActor(), GrantFactory.create().user):
        with pytest.raises(NotAllowed):
            load_texts(path=path, by=actor)
    assert load_texts(path=path, by=GrantFactory.create(whole_tree=True).user) == 5


# --- reading ---


def test_current_texts_are_the_latest_in_force_on_the_day(load, django_assert_num_queries):
    load(row(), row(version=2), row("services", 2), row("services", 9, effective_on="2027-01-01"))

    def versions(day: dt.date) -> list[tuple[str, int]]:
        with django_assert_num_queries(1):
            return [(text.purpose, text.version) for text in current_texts(on=day)]

    assert versions(dt.date(2025, 12, 31)) == []
    assert versions(dt.date(2026, 1, 1)) == [("photo", 1)]
    assert versions(dt.date(2026, 2, 1)) == [("photo", 2), ("services", 2)]
    assert versions(dt.date(2027, 1, 1)) == [("photo", 2), ("services", 9)]


def test_text_of_a_version_that_never_was_is_not_found():
    with pytest.raises(NotFound):
        text_of("photo", 7)


def test_text_speaks_both_languages_and_its_digest_speaks_for_all_words(load):
    load(row(), row("services", title_en="Others"))
    text = text_of("photo", 1)

    with translation.override("en"):
        assert (text.title, text.body, str(text)) == ("Photos", "One.\n\nTwo.", "Photos 1")
    with translation.override("zh-hans"):
        assert (text.title, text.body) == ("照片", "第一段。\n\n第二段。")
    assert len(text.digest) == 64
    assert text.digest != text_of("services", 1).digest


@pytest.mark.parametrize(
    "changed",
    [{"version": 0}, {"body_zh": ""}, {"purpose": "nobody_knows"}, {"version": 1}, {"version": 3}],
)
def test_database_refuses_what_is_no_version(load, changed):
    load(row())
    kept = text_of("photo", 1)
    values = {name: getattr(kept, name) for name in ("purpose", "effective_on", "body_zh")}

    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentText.objects.create(
            **{**values, "version": 2, "id": computed_id("x", "y"), "body_en": "x", **changed}
        )
