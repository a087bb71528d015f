import pytest

from nuanxin.accounts import invitations, services
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.core.errors import Conflict, Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from tests.accounts.codes import SYSTEM, make_keeper
from tests.factories import GrantFactory, UnionFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "warm-lamp-by-the-gate"


@pytest.fixture
def newcomer() -> User:
    user = UserFactory.create(display_name="演示·新人")
    user.set_unusable_password()
    user.save()
    GrantFactory.create(user=user, role=GrantedRole.OFFICER)
    return again(user)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def token_for(user: User) -> str:
    return invitations.invite(user=user, by=SYSTEM).split("/")[2]


def accept(token: str, password: str = PASSWORD, repeated: str | None = None) -> User:
    return invitations.accept_invitation(
        token=token, password=password, repeated=password if repeated is None else repeated
    )


def test_invite_somebody_without_a_password_chooses_one_by_the_link(newcomer):
    token = token_for(newcomer)

    accept(token)

    assert again(newcomer).check_password(PASSWORD)
    assert token not in str(AuditEvent.objects.values())
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert verbs == {"user.invited", "user.invitation_accepted"}


def test_invitation_works_once(newcomer):
    token = token_for(newcomer)
    accept(token)

    with pytest.raises(invitations.DeadInvitation):
        accept(token, "another-lamp-by-the-gate")

    assert again(newcomer).check_password(PASSWORD)


def test_invitation_given_before_dies_with_a_newer_one(newcomer):
    before = token_for(newcomer)
    token = token_for(again(newcomer))

    with pytest.raises(invitations.DeadInvitation):
        invitations.invited_user(before)

    assert invitations.invited_user(token) == newcomer


def test_invitation_dies_after_a_week(clock, newcomer):
    clock.stop_at("2026-03-03T10:00")
    token = token_for(newcomer)

    clock.stop_at("2026-03-10T09:59")
    assert invitations.invited_user(token) == newcomer
    clock.stop_at("2026-03-10T10:01")

    with pytest.raises(invitations.DeadInvitation):
        invitations.invited_user(token)


@pytest.mark.parametrize("change", ["signature", "user", "nonsense"])
def test_invitation_forged_is_dead(newcomer, change):
    token = token_for(newcomer)
    other = UserFactory.create()
    forged = {
        "signature": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "user": token.replace(newcomer.pk.hex, other.pk.hex),
        "nonsense": "x",
    }[change]

    with pytest.raises(invitations.DeadInvitation):
        invitations.invited_user(forged)


def test_invitation_of_somebody_switched_off_is_dead(newcomer):
    token = token_for(newcomer)
    User.objects.filter(pk=newcomer.pk).update(is_active=False)

    with pytest.raises(invitations.DeadInvitation):
        invitations.invited_user(token)


def test_accept_invitation_weak_or_different_passwords_are_refused_and_the_link_lives(newcomer):
    token = token_for(newcomer)

    with pytest.raises(Invalid) as weak:
        accept(token, "12345678")
    with pytest.raises(Invalid) as different:
        accept(token, PASSWORD, PASSWORD + "!")

    assert "password" in weak.value.fields
    assert "repeated" in different.value.fields
    assert invitations.invited_user(token) == newcomer


def test_invite_whom_it_does_not_fit_is_refused(newcomer):
    services.reset_password(user=newcomer, password=PASSWORD, by=SYSTEM)
    keeper, off = make_keeper(), UserFactory.create(is_active=False)
    off.set_unusable_password()
    GrantFactory.create(user=off, role=GrantedRole.OFFICER)

    for user, code in ((newcomer, "has_password"), (keeper, "not_staff"), (off, "switched_off")):
        with pytest.raises(Conflict) as refusal:
            invitations.invite(user=user, by=SYSTEM)
        assert refusal.value.code == code


def test_invite_by_an_administrator_of_another_subtree_is_refused(newcomer):
    elsewhere = UserFactory.create()
    GrantFactory.create(user=elsewhere, role=GrantedRole.ADMIN, union=UnionFactory.create())

    with pytest.raises(NotAllowed):
        invitations.invite(user=newcomer, by=elsewhere)


def test_welcome_page_leads_from_the_link_to_the_sign_in(newcomer, client):
    address = invitations.invite(user=newcomer, by=SYSTEM)

    shown = client.get(address)
    refused = client.post(address, {"password": PASSWORD, "repeated": "other"})
    done = client.post(address, {"password": PASSWORD, "repeated": PASSWORD})
    after = client.get(address)

    assert shown.status_code == 200
    assert newcomer.username in shown.content.decode()
    assert shown.headers["Referrer-Policy"] == "strict-origin"
    assert "no-store" in shown.headers["Cache-Control"]
    assert (refused.status_code, done.status_code, after.status_code) == (422, 200, 404)
    assert "/office/sign-in/" in done.content.decode()
