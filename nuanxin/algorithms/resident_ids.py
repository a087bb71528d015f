"""Citizen identity numbers of eighteen places: the check character, the birthday, the void old form.

References
----------
.. [1] GB 11643-1999, citizen identification number.
.. [2] ISO 7064:1983, MOD 11-2.
"""

import datetime as dt
from operator import mul
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHT: Final = sum(_WEIGHTS)
_CHECKS: Final = "10X98765432"
_OLDEST: Final = 1900


def check_character(first17: str) -> str:
    """Return the eighteenth character.

    Parameters
    ----------
    first17
        Seventeen ASCII digits.

    Returns
    -------
    str
        A digit or ``X``.

    Raises
    ------
    ValueError
        When they are not seventeen digits.
    """
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        msg = "a citizen number has seventeen digits and a check character"
        raise ValueError(msg)
    # of bytes, digits are 48 and more
    total = sum(map(mul, _WEIGHTS, first17.encode())) - 48 * _WEIGHT
    return _CHECKS[total % 11]


def birthday(number: str) -> dt.date | None:
    """Return the day of birth an eighteen-place number holds; None when there is no such day."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def problem(number: str, *, today: dt.date) -> str:
    """Return what is wrong with a number, or nothing.

    Parameters
    ----------
    number
        Tidied: ASCII, a capital X.
    today
        No one is born later.

    Returns
    -------
    str
        ``"length"``, ``"characters"``, ``"birthday"`` or ``"check"``; the first that holds, in this
        order; empty for a sound number.
    """
    if len(number) != 18:
        return "length"
    if not (
        number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")
    ):
        return "characters"
    born = birthday(number)
    if born is None or born > today or born.year < _OLDEST:
        return "birthday"
    return "" if check_character(number[:17]) == number[17] else "check"


def upgraded(fifteen: str) -> str:
    """Return the eighteen-place form of a number of fifteen places.

    Parameters
    ----------
    fifteen
        As issued before 1999, void since 2013: fifteen ASCII digits.

    Returns
    -------
    str
        What the present card most likely says: a hint for whoever holds the card, never proof. Empty
        when it is no such number, or holds no birthday.

    Notes
    -----
    The order codes 996 to 999 were given to people older than a hundred, born in the 1800s.
    """
    if len(fifteen) != 15 or not (fifteen.isascii() and fifteen.isdigit()):
        return ""
    century = "18" if fifteen[12:] in ("996", "997", "998", "999") else "19"
    first17 = f"{fifteen[:6]}{century}{fifteen[6:]}"
    return first17 + check_character(first17) if birthday(first17) else ""
