"""What the worker does for imports: one batch at a time, the one that has waited longest."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import InterfaceError, OperationalError

from nuanxin.core.errors import DomainError
from nuanxin.sheets import applying, holds, staging, undoing
from nuanxin.sheets.enums import BatchState
from nuanxin.sheets.models import ImportBatch

logger = logging.getLogger(__name__)
_SELDOM: Final = (500_000, 20, 1_000_000)
Do = Callable[[ImportBatch, Callable[[], bool]], None]
_DO: Final[dict[str, Do]] = {
    BatchState.READING.value: staging.stage,
    BatchState.APPLYING.value: applying.apply,
    BatchState.UNDOING.value: undoing.take_back,
}


def work(holder: str, may_go_on: Callable[[], bool]) -> bool:
    """Claim a batch and do what is due to it; return whether there was one.

    Notes
    -----
    After an error the hold runs out after a minute, and the batch is tried again; meanwhile its kind
    is shown. One of “all rows or none” is taken back instead, unless the database was away; so is any
    other when a rule refused it, which it would do for ever: its union has ended, a right was withdrawn.
    """
    batch = holds.take_next(holder)
    if batch is None:
        return False
    try:
        with _fewer_collections():
            _DO[batch.state](batch, may_go_on)
    except holds.HoldLost:
        logger.warning("another process has taken an import over")
    except Exception as error:
        # only the kind of an accident is kept: its words may name somebody; a rule's are for people
        logger.exception("an import failed")
        is_final = isinstance(error, DomainError)
        trouble = (str(error) if is_final else type(error).__name__)[:80]
        is_whole = batch.is_whole and not _passes(error)
        if batch.state == BatchState.APPLYING and (is_whole or is_final):
            undoing.roll_back(batch, trouble)
        elif batch.state == BatchState.READING and is_final:
            holds.settle(batch, BatchState.REFUSED, refusal=str(error)[:300])
        else:
            ImportBatch.objects.filter(pk=batch.pk).update(trouble=trouble)
    return True


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Look for circles among young objects now and then, among old ones not at all.

    Rows are objects by the hundred thousand without a circle among them; looking through them all took a
    tenth of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _passes(error: Exception) -> bool:
    """Whether an error is of the database being away or busy, so that the next try may succeed."""
    return isinstance(error, OperationalError | InterfaceError)


def work_off(holder: str = "here") -> int:
    """Do everything that waits, in this process, and return how many turns it took.

    For commands and tests; a site has its worker.
    """
    turns = 0
    while work(holder, lambda: True):
        turns += 1
    return turns
