"""A provider of text messages whose telephones lie on the table."""

import re
from typing import ClassVar

from nuanxin.core.channels import DeliveryFailed


class Inbox:
    """Keep what was sent: numbers and words, the latest last."""

    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, *, phone: str, text: str) -> None:
        self.sent.append((phone, text))

    @classmethod
    def last_code(cls) -> str:
        """Return the code of the latest message."""
        (code,) = re.findall(r"(?<!\d)\d{6}(?!\d)", cls.sent[-1][1])
        return str(code)


class Refusing(Inbox):
    """Take nothing, and say why in words of its own."""

    error: ClassVar[Exception] = DeliveryFailed("not_taken")

    def send(self, *, phone: str, text: str) -> None:
        super().send(phone=phone, text=text)
        raise self.error


NAME = f"{__name__}.{Inbox.__name__}"
REFUSING = f"{__name__}.{Refusing.__name__}"
