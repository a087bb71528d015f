"""The groups of workers, from ``data/catalogue``."""

from nuanxin.core.catalogue import rows_of, store
from nuanxin.workers.models import WorkerGroup


def seed() -> None:
    """Bring the groups of workers up to date. One statement."""
    flags = ("is_new_form", "is_outdoor")
    rows = rows_of("worker_groups")
    store(WorkerGroup, [{**row, **{name: row[name] == "1" for name in flags}} for row in rows])
