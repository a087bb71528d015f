"""Members taken along as a file: on record first, marked on each page, of the own office alone."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import translation

from nuanxin.accounts.enums import GrantedRole
from nuanxin.core import bulk_acts
from nuanxin.core import clock as core_clock
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.sheets.reading import read_sheet
from nuanxin.unions.models import Union
from nuanxin.workers import export_files, exports, memberships, sealing
from nuanxin.workers.enums import EndReason, FileKind, RevealPurpose
from nuanxin.workers.export_files import Watermark
from nuanxin.workers.exports import export_members
from nuanxin.workers.models import Membership, WorkerGroup
from nuanxin.workers.services import enter_occupation
from tests.conftest import StrictClient, content_of
from tests.factories import GrantFactory, UnionFactory
from tests.workers.people import BY, document, member, name_of, number_of, phone_of

pytestmark = pytest.mark.django_db
ADDRESS = "/office/workers/membership/export-members/"
LIST = reverse("admin:workers_membership_changelist")


@pytest.fixture
def unions(clock) -> list[Union]:
    """A county with two joint unions, three members here and one, the canary, in the sibling."""
    root = UnionFactory.create(code="ZJ", root=True)
    here, sibling = (UnionFactory.create(code=code, parent=root) for code in ("KQ", "XS"))
    for n in (1, 2, 3):
        member(n, here)
    member(9, sibling)
    group = WorkerGroup.objects.create(code="riders", name_zh="外卖配送员", name_en="riders")
    worker = Membership.objects.get(worker=document(1).worker_id).worker
    enter_occupation(worker=worker, group=group, platform="=1+1", by=BY)
    return [root, here, sibling]


def officer(union: Union, role: GrantedRole = GrantedRole.OFFICER) -> Any:
    return GrantFactory.create(union=union, role=role).user


def exported(by: Any, **options: Any) -> bytes:
    told: dict[str, Any] = {
        "rows": Membership.objects.all(), "filters": {}, "purpose": RevealPurpose.CALL, "is_full": False,
        "kind": FileKind.XLSX, "by": by,
    }  # fmt: skip
    return export_members(**(told | options)).content.read()


def cells(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def client_of(user: Any) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def told(**values: Any) -> dict[str, Any]:
    return {"purpose": "call", "kind": "xlsx", **values}


def test_file_names_who_when_what_for_and_the_number_of_the_trail(unions):
    by = officer(unions[1])

    content = exported(by)

    event = AuditEvent.objects.get(verb="membership.exported")
    mark = cells(content)[0][0]
    for part in (by.display_name, "2026-03-10 10:00", "联系", event.object_key):
        assert part in mark
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet: Any = book.active
    assert sheet.oddHeader.left.text == mark
    assert event.object_key in sheet.oddFooter.left.text
    assert sheet.print_title_rows == "$1:$2"
    assert event.object_key == book.properties.keywords
    assert event.actor_key == by.actor_key
    assert event.scope_path == unions[1].path
    assert event.data == {
        "purpose": "call", "filter": {}, "numbers": "ends", "file": "xlsx", "rows": 3,
    }  # fmt: skip


def test_numbers_are_shown_by_their_ends_unless_asked_for(unions):
    by = officer(unions[1])

    masked, full = exported(by), exported(by, is_full=True)

    rows = {row[1]: row for row in cells(masked)[2:]}
    assert rows[name_of(1)][3:5] == ["*" * 14 + number_of(1)[-4:], "138****0001"]
    assert {row[1]: row[3:5] for row in cells(full)[2:]} == {
        name_of(n): [number_of(n), phone_of(n)] for n in (1, 2, 3)
    }
    event = AuditEvent.objects.get(verb="membership.exported", data__numbers="full")
    for n in (1, 2, 3):  # the worker finds it among what was done to them
        key = str(document(n).worker_id)
        assert [act for act, _leaves in bulk_acts.acts_on([key])] == [event]
        assert bulk_acts.proof_of(event, key).holds(event.data["merkle_root"])


@pytest.mark.parametrize("kind", FileKind)
def test_own_reader_reads_the_file_again(unions, kind):
    content = exported(officer(unions[1]), is_full=True, kind=kind)

    reading = read_sheet(content, name=f"members.{kind}", kind="member")

    assert {row.fields["id_no"] for row in reading.accepted} >= {number_of(n) for n in (1, 2, 3)}


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize("is_full", [True, False])
def test_nothing_of_another_office_is_ever_in_the_file(unions, kind, is_full):
    content = exported(officer(unions[1]), kind=kind, is_full=is_full)
    sheets = content.decode() if kind == FileKind.CSV else str(cells(content))

    assert name_of(1) in sheets
    for canary in (name_of(9), number_of(9), phone_of(9), unions[2].name):
        assert canary not in sheets


def test_member_who_left_is_listed_without_numbers(unions):
    left = Membership.objects.get(worker=document(2).worker_id)
    memberships.end(membership=left, reason=EndReason.LEFT, by=BY)

    rows = {row[1]: row for row in cells(exported(officer(unions[1]), is_full=True))[2:]}

    assert rows[name_of(2)][3:5] == [None, None]
    assert rows[name_of(1)][3] == number_of(1)


@pytest.mark.parametrize("is_full", [True, False])
def test_without_its_audit_row_there_is_no_file(unions, monkeypatch, is_full):
    opened: list[str] = []
    monkeypatch.setattr(sealing, "opened", lambda worker, field: opened.append(field))

    def broken(*args: Any, **options: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(type(AuditEvent.objects), "create", broken)
    client = StrictClient(raise_request_exception=False)
    client.force_login(officer(unions[1]))
    sent = told(is_full="on") if is_full else told()

    answer = client.post(ADDRESS, sent)

    assert answer.status_code == 500
    assert "Content-Disposition" not in answer.headers
    assert name_of(1) not in content_of(answer).decode()
    assert opened == []


def test_audit_row_is_there_before_a_seal_is_opened(unions, monkeypatch):
    def look(worker: Any, field: str) -> str:
        assert AuditEvent.objects.filter(verb="membership.exported").exists()
        return ""

    monkeypatch.setattr(sealing, "opened", look)

    assert exported(officer(unions[1]), is_full=True)


@pytest.mark.parametrize("role", [GrantedRole.AUDITOR, GrantedRole.KEEPER])
def test_only_the_office_takes_members_along(unions, role):
    with pytest.raises(NotAllowed):
        exported(officer(unions[1], role))
    if role is GrantedRole.AUDITOR:
        client = client_of(officer(unions[1], role))
        assert client.get(ADDRESS).status_code == 403
        assert client.post(ADDRESS, told()).status_code == 403
        assert "export-members" not in client.get(LIST).text
    assert not AuditEvent.objects.filter(verb="membership.exported").exists()


def test_file_holds_the_rows_of_the_list_as_it_is_filtered(unions):
    client = client_of(officer(unions[0]))
    page = client.get(LIST, {"group": "riders", "q": "KQ"})
    assert "export-members/?group=riders&amp;q=KQ" in page.text

    address = f"{ADDRESS}?group=riders&q=KQ"
    shown = client.get(address)
    answer = client.post(address, told(kind="csv", is_full=""))

    assert "外卖配送员" in shown.text
    lines = list(csv.reader(io.StringIO(content_of(answer).decode("utf-8-sig"))))
    assert [line[1] for line in lines[2:-1]] == [name_of(1)]
    event = AuditEvent.objects.get(verb="membership.exported")
    assert event.data["filter"] == {"group": "riders", "q": "KQ"}
    assert event.object_key in answer["Content-Disposition"]
    assert lines[0] == lines[-1]
    assert event.object_key in lines[0][0]


def test_text_that_looks_like_a_formula_stays_a_text(unions):
    by = officer(unions[1])
    sheet: Any = openpyxl.load_workbook(io.BytesIO(exported(by))).active
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    lines = list(csv.reader(io.StringIO(exported(by, kind=FileKind.CSV).decode("utf-8-sig"))))

    assert cell.data_type == "s"
    assert "'=1+1" in {text for line in lines for text in line}
    assert not any(text[:1] in "=+-@" for line in lines for text in line if text)


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-1", "@x", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"]
)
def test_csv_disarms_whatever_begins_a_formula(text):
    mark = Watermark("某", core_clock.now(), "用途", "N")
    content = export_files.text([("列", 9)], [[text], ["1=1"]], mark).read()

    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[2:4] == [
        [f"'{text}"],
        ["1=1"],
    ]


def test_number_typed_into_the_search_is_cut_in_the_trail(unions):
    exported(officer(unions[1]), filters={"q": f"x {number_of(1)}"})

    event = AuditEvent.objects.get(verb="membership.exported")
    assert number_of(1)[:10] not in str(event.data)


def test_nobody_and_too_many_are_refused_before_anything_is_told(unions, monkeypatch):
    by = officer(unions[1])
    with pytest.raises(Invalid, match=r"\S"):
        exported(by, rows=Membership.objects.none())
    monkeypatch.setattr(exports, "LIMIT", 2)

    with pytest.raises(Invalid) as refused:
        exported(by)

    assert refused.value.code == "too_many_to_export"
    assert not AuditEvent.objects.filter(verb="membership.exported").exists()
    answer = client_of(by).post(ADDRESS, told())
    assert answer.status_code == 422


def test_filter_that_is_none_leads_back_to_the_list(unions):
    answer = client_of(officer(unions[1])).get(f"{ADDRESS}?nothing__x=1")

    assert (answer.status_code, answer["Location"]) == (302, LIST)


def test_file_is_chinese_whatever_the_page_is_read_in(unions):
    with translation.override("en"):
        sheet = cells(exported(officer(unions[1])))

    assert sheet[0][0].startswith("由")
    assert sheet[2][7] == "会员"


def test_queries_do_not_grow_with_the_rows(unions, django_assert_num_queries):
    by = officer(unions[1])
    assert by.scopes
    for n in (0, 15):
        for number in range(n):
            member(100 + number, unions[1])
        with django_assert_num_queries(6):  # keys, the row in a savepoint, members, occupations
            exported(by)
