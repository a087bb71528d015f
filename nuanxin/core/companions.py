"""A second process that computes while this one writes.

Whoever writes much holds the database, and everybody else waits meanwhile; sealing, hashing and comparing need
no database, and on a machine of two processors no time of the writer's either. The companion is forked: it has the
keys and settings of this process and is there at once. It never speaks to the database, whose connections belong to
this process.
"""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pickle import PicklingError
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar, cast

from django.db import connections

Question = TypeVar("Question")
Answer = TypeVar("Answer")
_JOIN_S: Final = 5.0


class CompanionLost(Exception):
    """The second process has come to its end: killed, or out of memory."""


def can_be_apart() -> bool:
    """Return whether a second process is of use here: there is a processor for it, and a safe way to fork."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Companion(Generic[Question, Answer]):
    """Answers one question at a time, while whoever asks does something else.

    Parameters
    ----------
    compute
        Makes an answer from a question, without the database; it may remember what it was asked before.
    is_apart
        Whether in a second process; else an answer is computed here, when it is wanted.

    Notes
    -----
    Begin it before any thread. Questions and answers go through a pipe; the process ends with the
    ``with`` block, or when this one is gone.
    """

    def __init__(self, compute: Callable[[Question], Answer], *, is_apart: bool) -> None:
        self._compute, self._is_apart = compute, is_apart
        self._pipe: Connection | None = None
        self._process: Any = None
        self._asked: Question | None = None

    def __enter__(self) -> Self:
        if self._is_apart:
            context = get_context("fork")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(
                target=_serve, args=(theirs, self._pipe, self._compute), daemon=True
            )
            self._process.start()
            theirs.close()  # so that its end is seen here
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._process.join(_JOIN_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()

    def ask(self, question: Question) -> None:
        """Put a question; the one before must have been answered.

        Raises
        ------
        CompanionLost
            When there is nobody to answer.
        """
        if self._pipe is None:
            self._asked = question
            return
        try:
            self._pipe.send(question)
        except OSError as error:
            raise CompanionLost from error

    def answer(self) -> Answer:
        """Return the answer to the last question, once it is there.

        Raises
        ------
        CompanionLost
            When nobody answers any more.
        Exception
            Whatever came up over the question.
        """
        if self._pipe is None:
            return self._compute(cast("Question", self._asked))
        try:
            answer, failure = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise CompanionLost from error
        if failure is not None:
            raise failure
        return cast("Answer", answer)


def _serve(pipe: Connection, theirs: Connection, compute: Callable[[Any], Any]) -> None:
    """Answer until nobody asks any more."""
    theirs.close()  # else the pipe would stay open when they are gone
    # whoever asks is told to stop, and lets go of us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for connection in connections.all():
        connection.execute_wrappers.append(_refuse)
    try:
        while True:
            _reply(pipe, compute, pipe.recv())
    except (EOFError, OSError):
        return


def _reply(pipe: Connection, compute: Callable[[Any], Any], question: Any) -> None:
    try:
        said = compute(question), None
    except Exception as error:  # noqa: BLE001  whoever asks shall have it
        _report(pipe, error)
    else:
        pipe.send(said)


def _report(pipe: Connection, error: Exception) -> None:
    """Hand an error over, or its name, where it cannot be put into a pipe."""
    try:
        pipe.send((None, error))
    except (PicklingError, TypeError, AttributeError):
        pipe.send((None, RuntimeError(type(error).__name__)))


def _refuse(*_arguments: Any) -> Any:
    msg = "a companion does not speak to the database"
    raise RuntimeError(msg)
