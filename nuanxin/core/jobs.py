"""Work that takes longer than a request: rooms say what waits, the worker does it bit by bit.

There is no queue: what is to be done stands in the rows of a room, is claimed there by one conditional
UPDATE with a hold, and goes on where it stopped when the process that did it is killed.
"""

from collections.abc import Callable
from typing import Final

MayGoOn = Callable[[], bool]
Work = Callable[[str, MayGoOn], bool]

_jobs: Final[dict[str, Work]] = {}


def register(name: str, work: Work) -> None:
    """Make a kind of work known to the worker; a room calls this in its ``AppConfig.ready``.

    Parameters
    ----------
    name
        Noun of the room first: ``"sheets.import"``.
    work
        Takes the name of the process and a question to ask between pieces (go on?); does what waits
        and returns whether there may be more.

    Raises
    ------
    ValueError
        When another kind of work has the name. The same one again is harmless.
    """
    if _jobs.setdefault(name, work) != work:
        msg = f"there is another kind of work called {name}"
        raise ValueError(msg)


def work(*, holder: str, may_go_on: MayGoOn = lambda: True) -> bool:
    """Do one piece of every kind of work.

    Returns
    -------
    bool
        Whether any of them may have more to do at once.
    """
    is_busy = False
    for do in tuple(_jobs.values()):
        if not may_go_on():
            break
        is_busy = do(holder, may_go_on) or is_busy
    return is_busy
