"""Printed documents: whose fonts, whose words."""

from pathlib import Path

import pytest

from nuanxin.core.documents import pdf_of
from nuanxin.core.errors import DomainError
from tests.printed import pages_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def template(tmp_path):
    file = tmp_path / "one.typ"
    file.write_text("#json(bytes(sys.inputs.data)).said", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "said", ['#panic("x")', "*b* _i_ $x$ @a <b> \\ #", '"}] //', "= 标题\n\n- a"]
)
def test_words_of_users_are_no_markup(template, said):
    [page] = pages_of(pdf_of(template, {"said": said}))

    assert page.text.split() == "".join(said.splitlines()).split()


def test_document_reads_nothing_outside_its_folder(template, tmp_path):
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    template.write_text('#read("../secret.txt")', encoding="utf-8")

    with pytest.raises(RuntimeError, match=r"root|outside|escape|access"):
        pdf_of(template, {})


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_without_fonts_one_is_told_what_to_do(template, tmp_path, settings, folder):
    (tmp_path / "empty").mkdir()
    settings.FONTS_DIR = tmp_path / folder

    with pytest.raises(DomainError) as refusal:
        pdf_of(template, {"said": "x"})

    assert (refusal.value.code, refusal.value.status) == ("fonts_missing", 503)
    assert "NUANXIN_FONTS" in str(refusal.value)


def test_fonts_are_no_static_files(settings):
    assert Path(settings.FONTS_DIR) == ROOT / "frontend" / "fonts"
    assert not any(Path(settings.FONTS_DIR).is_relative_to(d) for d in settings.STATICFILES_DIRS)
