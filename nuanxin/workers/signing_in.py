"""Signing in with a telephone and the end of a document: neither alone tells who somebody is."""

import unicodedata
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts import limits
from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.core.identities import search_keys
from nuanxin.workers import documents, policies, sealer, sealing, services
from nuanxin.workers.models import Worker

# ends tried with one telephone: its holder knows their own, and perhaps those of a family
BY_PHONE: Final = limits.Limit("worker.tail", 6, 3600)
_LONGEST: Final = 40


def worker_of_phone(phone: str, typed: str) -> Worker:
    """Return the worker with a telephone whose document ends as typed.

    Parameters
    ----------
    phone
        Eleven digits, whose holder has typed a code back.
    typed
        The last four characters of the document, or all of it: needed where two people with one
        telephone have the same end.

    Returns
    -------
    Worker
        The row that stands for the person.

    Raises
    ------
    TooManyTries
        When the telephone has had its tries.
    Invalid
        With code ``not_found``, whether nobody has this telephone or its people have other documents;
        with code ``several`` when the end fits two of them.
    RuntimeError
        When called inside a transaction.

    Notes
    -----
    The count of tries and three queries.
    """
    limits.take(BY_PHONE, phone)
    bare = "".join(unicodedata.normalize("NFKC", typed[:_LONGEST]).split()).upper()
    found = _matching(phone, bare)
    if not found:
        raise _refused(
            _("Nobody with this phone has a document that ends so. Ask at your union."), "not_found"
        )
    if len(found) > 1:
        raise _refused(_("Two people fit. Type the whole number of the document."), "several")
    limits.forgive(BY_PHONE, phone)
    return next(iter(found.values()))


@transaction.atomic
def note_sign_in(*, worker: Worker, by: Actor) -> None:
    """Write down that a worker signed in: they read it among what was done with their entry.

    Raises
    ------
    NotAllowed
        For anybody but the worker.

    Notes
    -----
    One query and one audit row.
    """
    policies.can_act_alone(by, worker).enforce()
    audit.record(
        by=by, verb="worker.signed_in", subject=worker, scope_path=services.scope_of(worker)
    )


def _matching(phone: str, bare: str) -> dict[object, Worker]:
    keys = search_keys()
    tail = bare[-documents.TAIL :]
    rows = Worker.objects.filter(
        phone_index__in=keys.candidates(phone, purpose=sealer.PHONE),
        document_tail__in=keys.candidates(tail, purpose=sealer.DOCUMENT_TAIL),
        erased_at__isnull=True,
    )
    found: dict[object, Worker] = {}
    for row in rows.order_by("pk"):
        number = sealing.opened(row, "document_sealed")
        # fingerprints may meet by chance: what is sealed decides
        fits = number.endswith(bare) if len(bare) <= documents.TAIL else number == bare
        if len(tail) == documents.TAIL and fits and sealing.opened(row, "phone_sealed") == phone:
            survivor = services.survivor_of(row)
            found[survivor.pk] = survivor
    return found


def _refused(sentence: str, code: str) -> Invalid:
    return Invalid(sentence, code=code, fields={"tail": sentence})
