"""Why each column about a worker is kept: what their own page says, and what an export names."""

from dataclasses import replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from nuanxin.core.personal import Basis, Form, Kept

_ENTRY: Final = _("Until you have your entry erased.")
_BARE: Final = _("For good, without your name: what you had once you do not have twice.")
_PROOF: Final = _("As long as your entry, and after it without your name, as proof.")

_WHO: Final = Kept(
    _("To know who you are, and to enter you once only."), Basis.CONSENT, _ENTRY, is_sensitive=True
)
_REACH: Final = Kept(
    _("To reach you, and for you to sign in."), Basis.CONSENT, _ENTRY, is_sensitive=True
)
_WORK: Final = Kept(_("To offer what fits your work."), Basis.CONSENT, _ENTRY)
_MEMBER: Final = Kept(_("To handle joining, moving and leaving."), Basis.MEMBERSHIP, _PROOF)
_AGREED: Final = Kept(_("To prove what you agreed to, and when."), Basis.LAW, _PROOF)
_ONCE: Final = Kept(_("To know that a row exists, and since when."), Basis.LAW, _BARE)
_MERGED: Final = Kept(
    _("To correct a document that was mistyped or renewed."), Basis.MEMBERSHIP, _PROOF
)
_KEY: Final = replace(_ONCE, form=Form.HIDDEN)


def _hidden(kept: Kept, *names: str) -> dict[str, Kept]:
    """Return the columns that hold the key of whoever acted: the list of acts says it in words."""
    return dict.fromkeys(names, replace(kept, form=Form.HIDDEN))


def _sealed(kept: Kept) -> Kept:
    return replace(kept, form=Form.SEALED)


def _derived(kept: Kept) -> Kept:
    return replace(kept, form=Form.DERIVED)


WORKER: Final = {
    "id": _ONCE,
    "document_kind": _WHO,
    "document_sealed": _sealed(_WHO),
    "document_tail": _derived(_WHO),
    "name": _WHO,
    "pinyin": _derived(_WHO),
    "initials": _derived(_WHO),
    "phone_sealed": _sealed(_REACH),
    "phone_index": _derived(_REACH),
    "phone_tail": _derived(_REACH),
    "entered_at": _ONCE,
    "erased_at": _ONCE,
}
MEMBERSHIP: Final = {
    "id": _KEY,
    **dict.fromkeys(
        (
            "n", "union", "state", "channel", "ceremony", "applied_on", "joined", "active_on", "member_no",
            "ended_on", "end_reason", "state_at",
        ),
        _MEMBER,
    ),
    **_hidden(_MEMBER, "state_by"),
}  # fmt: skip
TRANSFER: Final = {
    "id": _KEY,
    **dict.fromkeys(
        (
            "n", "from_union", "to_union", "state", "needs_release", "asked_at", "expires_at", "released_at",
            "accepted_at", "ended_at", "reason",
        ),
        _MEMBER,
    ),
    **_hidden(_MEMBER, "asked_by", "released_by", "accepted_by", "ended_by"),
}  # fmt: skip
OCCUPATION: Final = {
    "id": _KEY,
    **dict.fromkeys(("group", "platform", "occupation_code", "since_on", "until_on"), _WORK),
}
CONSENT: Final = {
    "id": _KEY,
    **dict.fromkeys(
        ("purpose", "n", "version", "digest", "channel", "given_at", "withdrawn_at"), _AGREED
    ),
    **_hidden(_AGREED, "given_by", "withdrawn_by"),
}
ALIAS: Final = {"survivor": _KEY, "since_at": _MERGED}
MERGE: Final = {
    "id": _KEY,
    "survivor": _KEY,
    "document_sealed": _sealed(replace(_MERGED, is_sensitive=True)),
    **dict.fromkeys(
        (
            "n", "document_kind", "reason", "state", "proposed_label", "proposed_at", "decided_label",
            "decided_at",
        ),
        _MERGED,
    ),
    **_hidden(_MERGED, "proposed_by", "decided_by"),
}  # fmt: skip

TABLES: Final = (
    ("workers.Worker", "pk", WORKER),
    ("workers.Membership", "worker", MEMBERSHIP),
    ("workers.Transfer", "worker", TRANSFER),
    ("workers.Occupation", "worker", OCCUPATION),
    ("workers.Consent", "worker", CONSENT),
    ("workers.WorkerAlias", "worker", ALIAS),
    ("workers.WorkerMerge", "worker", MERGE),
)
