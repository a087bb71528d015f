"""The demo's telephones lie on the table: whoever asks for a code reads it on the landing page."""

import datetime as dt
from collections import deque
from dataclasses import dataclass
from typing import Final

from nuanxin.core import channels, clock

_KEPT: Final = 10
_LATELY: Final = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Text:
    """A message that came in: to which telephone, its words, and when."""

    phone_masked: str
    text: str
    at: dt.datetime


# of this process: the demo has one that answers pages, and that is where codes are asked for
_table: "deque[Text]" = deque(maxlen=_KEPT)


class TableSms:
    """A provider of text messages for the demo alone, where every telephone is invented."""

    def send(self, *, phone: str, text: str) -> None:
        """Lay the message on the table."""
        _table.appendleft(Text(channels.masked(phone), text, clock.now()))


def lately(now: dt.datetime) -> list[Text]:
    """Return the messages of the last ten minutes, the latest first. No query."""
    return [message for message in _table if message.at > now - _LATELY]
