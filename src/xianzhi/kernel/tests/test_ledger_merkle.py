"""The Merkle tree, held against the plain definition of RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.kernel.ledger import merkle
from xianzhi.kernel.ledger.chain import sm3

SIZES = st.integers(1, 200)


def event_hash(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def naive(leaves: list[str]) -> bytes:
    """The definition: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sm3(b"")
    if len(leaves) == 1:
        return sm3(b"\x00" + bytes.fromhex(leaves[0]))
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return sm3(b"\x01" + naive(leaves[:middle]) + naive(leaves[middle:]))


def grown(size: int) -> tuple[merkle.Growing, dict[merkle.Place, bytes]]:
    tree, stored = merkle.Growing(), {}
    for number in range(size):
        stored.update(tree.add(event_hash(number)))
    return tree, stored


def leaves(size: int) -> list[str]:
    return [event_hash(number) for number in range(size)]


@given(st.integers(0, 200))
def test_a_growing_tree_has_the_root_of_the_definition(size):
    tree, stored = grown(size)
    assert tree.root() == naive(leaves(size))
    assert merkle.fold([stored[place] for place in merkle.places((0, size))]) == tree.root()
    assert len(stored) == 2 * size - size.bit_count()


@given(SIZES, SIZES)
def test_growth_goes_on_from_stored_peaks(first, more):
    _, stored = grown(first)
    later = merkle.Growing(first, [stored[place] for place in merkle.places((0, first))])
    for number in range(first, first + more):
        for _ in later.add(event_hash(number)):
            pass
    assert later.root() == naive(leaves(first + more))


@given(SIZES, st.data())
def test_every_leaf_is_proved_and_nothing_else(size, data):
    index = data.draw(st.integers(0, size - 1))
    _, stored = grown(size)
    path = merkle.hashes(merkle.inclusion_ranges(index, size), stored.__getitem__)
    root = naive(leaves(size))
    assert merkle.verify_inclusion(event_hash(index), index, size, path, root)
    assert not merkle.verify_inclusion(event_hash(size), index, size, path, root)
    assert not merkle.verify_inclusion(event_hash(index), index, size, path, sm3(b"other"))
    other = data.draw(st.integers(0, size + 3).filter(lambda number: number != index))
    assert not merkle.verify_inclusion(event_hash(index), other, size, path, root)
    if path:
        spoilt = data.draw(st.integers(0, len(path) - 1))
        broken = [*path[:spoilt], sm3(path[spoilt]), *path[spoilt + 1 :]]
        assert not merkle.verify_inclusion(event_hash(index), index, size, broken, root)
        assert not merkle.verify_inclusion(event_hash(index), index, size, path[:-1], root)
    assert not merkle.verify_inclusion(event_hash(index), index, size, [*path, root], root)


@given(SIZES, SIZES, st.data())
def test_a_log_continues_its_beginning_and_no_other(one, two, data):
    old, new = sorted((one, two))
    _, stored = grown(new)
    path = merkle.hashes(merkle.consistency_ranges(old, new), stored.__getitem__)
    was, now = naive(leaves(old)), naive(leaves(new))
    assert merkle.verify_consistency(old, new, was, now, path)
    assert not merkle.verify_consistency(old, new, sm3(was), now, path)
    assert not merkle.verify_consistency(old, new, was, sm3(now), path)
    rewritten = [event_hash(-1), *leaves(new)[1:]]
    assert not merkle.verify_consistency(old, new, was, naive(rewritten), path)
    if path:
        spoilt = data.draw(st.integers(0, len(path) - 1))
        broken = [*path[:spoilt], sm3(path[spoilt]), *path[spoilt + 1 :]]
        assert not merkle.verify_consistency(old, new, was, now, broken)


def test_a_proof_stays_short():
    million = 1_000_000
    assert len(merkle.inclusion_ranges(million // 3, million)) <= 20
    assert len(merkle.consistency_ranges(million // 3, million)) <= 21


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_log_has_no_proof(index, size):
    with pytest.raises(ValueError, match="账本"):
        merkle.inclusion_ranges(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_a_log_continues_only_an_earlier_one(old, new):
    with pytest.raises(ValueError, match="证明"):
        merkle.consistency_ranges(old, new)
    assert not merkle.verify_consistency(old, new, b"", b"", [])
