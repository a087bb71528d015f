"""A second process computes while this one writes: what it answers, what it may not, and how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from nuanxin.core.companions import Companion, CompanionLost
from nuanxin.core.errors import Conflict

ROOT = Path(__file__).resolve().parents[2]
KINDS = [pytest.param(False, id="here"), pytest.param(True, id="apart")]


class Adder:
    """Adds up what it is asked."""

    def __init__(self) -> None:
        self.total = 0

    def __call__(self, number: int) -> tuple[int, int]:
        self.total += number
        return self.total, os.getpid()


@pytest.mark.parametrize("is_apart", KINDS)
def test_companion_answers_one_question_after_another_and_remembers(is_apart):
    with Companion(Adder(), is_apart=is_apart) as companion:
        answers = []
        for number in (1, 2, 3):
            companion.ask(number)
            answers.append(companion.answer())

    assert [total for total, _pid in answers] == [1, 3, 6]
    assert (answers[0][1] != os.getpid()) == is_apart


@pytest.mark.parametrize("is_apart", KINDS)
def test_companion_hands_over_what_went_wrong_and_goes_on(is_apart):
    def refuse(number):
        if number:
            msg = "Not so."
            raise Conflict(msg, code="not_so")
        return number

    with Companion(refuse, is_apart=is_apart) as companion:
        companion.ask(1)
        with pytest.raises(Conflict, match="Not so") as refused:
            companion.answer()
        companion.ask(0)
        assert companion.answer() == 0
    assert (refused.value.code, refused.value.status) == ("not_so", 409)


def test_companion_names_an_error_that_no_pipe_can_carry():
    class Local(Exception):
        pass

    def fail(_asked):
        raise Local

    with Companion(fail, is_apart=True) as companion:
        companion.ask(None)
        with pytest.raises(RuntimeError, match="Local"):
            companion.answer()


@pytest.mark.django_db
def test_companion_does_not_speak_to_the_database():
    def ask(_asked):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    with Companion(ask, is_apart=True) as companion:
        companion.ask(None)
        with pytest.raises(RuntimeError, match="does not speak to the database"):
            companion.answer()
    with connection.cursor() as cursor:  # and ours is as it was
        assert cursor.execute("SELECT 1").fetchone() == (1,)


def test_companion_that_was_killed_is_missed():
    with Companion(Adder(), is_apart=True) as companion:
        companion.ask(1)
        _total, pid = companion.answer()
        os.kill(pid, signal.SIGKILL)

        companion._process.join()

        with pytest.raises(CompanionLost):
            companion.ask(1)
        with pytest.raises(CompanionLost):
            companion.answer()


def test_companion_outlives_no_block_whatever_it_is_doing(monkeypatch):
    monkeypatch.setattr("nuanxin.core.companions._JOIN_S", 0.1)
    with Companion(time.sleep, is_apart=True) as companion:
        companion.ask(600)
        process = companion._process

    assert process.exitcode == -signal.SIGKILL


PROGRAM = """
import os, time
from nuanxin.core.companions import Companion
with Companion(lambda asked: os.getpid(), is_apart=True) as companion:
    companion.ask(None)
    print(companion.answer(), flush=True)
    time.sleep(600)
"""


def test_companion_ends_when_the_process_it_belongs_to_is_killed():
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()

    assert any(is_gone(pid) for _try in range(200))


def is_gone(pid: int) -> bool:
    time.sleep(0.05)
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"  # nobody has fetched it yet
    except (FileNotFoundError, ProcessLookupError):
        return True
