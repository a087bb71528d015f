"""The check character of a unified social credit code (GB 32100-2015)."""

from typing import Final

LENGTH: Final = 18
# no I, O, S, V and Z; the place of a character is its value
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_MODULUS: Final = len(ALPHABET)
_WEIGHTS: Final = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))


def check_character(body: str) -> str:
    """Return the character that belongs behind the first seventeen.

    Parameters
    ----------
    body
        Seventeen characters of ``ALPHABET``.

    Returns
    -------
    str
        One character of ``ALPHABET``.

    Raises
    ------
    ValueError
        When the body is longer or shorter, or holds another character.

    References
    ----------
    .. [1] GB 32100-2015, section 4 and annex: C18 = 31 - sum(Ci * 3^(i-1)) modulo 31.
    """
    if len(body) != LENGTH - 1 or not set(body) <= set(ALPHABET):
        msg = f"a credit code has {LENGTH - 1} characters before its check character"
        raise ValueError(msg)
    total = sum(
        _VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return ALPHABET[-total % _MODULUS]


def uscc_problem(code: str) -> str:
    """Return what is wrong with a unified social credit code.

    Parameters
    ----------
    code
        The code as it is to be kept: capital letters, no spaces.

    Returns
    -------
    str
        ``"length"`` when it has not 18 characters, ``"character"`` when one of them is not of the
        standard's alphabet, ``"check"`` when the last does not belong to the others; empty when
        nothing is wrong.

    Notes
    -----
    31 is prime, every weight is invertible and neighbouring weights differ, so one changed
    character and two neighbours changed about are always found. That the code was ever given out
    is not shown by this.
    """
    if len(code) != LENGTH:
        return "length"
    if not set(code) <= set(ALPHABET):
        return "character"
    return "" if check_character(code[:-1]) == code[-1] else "check"
