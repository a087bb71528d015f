"""Entering workers, correcting them, and looking at their numbers."""

import datetime as dt
import unicodedata

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core import audit, crypto, seals
from nuanxin.core.errors import Conflict, Invalid, NotAllowed, NotFound
from nuanxin.core.identities import search_keys
from nuanxin.core.models import AuditEvent
from nuanxin.workers import documents, names, phones, sealer, sealing, services
from nuanxin.workers.documents import document_of
from nuanxin.workers.enums import DocumentKind, RevealPurpose
from nuanxin.workers.models import Occupation, Worker, WorkerGroup
from tests.factories import GrantFactory, UnionFactory
from tests.workers.people import BY, document, member, name_of, number_of, phone_of, worker

TODAY = dt.date(2026, 11, 27)
RESIDENT, RESIDENCE = DocumentKind.RESIDENT, DocumentKind.RESIDENCE


@pytest.fixture
def union():
    return UnionFactory.create(root=True)


@pytest.mark.parametrize(
    "typed",
    ["{}", " {} ", "'{}", "{0:.6}\u3000{1}", "{0:.6}-{1}"],
)
def test_document_is_read_as_people_type_it(typed):
    number = number_of(7)
    text = typed.format(number, number[6:])

    assert document_of(RESIDENT, text, today=TODAY).number == number


def test_full_width_digits_and_small_x_are_forgiven():
    number = next(number_of(n) for n in range(100) if number_of(n).endswith("X"))
    wide = "".join(
        unicodedata.lookup(f"FULLWIDTH DIGIT {unicodedata.name(c)[6:]}") if c.isdigit() else "x"
        for c in number
    )

    assert document_of(RESIDENT, wide, today=TODAY).number == number


def test_fifteen_places_are_refused_with_the_number_of_today_as_a_hint():
    with pytest.raises(Invalid) as refused:
        document_of(RESIDENT, "110105491231002", today=TODAY)

    assert "11010519491231002X" in str(refused.value.fields["number"])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (RESIDENT, "33050219900101000"),
        (RESIDENT, "3305021990010100００X"),
        (RESIDENT, "330502199001010O0X"),
        (RESIDENT, "330502199002300001"),
        (RESIDENT, "330502199001010001"),
        (RESIDENT, ""),
        (DocumentKind.PASSPORT, "E1"),
        (DocumentKind.PASSPORT, "E12345678；"),
    ],
)
def test_bad_document_is_refused_with_its_reason(kind, text):
    with pytest.raises(Invalid) as refused:
        document_of(kind, text, today=TODAY)

    assert refused.value.fields["number"]


def test_permit_and_card_with_one_citizen_number_are_one_worker():
    number = number_of(1)
    ids = {document_of(kind, number, today=TODAY).worker_id for kind in (RESIDENT, RESIDENCE)}
    passport = document_of(DocumentKind.PASSPORT, "E12345678", today=TODAY).worker_id
    permit = document_of(DocumentKind.TAIWAN, "E12345678", today=TODAY).worker_id

    assert len(ids) == 1
    assert passport != permit


def test_id_of_a_worker_hangs_on_the_identity_key(settings):
    before = document(1).worker_id
    settings.IDENTITY_KEY = "55" * 32

    assert document(1).worker_id != before
    assert before.version == 8


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_two_numbers_are_two_workers(a, b):
    assert (document(a).worker_id == document(b).worker_id) == (number_of(a) == number_of(b))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张 三", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("𠮷田㐀", "𠮷田㐀"),
        ("䶮", "䶮"),
        ("𰻝𮯰", "𰻝𮯰"),
        ("  Mary  Ann O'Neil ", "Mary Ann O'Neil"),
    ],
)
def test_name_of_every_plane_is_kept_as_it_is(typed, kept):
    assert names.name_of(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "12345", "张3", "、", "张" * 61])
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(Invalid):
        names.name_of(typed)


def test_numbers_are_masked_but_for_their_end():
    assert documents.masked("11010519491231002X") == "**************002X"
    assert documents.masked("E1234") == "****4"
    assert phones.masked("13800001234") == "138****1234"


@pytest.mark.django_db
def test_worker_entered_twice_is_one_row(union):
    first = services.enter_worker(
        document=document(1), name="张伟", phone="+86 138-0000-0001", union=union, by=BY
    )
    again = services.enter_worker(document=document(1), name="张 伟", union=union, by=BY)

    assert (first.is_new, again.is_new) == (True, False)
    assert Worker.objects.get() == again.worker
    stored = Worker.objects.get()
    assert (stored.pinyin, stored.initials) == ("zhangwei", "zw")
    assert sealing.opened(stored, "document_sealed") == number_of(1)
    assert sealing.opened(stored, "phone_sealed") == "13800000001"
    assert AuditEvent.objects.filter(verb="worker.entered").count() == 1


@pytest.mark.django_db
def test_number_with_another_name_is_refused_and_overwrites_nothing(union):
    worker(1, union)

    with pytest.raises(Conflict) as refused:
        services.enter_worker(document=document(1), name="别人", union=union, by=BY)

    assert refused.value.code == "name_differs"
    assert Worker.objects.get().name == name_of(1)


@pytest.mark.django_db
def test_shared_phone_makes_no_two_people_one(union):
    for n in (1, 2):
        services.enter_worker(
            document=document(n), name=name_of(n), phone=phone_of(1), union=union, by=BY
        )

    assert Worker.objects.count() == 2
    assert len(set(Worker.objects.values_list("phone_index", flat=True))) == 1
    assert len(set(Worker.objects.values_list("phone_sealed", flat=True))) == 2


