import pytest
from django.db import IntegrityError, transaction

from nuanxin.core import audit
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import AuditEvent
from tests.factories import UnionFactory

BY = SystemActor("test")


@transaction.atomic
def _act_that_fails():
    audit.record(by=BY, verb="x.done", subject_type="x")
    raise ZeroDivisionError


@pytest.mark.django_db
def test_record_says_who_did_what_to_what_and_when(clock):
    at = clock.stop_at("make-up workday")
    union = UnionFactory.create()

    audit.record(
        by=BY, verb="union.entered", subject=union, scope_path=union.path, data={"is_new": True}
    )

    event = AuditEvent.objects.get()
    assert (event.at, event.actor_key, event.actor_label) == (at, "system:test", "test")
    assert (event.verb, event.scope_path) == ("union.entered", union.path)
    assert (event.object_type, event.object_key) == ("unions.union", str(union.pk))
    assert event.data == {"is_new": True}
    assert "union.entered" in str(event)


@pytest.mark.django_db
def test_record_of_a_bulk_act_names_kind_and_key():
    event = audit.record(by=BY, verb="station.imported", subject_type="file", subject_key="a.csv")

    assert (event.object_type, event.object_key, event.data) == ("file", "a.csv", {})


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="transaction of its act"):
        audit.record(by=BY, verb="x.done", subject_type="x")

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_falls_with_its_act():
    with pytest.raises(ZeroDivisionError):
        _act_that_fails()

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "verb"), [("", "x.done"), ("system:x", "")])
def test_event_without_actor_or_act_is_refused_by_the_database(key, verb):
    with pytest.raises(IntegrityError, match="who_and_what"), transaction.atomic():
        AuditEvent.objects.create(
            at="2026-01-01T00:00Z", actor_key=key, verb=verb, object_type="x", object_key="1"
        )
