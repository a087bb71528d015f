"""Reading files of strangers: in a child process that may use little and nothing else."""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from nuanxin.core import clock
from nuanxin.sheets import child as child_process
from nuanxin.sheets import engine, packages, wire
from nuanxin.sheets.errors import refused
from nuanxin.sheets.readings import Accepted, Reading
from nuanxin.sheets.unreadable import Unreadable, refuse

# a list of a million people takes 1.4 GiB
MEMORY_BYTES = 7 << 28
CPU_S = 120
WALL_S = 180
RawPart = tuple[str, Any]
_HOME = Path(__file__).resolve().parents[2]
_ACCEPTED = b'{"accepted":'
_FROM_JSON = {
    "rejected": wire.rejected_from_json,
    "skipped": wire.skipped_from_json,
    "columns": wire.column_from_json,
}


def read_guarded(
    content: bytes,
    *,
    name: str,  # says nothing about what a file is
    kind: str,
    required: Sequence[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    memory_bytes: int = MEMORY_BYTES,
    cpu_s: int = CPU_S,
    wall_s: float = WALL_S,
) -> Reading:
    """Read a file in a child process with limits of memory, processor time and patience.

    Parameters
    ----------
    content, name, kind, required, mapping
        As for ``reading.read_sheet``.
    memory_bytes
        Address space of the child.
    cpu_s, wall_s
        Seconds of its processor time, and of ours.

    Returns
    -------
    Reading
        As ``read_sheet`` would return.

    Raises
    ------
    SheetRefused
        When the file as a whole is not read, and ``too_slow``, ``too_much_memory`` or ``failed``
        when the child came to its end over it.
    ValueError
        When the kind is unknown.

    Notes
    -----
    What a ZIP package declares is checked here, before the child is started. The child has neither
    Django nor the environment of the server; its answer is JSON, nothing in it is run.
    """
    parts: dict[str, list[Any]] = {name: [] for name in ("accepted", *_FROM_JSON)}
    encoding = ""
    for part, said in stream_guarded(
        content, name=name, kind=kind, required=required, mapping=mapping,
        memory_bytes=memory_bytes, cpu_s=cpu_s, wall_s=wall_s,
    ):  # fmt: skip
        if part == "encoding":
            encoding = said[0]
        else:
            parts[part] += _records_in(said) if part == "accepted" else said
    return Reading(kind=kind, encoding=encoding, **parts)


def stream_guarded(
    content: bytes,
    *,
    name: str,  # says nothing about what a file is
    kind: str,
    required: Sequence[str] | None = None,
    mapping: Mapping[str, str] | None = None,
    memory_bytes: int = MEMORY_BYTES,
    cpu_s: int = CPU_S,
    wall_s: float = WALL_S,
) -> Iterator[RawPart]:
    """Read a file as ``read_guarded`` does, some hundred records at a time.

    Yields
    ------
    tuple of str and list or bytes
        ``columns``, ``accepted``, ``rejected``, ``skipped`` in this order, each as often as there are
        records; at last ``encoding`` with one text. Accepted records come as the child has written
        them, for ``wire.accepted_in``. What was yielded counts only once the last has come.

    Raises
    ------
    SheetRefused, ValueError
        As ``read_guarded``; the first also after some parts.
    """
    if kind not in engine.KINDS:
        msg = f"no kind of sheet is called {kind!r}"
        raise ValueError(msg)
    order = {
        "kind": kind,
        "today": clock.civil_date().isoformat(),
        "required": None if required is None else list(required),
        "mapping": None if mapping is None else dict(mapping),
        "memory_bytes": memory_bytes,
        "cpu_s": cpu_s,
    }
    try:
        if content.startswith(b"PK"):
            packages.check(content)
        yield from _ask(json.dumps(order).encode() + b"\n", content, wall_s)
    except Unreadable as error:
        raise refused(error) from error


def _records_in(line: bytes) -> list[Accepted]:
    try:
        return wire.accepted_in(line)
    except Unreadable as error:
        raise refused(error) from error


def _ask(order: bytes, content: bytes, wall_s: float) -> Iterator[RawPart]:
    with subprocess.Popen(  # noqa: S603  # our own interpreter and folders, nothing of the file
        [sys.executable, "-I", "-c", _START, str(_HOME), *_paths()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    ) as child:
        is_late = threading.Event()
        timer = threading.Timer(wall_s, _end, (child, is_late))
        timer.start()
        feeder = threading.Thread(target=_feed, args=(child.stdin, order, content), daemon=True)
        feeder.start()
        is_whole = False
        try:
            for part in _collect(child.stdout or ()):
                is_whole = part[0] == "encoding"
                yield part
        finally:
            timer.cancel()
            if sys.exc_info()[0] is GeneratorExit:
                child.kill()  # whoever asked does not want the rest
            if child.stdout:
                child.stdout.close()
            code = child.wait()
            feeder.join()
    if not is_whole:
        refuse("too_slow" if is_late.is_set() else _death(code))


def _end(child: subprocess.Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    child.kill()


# -I keeps the child from the environment and the current folder; the paths come by hand
_START = (
    "import sys; sys.path[:0] = sys.argv[1:]; "
    "from nuanxin.sheets import child; child.main(sys.stdin.buffer, sys.stdout.buffer)"
)


def _paths() -> list[str]:
    """Return where the child finds its two libraries: the folders of this process's own."""
    return [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]


def _feed(pipe: IO[bytes] | None, order: bytes, content: bytes) -> None:
    """Hand the file over; a child that has died takes no more."""
    if pipe is None:
        return
    with contextlib.suppress(BrokenPipeError, ValueError), pipe:
        pipe.write(order)
        pipe.write(content)


def _collect(lines: Iterable[bytes]) -> Iterator[RawPart]:
    """Say what the child says, part by part; a child that dies leaves out the last one.

    Raises
    ------
    Unreadable
        What the child says of the file, or ``failed`` when its words make no sense.
    """
    try:
        for line in lines:
            if line.startswith(_ACCEPTED):
                yield "accepted", line
                continue
            data = json.loads(line)
            if "refused" in data:
                refuse(str(data["refused"]), str(data["detail"]))
            if "end" in data:
                yield "encoding", [str(data["encoding"])]
                return
            for name, items in data.items():
                yield name, [_FROM_JSON[name](item) for item in items]
    except (ValueError, KeyError, TypeError, AttributeError):
        refuse("failed")


def _death(code: int) -> str:
    """Return what the way a child ended says about the file."""
    if code == -24:  # SIGXCPU
        return "too_slow"
    return "too_much_memory" if code in (child_process.OUT_OF_MEMORY, -6, -9, -11, -7) else "failed"
