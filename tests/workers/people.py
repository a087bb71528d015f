"""Invented people for tests: numbers with the order code 000, which no card has."""

import datetime as dt

from nuanxin.algorithms.resident_ids import check_character
from nuanxin.core.actors import SystemActor
from nuanxin.unions.models import Union
from nuanxin.workers import memberships, services
from nuanxin.workers.documents import Document
from nuanxin.workers.enums import Channel, DocumentKind
from nuanxin.workers.models import Membership, Worker

BY = SystemActor("test")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_FIRST = dt.date(1980, 1, 1)


def number_of(n: int) -> str:
    """Return the number of nobody; a region and a birthday for each ``n`` up to some millions."""
    born = _FIRST + dt.timedelta(days=n % 9000)
    first17 = f"{330500 + n // 9000:06d}{born:%Y%m%d}000"
    return first17 + check_character(first17)


def document(n: int) -> Document:
    """Return the document of person ``n``."""
    return Document(DocumentKind.RESIDENT, number_of(n))


def name_of(n: int) -> str:
    """Return the name of person ``n``."""
    return f"{_SURNAMES[n % 16]}{chr(0x4E00 + n % 5000)}"


def phone_of(n: int) -> str:
    """Return the phone of person ``n``; the middle is 0000, which no phone has."""
    return f"138{n // 10_000:04d}{n % 10_000:04d}" if n >= 10_000 else f"1380000{n:04d}"


def worker(n: int, union: Union, *, by: object = BY) -> Worker:
    """Enter person ``n``."""
    return services.enter_worker(
        document=document(n),
        name=name_of(n),
        phone=phone_of(n),
        union=union,
        by=by,  # type: ignore[arg-type]
    ).worker


def member(n: int, union: Union, *, by: object = BY) -> Membership:
    """Make person ``n`` a member of a union."""
    membership = memberships.apply(
        worker=worker(n, union),
        union=union,
        channel=Channel.OFFICE,
        by=by,  # type: ignore[arg-type]
    )
    memberships.verify(membership=membership, by=by)  # type: ignore[arg-type]
    return memberships.approve(membership=membership, by=by)  # type: ignore[arg-type]
