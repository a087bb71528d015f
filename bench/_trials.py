"""A trial in a process and a database folder of its own, whose memory and threads are its own too."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from typing import Any

from bench._demo import ROOT


def figures_of(module: str, *arguments: str, without: Collection[str] = ()) -> dict[str, Any]:
    """Run a module of ours and return the figures it prints as JSON on its last line.

    Parameters
    ----------
    module
        Such as ``bench._roster_trial``.
    arguments
        Of its command line.
    without
        Variables of the environment that it shall not see.

    Raises
    ------
    RuntimeError
        When it breaks; its own output stands above.
    """
    known = {name: value for name, value in os.environ.items() if name not in without}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=known | {"NUANXIN_VAR": folder, "NUANXIN_DEMO": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        msg = f"{module} broke; its own output stands above"
        raise RuntimeError(msg)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures
