"""The demo, served by granian as in production, for measures and pictures that need its pages."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "demo"
_WAIT_S = 120


@contextmanager
def demo_server(first_path: str) -> Iterator[str]:
    """Serve the demo on a free port of the loopback interface, filling it first where it is missing.

    Parameters
    ----------
    first_path
        A page that is asked for until it answers: its first answer builds what no rider waits for.

    Yields
    ------
    str
        The address, without a slash at its end.

    Raises
    ------
    RuntimeError
        When the demo cannot be built or does not come up.
    """
    _fill()
    port = free_port()
    with granian(port, _variables()):
        address = f"http://127.0.0.1:{port}"
        wait_for(address + first_path)
        yield address


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def granian(port: int, variables: dict[str, str]) -> Iterator[None]:
    """Serve on a port of the loopback interface, as in production.

    Parameters
    ----------
    port
        A free one.
    variables
        The environment.
    """
    process = subprocess.Popen(  # noqa: S603  our own server
        [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--no-access-log", "--blocking-threads", "2", "config.server:application"),
        ],
        cwd=ROOT,
        env=variables | {"NUANXIN_BACKGROUND": "finder"},
        stdout=sys.stderr,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _variables() -> dict[str, str]:
    return os.environ | {"NUANXIN_DEMO": "1", "NUANXIN_VAR": str(VAR), "NUANXIN_DEMO_SERVE": "0"}


def _fill() -> None:
    """Build and fill the demo as `make demo` does, or only bring its evidence up to this minute."""
    done = subprocess.run(  # noqa: S603  our own script
        [str(ROOT / "scripts" / "demo.sh")],
        cwd=ROOT,
        env=_variables(),
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        msg = "the demo cannot be built; its own output stands above"
        raise RuntimeError(msg)


def wait_for(page: str) -> None:
    """Ask for a page until it answers.

    Raises
    ------
    RuntimeError
        When it does not within two minutes.
    """
    for _ in range(_WAIT_S * 2):
        try:
            urllib.request.urlopen(page, timeout=60).read()  # noqa: S310  loopback
        except OSError:
            time.sleep(0.5)
        else:
            return
    msg = f"{page} did not answer within {_WAIT_S} s"
    raise RuntimeError(msg)
