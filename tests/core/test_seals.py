"""A key is rotated while the site goes on, and a run that is killed goes on where it stopped."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from nuanxin.core import channels, clock, crypto, outbox, seals
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import AuditEvent
from nuanxin.sheets import services
from nuanxin.sheets.models import ImportFile
from tests.factories import UnionFactory, UserFactory

pytestmark = pytest.mark.django_db
OLD, NEW, NATIONAL = "old:" + "aa" * 32, "new:" + "bb" * 32, "cn:sm4:" + "cc" * 16
BY = SystemActor("test")


def phones(count):
    """Save people with a phone, sealed by the present key."""
    for number in range(count):
        user = UserFactory.create()
        place = crypto.Place("accounts_user", str(user.pk), "phone_sealed")
        user.phone_sealed = crypto.provider().seal(f"1380000{number:04d}", place)
        user.phone_index = f"{number:064x}"
        user.save()


def opened():
    column = seals.SealedColumn("accounts.User", "phone_sealed", "phone_sealed")
    rows = column.rows.exclude(phone_sealed="").values_list("pk", "phone_sealed")
    return sorted(crypto.provider().unseal(sealed, column.place(pk)) for pk, sealed in rows)


def test_every_sealed_column_is_known():
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
    }

    assert there == {(column.model, column.column) for column in seals.registered()}


@pytest.mark.parametrize("fresh", [NEW, NATIONAL])
def test_rotation_leaves_nothing_to_the_old_key_and_every_text_as_it_was(settings, fresh):
    settings.ENCRYPTION_KEYS = [OLD]
    phones(5)
    before = opened()
    settings.ENCRYPTION_KEYS = [fresh, OLD]

    done = seals.rotate(by=BY)

    assert done["accounts.User.phone_sealed"] == 5
    settings.ENCRYPTION_KEYS = [fresh]
    assert opened() == before
    assert seals.sealed_by()["accounts.User.phone_sealed"] == {fresh.partition(":")[0]: 5}
    event = AuditEvent.objects.get(verb="keys.rotated")
    assert event.data == {"accounts.User.phone_sealed": 5}


def test_file_of_an_import_is_sealed_anew(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    union = UnionFactory.create(root=True)
    batch = services.bring_sheet(
        content=b"rows", name="list.csv", kind="station", source=union.code,
        source_label=union.name, scope_path=union.path, by=BY,
    )  # fmt: skip
    place = services.file_place(batch)
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    seals.rotate(by=BY)

    settings.ENCRYPTION_KEYS = [NEW]
    sealed = bytes(ImportFile.objects.get(batch=batch).content_sealed)
    assert crypto.provider().unseal_bytes(sealed, place) == b"rows"


def test_message_that_waits_is_sealed_anew_and_still_sent(settings, monkeypatch):
    settings.ENCRYPTION_KEYS = [OLD]
    outbox.enqueue(
        dedupe="one", channel="sms", address="13800138000", text="hello", due_at=clock.now(), by=BY
    )
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    seals.rotate(by=BY)
    settings.ENCRYPTION_KEYS = [NEW]
    sent: list[str] = []
    monkeypatch.setattr(channels.ConsoleSms, "send", lambda self, phone, text: sent.append(phone))

    outbox.deliver_due(clock.now(), 10, holder="test")

    assert sent == ["13800138000"]


def test_second_rotation_writes_nothing(settings, writes_of):
    settings.ENCRYPTION_KEYS = [OLD]
    phones(3)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    seals.rotate(by=BY)

    written = writes_of(lambda: seals.rotate(by=BY))

    assert [sql for sql in written if "core_auditevent" not in sql] == []


class _Killed(BaseException):
    """Ends a process wherever it is."""


@pytest.mark.parametrize("statement", [2, 5, 8, 11])
def test_killed_rotation_goes_on_and_loses_nothing(settings, monkeypatch, statement):
    monkeypatch.setattr(seals, "_PIECE", 2)
    settings.ENCRYPTION_KEYS = [OLD]
    phones(7)
    before = opened()
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    count = 0

    def kill(execute, sql, params, many, context):
        nonlocal count
        count += sql.startswith("UPDATE")
        if count == min(statement, 7):
            raise _Killed
        return execute(sql, params, many, context)

    with pytest.raises(_Killed), connection.execute_wrapper(kill):
        seals.rotate(by=BY)
    assert opened() == before
    seals.rotate(by=BY)

    settings.ENCRYPTION_KEYS = [NEW]
    assert opened() == before


def test_text_changed_meanwhile_stays_as_it_was_changed(settings, monkeypatch):
    settings.ENCRYPTION_KEYS = [OLD]
    phones(1)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    column = seals.SealedColumn("accounts.User", "phone_sealed", "phone_sealed")
    ((pk, _sealed),) = column.rows.exclude(phone_sealed="").values_list("pk", "phone_sealed")
    fresh = crypto.provider().seal("13999999999", column.place(pk))
    real = seals._sealed_anew

    def meanwhile(*args):
        column.rows.filter(pk=pk).update(phone_sealed=fresh)
        return real(*args)

    monkeypatch.setattr(seals, "_sealed_anew", meanwhile)

    assert seals.rotate(by=BY)["accounts.User.phone_sealed"] == 0
    assert opened() == ["13999999999"]


def test_swapped_texts_stop_the_rotation(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    phones(2)
    model = apps.get_model("accounts.User")
    one, other = model.objects.exclude(phone_sealed="").order_by("pk")
    model.objects.filter(pk=one.pk).update(phone_sealed=other.phone_sealed)
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    with pytest.raises(crypto.SealBroken):
        seals.rotate(by=BY)


def test_command_says_which_keys_are_still_needed(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    phones(2)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    out = io.StringIO()

    call_command("rotate_keys", "--count", stdout=out, stderr=io.StringIO())
    assert "accounts.User.phone_sealed: old 2" in out.getvalue()
    call_command("rotate_keys", stdout=out, stderr=io.StringIO())

    assert "accounts.User.phone_sealed: 2 sealed anew" in out.getvalue()
    assert "accounts.User.phone_sealed: new 2" in out.getvalue()
