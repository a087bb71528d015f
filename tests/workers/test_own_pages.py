"""The pages of joining and of one's own entry: who gets in, how fresh, and what becomes of bad input."""

import datetime as dt
import re

import pytest
from django.test import Client

from nuanxin.core import audit_words, bulk_acts
from nuanxin.core import clock as core_clock
from nuanxin.core.models import AuditEvent
from nuanxin.workers import leaving, memberships, merging, own_entry, selves, services
from nuanxin.workers.enums import Channel, MergeReason, RevealPurpose
from nuanxin.workers.models import Membership, Worker, WorkerGroup
from tests.accounts.sms import Inbox
from tests.workers import people
from tests.workers.joining_world import (
    form_of,
    keys_of,
    make_joinable,
    oneself,
    prove_phone,
    sign_in,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(clock, inbox):
    return make_joinable()


@pytest.fixture
def me(world, client):
    """A member who has signed in."""
    worker = people.member(1, world.riders).worker
    assert sign_in(client, 1).status_code == 302
    return worker


def later(clock, **span):
    moment = core_clock.now() + dt.timedelta(**span)
    clock.stop_at(moment.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%dT%H:%M"))


def test_second_step_takes_a_proved_telephone(world, client):
    address = f"/join/{world.riders.code}/"
    client.post(address, form_of(1))
    client.post(address, {"step": "send", "phone": people.phone_of(1)})
    client.post(address, {"step": "code", "code": "000000"})
    client.post(address, form_of(1))

    assert not Worker.objects.exists()


def test_code_for_one_purpose_opens_no_other(world, client):
    prove_phone(client, f"/join/{world.riders.code}/", people.phone_of(1))
    people.member(1, world.riders)
    answer = client.post("/me/sign-in/", {"step": "tail", "tail": people.number_of(1)[-4:]})

    assert "手机号码" in answer.content.decode()
    assert client.get("/me/").status_code == 302


def test_proved_telephone_is_forgotten_after_half_an_hour(world, client, clock):
    prove_phone(client, f"/join/{world.riders.code}/", people.phone_of(1))
    later(clock, minutes=31)
    client.post(f"/join/{world.riders.code}/", form_of(1))

    assert not Worker.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "33050019800101000"}, "18"),
        ({"number": people.number_of(1)[:-1] + ("0" if people.number_of(1)[-1] != "0" else "1")}, "校验位不符"),
        ({"number": "330500800101001"}, "2013"),
        ({"name": "1"}, "姓名"),
        ({"membership": ""}, "没有您的同意"),
        ({"document_kind": "x"}, "选"),
        ({"number": "\x00"}, ""),
        ({"platform": "长" * 81}, ""),
    ],
)  # fmt: skip
def test_bad_input_says_what_is_wrong_and_keeps_what_was_typed(world, client, changes, said):
    address = f"/join/{world.riders.code}/"
    prove_phone(client, address, people.phone_of(1))
    answer = client.post(address, form_of(1, **changes))

    assert answer.status_code == 422
    reasons = re.findall(r'class="errorlist.*?</ul>', answer.content.decode(), re.DOTALL)
    assert re.search(said, "".join(reasons)), reasons
    assert len(reasons) == 1
    assert not Worker.objects.exists()
    assert client.post(address, form_of(1)).status_code == 302


def test_code_asked_for_twice_in_a_minute_keeps_the_box_of_the_first(world, client):
    address = f"/join/{world.riders.code}/"
    client.post(address, {"step": "send", "phone": people.phone_of(1)})
    answer = client.post(address, {"step": "send", "phone": people.phone_of(1)})

    assert answer.status_code == 429
    assert 'name="code"' in answer.content.decode()
    assert client.post(address, {"step": "code", "code": Inbox.last_code()}).status_code == 302


def test_wrong_telephone_and_other_telephone(world, client):
    address = f"/join/{world.riders.code}/"
    assert client.post(address, {"step": "send", "phone": "12345"}).status_code == 422
    client.post(address, {"step": "send", "phone": people.phone_of(1)})
    client.post(address, {"step": "other"})

    assert 'name="phone"' in client.get(address).content.decode()
    assert 'name="code"' not in client.get(address).content.decode()


