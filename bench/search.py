"""Finding one worker among a million: by number, last digits, name, pinyin and initials."""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from bench._demo import ROOT


def run(*, workers: int = 1_000_000, queries: int = 1_200, seed: int = 5) -> dict[str, Any]:
    """Fill a register and ask it as officers do: of the whole tree, of a county, of one union.

    Parameters
    ----------
    workers
        People in the register, each a member of one of 860 unions in ten counties.
    queries
        In equal parts for each kind of text and each of the three officers.
    seed
        Of the questions.

    Returns
    -------
    dict
        ``p50_ms`` and ``p99_ms`` over all questions, and by kind of text; ``found_share`` is the share of
        questions for somebody in scope that found them. Without ``DATABASE_URL`` on a SQLite file of its own.

    Raises
    ------
    RuntimeError
        When filling or asking breaks.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "bench._search_trial", "--workers", str(workers), "--queries", str(queries),
            "--seed", str(seed),
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603  our own module
            command,
            cwd=ROOT,
            env=os.environ | {"NUANXIN_VAR": folder, "NUANXIN_DEMO": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        msg = "the search broke; its own output stands above"
        raise RuntimeError(msg)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures
