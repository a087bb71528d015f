"""Names of people: one form for one name, and no character replaced by another."""

import re
from typing import Final

from django.utils.translation import gettext as _

from nuanxin.core.errors import Invalid
from nuanxin.sheets.cell_names import read_name

LENGTH: Final = 60
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z .'’-]*")


def name_of(text: str) -> str:
    """Return a name in the form in which it is kept.

    Parameters
    ----------
    text
        As typed: spaces inside Chinese names and the many dots of names are forgiven. Characters of
        every plane stay as they are.

    Returns
    -------
    str
        With U+00B7 as the dot.

    Raises
    ------
    Invalid
        When it is no name, with the reason at field ``name``.
    """
    tidy = " ".join(text.split())
    if not _LATIN.fullmatch(tidy):
        read, problem, _warnings = read_name(text)
        tidy = "" if problem or not read else read
    if not tidy or len(tidy) > LENGTH:
        sentence = _("This is no name of a person.")
        raise Invalid(sentence, code="bad_name", fields={"name": sentence})
    return tidy
