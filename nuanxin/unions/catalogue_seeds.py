"""The checklist of foundings, from ``data/catalogue``: its lines, and how many members are enough."""

from typing import Final

from nuanxin.core.catalogue import rows_of, store
from nuanxin.unions.models import FoundingItem, FoundingThreshold

_FLAGS: Final = ("is_required", "is_of_upper", "counts_members")


def seed() -> None:
    """Bring the checklist up to date. Two statements."""
    items = rows_of("founding_items")
    store(FoundingItem, [row | {flag: row[flag] == "1" for flag in _FLAGS} for row in items])
    store(FoundingThreshold, rows_of("founding_thresholds"))
