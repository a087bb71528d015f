"""The members of an office as a file: the scope's own rows, numbers by their ends, each file on record."""

import re
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from nuanxin.core import audit, bulk_acts, clock
from nuanxin.core.actors import Actor
from nuanxin.core.bulk_acts import Leaf
from nuanxin.core.errors import Invalid
from nuanxin.core.scopes import common_path, reach
from nuanxin.workers import documents, export_files, phones, policies, sealing
from nuanxin.workers.enums import FileKind, RevealPurpose
from nuanxin.workers.export_files import Cell, Watermark
from nuanxin.workers.models import Membership, Occupation, Worker

LIMIT: Final = (
    50_000  # some ten seconds of a server; whoever needs more takes one county after another
)
_CHUNK: Final = 500
_LANGUAGE: Final = "zh-hans"  # the office's own layout, whatever language the page is read in
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that is read as a figure
_DIGITS: Final = re.compile(r"\d{7,}")
_COLUMNS: Final = (
    ("所属工会", 28), ("姓名", 12), ("证件类型", 14), ("证件号码", 22), ("手机号码", 14), ("就业群体", 16), ("平台企业", 16),
    ("会籍状态", 12), ("入会日期", 12), ("会员证号", 16), ("申请日期", 12),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exported:
    """A file at its beginning, the number under which the trail knows it, and how many rows it has."""

    content: IO[bytes]
    number: str
    rows_count: int


def export_members(
    *,
    rows: QuerySet[Membership],
    filters: Mapping[str, str],
    purpose: RevealPurpose,
    is_full: bool,
    kind: FileKind,
    by: Actor,
) -> Exported:
    """Write memberships down as a file that names its source.

    Parameters
    ----------
    rows
        The memberships of a list as it is filtered; those outside the actor's own office are left out.
    filters
        How it is filtered, for the audit trail; long numbers in it are cut there.
    purpose
        What for; it stands on every page.
    is_full
        Numbers of documents and phones in full, not by their ends. Of whoever has left there is neither.
    kind
        Workbook or CSV.
    by
        Who takes it along; the office over the unions.

    Returns
    -------
    Exported
        Under Chinese headings, by union, then pinyin. Texts stand there as texts, never as formulas.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When there is no row, or more than ``LIMIT``.
    SealBroken
        When a number was altered or moved; the export stays on record.

    Notes
    -----
    One query for the keys, two for every 500 rows. The audit row is committed before a seal is opened and
    before a byte is written: without it there is no file. With full numbers it is a bulk act over the
    workers, who find it among what was done to them.
    """
    policies.can_export_members(by).enforce()
    near = rows.filter(reach(by, "union__path", roles=policies.OFFICE))
    ordered = near.order_by("union__path", "worker__pinyin", "pk")
    keys = list(ordered.values_list("pk", "worker_id", "union__path")[: LIMIT + 1])
    if not keys:
        raise Invalid(_("There is nobody to export."), code="nothing_to_export")
    if len(keys) > LIMIT:
        sentence = _("These are more than %(limit)d rows: filter the list, by county or union.")
        raise Invalid(sentence % {"limit": LIMIT}, code="too_many_to_export")
    number = _number()
    data = {
        "purpose": purpose.value,
        "filter": {name: _DIGITS.sub(_cut, value) for name, value in filters.items()},
        "numbers": "full" if is_full else "ends",
        "file": kind.value,
        "rows": len(keys),
    }
    with transaction.atomic(durable=True):
        _record(by, number, sorted({w for _pk, w, _path in keys}) if is_full else [], keys, data)
    with translation.override(_LANGUAGE):
        mark = Watermark(
            by.actor_label, clock.now().astimezone(clock.CIVIL_ZONE), str(purpose.label), number
        )
        cells = _cells([pk for pk, _worker, _path in keys], is_full=is_full)
        if kind == FileKind.CSV:
            content = export_files.text(_COLUMNS, cells, mark)
        else:
            content = export_files.workbook("会员", _COLUMNS, cells, mark)
    return Exported(content, number, len(keys))


def _record(
    by: Actor, number: str, shown: list[UUID], keys: list[tuple[Any, ...]], data: dict[str, Any]
) -> None:
    """Write the one audit row; whose numbers are shown in full is a leaf of it."""
    told: dict[str, Any] = {
        "by": by,
        "verb": "membership.exported",
        "subject_type": Membership._meta.label_lower,
        "subject_key": number,
        "scope_path": common_path(sorted({path for _pk, _worker, path in keys})),
        "data": data,
    }
    if shown:
        leaves = [Leaf(str(worker), "", "shown") for worker in shown]
        bulk_acts.record(**told, leaves=leaves)
    else:
        audit.record(**told)


def _number() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _place in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _cut(found: re.Match[str]) -> str:
    return documents.masked(found[0])


def _cells(keys: list[UUID], *, is_full: bool) -> Iterator[list[Cell]]:
    """Yield the cells of some memberships in the order of their keys."""
    today, waiting = clock.civil_date(), iter(keys)
    while part := list(islice(waiting, _CHUNK)):
        found = Membership.objects.filter(pk__among=part).select_related("worker", "union")
        by_key = {membership.pk: membership for membership in found}
        work: dict[UUID, list[Occupation]] = defaultdict(list)
        workers = {membership.worker_id for membership in by_key.values()}
        rows = Occupation.objects.on(today).filter(worker__among=workers).select_related("group")
        for occupation in rows.order_by("since_on", "pk"):
            work[occupation.worker_id].append(occupation)
        for key in part:
            if (membership := by_key.get(key)) is not None:  # else it went while others were read
                yield _row(membership, work[membership.worker_id], is_full=is_full)


def _row(membership: Membership, work: list[Occupation], *, is_full: bool) -> list[Cell]:
    worker = membership.worker
    document, phone = _numbers(worker, is_full=is_full) if membership.is_present else ("", "")
    return [
        membership.union.name,
        worker.name,
        str(worker.get_document_kind_display()),
        document,
        phone,
        "、".join(dict.fromkeys(str(each.group) for each in work)),
        "、".join(dict.fromkeys(each.platform for each in work if each.platform)),
        str(membership.get_state_display()),
        membership.joined,
        membership.member_no,
        membership.applied_on,
    ]


def _numbers(worker: Worker, *, is_full: bool) -> tuple[str, str]:
    document = sealing.opened(worker, "document_sealed")
    phone = sealing.opened(worker, "phone_sealed")
    return (document, phone) if is_full else (documents.masked(document), phones.masked(phone))
