"""Consents: purpose by purpose, version by version; what was said once stays as proof."""

import datetime as dt

import pytest

from nuanxin.accounts.models import ConsentText
from nuanxin.core.errors import Conflict, NotAllowed
from nuanxin.workers import consents, leaving
from nuanxin.workers.enums import Channel
from nuanxin.workers.models import Consent
from nuanxin.workers.selves import WorkerActor
from tests.workers import people
from tests.workers.joining_world import make_joinable, oneself, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(clock):
    world = make_joinable()
    return people.member(1, world.riders).worker


def give(worker, *purposes, by=None):
    return consents.give(
        worker=worker, texts=texts(*purposes), channel=Channel.QR, by=by or oneself(worker)
    )


def newer(text: ConsentText) -> ConsentText:
    """Put other words into force the day after."""
    return ConsentText.objects.create(
        id=people.document(999).worker_id,
        purpose=text.purpose,
        version=text.version + 1,
        title_zh=text.title_zh,
        title_en=text.title_en,
        body_zh="新的内容",
        body_en="other words",
        effective_on=dt.date(2026, 3, 11),
        rank=text.rank,
    )


def test_consent_proves_the_words_that_were_read(worker):
    (row,) = give(worker, "photo")
    (text,) = texts("photo")

    assert (row.version, row.digest) == (text.version, text.digest)


def test_agreeing_twice_is_agreeing_once(worker):
    assert give(worker, "photo")[0].pk == give(worker, "photo")[0].pk
    assert Consent.objects.count() == 1


def test_other_words_are_asked_anew_and_end_the_older_ones(worker, clock):
    give(worker, "photo")
    newer(texts("photo")[0])
    clock.stop_at("2026-03-11T10:00")
    (asked,) = [row for row in consents.asked_of(worker) if row.text.purpose == "photo"]
    assert asked.is_outdated

    give(worker, "photo")

    versions = [(row.version, row.withdrawn_at is None) for row in Consent.objects.order_by("n")]
    assert versions == [(1, False), (2, True)]


def test_withdrawn_consent_stays_as_proof_and_can_be_given_again(worker):
    give(worker, "photo")
    consents.withdraw(worker=worker, purpose="photo", by=oneself(worker))
    assert consents.withdraw(worker=worker, purpose="photo", by=oneself(worker)) is None
    give(worker, "photo")

    assert [row.n for row in Consent.objects.order_by("n")] == [1, 2]
    assert Consent.objects.in_force().get().n == 2


def test_member_cannot_withdraw_what_membership_stands_on_until_they_leave(worker):
    give(worker, "membership")
    with pytest.raises(Conflict) as caught:
        consents.withdraw(worker=worker, purpose="membership", by=oneself(worker))
    assert caught.value.code == "consent_required"

    leaving.leave(worker=worker, by=oneself(worker))
    consents.withdraw(worker=worker, purpose="membership", by=oneself(worker))

    assert not Consent.objects.in_force().exists()


def test_nobody_agrees_for_somebody_else(worker):
    stranger = WorkerActor(people.document(2).worker_id)
    with pytest.raises(NotAllowed):
        give(worker, "photo", by=stranger)
    give(worker, "photo")
    with pytest.raises(NotAllowed):
        consents.withdraw(worker=worker, purpose="photo", by=stranger)
    assert Consent.objects.in_force().count() == 1
