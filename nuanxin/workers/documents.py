"""Documents that name a person: normalised, checked, and turned into the id of a worker."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from nuanxin.algorithms import resident_ids
from nuanxin.core.errors import Invalid
from nuanxin.core.identities import identities
from nuanxin.workers.enums import DocumentKind

# cards that carry a number of the one register of citizen numbers, whatever card it is read from
CITIZEN: Final = frozenset({DocumentKind.RESIDENT, DocumentKind.RESIDENCE, DocumentKind.PERMANENT})
TAIL: Final = 4
_OTHER: Final = re.compile(r"[A-Z0-9]{5,24}", re.ASCII)
_DROPPED: Final = re.compile(r"[\s\-‐-―－'‘’＇·.()（）]+")


@dataclass(frozen=True)
class Document:
    """A document that may stand: its kind, and its number as it takes part in the worker's id."""

    kind: DocumentKind
    number: str

    @cached_property
    def worker_id(self) -> UUID:
        """Return the id of the worker this document names."""
        register = "citizen" if self.kind in CITIZEN else self.kind.value
        return identities().person_id(register, self.number)

    @property
    def tail(self) -> str:
        """Return the last characters, by which a desk finds its way."""
        return self.number[-TAIL:]


def document_of(kind: DocumentKind, text: str, *, today: dt.date) -> Document:
    """Return the document somebody has typed.

    Parameters
    ----------
    kind
        Kind of document.
    text
        As typed: spaces, full-width digits and a small x are forgiven.
    today
        No one is born later.

    Returns
    -------
    Document
        Normalised and checked.

    Raises
    ------
    Invalid
        With the reason at field ``number``; for fifteen places with the number of today as a hint.
    """
    number = _DROPPED.sub("", unicodedata.normalize("NFKC", text)).upper().replace("×", "X")
    fault = _fault(kind, number, today)
    if fault:
        raise Invalid(fault, code="bad_document", fields={"number": fault})
    return Document(kind, number)


def masked(number: str) -> str:
    """Return a number as a list shows it: the end, and stars for the rest."""
    shown = number[-TAIL:] if len(number) > 2 * TAIL else number[-1:]
    return "*" * (len(number) - len(shown)) + shown


def _fault(kind: DocumentKind, number: str, today: dt.date) -> str:
    if kind not in CITIZEN:
        return "" if _OTHER.fullmatch(number) else _("This is no number of such a document.")
    if hint := resident_ids.upgraded(number):
        sentence = _(
            "Numbers of fifteen places are void since 2013. The card of today may say %(number)s: look at it."
        )
        return sentence % {"number": hint}
    return {
        "": "",
        "length": _("The number of this document has eighteen places."),
        "characters": _("The number has digits only, and perhaps an X at the end."),
        "birthday": _("The number holds no day of birth that can be."),
        "check": _("The last character does not fit: one of the digits is mistyped."),
    }[resident_ids.problem(number, today=today)]
