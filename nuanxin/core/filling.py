"""Filling a computed column of rows that stood before it: in steps, from where it stopped."""

from typing import Any

from django.db import models

STEP = 1_000


def fill_search_text(model: type[models.Model]) -> int:
    """Fill the empty ``search_text`` of a table.

    Parameters
    ----------
    model
        With a `SearchTextField` of that name; also as a migration sees it.

    Returns
    -------
    int
        How many rows were filled; running it again fills what is left.

    Notes
    -----
    Two queries for every thousand rows, each step a transaction of its own, so that nobody waits.
    """
    filled, last = 0, None
    while rows := _next(model, last):
        model._default_manager.bulk_update(rows, ["search_text"])
        filled, last = filled + len(rows), rows[-1].pk
    return filled


def _next(model: type[models.Model], last: Any) -> list[Any]:
    empty = model._default_manager.filter(search_text="").order_by("pk")
    return list(empty.filter(pk__gt=last)[:STEP] if last is not None else empty[:STEP])
