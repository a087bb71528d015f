"""What hangs at a desk where people join: a poster with the code, and the form for whoever has no phone."""

from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from nuanxin.accounts.models import ConsentText
from nuanxin.accounts.selectors import current_texts
from nuanxin.core import clock
from nuanxin.core.documents import pdf_of
from nuanxin.core.qr import qr_picture
from nuanxin.unions.models import Union
from nuanxin.workers.models import Ceremony

_TEMPLATE: Final = Path(__file__).parent / "typst" / "joining.typ"
_LANGUAGES: Final = {"zh": "zh-hans", "en": "en"}


def sheets_pdf(*, union: Union, link: str, ceremony: Ceremony | None = None) -> bytes:
    """Return the poster and the paper form of a union as PDF, to be printed on A4.

    Parameters
    ----------
    union
        Which people join.
    link
        The address that the code leads to, with the host.
    ceremony
        At which, if at one.

    Raises
    ------
    DomainError
        ``fonts_missing``, as `documents.pdf_of`.

    Notes
    -----
    One query. The form holds the words of today's consent texts: what is signed is what was read.
    """
    texts = current_texts(on=clock.civil_date())
    words = {}
    for key, language in _LANGUAGES.items():
        with override(language):
            words[key] = _words(texts)
    return pdf_of(
        _TEMPLATE,
        {
            "union": union.name,
            "title": ceremony.title if ceremony else "",
            "link": link,
            "qr": qr_picture(link),
            "words": words,
        },
    )


def _words(texts: list[ConsentText]) -> dict[str, Any]:
    return {
        "call": _("Join your union: scan this"),
        "steps": [
            _("Scan with any phone: no app."),
            _("Type your phone number and the code it gets."),
            _("Type your name and the number of your card. Done."),
        ],
        "form": _("Application for membership"),
        "fields": [
            _("Full name"),
            _("Number of the document"),
            _("Mobile number"),
            _("Your work"),
            _("Platform or employer"),
        ],
        "agree": _("I agree to what I tick:"),
        "needed": _("needed"),
        "signature": _("Signature"),
        "date": _("Date"),
        "texts": [
            {"title": text.title, "body": text.body, "is_required": text.is_required}
            for text in texts
        ],
    }
