"""Joining by oneself: a telephone that was shown, a name, a document, and what one agrees to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from nuanxin.accounts import limits
from nuanxin.accounts.models import ConsentText
from nuanxin.core import clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, NotFound
from nuanxin.unions.enums import UnionKind, UnionState
from nuanxin.unions.models import Union
from nuanxin.workers import consents, memberships, sealing, services
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import Channel
from nuanxin.workers.models import Ceremony, Membership, Worker, WorkerGroup
from nuanxin.workers.selves import WorkerActor

# kinds of unions that people join; the others are unions of unions
JOINABLE: Final = (UnionKind.JOINT, UnionKind.SINGLE)
SHOWN: Final = 60
# names and numbers tried with one telephone: nobody finds out by trying who is in the register
BY_PHONE: Final = limits.Limit("join.phone", 8, 3600)


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody says of themselves.

    Parameters
    ----------
    document, name
        Checked against each other by nobody yet.
    phone
        Whose holder has typed a code back.
    group, platform
        What they do and for whom; both may be missing.
    agreed
        The texts they agree to.
    """

    document: Document
    name: str
    phone: str
    group: WorkerGroup | None
    platform: str
    agreed: Collection[ConsentText]


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of it: who it is, and the application or the membership that stands."""

    worker: Worker
    membership: Membership


def union_to_join(code: str) -> Union:
    """Return the union that a code names, if people can join it or one below it. One query.

    Raises
    ------
    NotFound
        When there is none, or it does not work (yet, or any more).
    """
    row = Union.objects.filter(code=code, state=UnionState.ACTIVE).first()
    if row is None:
        raise NotFound
    return row


def unions_below(union: Union, *, text: str = "") -> list[Union]:
    """Return the unions below one that people can join, those of many employers first.

    Parameters
    ----------
    union
        Itself not among them.
    text
        Part of a name or of its pinyin; everything when empty.

    Returns
    -------
    list of Union
        By kind, then name; sixty at most. One query.
    """
    rows = Union.objects.filter(
        path__startswith=union.path, kind__in=JOINABLE, state=UnionState.ACTIVE
    ).exclude(pk=union.pk)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(search_text__icontains=word.lower()))
    # "joint" sorts before "single"
    return list(rows.order_by("kind", "name", "pk")[:SHOWN])


def join(
    *,
    application: Application,
    union: Union,
    channel: Channel,
    ceremony: Ceremony | None = None,
) -> Joined:
    """Enter somebody who acts for themselves, and their application.

    Parameters
    ----------
    application
        What they say of themselves.
    union
        Which they want to join.
    channel
        How they came.
    ceremony
        At which, if at one; open.

    Returns
    -------
    Joined
        Joining twice is joining once. Whoever is a member elsewhere has asked for a transfer.

    Raises
    ------
    TooManyTries
        When the telephone has had its tries.
    Invalid
        When the name is none, or what membership needs is not agreed to.
    Conflict
        With code ``name_differs`` or ``phone_differs`` when the register has somebody under this
        document with another name, or with another phone or none: who is right, a card tells at the
        union. With code ``ceremony_over``. When the union has ended.
    RuntimeError
        When called inside a transaction.

    Notes
    -----
    Some fifteen queries and four audit rows.
    """
    limits.take(BY_PHONE, application.phone)
    return _join(application, union, channel, ceremony)


@transaction.atomic
def enter_paper(
    *, application: Application, ceremony: Ceremony, is_checked: bool, by: Actor
) -> Joined:
    """Enter what somebody wrote on the paper form of a ceremony.

    Parameters
    ----------
    application
        What the sheet says; the phone may be empty, and nobody has shown it.
    ceremony
        At which, its union loaded; sheets are entered after it is over, too.
    is_checked
        Whether name and number were compared with the card: then the application is approved.
    by
        Who acts; the office over the union.

    Returns
    -------
    Joined
        Entering a sheet twice is entering it once.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When the name or the phone is none, or what membership needs is not ticked.
    Conflict
        When the register has another name under this document, or the union has ended.

    Notes
    -----
    Some fifteen queries and four audit rows; one more of each with the approval.
    """
    consents.refuse_missing(application.agreed)
    worker = services.enter_worker(
        document=application.document,
        name=application.name,
        phone=application.phone,
        union=ceremony.union,
        by=by,
    ).worker
    joined = _applied(worker, application, ceremony.union, Channel.PAPER, ceremony, by)
    if is_checked and not joined.membership.is_held:
        memberships.approve_many(memberships=[joined.membership], by=by)
    return joined


@transaction.atomic
def _join(
    application: Application, union: Union, channel: Channel, ceremony: Ceremony | None
) -> Joined:
    if ceremony is not None and not ceremony.is_open_at(clock.now()):
        raise Conflict(_("This ceremony is over, or has not begun."), code="ceremony_over")
    consents.refuse_missing(application.agreed)
    worker = _entered(application, union)
    return _applied(worker, application, union, channel, ceremony, WorkerActor(worker.pk))


def _applied(
    worker: Worker,
    application: Application,
    union: Union,
    channel: Channel,
    ceremony: Ceremony | None,
    by: Actor,
) -> Joined:
    membership = memberships.apply(
        worker=worker, union=union, channel=channel, ceremony=ceremony, by=by
    )
    consents.give(worker=worker, texts=application.agreed, channel=channel, by=by)
    if application.group is not None:
        services.enter_occupation(
            worker=worker, group=application.group, platform=application.platform, by=by
        )
    return Joined(worker, membership)


def _entered(application: Application, union: Union) -> Worker:
    """Return the row of whoever this is, made when there is none."""
    entered = services.enter_worker(
        document=application.document,
        name=application.name,
        phone=application.phone,
        union=union,
        by=WorkerActor(application.document.worker_id),
    )
    worker = entered.worker
    if sealing.opened(worker, "phone_sealed") != application.phone:
        raise Conflict(
            _(
                "You are in the register already, with another phone or with none. Show your card at your "
                "union: they enter this phone, and you sign in with it."
            ),
            code="phone_differs",
        )
    return worker
