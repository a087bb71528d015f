import pytest

from nuanxin.accounts.keepers import choose_pin, issue_keeper_link
from nuanxin.accounts.new_keepers import enter_keeper
from nuanxin.accounts.selectors import contact_of
from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from tests.factories import UnionFactory

pytestmark = pytest.mark.django_db
OFFICER = SystemActor("officer", scopes=(Scope(Role.OFFICER, "NB/"),))


@pytest.fixture
def union():
    return UnionFactory.create(code="NB", root=True)


def test_officer_enters_a_keeper_who_comes_in_by_link_and_pin_alone(union):
    user = enter_keeper(display_name=" 王  师傅 ", union=union, phone="13000000009", by=OFFICER)

    assert (user.display_name, user.has_usable_password()) == ("王 师傅", False)
    assert [(s.role, s.path) for s in user.scopes] == [(Role.KEEPER, "NB/")]
    assert contact_of(user).phone == "13000000009"
    token = issue_keeper_link(user=user, by=OFFICER).strip("/").partition("/")[2]
    assert choose_pin(token=token, pin="482915", repeated="482915") == user
    written = str(list(AuditEvent.objects.values()))
    assert "role.granted" in written
    assert "13000000009" not in written


@pytest.mark.parametrize(
    "by",
    [
        SystemActor("hz", scopes=(Scope(Role.OFFICER, "HZ/"),)),
        SystemActor("k", scopes=(Scope(Role.KEEPER, "NB/"),)),
        SystemActor("a", scopes=(Scope(Role.AUDITOR, "NB/"),)),
    ],
)
def test_others_enter_nobody(union, by):
    with pytest.raises(NotAllowed):
        enter_keeper(display_name="王师傅", union=union, by=by)

    assert not AuditEvent.objects.exists()


def test_keeper_without_a_name_is_refused(union):
    with pytest.raises(Invalid) as refused:
        enter_keeper(display_name="  ", union=union, by=OFFICER)

    assert set(refused.value.fields) == {"display_name"}
