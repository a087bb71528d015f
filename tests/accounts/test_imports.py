"""Union trees and staff by sheet, and the invitations that go with them."""

import csv
import io
from typing import Any

import pytest

from nuanxin.accounts import invitations
from nuanxin.accounts.models import Grant, User
from nuanxin.core.errors import NotAllowed
from nuanxin.sheets import services, working
from nuanxin.sheets.models import ImportBatch
from nuanxin.unions.models import Union
from tests.conftest import StrictClient
from tests.factories import GrantFactory
from tests.stations.import_world import codes, fates, import_at_once, make_world

pytestmark = pytest.mark.django_db
UNIONS = ("工会编码", "工会名称", "上级工会", "工会类型", "统一社会信用代码")
STAFF = ("姓名", "用户名", "角色", "所属工会")


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def admin():
    return GrantFactory.create(whole_tree=True).user


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    import_at_once(monkeypatch)


def bring(
    world: Any, kind: str, head: tuple[str, ...], *rows: tuple[str, ...], by: Any
) -> ImportBatch:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    batch = services.bring_sheet(
        content=text.getvalue().encode(), name="x.csv", kind=kind, source=world.here.code,
        source_label=world.here.name, scope_path=world.here.path, by=by,
    )  # fmt: skip
    working.work_off()
    batch.refresh_from_db()
    return batch


def apply(batch: ImportBatch, by: Any) -> ImportBatch:
    services.confirm(batch=batch, by=by)
    working.work_off()
    batch.refresh_from_db()
    return batch


TREE = (
    ("KQJ1", "柯桥外卖行业联合工会", "柯桥区总工会", "联合工会", ""),
    ("KQS1", "演示速达单建工会", "柯桥外卖行业联合工会", "", "81330000MC00000001"),
)


def test_union_tree_comes_in_from_the_top_down_and_twice_is_once(world):
    batch = apply(bring(world, "union", UNIONS, *TREE, by=world.officer), world.officer)

    leaf = Union.objects.get(code="KQS1")
    assert (leaf.path, leaf.kind, leaf.uscc) == ("ZJ/KQ/KQJ1/KQS1/", "single", "81330000MC00000001")
    assert Union.objects.get(code="KQJ1").division_id == "330603"
    assert batch.applied_count == 2
    assert bring(world, "union", UNIONS, *TREE, by=world.officer).same_count == 2


def test_union_tree_is_taken_back_from_the_bottom_up(world):
    batch = apply(bring(world, "union", UNIONS, *TREE, by=world.officer), world.officer)
    GrantFactory.create(union=Union.objects.get(code="KQJ1"))

    services.undo(batch=batch, by=world.officer)
    working.work_off()

    batch.refresh_from_db()
    assert (batch.undone_count, batch.kept_count) == (1, 1)
    assert not Union.objects.filter(code="KQS1").exists()


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("XS", "挪走的工会", "", "联合工会", ""), "union_elsewhere"),
        (("A-1", "甲联合工会", "", "", ""), "union_code_bad"),
        (("A1", "甲联合工会", "没有的工会", "", ""), "parent_unknown"),
        (("A1", "甲联合工会", "萧山区总工会", "", ""), "parent_unknown"),
        (("A1", "甲", "", "", ""), "kind_unknown"),
        (("A1", "甲联合工会", "", "", "91330000MC00000001"), "uscc_bad"),
        (("", "甲联合工会", "", "", ""), "code_missing"),
    ],
)
def test_union_that_cannot_be_entered_is_named_with_its_reason(world, row, code):
    batch = bring(world, "union", UNIONS, row, by=world.officer)

    assert (fates(batch), codes(batch)) == ({2: "rejected"}, {2: [code]})


def test_staff_list_creates_users_with_roles_and_twice_is_once(world, admin):
    rows = (
        ("演示·张三", "zhangsan", "工会干部", ""),
        ("演示·李四", "lisi", "审计员", "萧山区总工会"),
    )
    apply(bring(world, "user", STAFF, *rows, by=admin), admin)

    grants = Grant.objects.filter(user__username__in=["zhangsan", "lisi"]).order_by(
        "user__username"
    )
    assert [(g.user.display_name, g.role, g.union) for g in grants] == [
        ("演示·李四", "auditor", world.there),
        ("演示·张三", "officer", world.here),
    ]
    assert bring(world, "user", STAFF, *rows, by=admin).same_count == 2


def test_staff_list_gives_a_role_more_and_its_undo_takes_that_alone(world, admin):
    held = world.officer.username
    batch = apply(bring(world, "user", STAFF, ("某某", held, "审计", ""), by=admin), admin)
    assert world.officer.grants.in_force().count() == 2

    services.undo(batch=batch, by=admin)
    working.work_off()

    assert [g.role for g in world.officer.grants.in_force()] == ["officer"]


def test_staff_list_is_for_administrators_of_the_whole_tree(world):
    with pytest.raises(NotAllowed):
        bring(world, "user", STAFF, ("张三", "zhangsan", "工会干部", ""), by=world.officer)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("张三", "张三", "工会干部", ""), "username_bad"),
        (("张三", "zhangsan", "站长", ""), "role_unknown"),
        (("张三", "zhangsan", "工会干部", "没有的工会"), "union_unknown"),
        (("张三", "zhangsan", "", ""), "role_missing"),
    ],
)
def test_user_that_cannot_be_entered_is_named_with_its_reason(world, admin, row, code):
    assert codes(bring(world, "user", STAFF, row, by=admin)) == {2: [code]}


def test_everybody_of_a_list_is_invited_by_a_link_that_works_once(world, admin):
    rows = (("演示·张三", "zhangsan", "工会干部", ""), ("演示·李四", "lisi", "审计员", ""))
    batch = apply(bring(world, "user", STAFF, *rows, by=admin), admin)

    invited = invitations.invite_those_of(batch=batch, by=admin)

    assert [user.username for user, _path in invited] == ["lisi", "zhangsan"]
    path = invited[1][1]
    client = StrictClient()
    form = {"password": "a-long-Warm-word-7", "repeated": "a-long-Warm-word-7"}
    assert client.get(path).status_code == 200
    client.post(path, form)
    assert User.objects.get(username="zhangsan").has_usable_password()
    assert StrictClient().get(path).status_code == 404
    assert [u.username for u, _p in invitations.invite_those_of(batch=batch, by=admin)] == ["lisi"]


def test_office_page_shows_the_links_of_a_list_once(world, admin):
    batch = apply(
        bring(world, "user", STAFF, ("演示·张三", "zhangsan", "工会干部", ""), by=admin), admin
    )
    client = StrictClient()
    client.force_login(admin)

    answer = client.post(
        "/office/accounts/user/invite-many/", {"batch": str(batch.pk), "is_understood": "on"}
    )

    assert answer.status_code == 200
    assert answer.text.count("/welcome/") == 1
    assert "演示·张三" in answer.text
