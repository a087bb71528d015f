"""Signing in: a telephone and the end of a document; neither alone, and never a stranger's guess."""

import pytest

from nuanxin.accounts.limits import TooManyTries
from nuanxin.core.errors import Invalid
from nuanxin.workers import services, signing_in
from nuanxin.workers.models import WorkerAlias
from tests.workers import people
from tests.workers.joining_world import document_with_tail, make_joinable

pytestmark = pytest.mark.django_db(transaction=True)
SHARED = "13800000077"


@pytest.fixture
def world(clock):
    return make_joinable()


def tail(n: int) -> str:
    return people.number_of(n)[-4:]


def enter(world, n, document=None, phone=SHARED):
    return services.enter_worker(
        document=document or people.document(n),
        name=people.name_of(n),
        phone=phone,
        union=world.riders,
        by=people.BY,
    ).worker


def test_people_with_one_telephone_are_told_apart_by_their_cards(world):
    mother, son = enter(world, 1), enter(world, 2)

    assert signing_in.worker_of_phone(SHARED, tail(1)) == mother
    assert signing_in.worker_of_phone(SHARED, f" {people.number_of(2).lower()} ") == son


@pytest.mark.parametrize("typed", ["", "1", "9999", "123456789012345678", "０００", "%", "'"])
def test_wrong_end_says_the_same_whether_or_not_the_telephone_is_known(world, typed):
    enter(world, 1)
    said = []
    for phone in (SHARED, "13800008888"):
        with pytest.raises(Invalid) as caught:
            signing_in.worker_of_phone(phone, typed)
        said.append((caught.value.code, str(caught.value)))

    assert said[0] == said[1]


def test_end_of_somebody_with_another_telephone_opens_nothing(world):
    enter(world, 1, phone="13800008888")
    with pytest.raises(Invalid):
        signing_in.worker_of_phone(SHARED, tail(1))


def test_two_documents_that_end_alike_take_the_whole_number(world):
    first = enter(world, 1, document_with_tail(1, "7788"))
    enter(world, 2, document_with_tail(2, "7788"))
    with pytest.raises(Invalid) as caught:
        signing_in.worker_of_phone(SHARED, "7788")
    assert caught.value.code == "several"

    assert signing_in.worker_of_phone(SHARED, "E00017788") == first


def test_row_that_was_merged_lets_in_to_the_survivor(world):
    old, survivor = enter(world, 1), enter(world, 2)
    WorkerAlias.objects.create(worker=old, survivor=survivor, since_at=old.entered_at)

    assert signing_in.worker_of_phone(SHARED, tail(1)) == survivor


def test_guessing_ends_after_six_tries_even_with_the_right_end(world):
    enter(world, 1)
    for _n in range(signing_in.BY_PHONE.tries):
        with pytest.raises(Invalid):
            signing_in.worker_of_phone(SHARED, "0000")
    with pytest.raises(TooManyTries):
        signing_in.worker_of_phone(SHARED, tail(1))
