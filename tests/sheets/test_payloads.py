"""What rows say is sealed by the hundred: read in any order, bound to its place, never in clear."""

import uuid

import pytest

from nuanxin.core import clock, seals
from nuanxin.core.actors import SystemActor
from nuanxin.core.crypto import SealBroken
from nuanxin.sheets.models import ImportBatch, ImportPart
from nuanxin.sheets.payloads import RowReader
from nuanxin.sheets.sealed_rows import RowSaid, open_part, seal_part, seal_row

pytestmark = pytest.mark.django_db


def said(number):
    return RowSaid(number, {"name": f"王{number}", "phone": None}, True, {"document": ["id", "1"]})


@pytest.fixture
def batch():
    return ImportBatch.objects.create(
        kind="member", source="A", file_name="a.csv", file_sha256="0" * 64, uploaded_at=clock.now()
    )


def keep(batch, *numbers):
    rows = [said(number) for number in numbers]
    ImportPart.objects.create(
        batch=batch, first=numbers[0], last=numbers[-1], payload_sealed=seal_part(batch.pk, rows)
    )


def test_rows_of_parts_are_read_wherever_they_stand(batch):
    keep(batch, 1, 2, 4)
    keep(batch, 5, 6)
    keep(batch, 8, 9)

    found = RowReader(batch.pk).read([(9, ""), (2, ""), (3, ""), (7, "")])

    assert found == {2: said(2), 9: said(9)}
    assert found[2].change == {"name": "王2", "document": ["id", "1"]}


def test_row_staged_before_there_were_parts_is_read_by_its_own_seal(batch):
    keep(batch, 1)

    found = RowReader(batch.pk).read([(1, ""), (2, seal_row(batch.pk, said(2)))])

    assert (found[2].said, found[2].change) == (said(2).said, said(2).change)


def test_who_reads_on_opens_no_part_twice(batch, django_assert_num_queries):
    keep(batch, *range(1, 101))
    reader = RowReader(batch.pk)
    reader.read([(1, "")])

    with django_assert_num_queries(0):
        assert len(reader.read([(number, "") for number in range(2, 101)])) == 99


@pytest.mark.parametrize("first", [1, 2])
def test_part_that_was_moved_does_not_open(batch, first):
    sealed = seal_part(batch.pk, [said(1), said(2)])
    other = batch.pk if first == 2 else uuid.uuid4()

    with pytest.raises(SealBroken):
        open_part(other, first, sealed)


def test_part_says_nothing_in_clear(batch):
    sealed = seal_part(batch.pk, [said(1)])

    assert sealed.startswith(b"v1:")
    assert "王".encode() not in sealed
    assert b"document" not in sealed


def test_part_is_sealed_anew_when_the_key_changes(batch, settings):
    settings.ENCRYPTION_KEYS = ["old:" + "aa" * 32]
    keep(batch, 1, 2)
    settings.ENCRYPTION_KEYS = ["new:" + "bb" * 32, "old:" + "aa" * 32]

    done = seals.rotate(by=SystemActor("test"))

    settings.ENCRYPTION_KEYS = ["new:" + "bb" * 32]
    assert done["sheets.ImportPart.payload_sealed"] == 1
    assert RowReader(batch.pk).read([(2, "")]) == {2: said(2)}
