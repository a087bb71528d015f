"""From a clone to a served demo: seconds cold, seconds again, megabytes installed.

Cold means no `.venv`, no `node_modules`, no database; the package caches stay as they are.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_BUILD_TOOLS = {"node_modules", ".git"}


def run(*, seed: int = 0) -> dict[str, Any]:
    """Clone the committed tree, run ``make demo`` twice without serving, and weigh the result.

    Parameters
    ----------
    seed
        Accepted for the common interface; nothing here is drawn.

    Returns
    -------
    dict
        ``cold_s``, ``again_s``, ``installed_mb`` (everything in the clone after the first run but
        the front end's build tools and git's own files).
    """
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        _call(["git", "clone", "--quiet", str(ROOT), str(clone)], ROOT)
        cold_s = _timed_demo(clone)
        installed_mb = _megabytes(clone)
        again_s = _timed_demo(clone)
        shutil.rmtree(clone)
    return {
        "cold_s": round(cold_s, 1),
        "again_s": round(again_s, 1),
        "installed_mb": round(installed_mb),
        "seed": seed,
    }


def _timed_demo(clone: Path) -> float:
    began = time.monotonic()
    _call(["make", "demo"], clone)
    return time.monotonic() - began


def _call(command: list[str], folder: Path) -> None:
    hidden = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL"}
    variables = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(  # noqa: S603  our own Makefile
        command,
        cwd=folder,
        env=variables | {"NUANXIN_DEMO_SERVE": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        msg = f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(msg)


def _megabytes(folder: Path) -> float:
    total = 0
    for path, names, files in os.walk(folder):
        names[:] = [name for name in names if name not in _BUILD_TOOLS]
        total += sum((Path(path) / file).lstat().st_blocks * 512 for file in files)
    return total / 1e6
