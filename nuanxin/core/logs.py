"""Log filters: positions and other query texts never reach a log."""

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")
_COORDINATES = re.compile(r"-?\d{1,3}\.\d{2,}")


class PositionFilter(logging.Filter):
    """Cut queries and coordinates out of every record, arguments included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; never drop it."""
        record.msg = scrub(record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[0] is not None:
            # a traceback can quote the request line; its own text is scrubbed the same way
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True


def scrub(text: str) -> str:
    """Return a text without query strings and without decimal coordinates."""
    return _COORDINATES.sub("…", _QUERY.sub("?…", text))
