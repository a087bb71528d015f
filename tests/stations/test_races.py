"""Several people at one door at once: nobody's finding is lost."""

import datetime as dt
import threading

import pytest
from django.db import connection

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.algorithms.records import OWN_UNITS
from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_calendar
from nuanxin.stations.evidence import Finding, record_evidence
from nuanxin.stations.models import EvidenceLine, OpeningRecord, Station
from nuanxin.stations.parameters import openness_params
from tests.factories import StationFactory
from tests.stations.page_world import TUESDAY_10

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 8


@pytest.fixture
def station(settings) -> Station:
    import_calendar(settings.ROOT / "data", by=SystemActor("test"))
    made: Station = StationFactory.create(listed=True, staffed_hours="Mo-Su 08:00-20:00")
    return made


def test_findings_at_one_moment_are_all_counted(station):
    start, failures = threading.Barrier(THREADS), []

    def find(number: int) -> None:
        try:
            start.wait()
            finding = Finding(EvidenceKind.DOOR_REPORT, TUESDAY_10 + dt.timedelta(seconds=number))
            record_evidence(station=station, finding=finding, by=SystemActor("test"))
        except Exception as error:  # noqa: BLE001  told to the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=find, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    cell = 0 * 12 + TUESDAY_10.hour // 2
    record = OpeningRecord.objects.get(pk=station.pk)
    assert bytes(record.times)[cell] == THREADS * OWN_UNITS
    line = EvidenceLine.objects.get(station=station, kind=EvidenceKind.DOOR_REPORT)
    assert line.weight == pytest.approx(-openness_params().rules[EvidenceKind.DOOR_REPORT].cap)
