"""Passes: signed, opaque, short-lived; whoever alters one, or makes one elsewhere, is found."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core import clock, passes

NOW = clock.read_civil("2026-03-10T10:00")
WHO = uuid.UUID("6bfe5533-4fc6-8ede-a356-78c9dafc84e8")
LATER = NOW + dt.timedelta(minutes=10)


def reason_of(text: str, now: dt.datetime = NOW) -> str:
    with pytest.raises(passes.PassRefused) as caught:
        passes.read(text, now=now)
    return caught.value.reason


@given(st.uuids())
def test_pass_names_whom_it_is_for(who):
    assert passes.read(passes.issue(who, until=LATER), now=NOW) == who


def test_pass_holds_no_id():
    text = passes.issue(WHO, until=LATER)

    assert WHO.hex not in text
    assert str(WHO) not in text
    assert len(text) < 160


def test_pass_is_over_at_its_end_and_not_before():
    text = passes.issue(WHO, until=LATER)

    assert passes.read(text, now=LATER - dt.timedelta(seconds=1)) == WHO
    assert reason_of(text, LATER) == passes.OVER


@pytest.mark.parametrize("place", [2, 3, 4])
def test_altered_pass_is_forged(place):
    words = passes.issue(WHO, until=LATER).split(".")
    other = passes.issue(uuid.UUID(int=7), until=LATER + dt.timedelta(hours=9)).split(".")
    words[place] = other[place]

    assert reason_of(".".join(words)) == passes.FORGED


@given(st.text(max_size=200))
def test_any_text_is_refused_and_never_an_accident(text):
    assert reason_of(text) in (passes.UNREADABLE, passes.FORGED)


def test_pass_of_another_site_is_forged(settings):
    text = passes.issue(WHO, until=LATER)
    kid = settings.ENCRYPTION_KEYS[0].partition(":")[0]
    settings.ENCRYPTION_KEYS = [f"{kid}:{'ab' * 32}"]

    assert reason_of(text) == passes.FORGED


def test_pass_outlives_the_rotation_of_the_key(settings):
    text = passes.issue(WHO, until=LATER)
    settings.ENCRYPTION_KEYS = [f"next:{'cd' * 32}", *settings.ENCRYPTION_KEYS]

    assert passes.read(text, now=NOW) == WHO
    assert passes.issue(WHO, until=LATER).split(".")[1] == "next"


def test_site_with_the_national_cipher_issues_passes(settings):
    settings.ENCRYPTION_KEYS = [f"sm:sm4:{'0f' * 16}"]

    assert passes.read(passes.issue(WHO, until=LATER), now=NOW) == WHO
    assert set(passes.public_keys()["sm"]) == {"kty", "crv", "x", "y"}


def test_public_keys_tell_nothing_secret():
    assert all("d" not in key for key in passes.public_keys().values())