@pytest.mark.django_db
def test_only_the_office_of_the_union_enters_workers(union):
    below = UnionFactory.create(parent=union)
    other = GrantFactory.create(union=UnionFactory.create(parent=union)).user

    with pytest.raises(NotAllowed):
        worker(1, below, by=other)

    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_swapped_numbers_open_in_no_row(union):
    first, second = worker(1, union), worker(2, union)
    Worker.objects.filter(pk=first.pk).update(phone_sealed=second.phone_sealed)

    with pytest.raises(crypto.SealBroken):
        services.reveal(worker=first, purpose=RevealPurpose.CALL, by=BY)


@pytest.mark.django_db
def test_correction_names_the_fields_and_never_their_contents(union):
    who = worker(1, union)

    services.correct_worker(worker=who, name="新名", phone="13900000009", by=BY)
    services.correct_worker(worker=who, name="新名", phone="13900000009", by=BY)

    stored = Worker.objects.get()
    assert (stored.name, stored.initials) == ("新名", "xm")
    assert sealing.opened(stored, "phone_sealed") == "13900000009"
    event = AuditEvent.objects.get(verb="worker.corrected")
    assert event.data == {"fields": ["name", "phone"]}
    services.correct_worker(worker=who, phone="", by=BY)
    assert Worker.objects.get().phone_index is None


@pytest.mark.django_db(transaction=True)
def test_reading_numbers_is_on_record_before_they_are_opened(union):
    who = member(1, union).worker
    reader = GrantFactory.create(union=union).user

    shown = services.reveal(worker=who, purpose=RevealPurpose.CALL, by=reader)

    assert shown == {"document": number_of(1), "phone": phone_of(1)}
    event = AuditEvent.objects.get(verb="worker.revealed")
    assert (event.object_key, event.actor_key) == (str(who.pk), reader.actor_key)
    assert event.data == {"fields": ["document", "phone"], "purpose": "call"}
    assert event.scope_path == union.path


@pytest.mark.django_db(transaction=True)
def test_nothing_is_opened_when_the_reading_cannot_be_recorded(union, monkeypatch):
    who = worker(1, union)
    opened = []
    monkeypatch.setattr(sealing, "opened", lambda *args: opened.append(args))

    def fail(**values):
        raise IntegrityError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(IntegrityError):
        services.reveal(worker=who, purpose=RevealPurpose.CALL, by=BY)

    assert opened == []


@pytest.mark.django_db(transaction=True)
def test_reading_inside_a_transaction_is_refused(union):
    who = worker(1, union)

    with pytest.raises(RuntimeError), transaction.atomic():
        services.reveal(worker=who, purpose=RevealPurpose.CALL, by=BY)


@pytest.mark.django_db(transaction=True)
def test_numbers_are_shown_to_nobody_elsewhere(union):
    below, sibling = (UnionFactory.create(parent=union) for _ in range(2))
    who = member(1, below).worker
    stranger = GrantFactory.create(union=sibling).user

    with pytest.raises(NotAllowed):
        services.reveal(worker=who, purpose=RevealPurpose.CALL, by=stranger)

    assert not AuditEvent.objects.filter(verb="worker.revealed").exists()


@pytest.mark.django_db(transaction=True)
def test_erased_row_shows_nothing(union):
    who = worker(1, union)
    Worker.objects.filter(pk=who.pk).update(
        erased_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), name="", pinyin="", initials="",
        document_sealed="", document_tail=None, phone_sealed="", phone_index=None, phone_tail=None,
    )  # fmt: skip

    with pytest.raises(NotFound):
        services.reveal(worker=who, purpose=RevealPurpose.CALL, by=BY)
    assert services.enter_worker(document=document(1), name="张伟", union=union, by=BY).is_new


@pytest.mark.django_db
def test_worker_rides_for_many_platforms_each_once(union):
    who = worker(1, union)
    riders = WorkerGroup.objects.create(code="riders", name_zh="外卖配送员", name_en="riders")

    for platform in ("甲平台", "乙平台", "甲平台"):
        services.enter_occupation(worker=who, group=riders, platform=platform, by=BY)

    assert Occupation.objects.count() == 2
    first = Occupation.objects.filter(platform="甲平台").get()
    services.end_occupation(occupation=first, until_on=TODAY, by=BY)
    assert list(Occupation.objects.on(TODAY).values_list("platform", flat=True)) == ["乙平台"]


@pytest.mark.django_db
def test_search_keys_rotate_and_both_find_meanwhile(union, settings):
    who = worker(1, union)
    settings.SEARCH_KEYS = ["new:" + "66" * 32, *settings.SEARCH_KEYS]
    candidates = search_keys().candidates(phone_of(1), purpose=sealer.PHONE)

    assert Worker.objects.filter(phone_index__in=candidates).get() == who
    done = seals.rotate(by=BY)

    assert done["workers.Worker.phone_index"] == 1
    assert Worker.objects.get().phone_index == candidates[0] != who.phone_index
    settings.SEARCH_KEYS = settings.SEARCH_KEYS[:1]
    assert Worker.objects.get().phone_tail == sealing.phone_tail(phone_of(1))
    assert seals.rotate(by=BY)["workers.Worker.phone_index"] == 0


@pytest.mark.django_db
def test_numbers_lie_nowhere_in_clear(union):
    who = worker(1, union)
    member(1, union)

    for model in apps.get_models():
        content = repr(list(model._base_manager.values_list()))
        assert number_of(1) not in content, model
        assert phone_of(1) not in content, model
    assert who.name == name_of(1)
