"""Words of the catalogues: entered, reworded, never removed."""

from typing import Any

import pytest

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Conflict, NotAllowed
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditEvent
from nuanxin.stations.catalogues import keep_standard_item, keep_word
from nuanxin.stations.models import Brand, Facility, Standard, StandardItem, WelcomedGroup

pytestmark = pytest.mark.django_db

SYSTEM = SystemActor("test")
NAMES = {"name_zh": "热水", "name_en": "Hot water", "rank": 1}
ITEM: dict[str, Any] = {"code": "sign", "name_zh": "有标识", "name_en": "a sign", "rank": 1}


def test_new_word_is_entered_with_its_audit_row():
    brand = keep_word(model=Brand, code="huigong", values=NAMES, by=SYSTEM)

    assert Brand.objects.get().name_zh == "热水"
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_key) == ("catalogue.word_entered", brand.pk)


def test_word_is_reworded_and_the_same_again_writes_nothing(writes_of):
    keep_word(model=Brand, code="huigong", values=NAMES, by=SYSTEM)
    values = NAMES | {"name_zh": "开水"}
    keep_word(model=Brand, code="huigong", values=values, by=SYSTEM)

    assert Brand.objects.get().name_zh == "开水"
    assert AuditEvent.objects.filter(verb="catalogue.word_changed").count() == 1
    assert writes_of(lambda: keep_word(model=Brand, code="huigong", values=values, by=SYSTEM)) == []


@pytest.mark.parametrize(("model", "limit"), [(Facility, 64), (WelcomedGroup, 32)])
def test_bits_are_handed_out_once_until_the_mask_is_full(model, limit):
    for number in range(limit):
        word = keep_word(model=model, code=f"w{number}", values=NAMES, by=SYSTEM)
        assert word.bit == number

    keep_word(model=model, code="w3", values=NAMES | {"rank": 9}, by=SYSTEM)
    assert model.objects.get(pk="w3").bit == 3
    with pytest.raises(Conflict) as refused:
        keep_word(model=model, code="one-more", values=NAMES, by=SYSTEM)
    assert refused.value.code == "catalogue_full"


def test_requirement_has_the_identity_of_the_catalogue_files(writes_of):
    standard = keep_word(model=Standard, code="six", values=NAMES, by=SYSTEM)
    item = keep_standard_item(standard=standard, **ITEM, by=SYSTEM)

    assert item.pk == computed_id("standard_item", "six", "sign")
    again = {**ITEM, "name_zh": "有标牌"}
    keep_standard_item(standard=standard, **again, by=SYSTEM)
    assert StandardItem.objects.get().name_zh == "有标牌"
    assert writes_of(lambda: keep_standard_item(standard=standard, **again, by=SYSTEM)) == []


@pytest.mark.parametrize(
    "by",
    [
        AnonymousActor(),
        SystemActor("officer", scopes=(Scope(Role.OFFICER),)),
        SystemActor("county", scopes=(Scope(Role.ADMIN, "ZJ/"),)),
    ],
)
def test_catalogues_take_an_administrator_of_everything(by):
    standard = Standard.objects.create(code="six", name_zh="六有", name_en="The six")
    with pytest.raises(NotAllowed):
        keep_word(model=Brand, code="x", values=NAMES, by=by)
    with pytest.raises(NotAllowed):
        keep_standard_item(standard=standard, **ITEM, by=by)

    assert not Brand.objects.exists()
    assert not StandardItem.objects.exists()
