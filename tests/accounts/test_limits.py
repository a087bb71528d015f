"""Tries are counted in the database, before the secret is looked at."""

import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from nuanxin.accounts import limits
from nuanxin.accounts.limits import Limit, TooManyTries
from nuanxin.accounts.models import AttemptCount

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
THREE = Limit("test", 3, window_s=900)


def taken(subject: str = "zhang", *, limit: Limit = THREE, at_s: int = 0) -> bool:
    try:
        limits.take(limit, subject, now=NOW + dt.timedelta(seconds=at_s))
    except TooManyTries:
        return False
    return True


def test_take_lets_as_many_through_as_the_window_holds():
    assert [taken() for _ in range(5)] == [True, True, True, False, False]


def test_take_counts_each_subject_and_each_secret_for_itself():
    other = Limit("other", 3)

    assert [taken() for _ in range(4)][-1] is False
    assert taken("li")
    assert taken(limit=other)


def test_take_window_ends_a_quarter_of_an_hour_after_its_first_try():
    assert all(taken(at_s=at) for at in (0, 500, 899))
    assert not taken(at_s=899)
    assert taken(at_s=900)
    assert AttemptCount.objects.get().tries_count == 1


def test_take_refused_try_moves_no_end():
    for at in (0, 1, 2):
        taken(at_s=at)

    assert not taken(at_s=800)
    assert taken(at_s=900)


def test_take_keeps_no_name():
    taken("zhang")

    assert "zhang" not in str(AttemptCount.objects.values())


def test_take_refuses_to_count_inside_a_transaction():
    # the tests' own transaction is known to Django and let through
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        limits.take(THREE, "zhang")


def test_forgive_opens_the_window_anew_and_give_back_one_place():
    for _ in range(3):
        taken()
    limits.give_back(THREE, "zhang")
    assert [taken(), taken()] == [True, False]

    limits.forgive(THREE, "zhang")
    assert [taken() for _ in range(4)] == [True, True, True, False]


def test_give_back_never_goes_below_nothing():
    taken()
    for _ in range(3):
        limits.give_back(THREE, "zhang")

    assert AttemptCount.objects.get().tries_count == 0


def test_sweep_deletes_what_has_ended_and_nothing_else():
    taken("old")
    taken("new", at_s=600)

    assert limits.sweep(NOW + dt.timedelta(seconds=900)) == 1
    assert not taken("new", limit=Limit("test", 1), at_s=900)


class Windows(TestCase):
    """Whatever the moments of the tries, no window holds more than its measure."""

    @given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
    def test_no_window_holds_more(self, waits: list[int]) -> None:
        limits.forgive(THREE, "law")
        moments: list[int] = []
        at = 0
        for wait in waits:
            at += wait
            if taken("law", at_s=at):
                moments.append(at)

        starts: list[int] = []
        inside = 0
        for moment in moments:
            if not starts or moment >= starts[-1] + THREE.window_s:
                starts.append(moment)
                inside = 0
            inside += 1
            assert inside <= THREE.tries


_TAKE = """
import django
django.setup()
from nuanxin.accounts import limits
try:
    limits.take(limits.PIN_BY_USER, "zhang")
    print("let through")
except limits.TooManyTries:
    print("refused")
"""


@pytest.mark.slow
def test_take_counts_over_restarts(tmp_path):
    """Six processes, one after the other: the sixth try is refused though none has seen the rest."""
    environment = {
        "NUANXIN_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "PATH": "/usr/bin:/bin",
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    run("manage.py", "migrate", "--verbosity", "0")

    assert [run("-c", _TAKE) for _ in range(6)] == ["let through"] * 5 + ["refused"]
