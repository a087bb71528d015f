"""One audit row for many: its root holds over its leaves, and each leaf can be proved."""

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from nuanxin.algorithms import merkle
from nuanxin.core import bulk_acts
from nuanxin.core.actors import SystemActor
from nuanxin.core.bulk_acts import Leaf
from nuanxin.core.errors import NotFound
from nuanxin.core.models import AuditEvent, AuditLeaf

pytestmark = pytest.mark.django_db
LEAVES = [Leaf(f"row-{n}", "applied", "active") for n in range(7)]


def acted(leaves=LEAVES, **data):
    with transaction.atomic():
        return bulk_acts.record(
            by=SystemActor("test"), verb="test.done", leaves=leaves, subject_type="x", subject_key="bulk", data=data
        )  # fmt: skip


def test_one_row_tells_how_many_and_the_root(django_assert_num_queries):
    with django_assert_num_queries(4):  # a savepoint about the two
        acted(union="KQ")

    event = AuditEvent.objects.get()
    root = merkle.root_of(leaf.encoded for leaf in LEAVES).hex()
    assert event.data == {"union": "KQ", "count": 7, "merkle_root": root}
    assert LEAVES[0].encoded == b'["row-0","applied","active"]'
    assert bulk_acts.leaves_of(event) == LEAVES


def test_every_row_is_proved_and_no_other():
    event = acted()
    root = event.data["merkle_root"]

    for leaf in LEAVES:
        proof = bulk_acts.proof_of(event, leaf.key)
        assert proof.leaf == leaf
        assert proof.holds(root)
        assert not proof.holds(acted(LEAVES[:6]).data["merkle_root"])
    with pytest.raises(NotFound):
        bulk_acts.proof_of(event, "row-7")


def test_acts_are_found_by_their_rows_latest_first():
    first, second = acted(LEAVES[:3]), acted(LEAVES[2:])

    assert bulk_acts.acts_on(["row-2"]) == [(second, [LEAVES[2]]), (first, [LEAVES[2]])]
    assert bulk_acts.acts_on(["row-0", "row-1"]) == [(first, LEAVES[:2])]
    assert bulk_acts.acts_on(["row-9"]) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditLeaf.objects.filter(number=3).update(after="ended"),
        lambda: AuditLeaf.objects.filter(number=6).delete(),
        lambda: AuditLeaf.objects.all().delete(),
        lambda: AuditLeaf.objects.create(
            event_id=AuditEvent.objects.get().pk, number=7, object_key="x", before="", after=""
        ),
    ],
    ids=["altered", "cut", "gone", "added"],
)
def test_change_of_a_leaf_is_seen_by_the_command(change, capsys):
    event = acted()
    call_command("verify_audit", anchor="")
    assert bulk_acts.is_whole(event)

    change()

    assert list(bulk_acts.torn()) == [event]
    with pytest.raises(CommandError, match="bulk acts"):
        call_command("verify_audit", anchor="")
    assert f"{event.pk}: leaves" in capsys.readouterr().err
