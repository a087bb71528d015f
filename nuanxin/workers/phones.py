"""Mobile numbers of workers: one form for one number."""

from typing import Final

from django.utils.translation import gettext as _

from nuanxin.core.errors import Invalid
from nuanxin.sheets.cell_phones import read_phone

TAIL: Final = 4


def phone_of(text: str) -> str:
    """Return a mobile number as eleven digits, or nothing for an empty text.

    Raises
    ------
    Invalid
        When it is no mobile number of the mainland, with the reason at field ``phone``.
    """
    if not text.strip():
        return ""
    phone = read_phone(text, takes_landline=False)
    if phone.problem or not phone.number:
        sentence = _("This is no mobile number.")
        raise Invalid(sentence, code="bad_phone", fields={"phone": sentence})
    return phone.number


def masked(phone: str) -> str:
    """Return a number as a list shows it: ``138****5678``."""
    return f"{phone[:3]}****{phone[-TAIL:]}" if len(phone) == 11 else "*" * len(phone)
