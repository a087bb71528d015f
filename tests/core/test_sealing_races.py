"""Several sealers and writers at once: one chain, no fork, no gap."""

import pytest
from django.db import transaction

from nuanxin.core import audit, clock, sealing
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import AuditEvent, AuditSeal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_sixteen_who_write_and_seal_make_one_chain(together):
    def one(number):
        for turn in range(5):
            with transaction.atomic():
                audit.record(
                    by=SystemActor("test"),
                    verb="test.done",
                    subject_type="thing",
                    subject_key=f"{number}-{turn}",
                )
            sealing.seal(clock.now())

    together(one, 16)
    sealing.seal(clock.now())

    assert AuditEvent.objects.count() == AuditSeal.objects.count() == 80
    assert list(sealing.verify()) == []
    assert sealing.head().seq == 80
