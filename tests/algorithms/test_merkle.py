"""Merkle trees against the published test vectors of Certificate Transparency, and proofs of every leaf."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.algorithms.merkle import audit_path, is_under, leaf_hash, root_of

# leaves, roots of the first n of them, and paths: the vectors of the reference implementation
# (certificate-transparency, merkletree/merkle_tree_test.cc)
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def recursive_root(leaves):
    """Return the root in the words of RFC 6962: split at the largest power of two below the number."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    at = 1
    while at * 2 < len(leaves):
        at *= 2
    both = recursive_root(leaves[:at]) + recursive_root(leaves[at:])
    return hashlib.sha256(b"\x01" + both).digest()


def test_root_of_nothing_is_the_digest_of_nothing():
    assert root_of([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("count", range(1, 9))
def test_root_is_the_published_one(count):
    assert root_of(LEAVES[:count]).hex() == ROOTS[count - 1]


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_path_is_the_published_one(place, path):
    index, count = place

    assert [digest.hex() for digest in audit_path(LEAVES[:count], index)] == path


@given(leaves=st.lists(st.binary(max_size=4), min_size=1, max_size=40), data=st.data())
def test_every_leaf_is_proved_and_nothing_else_is(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, path, count = root_of(leaves), audit_path(leaves, index), len(leaves)

    assert root == recursive_root(leaves)
    assert is_under(root, leaves[index], index=index, count=count, path=path)
    assert not is_under(root, leaves[index] + b"x", index=index, count=count, path=path)
    assert not is_under(root, leaves[index], index=index, count=count, path=[*path, root])
    assert not is_under(root, leaves[index], index=count, count=count, path=path)
    if path:
        assert not is_under(root, leaves[index], index=index, count=count, path=path[:-1])
        wrong = [*path[:-1], leaf_hash(path[-1])]
        assert not is_under(root, leaves[index], index=index, count=count, path=wrong)


def test_node_is_no_leaf():
    pair = leaf_hash(b"a") + leaf_hash(b"b")

    assert root_of([b"a", b"b"]) != root_of([pair])


def test_leaf_that_is_not_there_has_no_path():
    for index in (-1, 8):
        with pytest.raises(IndexError):
            audit_path(LEAVES, index)
