"""A second process computes while this one writes: what it answers, what it may not, and how it ends."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import AppRegistryNotReady

from nuanxin.core import companions
from nuanxin.core.companions import Companion, CompanionLost
from nuanxin.core.errors import Conflict
from tests.core.companion_program import Adder, Doer, nobody

ROOT = Path(__file__).resolve().parents[2]
KINDS = [pytest.param(False, id="here"), pytest.param(True, id="apart")]


@pytest.fixture
def patient(monkeypatch):
    """Wait until the companion has started."""
    monkeypatch.setattr(companions, "_PATIENCE_S", 60.0)


@pytest.mark.parametrize("is_apart", KINDS)
def test_companion_answers_one_question_after_another_and_remembers(patient, is_apart):
    with Companion(partial(Adder, 10), is_apart=is_apart) as companion:
        answers = []
        for number in (1, 2, 3):
            companion.ask(number)
            answers.append(companion.answer())

    assert [total for total, _pid in answers] == [11, 13, 16]
    assert (answers[0][1] != os.getpid()) == is_apart


@pytest.mark.parametrize("is_apart", KINDS)
def test_companion_hands_over_what_went_wrong_and_goes_on(patient, is_apart):
    with Companion(Doer, is_apart=is_apart) as companion:
        companion.ask("refuse")
        with pytest.raises(Conflict, match="Not so") as refused:
            companion.answer()
        companion.ask("again")
        assert companion.answer() == "again"
    assert (refused.value.code, refused.value.status) == ("not_so", 409)


def test_companion_names_an_error_that_no_pipe_can_carry_and_has_no_tables(patient):
    with Companion(Doer, is_apart=True) as companion:
        companion.ask("fail")
        with pytest.raises(RuntimeError, match="Odd"):
            companion.answer()
        companion.ask("table")
        with pytest.raises(AppRegistryNotReady):
            companion.answer()


def test_companion_takes_over_with_the_first_question_that_stands_by_itself(patient, monkeypatch):
    with Companion(Adder, is_apart=True) as companion:
        with monkeypatch.context() as patch:
            patch.setattr(companion, "_look", lambda: None)  # it has only begun to start
            companion.ask(1)
        here = companion.answer()
        companion.ask(1, is_first=False)
        still_here = companion.answer()
        companion.ask(5)
        total, pid = companion.answer()

    assert (here, still_here) == ((1, os.getpid()), (2, os.getpid()))
    assert total == 5
    assert pid != os.getpid()


def test_companion_that_cannot_start_is_done_without(patient, caplog):
    with Companion(nobody, is_apart=True) as companion:
        companion._here = Doer()
        companion.ask("on")
        assert companion.answer() == "on"
    assert "did not start" in caplog.text


def test_machine_that_has_no_room_for_a_companion_does_without(monkeypatch, caplog):
    def full(*_arguments, **_options):
        raise BlockingIOError

    monkeypatch.setattr("nuanxin.core.companions.subprocess.Popen", full)
    with Companion(Adder, is_apart=True) as companion:
        companion.ask(1)
        assert companion.answer() == (1, os.getpid())
    assert "did not start" in caplog.text


def test_companion_starts_also_where_settings_are_overridden(patient, settings):
    settings.DEBUG = True
    with Companion(Adder, is_apart=True) as companion:
        companion.ask(1)
        assert companion.answer()[1] != os.getpid()


def test_companion_that_was_killed_is_missed(patient):
    with Companion(Adder, is_apart=True) as companion:
        companion.ask(1)
        _total, pid = companion.answer()
        os.kill(pid, signal.SIGKILL)
        process = companion._process
        assert process is not None
        process.wait()

        with pytest.raises(CompanionLost):
            companion.ask(1)
        with pytest.raises(CompanionLost):
            companion.answer()


def test_companion_outlives_no_block_whatever_it_is_doing(patient, monkeypatch):
    monkeypatch.setattr(companions, "_JOIN_S", 0.1)
    with Companion(Doer, is_apart=True) as companion:
        companion.ask("sleep")
        process = companion._process

    assert process is not None
    assert process.returncode == -signal.SIGKILL


PROGRAM = """
import time
from nuanxin.core import companions
from tests.core.companion_program import Adder
companions._PATIENCE_S = 60.0
with companions.Companion(Adder, is_apart=True) as companion:
    companion.ask(1)
    print(companion.answer()[1], flush=True)
    time.sleep(600)
"""


def test_companion_ends_when_the_process_it_belongs_to_is_killed():
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert not is_gone(pid)
        owner.kill()

    assert any(is_gone(pid) for _try in range(200))


def is_gone(pid: int) -> bool:
    time.sleep(0.05)
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"  # nobody has fetched it yet
    except (FileNotFoundError, ProcessLookupError):
        return True