def test_forms_take_a_token_against_forgery(world):
    client = Client(enforce_csrf_checks=True)
    for address in (f"/join/{world.riders.code}/", "/me/sign-in/"):
        assert client.post(address, {"step": "send", "phone": "13800000001"}).status_code == 403
    assert Inbox.sent == []


def test_session_holds_no_telephone_in_clear(world, client):
    client.post("/me/sign-in/", {"step": "send", "phone": people.phone_of(1)})

    assert people.phone_of(1) not in str(dict(client.session))


def test_signing_in_leads_to_the_page_that_was_asked_for_and_never_elsewhere(world, client):
    people.member(1, world.riders)
    asked = client.get("/me/kept/")
    assert asked["Location"] == "/me/sign-in/?next=/me/kept/"
    assert sign_in(client, 1, following="?next=/me/kept/")["Location"] == "/me/kept/"

    for wanted in ("https://evil.example/", "//evil.example/me/", "/office/", "javascript:1"):
        assert client.get(f"/me/sign-in/?next={wanted}")["Location"] == "/me/"


def test_signing_in_is_written_down_where_the_worker_reads_it(me, client):
    assert AuditEvent.objects.filter(verb="worker.signed_in", object_key=str(me.pk)).count() == 1
    assert "劳动者用手机登录" in client.get("/me/kept/").content.decode()


def test_looking_at_numbers_is_read_by_the_worker(me, client, world):
    services.reveal(worker=me, purpose="call", by=world.officer)
    page = client.get("/me/kept/").content.decode()

    assert world.officer.display_name in page
    (act,) = [act for act in own_entry.acts_on(me) if act.is_reading]
    assert act.why == str(RevealPurpose.CALL.label)
    assert f"· {act.why}" in page


def test_approval_among_many_and_a_list_with_numbers_are_read_by_the_worker(me, client, world):
    others = [people.worker(n, world.riders) for n in (2, 3)]
    for who in others:
        memberships.apply(worker=who, union=world.riders, channel=Channel.QR, by=people.BY)
    memberships.approve_many(
        memberships=list(Membership.objects.waiting().select_related("union", "worker")),
        by=world.officer,
    )
    membership = others[0].memberships.get()
    event = bulk_acts.acts_on([str(membership.pk)])[0][0]

    assert event.verb == "membership.approved_many"
    acts = own_entry.acts_on(others[0])
    assert [act.who for act in acts if act.what == audit_words.words(event.verb)] == [
        world.officer.display_name
    ]
    assert not [act for act in own_entry.acts_on(me) if act.what == audit_words.words(event.verb)]


@pytest.mark.parametrize("address", ["/me/export/", "/me/erase/", "/me/phone/"])
def test_what_can_do_harm_asks_for_the_telephone_again(me, client, clock, address):
    assert client.get(address).status_code == 200
    later(clock, minutes=16)

    asked = client.get(address)
    assert asked["Location"] == f"/me/sign-in/?next={address}&again=1"
    assert client.post(address, {"form": "json", "tail": "0000"}).status_code == 302
    assert "再次验证手机" in client.get(asked["Location"]).content.decode()
    assert client.get("/me/kept/").status_code == 200


def test_changed_telephone_ends_the_session(me, client, world):
    services.correct_worker(worker=me, phone="13800007777", by=world.officer)

    assert client.get("/me/").status_code == 302


def test_new_telephone_takes_a_code_and_keeps_the_session(me, client):
    prove_phone(client, "/me/phone/", "13800007777")
    assert client.get("/me/phone/").status_code == 302

    assert "138****7777" in client.get("/me/").content.decode()
    assert selves.worker_of(client.session) == me


def test_erased_worker_is_signed_out_everywhere(me, client):
    leaving.erase(worker=me, by=oneself(me))

    assert client.get("/me/")["Location"].startswith("/me/sign-in/")


def test_session_goes_on_with_the_row_into_which_ones_own_was_merged(me, client, world):
    merge = merging.propose_merge(
        worker=me, document=people.document(2), reason=MergeReason.RENEWED, by=world.officer
    )
    survivor = merging.approve_merge(merge=merge, by=people.BY)

    assert selves.worker_of(client.session) == survivor
    assert world.riders.name in client.get("/me/").content.decode()


