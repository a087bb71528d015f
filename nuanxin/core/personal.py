"""What is kept of people, and why: each room says so of each of its columns, and a test finds those it forgot."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from nuanxin.core.errors import Text


class Basis(models.TextChoices):
    """On what the keeping rests; articles of the Personal Information Protection Law."""

    CONSENT = "consent", _("your consent (Article 13, item 1)")
    MEMBERSHIP = "membership", _("what you applied for yourself (Article 13, item 2)")
    LAW = "law", _("a duty of the law (Article 13, item 3)")


class Form(enum.StrEnum):
    """How a column stands in what a person gets to read."""

    PLAIN = "plain"
    SEALED = "sealed"  # opened for its owner
    DERIVED = "derived"  # made of another column: named, not shown
    HIDDEN = "hidden"  # says nothing of the person


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a column is kept.

    Parameters
    ----------
    purpose
        What for, one sentence.
    basis
        On what it rests.
    until
        How long, one sentence.
    is_sensitive
        Whether its leak could do the person harm (Article 28 of the law).
    form
        How the person reads it.
    """

    purpose: Text
    basis: Basis
    until: Text
    is_sensitive: bool = False
    form: Form = Form.PLAIN


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rows of people.

    Parameters
    ----------
    model
        Label of the model.
    owner
        Name of the column that says whose a row is; ``pk`` when the row is the person.
    columns
        Why each column is kept; the owner's column needs no line.
    """

    model: str
    owner: str
    columns: Mapping[str, Kept]


_tables: Final[dict[str, Table]] = {}


def register(model: str, owner: str, columns: Mapping[str, Kept]) -> None:
    """Make a table known; a room calls this in its ``AppConfig.ready``."""
    _tables[model] = Table(model, owner, columns)


def tables() -> tuple[Table, ...]:
    """Return the known tables, in the order in which they were registered."""
    return tuple(_tables.values())
