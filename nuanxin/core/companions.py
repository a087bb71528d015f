"""A second process that computes while this one writes.

Whoever writes much holds the database, and everybody else waits meanwhile; sealing, hashing and comparing need
no database, and on a machine of two processors no time of the writer's either. In a server that answers
riders beside its work, they need none of the interpreter that the answers share.

The companion is a program of its own, with the settings and keys of this one and without its tables: a copy of a process
with threads would wait for ever on a lock that one of them held, and what has no tables starts at once.
Until it has, answers are computed here.
"""

import gc
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pickle import PicklingError
from types import TracebackType
from typing import Final, Generic, Self, TypeVar, cast

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Compute = Callable[[Question], Answer]
logger = logging.getLogger(__name__)
_READY: Final = "ready"
_JOIN_S: Final = 5.0
# how long a question waits for a companion that is starting
_PATIENCE_S: Final = 0.0


class CompanionLost(Exception):
    """The second process has come to its end over a question: killed, or out of memory."""


def can_be_apart() -> bool:
    """Return whether a second process is of use here: there is a processor for it."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Companion(Generic[Question, Answer]):
    """Answers one question at a time, while whoever asks does something else.

    Parameters
    ----------
    make
        Makes what answers, here and in the second process; can be pickled, e.g. a class with its
        arguments as `functools.partial`, in a module without tables. What it makes may remember earlier
        questions.
    is_apart
        Whether there is a second process; else an answer is computed here, when it is wanted.

    Notes
    -----
    Starting takes a moment, meanwhile it goes on here. Questions and answers are pickled through a
    pipe that nobody else has; the process ends with the ``with`` block, or when this one is gone.
    """

    def __init__(self, make: Callable[[], Compute[Question, Answer]], *, is_apart: bool) -> None:
        self._make, self._is_apart = make, is_apart
        self._here: Compute[Question, Answer] | None = None
        self._asked: Question | None = None
        self._pipe: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False

    def __enter__(self) -> Self:
        if self._is_apart:
            self._pipe, theirs = Pipe()
            try:
                with theirs:
                    self._process = _start(theirs)
                self._pipe.send(self._make)
            except OSError:
                self._do_without()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._part()

    def ask(self, question: Question, *, is_first: bool = True) -> None:
        """Put a question; the one before must have been answered.

        Parameters
        ----------
        question
            What to answer.
        is_first
            Whether earlier questions do not matter to it: with such a one the companion takes over.

        Raises
        ------
        CompanionLost
            When there is nobody to answer any more.
        """
        if is_first and self._pipe is not None and not self._is_ready:
            self._look()
        if not self._is_ready or self._pipe is None:
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
        if not self._is_ready or self._pipe is None:
            if self._here is None:
                self._here = self._make()
            return self._here(cast("Question", self._asked))
        try:
            answer, failure = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise CompanionLost from error
        if failure is not None:
            raise failure
        return cast("Answer", answer)

    def _look(self) -> None:
        """See whether the companion has started; one that could not is done without."""
        try:
            if self._pipe is not None and self._pipe.poll(_PATIENCE_S):
                self._is_ready = self._pipe.recv() == _READY
                self._here = None
        except (EOFError, OSError):
            self._do_without()

    def _do_without(self) -> None:
        logger.warning("a second process did not start; it goes on without")
        self._part()

    def _part(self) -> None:
        if self._pipe is None:
            return
        self._pipe.close()
        self._pipe = None
        if self._process is None:
            return
        try:
            self._process.wait(_JOIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _start(theirs: Connection) -> "subprocess.Popen[bytes]":
    # the module of the settings stands in the environment, for it as for us
    known = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-m", "nuanxin.core.companions", str(theirs.fileno())],
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=known,
    )


def main() -> None:
    """Answer whoever holds the other end of the pipe whose number is the first argument."""
    # whoever asks is told to stop, and lets go of us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.disable()  # plain values by the hundred thousand, none of them in circles
    with Connection(int(sys.argv[1])) as pipe:
        try:
            _serve(pipe)
        except (EOFError, OSError):
            return  # nobody asks any more


def _serve(pipe: Connection) -> None:
    compute = pipe.recv()()
    pipe.send(_READY)
    while True:
        question = pipe.recv()
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


if __name__ == "__main__":
    main()
