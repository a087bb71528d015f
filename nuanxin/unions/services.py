from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.regions.models import Division
from nuanxin.unions import policies
from nuanxin.unions.enums import UnionKind
from nuanxin.unions.models import Union


@transaction.atomic
def enter_union(
    *,
    code: str,
    name: str,
    kind: UnionKind,
    division: Division,
    by: Actor,
    parent: Union | None = None,
    uscc: str | None = None,
) -> Union:
    """Enter a union into the tree, or bring the one with this code up to date.

    Parameters
    ----------
    code
        Organisation number, letters and digits; the natural key.
    name, kind, division, uscc
        What the register says.
    by
        Who acts; needs officer rights over the upper union.
    parent
        Upper union; None for the root.

    Returns
    -------
    Union
        The saved union; entering the same one twice changes nothing.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union.
    Invalid
        When the code is not letters and digits, or the union would move to another place.

    Conflict
        When another union has the credit code.

    Notes
    -----
    At most four queries and one audit row.
    """
    parent_path = parent.path if parent else ""
    policies.can_found_union(by, parent_path=parent_path).enforce()
    if not code.isascii() or not code.isalnum():
        raise Invalid(_("The code of a union has letters and digits only."), code="union_code")
    path = f"{parent_path}{code}/"
    # by identity, which does not tell "a1" from "A1": a path is never rewritten under its children
    existing = Union.objects.filter(pk=computed_id("union", code)).first()
    if existing is not None and existing.path != path:
        raise Invalid(_("This union stands elsewhere in the tree already."), code="union_elsewhere")
    values = {"name": name, "kind": kind, "division": division, "uscc": uscc, "parent": parent}
    if existing is not None and all(
        getattr(existing, field) == value for field, value in values.items()
    ):
        return existing
    if uscc and Union.objects.filter(uscc=uscc).exclude(pk=computed_id("union", code)).exists():
        raise Conflict(_("Another union has this credit code."), code="uscc_taken")
    union, is_new = Union.objects.update_or_create(
        id=computed_id("union", code), defaults={**values, "code": code, "path": path}
    )
    audit.record(
        by=by, verb="union.entered" if is_new else "union.changed", subject=union, scope_path=path
    )
    return union
