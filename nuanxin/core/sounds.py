"""What the name of a person is found by: free of tables, so that who prepares many rows needs none."""

from typing import Final

from nuanxin.algorithms.pinyin_people import person_pinyin

PINYIN_LENGTH: Final = 120
INITIALS_LENGTH: Final = 30


def person_columns(name: str) -> tuple[str, str]:
    """Return what the columns for the pinyin and the initials of a person's name hold."""
    full, initials = person_pinyin(name)
    return full[:PINYIN_LENGTH], initials[:INITIALS_LENGTH]
