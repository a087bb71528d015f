"""Rules of the house that no tool holds."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Engine
from django.template.loader import get_template

from nuanxin.core.middleware import OFFICE_PREFIX
from tests.conftest import refuse_undefined
from tests.factories import FacilityFactory

ROOT = Path(__file__).resolve().parents[2]
TEST_LINES = 600
# Django asks for these by name
ASKED_BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
_NAMED = re.compile(r"""["']([\w/]+\.html)(?:#\w+)?["']""")


def templates(root: Path) -> dict[str, Path]:
    """Return every template of ours by the name it is asked for."""
    return {
        path.as_posix().rpartition("/templates/")[2]: path
        for path in root.glob("nuanxin/*/templates/**/*.html")
    }


def named(root: Path) -> set[str]:
    """Return every template that code or another template names."""
    own = templates(root).values()
    sources = [*root.glob("nuanxin/**/*.py"), *root.glob("config/**/*.py"), *own]
    return {
        name for path in sources for name in _NAMED.findall(path.read_text(encoding="utf-8"))
    } | ASKED_BY_DJANGO


def test_templates_all_are_used():
    assert set(templates(ROOT)) - named(ROOT) == set()


def test_template_nobody_names_is_found(tmp_path):
    folder = tmp_path / "nuanxin" / "core" / "templates" / "core"
    folder.mkdir(parents=True)
    (folder / "attic.html").write_text('{% extends "core/base.html" %}', encoding="utf-8")
    (folder / "base.html").write_text("", encoding="utf-8")

    assert set(templates(tmp_path)) - named(tmp_path) == {"core/attic.html"}


@pytest.mark.parametrize("name", templates(ROOT))
def test_template_compiles_with_everything_it_names(name):
    text = templates(ROOT)[name].read_text(encoding="utf-8")

    for needed in (name, *_NAMED.findall(text)):
        assert get_template(needed) is not None


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ nobody|upper }}", "{{ sample.nobody }}"])
def test_undefined_variable_on_a_page_fails(text):
    page = Engine.get_default().from_string(text).render(Context({"sample": object()}))

    with pytest.raises(AssertionError, match="nobody"):
        refuse_undefined(HttpResponse(page), "/s/KQ001/")
    refuse_undefined(HttpResponse(page), f"{OFFICE_PREFIX}stations/")


@pytest.mark.django_db
def test_rows_nobody_ordered_come_in_no_order_to_rely_on():
    if connection.vendor != "sqlite":
        pytest.skip("speaks of SQLite")
    codes = [FacilityFactory.create(code=f"row{bit}", rank=1, bit=bit).code for bit in range(4)]

    unordered = FacilityFactory._meta.model.objects.order_by().values_list("code", flat=True)

    assert list(unordered) == codes[::-1]


def test_test_modules_stay_readable():
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in ROOT.glob("tests/**/*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > TEST_LINES
    }

    assert long == {}