def test_signing_out_takes_a_post(me, client):
    client.get("/me/sign-out/")
    assert client.get("/me/").status_code == 200
    client.post("/me/sign-out/")
    assert client.get("/me/").status_code == 302


def test_card_changes_and_holds_only_for_members(me, client, clock, world):
    (first,) = set(keys_of(client.get("/me/card/").content.decode()))
    later(clock, minutes=4)
    (second,) = set(keys_of(client.get("/me/card/").content.decode()))
    assert first != second
    assert client.get(f"/card/check/?card={first}").status_code == 200
    later(clock, minutes=7)
    assert client.get(f"/card/check/?card={first}").status_code == 422
    assert me.name not in client.get(f"/card/check/?card={second}").content.decode()

    client.post("/me/leave/")
    assert client.get("/me/card/").status_code == 409


def test_name_is_the_workers_to_correct_until_it_was_compared_with_a_card(world, client):
    address = f"/join/{world.riders.code}/"
    prove_phone(client, address, people.phone_of(1))
    client.post(address, form_of(1))
    client.post("/me/correct/", {"do": "name", "name": "欧阳甲"})
    assert Worker.objects.get().name == "欧阳甲"

    Membership.objects.update(state="verified")
    answer = client.post("/me/correct/", {"do": "name", "name": "欧阳乙"})

    assert answer.status_code == 409
    assert Worker.objects.get().name == "欧阳甲"


def test_work_is_entered_and_ended_and_nobody_elses(me, client, world):
    other = people.worker(2, world.riders)
    courier = WorkerGroup.objects.get(name_zh="快递员")
    theirs = services.enter_occupation(worker=other, group=courier, by=people.BY)
    client.post("/me/correct/", {"do": "work", "group": courier.pk, "platform": "丙快递"})
    mine = me.occupations.get()
    assert mine.platform == "丙快递"

    for key, status in ((theirs.pk, 404), ("x", 404), (mine.pk, 302)):
        answer = client.post("/me/correct/", {"do": "end", "occupation": str(key)})
        assert answer.status_code in (status, 422), key
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert theirs.until_on is None
    assert mine.until_on == core_clock.civil_date()


def test_consents_are_given_and_taken_back_on_the_page(me, client):
    client.post("/me/consents/", {"do": "give", "purpose": "photo"})
    assert me.consents.in_force().get().purpose == "photo"
    client.post("/me/consents/", {"do": "withdraw", "purpose": "photo"})
    assert not me.consents.in_force().exists()
    client.post("/me/consents/", {"do": "give", "purpose": "membership"})

    answer = client.post("/me/consents/", {"do": "withdraw", "purpose": "membership"})

    assert answer.status_code == 409
    assert "请先退会" in answer.content.decode()


def test_export_as_a_file_names_nobody_in_its_name(me, client):
    answer = client.post("/me/export/", {"form": "json"})

    assert answer["Content-Disposition"] == 'attachment; filename="nuanxin-2026-03-10.json"'
    assert answer.json()["format"] == "nuanxin.own-entry.1"
    assert people.number_of(1) in answer.content.decode()
    assert answer["Cache-Control"].startswith("max-age=0")


def test_poster_belongs_to_the_offices_of_its_union(world, client):
    address = f"/office/joining/{world.riders.code}/sheets.pdf"
    client.force_login(world.stranger)
    assert client.get(address).status_code == 404
    client.force_login(world.officer)
    assert client.get(f"{address}?ceremony=nothing").status_code == 404
    assert client.get(address)["Content-Type"] == "application/pdf"


def test_office_hands_out_the_code_of_its_union_and_of_no_other(world, client):
    address = "/office/workers/membership/joining-code/"
    client.force_login(world.officer)
    page = client.post(address, {"union": world.riders.code}).content.decode()
    assert f"http://testserver/join/{world.riders.code}/" in page
    assert "<svg" in page

    refused = client.post(address, {"union": world.elsewhere.code})
    assert refused.status_code == 404
    assert "/join/" not in refused.content.decode()
