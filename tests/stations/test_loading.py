import datetime as dt

import pytest

from nuanxin.stations import loading
from tests.factories import StationFactory

pytestmark = pytest.mark.django_db


def test_door_without_hours_is_presumed_shut_whatever_its_host():
    posted = StationFactory.create(listed=True, staffed_hours="Mo-Fr 09:00-17:00")
    silent = StationFactory.create(listed=True, staffed_hours="", self_service_hours="")

    rates = loading.load(today=dt.date(2026, 3, 10)).snapshot.host_rates

    assert rates[loading.host_type(posted.host_kind, has_hours=True)] == pytest.approx(0.9)
    assert rates[loading.host_type(silent.host_kind, has_hours=False)] == pytest.approx(0.2)
