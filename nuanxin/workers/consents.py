"""What workers agree to, purpose by purpose: given, taken back, given anew; every act is a row of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from nuanxin.accounts.models import ConsentText
from nuanxin.accounts.selectors import current_texts
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.workers import policies
from nuanxin.workers.enums import Channel
from nuanxin.workers.models import Consent, Membership, Worker
from nuanxin.workers.moves import save_new
from nuanxin.workers.services import scope_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One purpose as a worker reads it: the words of today, and what they said to it.

    Parameters
    ----------
    text
        The version in force.
    given
        What stands, perhaps to the words of an earlier version; None when nothing does.
    """

    text: ConsentText
    given: Consent | None

    @property
    def is_outdated(self) -> bool:
        """Whether other words stand now than those that were agreed to."""
        return self.given is not None and self.given.version != self.text.version


def asked_of(worker: Worker) -> list[Asked]:
    """Return what a worker is asked today, and what they said. Two queries."""
    given = {row.purpose: row for row in Consent.objects.in_force().filter(worker=worker)}
    texts = current_texts(on=clock.civil_date())
    return [Asked(text, given.get(text.purpose)) for text in texts]


@transaction.atomic
def give(
    *, worker: Worker, texts: Iterable[ConsentText], channel: Channel, by: Actor
) -> list[Consent]:
    """Write down that a worker agrees to some texts.

    Parameters
    ----------
    worker
        Who agrees.
    texts
        The versions they have read, no purpose twice.
    channel
        How they said so; on paper, the office keeps the sheet.
    by
        Who acts: the worker, or the office over a union where they are.

    Returns
    -------
    list of Consent
        Those in force now, in the order of the texts; agreeing to the same words again is the same row.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        When two came at once.

    Notes
    -----
    Two queries and one audit row, one INSERT for each text; agreeing to newer words ends the older ones.
    """
    policies.can_correct(by, worker).enforce()
    texts = list(texts)
    standing = {row.purpose: row for row in Consent.objects.in_force().filter(worker=worker)}
    rows = [_row(worker, text, standing.get(text.purpose), channel, by) for text in texts]
    if fresh := [row for row in rows if row not in standing.values()]:
        versions = [f"{row.purpose} {row.version}" for row in fresh]
        _record("consent.given", worker, by, versions)
    return rows


@transaction.atomic
def withdraw(*, worker: Worker, purpose: str, by: Actor) -> Consent | None:
    """Take an agreement back; what was done until now stays lawful.

    Parameters
    ----------
    worker
        Whose.
    purpose
        Value of ``ConsentPurpose``.
    by
        Who acts: the worker, or the office over a union where they are.

    Returns
    -------
    Consent or None
        The row that ended; None when there was none.

    Raises
    ------
    NotAllowed
        For anybody else.
    Conflict
        With code ``consent_required`` when a membership, or an application for one, stands on it: the
        worker leaves first.

    Notes
    -----
    Three queries and one audit row at most.
    """
    policies.can_correct(by, worker).enforce()
    row = Consent.objects.in_force().filter(worker=worker, purpose=purpose).first()
    if row is None:
        return None
    is_required = ConsentText.objects.filter(
        purpose=purpose, version=row.version, is_required=True
    ).exists()
    if is_required and Membership.objects.present().filter(worker=worker).exists():
        raise Conflict(
            _("Without it there is no membership. Leave the union first."), code="consent_required"
        )
    _end(row, by)
    _record("consent.withdrawn", worker, by, [f"{row.purpose} {row.version}"])
    return row


def end_all(worker: Worker, by: Actor) -> None:
    """End everything a worker agreed to, for whoever erases their entry. One UPDATE."""
    Consent.objects.in_force().filter(worker=worker).update(
        withdrawn_at=clock.now(), withdrawn_by=by.actor_key
    )


def refuse_missing(texts: Iterable[ConsentText]) -> None:
    """Refuse an application whose worker has not agreed to what membership needs. One query.

    Raises
    ------
    Invalid
        With code ``consent_missing``.
    """
    agreed = {text.purpose for text in texts}
    for text in current_texts(on=clock.civil_date()):
        if text.is_required and text.purpose not in agreed:
            sentence = _("Without your agreement you cannot be entered.")
            raise Invalid(sentence, code="consent_missing", fields={text.purpose: sentence})


def _row(
    worker: Worker, text: ConsentText, standing: Consent | None, channel: Channel, by: Actor
) -> Consent:
    if standing is not None and standing.version == text.version:
        return standing
    if standing is not None:
        _end(standing, by)
    rows = Consent.objects.filter(worker=worker, purpose=text.purpose)
    n = (rows.aggregate(last=Max("n"))["last"] or 0) + 1
    row = Consent(
        id=computed_id("consent", str(worker.pk), text.purpose, str(n)),
        worker=worker,
        purpose=text.purpose,
        n=n,
        version=text.version,
        digest=text.digest,
        channel=channel,
        given_at=clock.now(),
        given_by=by.actor_key,
    )
    save_new(row)
    return row


def _end(row: Consent, by: Actor) -> None:
    row.withdrawn_at, row.withdrawn_by = clock.now(), by.actor_key
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _record(verb: str, worker: Worker, by: Actor, versions: list[str]) -> None:
    audit.record(
        by=by, verb=verb, subject=worker, scope_path=scope_of(worker), data={"versions": versions}
    )
