"""People and roles in the office."""

from textwrap import wrap

import pytest

from nuanxin.accounts.consents import text_of
from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.core.models import AuditEvent
from tests.factories import PASSWORD, GrantFactory, UserFactory

pytestmark = pytest.mark.django_db

USERS, GRANTS = "/office/accounts/user/", "/office/accounts/grant/"
NEW = {"username": "Wang", "display_name": "王工", "password": "warm-and-open-24", "phone": ""}


def test_administrator_creates_a_user_who_can_sign_in(office):
    answer = office.client("admin").post(f"{USERS}create-user/", NEW)

    assert answer.status_code == 302
    user = User.objects.get(username="wang")
    assert user.check_password(NEW["password"])
    assert AuditEvent.objects.filter(verb="user.created", object_key=str(user.pk)).exists()


@pytest.mark.parametrize(
    ("change", "field"), [({"password": "short"}, "password"), ({"username": ""}, "username")]
)
def test_create_user_shows_the_reason_and_never_the_password(office, change, field):
    answer = office.client("admin").post(f"{USERS}create-user/", NEW | change)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert NEW["password"] not in answer.text
    assert "王工" in answer.text


def test_create_user_taken_name_is_a_conflict(office):
    client = office.client("admin")
    client.post(f"{USERS}create-user/", NEW)

    answer = client.post(f"{USERS}create-user/", NEW)

    assert answer.status_code == 409
    assert "用户名" in answer.text


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_create_user_takes_an_administrator(office, role):
    assert office.client(role).post(f"{USERS}create-user/", NEW).status_code == 403
    assert not User.objects.filter(username="wang").exists()


def test_pages_of_people_show_no_secret(office):
    user = office.people["officer"]
    user.phone_sealed, user.phone_index = "v1:local:SEALED", "FINGERPRINT"
    user.save()
    client = office.client("admin")
    text = client.get(USERS).text + client.get(f"{USERS}{user.pk}/change/").text

    for secret in (user.password, "SEALED", "FINGERPRINT"):
        assert secret not in text


def test_role_is_granted_and_ended(office):
    client, user = office.client("admin"), UserFactory.create()
    answer = client.post(
        f"{USERS}{user.pk}/grant-role/", {"role": "officer", "union": office.here.code}
    )
    assert answer.status_code == 302
    grant = Grant.objects.in_force().get(user=user)
    assert grant.granted_by == office.people["admin"].actor_key

    assert client.post(f"{GRANTS}{grant.pk}/end-grant/").status_code == 302
    assert not Grant.objects.in_force().filter(user=user).exists()
    assert client.get(f"{GRANTS}{grant.pk}/end-grant/").status_code == 403


@pytest.mark.parametrize("union", ["", "NOWHERE"])
def test_role_without_a_union_is_refused_in_place(office, union):
    user = UserFactory.create()
    answer = office.client("admin").post(
        f"{USERS}{user.pk}/grant-role/", {"role": "officer", "union": union}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Grant.objects.filter(user=user).exists()


def test_administrator_of_a_county_reaches_their_own_people_only(office):
    admin = GrantFactory.create(role=GrantedRole.ADMIN, union=office.here).user
    office.people["county admin"] = admin
    client = office.client("county admin")
    officer, stranger = office.people["officer"], UserFactory.create()

    def grant(user: User, union: str) -> int:
        data = {"role": "keeper", "union": union}
        return int(client.post(f"{USERS}{user.pk}/grant-role/", data).status_code)

    assert grant(officer, office.here.code) == 302
    assert grant(officer, office.there.code) == 403
    assert grant(stranger, office.here.code) == 404
    assert client.post(f"{USERS}create-user/", NEW).status_code == 403


def test_sign_in_leads_to_the_office(office, client):
    officer = office.people["officer"]
    answer = client.post(
        "/office/sign-in/", {"username": officer.username, "password": PASSWORD}, follow=True
    )

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == "/office/"


@pytest.mark.parametrize("role", ["admin", "officer", "auditor", "keeper"])
def test_everybody_changes_their_own_password(office, role):
    client, user = office.client(role), office.people[role]
    old, new = PASSWORD, "nine-warmer-stations"
    fields = {"old_password": old, "new_password1": new, "new_password2": new}

    assert client.get("/office/password_change/").status_code == 200
    assert client.post("/office/password_change/", fields).status_code == 302
    assert User.objects.get(pk=user.pk).check_password(new)
    assert AuditEvent.objects.get(verb="user.password_changed").actor_key == user.actor_key
    assert client.get("/office/password_change/").status_code == 200, "this session goes on"


@pytest.mark.parametrize("new", ["short", "12345678901"])
def test_own_password_that_is_weak_is_refused_in_place(office, new):
    fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = office.client("officer").post("/office/password_change/", fields)

    assert answer.status_code == 200
    assert answer.context["form"].errors["new_password2"]


# --- what people agree to ---


@pytest.mark.parametrize("role", ["officer", "auditor", "admin"])
def test_consent_texts_are_read_in_both_languages_with_their_fingerprint(office, role):
    text = text_of("membership", 1)
    client = office.client(role)
    address = "/office/accounts/consenttext/"

    listed, page = client.get(address), client.get(f"{address}{text.pk}/change/")

    assert "会员实名登记" in listed.text
    assert "Trade Union Law, Article 3" in page.text
    assert " ".join(wrap(text.digest, 8)) in page.text
    assert client.post(f"{address}{text.pk}/change/", {"body_zh": "x"}).status_code == 403
