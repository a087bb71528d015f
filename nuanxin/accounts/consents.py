"""The texts that people agree to: kept in a file, loaded into a table, never reworded.

Whoever agreed did so to the words of one version. Other words are another version, so that what
stands beside a consent can be read years later. Who agreed to what is kept by the room of people.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts import policies
from nuanxin.accounts.models import ConsentText
from nuanxin.accounts.selectors import current_texts as current_texts
from nuanxin.accounts.selectors import text_of as text_of
from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id

# all of them together are what a person reads and agrees to
_BODIES: Final = ("body_zh", "body_en")
_WORDS: Final = ("effective_on", "is_required", "title_zh", "title_en", *_BODIES)
_COLUMNS: Final = frozenset({"purpose", "version", *_WORDS})


@transaction.atomic
def load_texts(*, path: Path, by: Actor) -> int:
    """Enter the versions of a file that are not known yet.

    Parameters
    ----------
    path
        A JSON list of objects with ``purpose``, ``version`` (1 and up), ``effective_on``,
        ``is_required``, ``title_zh``, ``title_en`` and, as lists of paragraphs, ``body_zh`` and
        ``body_en``. The order of the purposes is that in which people read them.
    by
        Who acts; needs administrator rights over the whole tree.

    Returns
    -------
    int
        Versions entered; 0 when the file says nothing new.

    Raises
    ------
    NotAllowed
        When the actor may not.
    Invalid
        When the file has another form, with code ``texts_unreadable``; when of one purpose a later
        version is not in force later, with code ``texts_out_of_order``.
    Conflict
        When the file has other words for a known version, with code ``text_changed``: nothing of the
        file is entered then.

    Notes
    -----
    One query; two statements and one audit row when there is something new. A version that the file
    does not name any more stays: somebody may have agreed to it.
    """
    policies.can_load_consent_texts(by).enforce()
    texts = _read(path)
    stored = {text.pk: text for text in ConsentText.objects.all()}
    for text in texts:
        if text.pk in stored and _words(text) != _words(stored[text.pk]):
            raise _changed(text)
    _check_order([*stored.values(), *(text for text in texts if text.pk not in stored)])
    return _store(texts, stored, by)


def _store(texts: list[ConsentText], stored: dict[uuid.UUID, ConsentText], by: Actor) -> int:
    fresh = [text for text in texts if text.pk not in stored]
    moved = [t for t in texts if t.pk in stored and t.rank != stored[t.pk].rank]
    if fresh or moved:
        ConsentText.objects.bulk_create(
            fresh + moved, update_conflicts=True, unique_fields=["id"], update_fields=["rank"]
        )
        versions = [f"{text.purpose} {text.version}" for text in fresh]
        audit.record(
            by=by,
            verb="consent.texts_loaded",
            subject_type=ConsentText._meta.label_lower,
            subject_key="all",
            data={"versions": versions},
        )
    return len(fresh)


def _read(path: Path) -> list[ConsentText]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        ranks = {row["purpose"]: 0 for row in rows}
        ranks = {purpose: 10 * (place + 1) for place, purpose in enumerate(ranks)}
        texts = [_text(row, ranks[row["purpose"]]) for row in rows]
    except (OSError, ValueError, TypeError, KeyError, ValidationError) as error:
        raise _unreadable(path) from error
    if len({text.pk for text in texts}) != len(texts):
        raise _unreadable(path)
    return texts


def _text(row: dict[str, Any], rank: int) -> ConsentText:
    has_kinds = isinstance(row["version"], int) and all(isinstance(row[n], list) for n in _BODIES)
    if set(row) != _COLUMNS or not has_kinds or row["version"] < 1:
        msg = "this is no consent text"
        raise ValueError(msg)
    bodies = {name: "\n\n".join(row[name]) for name in _BODIES}
    key = computed_id("consent_text", row["purpose"], str(row["version"]))
    text = ConsentText(id=key, rank=rank, **{**row, **bodies})
    text.clean_fields()
    return text


def _words(text: ConsentText) -> tuple[Any, ...]:
    return tuple(getattr(text, name) for name in _WORDS)


def _check_order(texts: Iterable[ConsentText]) -> None:
    days: dict[str, dt.date] = {}
    for text in sorted(texts, key=lambda text: text.version):
        if text.purpose in days and text.effective_on <= days[text.purpose]:
            raise Invalid(
                _("%(text)s: a later version has to be in force later.") % {"text": _name(text)},
                code="texts_out_of_order",
            )
        days[text.purpose] = text.effective_on


def _name(text: ConsentText) -> str:
    return f"{text.purpose} {text.version}"


def _changed(text: ConsentText) -> Conflict:
    sentence = _("%(text)s is known with other words. Give changed words a new version.")
    return Conflict(sentence % {"text": _name(text)}, code="text_changed")


def _unreadable(path: Path) -> Invalid:
    sentence = _("%(file)s is no list of consent texts.") % {"file": path.name}
    return Invalid(sentence, code="texts_unreadable")
