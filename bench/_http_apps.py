"""What stands beside the finder in front of Django, under the same server and options."""

from collections.abc import Iterable
from typing import Any

from config import server
from config.wsgi import application as django

__all__ = ["django", "hello", "server"]


def hello(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Say hello, as short as a WSGI callable can."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]
