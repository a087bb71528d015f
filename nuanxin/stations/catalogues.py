"""Changing the words every station is described with; each act is one transaction, one audit row."""

from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.catalogue import Named
from nuanxin.core.errors import Conflict
from nuanxin.core.ids import computed_id
from nuanxin.stations import policies
from nuanxin.stations.models import Facility, Standard, StandardItem, WelcomedGroup

Word = TypeVar("Word", bound=Named)
BITS = {Facility: 64, WelcomedGroup: 32}


@transaction.atomic
def keep_word(*, model: type[Word], code: str, values: dict[str, Any], by: Actor) -> Word:
    """Enter a word into a catalogue, or change how it is called; words are never removed.

    Parameters
    ----------
    model
        Brand, Facility, WelcomedGroup or Standard.
    code
        The word's key; that of a word already there changes that word.
    values
        Columns to set, without ``code`` and ``bit``.
    by
        Who acts; needs administrator rights over the whole tree.

    Returns
    -------
    Word
        Saved. A new facility or group takes the next free bit of the finder's mask.

    Raises
    ------
    NotAllowed
        When the actor may not edit catalogues.
    Conflict
        When the mask has no bit left.

    Notes
    -----
    At most three queries and one audit row; the same values again write nothing. The finder reads
    new names with the next snapshot.
    """
    policies.can_edit_catalogue(by).enforce()
    known = model._default_manager.filter(pk=code).first()
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    word = known or model(code=code, **_next_bit(model))
    for name, value in values.items():
        setattr(word, name, value)
    word.save(force_insert=known is None)
    _record(word, is_new=known is None, by=by)
    return word


@transaction.atomic
def keep_standard_item(
    *, standard: Standard, code: str, name_zh: str, name_en: str, rank: int, by: Actor
) -> StandardItem:
    """Enter a requirement into a standard, or change the one with this code.

    Parameters
    ----------
    standard
        The list of requirements.
    code
        Key inside the standard.
    name_zh, name_en, rank
        How the requirement is called, and its place in the list.
    by
        Who acts; needs administrator rights over the whole tree.

    Returns
    -------
    StandardItem
        Saved; the same again writes nothing.

    Raises
    ------
    NotAllowed
        When the actor may not edit catalogues.

    Notes
    -----
    Two queries and one audit row.
    """
    policies.can_edit_catalogue(by).enforce()
    item_id = computed_id("standard_item", standard.pk, code)
    values = {"name_zh": name_zh, "name_en": name_en, "rank": rank}
    known = StandardItem.objects.filter(pk=item_id).first()
    if known is not None and all(getattr(known, name) == value for name, value in values.items()):
        return known
    item = StandardItem(id=item_id, standard=standard, code=code, **values)
    item.save(force_insert=known is None, force_update=known is not None)
    _record(item, is_new=known is None, by=by)
    return item


def _next_bit(model: type[Named]) -> dict[str, int]:
    """Return the bit of a new word: one after the last, for a bit is never used twice."""
    limit = BITS.get(model)
    if limit is None:
        return {}
    last = model._default_manager.aggregate(last=Max("bit"))["last"]
    bit = 0 if last is None else last + 1
    if bit >= limit:
        raise Conflict(_("This catalogue is full."), code="catalogue_full")
    return {"bit": bit}


def _record(word: models.Model, *, is_new: bool, by: Actor) -> None:
    verb = "catalogue.word_entered" if is_new else "catalogue.word_changed"
    audit.record(by=by, verb=verb, subject=word)
