"""What the reader of sheets has to say about a row, in words for people."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nuanxin.core.errors import Text
from nuanxin.sheets.kinds import Note, kind_of

_WORDS: dict[str, Text] = {
    "name_missing": gettext_lazy("the name is missing"),
    "address_missing": gettext_lazy("the address is missing"),
    "id_no_missing": gettext_lazy("the identity number is missing"),
    "id_missing": gettext_lazy("the identity number is missing"),
    "name_invalid": gettext_lazy("this is no name"),
    "name_short": gettext_lazy("a name has two characters at least"),
    "duplicate_same": gettext_lazy("the same stands in another row already"),
    "duplicate_conflict_phone": gettext_lazy("the same person stands in another row with another phone"),
    "id_shared_by_names": gettext_lazy("one identity number stands beside two names"),
    "id_bad_char": gettext_lazy("the identity number holds characters that no such number has"),
    "id_birthdate": gettext_lazy("the date of birth in the identity number does not exist"),
    "id_checksum": gettext_lazy("the check digit of the identity number is wrong"),
    "id_length": gettext_lazy("an identity number has 18 digits"),
    "id_void": gettext_lazy("numbers of 15 digits are void since 2013; look at the card, today's number may end so"),
    "id_masked": gettext_lazy("the identity number is hidden by asterisks"),
    "id_precision_lost": gettext_lazy("the office program has changed the last digits of this number; type it again as text"),
    "phone_missing": gettext_lazy("the phone is missing"),
    "phone_invalid": gettext_lazy("this is no phone number"),
    "phone_masked": gettext_lazy("the phone is hidden by asterisks"),
    "phone_precision_lost": gettext_lazy("the office program has changed the digits of this phone; type it again as text"),
    "precision_lost": gettext_lazy("the office program has changed the last digits of this number; type it again as text"),
    "formula_error": gettext_lazy("the formula in this cell has no result"),
    "date_ambiguous": gettext_lazy("this date can be read in two ways; write it like 2024-05-31"),
    "date_unparsed": gettext_lazy("this is no date; write it like 2024-05-31"),
    "number_unparsed": gettext_lazy("this is no number"),
    "coord_invalid": gettext_lazy("these coordinates cannot be read"),
    "ditto_unresolved": gettext_lazy("“same as above” stands here with nothing above"),
    "time_invalid": gettext_lazy("this is no time of day"),
    "changed_at_desk": gettext_lazy("somebody has changed this here since, and the list says something new as well"),
}  # fmt: skip


def words(kind: str, code: str) -> str:
    """Return the sentence for the code of a note; the code itself when nobody has written one."""
    own = kind_of(kind).words
    return str(own.get(code) or _WORDS.get(code) or code)


def sentence(kind: str, note: Note) -> str:
    """Return what a note says: the column, the reason, and what stands there."""
    field = kind_of(kind).fields.get(note.field)
    text = words(kind, note.code)
    if note.detail:
        text = _("%(reason)s: %(value)s") % {"reason": text, "value": note.detail}
    return _("%(column)s: %(reason)s") % {"column": field, "reason": text} if field else text
