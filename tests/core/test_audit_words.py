"""The audit trail in words: every act of the code is named, and shown so in the office."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from nuanxin.core import audit_words
from nuanxin.core.models import AuditEvent
from tests.office_world import make_office

ROOT = Path(__file__).resolve().parents[2] / "nuanxin"
NOUNS = (
    "calendar|catalogue|ceremony|consent|divisions|keeper|keeping|keys|membership|message|occupation|outlet|role|sheet"
    "|station|transfer|union|user|worker"
)
_VERB = re.compile(rf'"((?:{NOUNS})\.[a-z_]+)"')
# purposes of keys, written alike
NO_ACTS = {"station.day_word", "user.phone", "user.recovery_code", "worker.session", "worker.tail"}


def verbs_of_the_code() -> set[str]:
    files = (file for file in ROOT.rglob("*.py") if file.name != "verbs.py")
    found = {verb for file in files for verb in _VERB.findall(file.read_text("utf-8"))}
    return found - NO_ACTS


def test_every_act_is_named_in_both_languages_and_nothing_else_is():
    verbs = verbs_of_the_code()

    assert len(verbs) > 40
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said = dict(audit_words.known())
        assert set(said) - verbs == set()
        assert {verb for verb in verbs if said.get(verb, verb) == verb} == set()
    assert all(re.search("[一-鿿]", text) for text in said.values())


def test_act_that_nobody_named_stands_as_it_is():
    assert audit_words.words("test.done") == "test.done"
    assert audit_words.kind_words("x") == "x"
    assert audit_words.kind_words("stations.nothing") == "stations.nothing"


@pytest.mark.django_db
def test_trail_is_read_in_words_and_searched_by_act(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = make_office().client("officer")
    page = client.get("/office/core/auditevent/", {"verb": "station.closure_filed"})

    assert "登记计划停用" in page.text
    assert "服务站点" in page.text
    rows = page.context["cl"].result_list
    assert {event.verb for event in rows} == {"station.closure_filed"}
    assert AuditEvent.objects.exclude(verb="station.closure_filed").exists()
