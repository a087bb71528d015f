"""CPU time of other processes, for measures of servers."""

import os
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process and of those it started that still run."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _descends(int(entry.name), pid):
            fields = _fields(int(entry.name))
            total += (int(fields[11]) + int(fields[12])) / _TICK if fields else 0.0
    return total


def parent_of(pid: int) -> int:
    """Return the process that started another; 0 when that one has ended."""
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        pid = parent_of(pid)
    return False


def _fields(pid: int) -> list[str]:
    """Return what the system tells of a process behind its name, which may hold blanks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
