"""Every page of the office, as each role sees it."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse

from nuanxin.core.office import OfficeAdmin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

TABLES = sorted(admin.site._registry, key=lambda model: model._meta.label)
HUNG = ("photos", "evidence", "faults", "keepings")
READERS = ("admin", "officer", "auditor")
# what only shows something, on record
READ_ACTS = {"reveal", "statistics"}


def address(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def acts_of(model: type[models.Model]) -> list[tuple[str, bool]]:
    """Return the acts of a table: name, and whether it acts on one row."""
    page: Any = admin.site._registry[model]
    names = page._extract_action_names
    return [(name, False) for name in names(page.actions_list)] + [
        (name, True) for name in names(page.actions_detail)
    ]


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_every_table_stands_on_the_base_class(model):
    page = admin.site._registry[model]

    assert isinstance(page, OfficeAdmin)
    assert page.is_shared or hasattr(model._default_manager.all(), "visible_to")


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("role", READERS)
def test_readers_see_lists_and_rows_and_change_nothing(office, model, role):
    client = office.client(role)
    page: Any = admin.site._registry[model]
    listed = client.get(address(model, "changelist"))
    visible = page.get_queryset(listed.wsgi_request)

    assert listed.status_code == 200
    assert client.get(address(model, "changelist"), {"q": "a"}).status_code == 200
    assert client.get(address(model, "add")).status_code == 403
    assert (
        client.post(address(model, "changelist"), {"action": "delete_selected"}).status_code < 500
    )
    assert visible.exists()
    for row in visible[:3]:
        assert client.get(address(model, "change", row.pk)).status_code == 200
        assert client.post(address(model, "change", row.pk)).status_code == 403
        assert client.get(address(model, "delete", row.pk)).status_code == 403
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert client.get(address(model, "history", row.pk)).status_code == 302


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("role", ["admin", "officer", "auditor"])
def test_acts_are_shown_to_whoever_may_and_refuse_empty_forms(office, model, role):
    client = office.client(role)
    page: Any = admin.site._registry[model]
    row = page.get_queryset(client.get(address(model, "changelist")).wsgi_request).first()

    for name, is_on_row in acts_of(model):
        where = address(model, name, *([row.pk] if is_on_row else []))
        shown, sent = client.get(where).status_code, client.post(where).status_code
        if name == "bring_list":  # leads on to where sheets are brought
            assert {shown, sent} == ({403} if role == "auditor" else {302})
            continue
        may = role != "auditor" or name in READ_ACTS
        assert shown in ((200, 403) if may else (403,)), where
        assert (shown == 403) == (sent == 403), where
        # the codes of a door are shown, a workbook is handed out: nothing is asked
        # a page that is only read refuses to be sent anything
        is_plain = (name, sent) in {
            ("signs", 200), ("export_stations", 200), ("statistics", 405),
        }  # fmt: skip
        assert sent in (302, 403, 409, 422) or is_plain, where


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_keepers_and_strangers_are_sent_to_sign_in(office, client, model):
    for visitor in (office.client("keeper"), client):
        answer = visitor.get(address(model, "changelist"))

        assert answer.status_code == 302
        assert answer["Location"].startswith(("/office/login/", "/office/sign-in/"))


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_rows_outside_the_subtree_do_not_exist(office, role):
    client = office.client(role)
    stranger = office.there.grants.get()
    hung = [getattr(office.elsewhere, name).get() for name in HUNG]
    for row in (office.elsewhere, *hung, office.there, stranger):
        assert client.get(address(type(row), "change", row.pk)).status_code == 404
        assert client.get(address(type(row), "history", row.pk)).status_code == 404
        for name, is_on_row in acts_of(type(row)):
            if is_on_row:
                assert client.post(address(type(row), name, row.pk)).status_code == 404


def test_row_that_never_was_does_not_exist(office):
    client = office.client("admin")

    for model in TABLES:
        assert client.get(address(model, "change", "nothing")).status_code == 404


def test_no_table_of_the_framework_is_left(office):
    answer = office.client("admin").get("/office/")

    assert answer.status_code == 200
    assert "/office/auth/" not in answer.text
    assert "auth.Group" not in {model._meta.label for model in TABLES}


def test_redirect_by_content_type_leads_nowhere(office):
    photo = office.elsewhere.photos.get()
    kind = ContentType.objects.get_for_model(photo)

    assert office.client("officer").get(f"/office/r/{kind.pk}/{photo.pk}/").status_code == 404


def test_history_leads_to_the_audit_trail(office):
    client = office.client("officer")
    answer = client.get(address(type(office.station), "history", office.station.pk), follow=True)

    assert "station.closure_filed" in answer.text
