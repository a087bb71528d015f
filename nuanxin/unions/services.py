import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.regions.models import Division
from nuanxin.unions import policies
from nuanxin.unions.enums import UnionKind, UnionState
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
    is_new_form: bool | None = None,
    founded_on: dt.date | None = None,
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
    is_new_form, founded_on
        What the register may say; None leaves what stands.

    Returns
    -------
    Union
        The saved union, active when it is new, because the register says that it exists; one in
        preparation stays so until it is approved. Entering the same one twice changes nothing.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union.
    Invalid
        When the code is not letters and digits, the union would move to another place, or it was
        founded tomorrow.
    Conflict
        When another union has the credit code, the union has ended, the upper union is not active,
        or a day of founding is told for one in preparation.

    Notes
    -----
    At most five queries and one audit row; holds the upper union until the transaction ends.
    """
    existing, path = place_of(code, parent, by=by)
    values = {"name": name, "kind": kind, "division": division, "uscc": uscc, "parent": parent}
    said = {"is_new_form": is_new_form, "founded_on": founded_on}
    values |= {field: value for field, value in said.items() if value is not None}
    if existing is not None and all(
        getattr(existing, field) == value for field, value in values.items()
    ):
        return existing
    _check_entry(existing, parent, founded_on)
    check_credit_code_is_free(uscc, code)
    union, is_new = Union.objects.update_or_create(
        id=computed_id("union", code), defaults={**values, "code": code, "path": path}
    )
    audit.record(
        by=by, verb="union.entered" if is_new else "union.changed", subject=union, scope_path=path
    )
    return union


def place_of(code: str, parent: Union | None, *, by: Actor) -> tuple[Union | None, str]:
    """Return the union that has a code already, and the path where one with this code belongs.

    Raises
    ------
    NotAllowed
        When the actor's scope does not reach the upper union.
    Invalid
        When the code is not letters and digits, or the union stands elsewhere.

    Notes
    -----
    One query.
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
    return existing, path


def check_credit_code_is_free(uscc: str | None, code: str) -> None:
    """Refuse a credit code that another union has. One query.

    Raises
    ------
    Conflict
        When it is taken.
    """
    if uscc and Union.objects.filter(uscc=uscc).exclude(pk=computed_id("union", code)).exists():
        raise Conflict(_("Another union has this credit code."), code="uscc_taken")


def hold(union: Union) -> Union:
    """Read a union anew and hold it until the transaction ends.

    Returns
    -------
    Union
        As it stands now. One query; on SQLite the transaction holds everything anyway.
    """
    return Union.objects.select_for_update(no_key=True).get(pk=union.pk)


def hold_active(union: Union) -> Union:
    """Hold a union that is active: whoever homes something in a union asks this first.

    Parameters
    ----------
    union
        As somebody read it.

    Returns
    -------
    Union
        As it stands now; it cannot end before the transaction does.

    Raises
    ------
    Conflict
        When it has ended, or is in preparation.

    Notes
    -----
    One query and a lock on one row.
    """
    held = hold(union)
    refuse_ended(held)
    if not held.is_active:
        raise Conflict(
            _("%(union)s is still in preparation.") % {"union": held}, code="union_preparing"
        )
    return held


def refuse_ended(union: Union) -> None:
    """Refuse any act on a union that has ended. No query.

    Raises
    ------
    Conflict
        When it has.
    """
    if union.is_ended:
        raise Conflict(_("%(union)s: this union has ended.") % {"union": union}, code="union_ended")


def refuse_future(day: dt.date) -> None:
    """Refuse a day that has not come: what is written down has happened. No query.

    Raises
    ------
    Invalid
        When the day lies after today.
    """
    if day > clock.civil_date():
        raise Invalid(_("This day has not come yet."), code="in_the_future")


def _check_entry(existing: Union | None, parent: Union | None, founded_on: dt.date | None) -> None:
    if parent is not None:
        hold_active(parent)
    if existing is not None:
        refuse_ended(existing)
    if founded_on is None:
        return
    refuse_future(founded_on)
    if existing is not None and existing.state == UnionState.PREPARING:
        raise Conflict(
            _("A union in preparation is founded by its approval."), code="union_preparing"
        )
