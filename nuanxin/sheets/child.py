"""The process that reads a stranger's file: ``python -m nuanxin.sheets.child``, without Django.

Standard input: one line of JSON (limits, kind, day, required fields, mapping), then the file.
Standard output: lines of JSON, each a list under one name; the last is ``{"end": …}``.
"""

import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Iterable
from typing import IO, Any

from nuanxin.sheets import engine, wire
from nuanxin.sheets.unreadable import Unreadable

OUT_OF_MEMORY = 70
_BATCH = 2_000


def main(source: IO[bytes], sink: IO[bytes]) -> None:
    """Read one file and say what it holds.

    The limits are set before anything of the file is seen; what goes beyond them ends the process.
    """
    order = json.loads(source.readline())
    resource.setrlimit(resource.RLIMIT_AS, (order["memory_bytes"], order["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["cpu_s"], order["cpu_s"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    gc.disable()  # a short life with millions of plain values, none of them in circles
    try:
        _read(order, source.read(), sink)
    except Unreadable as error:
        _say(sink, {"refused": error.code, "detail": error.detail})
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # there is no room left to say anything


def _read(order: dict[str, Any], content: bytes, sink: IO[bytes]) -> None:
    reading = engine.read(
        content,
        kind=order["kind"],
        today=wire.day_from_json(order["today"]),
        required=order["required"],
        mapping=order["mapping"],
    )
    del content
    _send(sink, "columns", reading.columns, wire.column_as_json)
    _send(sink, "accepted", reading.accepted, wire.accepted_as_json)
    _send(sink, "rejected", reading.rejected, wire.rejected_as_json)
    _send(sink, "skipped", reading.skipped, wire.skipped_as_json)
    _say(sink, {"end": True, "kind": reading.kind, "encoding": reading.encoding})


def _send(sink: IO[bytes], name: str, items: list[Any], as_json: Callable[[Any], Any]) -> None:
    for batch in _batches(items):
        _say(sink, {name: [as_json(item) for item in batch]})


def _batches(items: list[Any]) -> Iterable[list[Any]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _say(sink: IO[bytes], data: dict[str, Any]) -> None:
    sink.write(json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n")
    sink.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
