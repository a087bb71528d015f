import multiprocessing
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from config.env import Env

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@pytest.mark.parametrize("text", [*YES, "TRUE", " Yes ", "On"])
def test_flag_yes(text):
    assert Env({"X": text}).flag("X") is True


@pytest.mark.parametrize("text", [*NO, "FALSE", " no "])
def test_flag_no(text):
    assert Env({"X": text}).flag("X", default=True) is False


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("variables", [{}, {"X": ""}, {"X": "  "}])
def test_flag_unset_is_its_default(variables, default):
    assert Env(variables).flag("X", default=default) is default


@given(st.text(min_size=1).filter(lambda t: t.strip() and t.strip().lower() not in YES | NO))
def test_flag_every_other_spelling_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="NUANXIN_TLS must be one of"):
        Env({"NUANXIN_TLS": text}).flag("NUANXIN_TLS")


def test_words_are_trimmed_and_never_empty():
    env = Env({"X": " a, ,b,", "Y": ","})

    assert env.words("X") == ["a", "b"]
    assert env.words("Y") == []
    assert env.words("Z", "c,d") == ["c", "d"]


def test_secret_stands_in_the_variable_or_in_the_file_it_names(tmp_path):
    file = tmp_path / "key"
    file.write_text("from file\n", encoding="ascii")

    assert Env({"K": "plain", "K_FILE": str(file)}).secret("K") == "plain"
    assert Env({"K_FILE": str(file)}).secret("K") == "from file"


def test_secret_nowhere_or_empty_is_refused(tmp_path):
    empty = tmp_path / "empty"
    empty.write_text("\n", encoding="ascii")

    with pytest.raises(ImproperlyConfigured, match="Set K or K_FILE"):
        Env({}).secret("K")
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        Env({"K_FILE": str(empty)}).secret("K")


def test_secret_of_one_machine_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    kept = tmp_path / "keys" / "secret_key"

    first = Env({}).secret("K", fallback=kept)

    assert len(bytes.fromhex(first)) == 32
    assert Env({}).secret("K", fallback=kept) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in kept.parent.iterdir()] == ["secret_key"]


def _secret_of(path):
    return Env({}).secret("K", fallback=path)


def test_secret_made_by_processes_that_start_together_is_one(tmp_path):
    paths = [tmp_path / f"{turn}" / "key" for turn in range(20)]

    with multiprocessing.get_context("fork").Pool(4) as pool:
        for path in paths:
            assert len(set(pool.map(_secret_of, [path] * 4, chunksize=1))) == 1


@pytest.mark.parametrize(("text", "number"), [("", 30), ("1", 1), (" 42 ", 42), ("007", 7)])
def test_number_is_whole(text, number):
    assert Env({"X": text}).number("X", 30) == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "４", "²", "1 2", "1e3"])
def test_number_of_another_kind_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="X must be a whole number, 1 or more"):
        Env({"X": text}).number("X", 30)


def test_number_may_be_nothing_where_nothing_is_meant():
    assert Env({"X": "0"}).number("X", 5, least=0) == 0


def test_choice_is_one_of_its_words():
    assert Env({}).choice("X", ("a", "b"), default="a") == "a"
    assert Env({"X": "b"}).choice("X", ("a", "b"), default="a") == "b"
    with pytest.raises(ImproperlyConfigured, match="X must be one of a, b"):
        Env({"X": "c"}).choice("X", ("a", "b"), default="a")
