"""Merkle trees as Certificate Transparency has them: one digest for many rows, a short proof for each.

References
----------
.. [1] B. Laurie, A. Langley, E. Kasper, "Certificate Transparency", RFC 6962, section 2.1, 2013.
.. [2] B. Laurie, E. Messeri, R. Stradling, "Certificate Transparency Version 2.0", RFC 9162, section
   2.1.3.2, 2021, for the check of a proof.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Final

# leaves and nodes are hashed apart, so that no node can be passed off as a leaf
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"


def leaf_hash(leaf: bytes) -> bytes:
    """Return the digest of one leaf, 32 bytes."""
    return hashlib.sha256(_LEAF + leaf).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over some leaves.

    Parameters
    ----------
    leaves
        What is hashed, in an order that is kept.

    Returns
    -------
    bytes
        32 bytes; the digest of nothing when there is no leaf [1]_.

    Notes
    -----
    Two SHA-256 for each leaf. Leaves are read one by one: besides them a digest for each binary digit of
    their number is held.
    """
    whole: list[bytes] = []  # roots of whole subtrees, each smaller than the one before
    for count, leaf in enumerate(leaves):
        digest = leaf_hash(leaf)
        while count & 1:
            digest, count = _node(whole.pop(), digest), count >> 1
        whole.append(digest)
    if not whole:
        return hashlib.sha256(b"").digest()
    return reduce(lambda right, left: _node(left, right), reversed(whole))


def audit_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return what proves that a leaf stands under the root.

    Parameters
    ----------
    leaves
        All leaves.
    index
        Which one, from zero.

    Returns
    -------
    list of bytes
        Digests from the leaf upwards, at most the binary logarithm of their number, rounded up.

    Raises
    ------
    IndexError
        When there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        msg = "there is no such leaf"
        raise IndexError(msg)
    level, path = [leaf_hash(leaf) for leaf in leaves], []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):  # the last one of an odd level goes up alone
            path.append(level[beside])
        level, index = _above(level), index // 2
    return path


def is_under(root: bytes, leaf: bytes, *, index: int, count: int, path: Sequence[bytes]) -> bool:
    """Return whether a proof shows that a leaf stands under a root.

    Parameters
    ----------
    root
        The root.
    leaf
        The leaf.
    index, count
        Its place from zero, and the number of leaves.
    path
        As ``audit_path`` gives it.

    Returns
    -------
    bool
        False as well for a path that is too short or too long for such a tree.
    """
    if not 0 <= index < count:
        return False
    digest, at, last = leaf_hash(leaf), index, count - 1
    for beside in path:
        if last == 0:
            return False
        if at % 2 or at == last:
            digest = _node(beside, digest)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            digest = _node(digest, beside)
        at, last = at // 2, last // 2
    return last == 0 and digest == root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
