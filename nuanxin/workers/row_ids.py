"""Keys of what belongs to a worker, computed from who they are: a row written twice is one row.

No table is needed to know them, so that a companion can compute them ahead.
"""

from nuanxin.core.ids import computed_digits


def membership_digits(worker: str, n: int) -> str:
    """Return the key of a worker's membership number ``n``, by its digits."""
    return computed_digits("membership", worker, str(n))


def occupation_digits(worker: str, group: str, platform: str) -> str:
    """Return the key of what a worker does for whom, by its digits."""
    return computed_digits("occupation", worker, group, platform)


def transfer_digits(worker: str, n: int) -> str:
    """Return the key of a worker's transfer number ``n``, by its digits."""
    return computed_digits("transfer", worker, str(n))
