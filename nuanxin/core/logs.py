"""Log filters: positions, other query texts and the tokens of desk links never reach a log."""

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")
# whoever reads the token of a desk link in a log needs only a PIN more
_DESK_LINK = re.compile(r"/k/[^\s/\"'?]+")
_COORDINATES = re.compile(r"-?\d{1,3}\.\d{2,}")


class PositionFilter(logging.Filter):
    """Cut queries, tokens and coordinates out of every record, arguments included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; never drop it."""
        record.msg = scrub(record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[0] is not None:
            # a traceback can quote the request line; its own text is scrubbed the same way
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True


def scrub(text: str) -> str:
    """Return a text without query strings, tokens of desk links and decimal coordinates."""
    return _COORDINATES.sub("…", _DESK_LINK.sub("/k/…", _QUERY.sub("?…", text)))
