"""The acts of the office on people who cannot get in, and on those who should not."""

import re

import pytest

from nuanxin.accounts import keepers, second_factor
from nuanxin.accounts.models import KeeperKey, User
from nuanxin.accounts.selectors import contact_of
from nuanxin.core.models import AuditEvent
from tests.accounts.codes import PIN, enrolled
from tests.conftest import StrictClient
from tests.factories import GrantFactory
from tests.office_world import Office

pytestmark = pytest.mark.django_db

USERS = "/office/accounts/user/"
NEW = "nine-warmer-stations"
ACTS = {
    "reset-password": {"password": NEW},
    "reset-second-factor": {},
    "switch-off": {},
    "new-desk-link": {"is_understood": "on"},
    "revoke-desk-link": {},
    "set-contact": {"phone": "13800000000", "notice_url": "wecombot://key"},
}
KEEPERS_ONLY = {"new-desk-link", "revoke-desk-link"}
OF_OFFICERS = KEEPERS_ONLY | {"set-contact"}


def act(office: Office, role: str, user: User, name: str) -> int:
    answer = office.client(role).post(f"{USERS}{user.pk}/{name}/", ACTS[name])
    return int(answer.status_code)


@pytest.mark.parametrize("name", ACTS)
def test_act_is_done_by_an_administrator_and_written_down(office, name):
    keeper = office.people["keeper"]
    enrolled(keeper)
    KeeperKey.objects.create(user=keeper, issued_at=keeper.joined_at)

    assert act(office, "admin", keeper, name) == (200 if name == "new-desk-link" else 302)

    by = office.people["admin"].actor_key
    assert AuditEvent.objects.filter(object_key=str(keeper.pk), actor_key=by).count() == 1


@pytest.mark.parametrize("name", ACTS)
def test_act_is_an_officers_only_where_it_concerns_a_keeper(office, name):
    officer, keeper = office.people["officer"], office.people["keeper"]

    assert (act(office, "officer", keeper, name) != 403) is (name in OF_OFFICERS)
    colleague = GrantFactory.create(union=office.here).user
    assert act(office, "officer", colleague, name) == 403
    if name != "set-contact":  # one's own contact is one's own
        assert act(office, "officer", officer, name) == 403


@pytest.mark.parametrize("name", ACTS)
def test_act_is_closed_to_auditors_and_outside_the_subtree(office, name):
    assert act(office, "auditor", office.people["keeper"], name) == 403
    assert act(office, "officer", office.there.grants.get().user, name) == 404


def test_new_desk_link_is_shown_once_with_its_picture_and_works(office, client):
    keeper, officer = office.people["keeper"], office.client("officer")
    address = f"{USERS}{keeper.pk}/new-desk-link/"
    assert officer.post(address, {}).status_code == 422

    shown = officer.post(address, ACTS["new-desk-link"])

    found = re.search(r"http://testserver(/k/[^<]+/)", shown.text)
    assert found
    assert "<svg" in shown.text
    assert "no-store" in shown["Cache-Control"]
    later = officer.get(f"{USERS}{keeper.pk}/change/").text + officer.get(address).text
    assert found[1] not in later
    assert client.post(found[1], {"pin": PIN, "repeated": PIN}).status_code == 302


def test_desk_link_has_no_button_for_somebody_who_keeps_no_station(office):
    page = office.client("admin").get(f"{USERS}{office.people['officer'].pk}/change/").text

    assert "new-desk-link" not in page
    assert "reset-password" in page


def test_page_of_a_user_says_what_they_sign_in_with(office):
    keeper, admin = office.people["keeper"], office.client("admin")
    address = f"{USERS}{keeper.pk}/change/"

    assert "值守链接有效" in admin.get(address).text
    assert not keepers.has_link(keeper)
    admin.post(f"{USERS}{keeper.pk}/new-desk-link/", ACTS["new-desk-link"])
    assert keepers.has_link(keeper)
    admin.post(f"{USERS}{keeper.pk}/revoke-desk-link/")
    assert not keepers.has_link(keeper)


def test_switch_off_and_on_change_places(office):
    keeper, admin = office.people["keeper"], office.client("admin")
    there = StrictClient()
    there.force_login(keeper)

    assert admin.get(f"{USERS}{keeper.pk}/switch-on/").status_code == 403
    assert act(office, "admin", keeper, "switch-off") == 302
    assert there.get("/office/password_change/").status_code == 302
    assert admin.get(f"{USERS}{keeper.pk}/switch-off/").status_code == 403
    assert admin.post(f"{USERS}{keeper.pk}/switch-on/").status_code == 302
    assert User.objects.get(pk=keeper.pk).is_active


def test_nobody_has_a_button_to_switch_themselves_off(office):
    assert act(office, "admin", office.people["admin"], "switch-off") == 403


def test_reset_of_the_second_step_says_when_there_is_none(office):
    officer = office.people["officer"]
    assert act(office, "admin", officer, "reset-second-factor") == 409

    enrolled(officer)
    assert act(office, "admin", officer, "reset-second-factor") == 302
    assert not second_factor.is_enrolled(officer)


def test_contact_is_set_and_never_shown(office):
    keeper, officer = office.people["keeper"], office.client("officer")
    address = f"{USERS}{keeper.pk}/set-contact/"
    wrong = officer.post(address, {"phone": "", "notice_url": "https://x/"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["notice_url"]

    assert act(office, "officer", keeper, "set-contact") == 302

    assert contact_of(User.objects.get(pk=keeper.pk)).notice_url == "wecombot://key"
    text = officer.get(address).text + officer.get(f"{USERS}{keeper.pk}/change/").text
    assert "wecombot://key<" not in text
    assert "13800000000" not in text


def test_keeper_is_created_without_a_password(office):
    values = {"username": "chen", "display_name": "陈师傅", "password": "", "phone": ""}
    assert office.client("admin").post(f"{USERS}create-user/", values).status_code == 302

    user = User.objects.get(username="chen")
    assert not user.has_usable_password()
    assert user.held == ()
