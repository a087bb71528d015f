"""Small demos are read in this process; `test_sending` sends its files through the child."""

import pytest

from tests.stations.import_world import import_at_once


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import_at_once(monkeypatch)
