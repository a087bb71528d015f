"""Thousands of values as one parameter find what ``__in`` finds."""

import uuid

import pytest

from nuanxin.workers.models import Membership, Worker
from tests.factories import UnionFactory
from tests.workers import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def workers():
    union = UnionFactory.create(root=True)
    return [people.member(n, union).worker for n in range(5)]


def test_among_finds_what_in_finds(workers):
    keys = [workers[1].pk, workers[3].pk, uuid.uuid4()]
    phones = [workers[0].phone_index, 7]

    assert set(Worker.objects.filter(pk__among=keys)) == set(Worker.objects.filter(pk__in=keys))
    assert Worker.objects.filter(phone_index__among=phones).get() == workers[0]
    assert Worker.objects.filter(name__among=[workers[2].name, "'; --"]).get() == workers[2]
    assert Membership.objects.filter(worker_id__among=keys).count() == 2
    assert not Worker.objects.filter(pk__among=[]).exists()


@pytest.mark.parametrize(
    "text", ['a"b', "a\\b", '\\"', "a,b", "{a}", "NULL", " a ", "%s", "'", "𠮷·巴图", "a\nb"]
)
def test_among_finds_a_text_as_it_is_written(workers, text):
    Worker.objects.filter(pk=workers[2].pk).update(name=text)

    assert Worker.objects.filter(name__among=[text, "b"]).get() == workers[2]
    assert not Worker.objects.filter(name__among=[f"{text}x", f'"{text}"']).exists()


def test_among_takes_one_parameter_however_many_values(workers, django_assert_num_queries):
    keys = [uuid.uuid4() for _n in range(100_000)] + [workers[0].pk]

    with django_assert_num_queries(1):
        assert Worker.objects.filter(pk__among=keys).get() == workers[0]
