"""The Merkle tree of the log (after RFC 6962 and RFC 9162, with SM3): which hashes a proof is made of, and its check.

A leaf is SM3(0x00 ‖ event hash), a node SM3(0x01 ‖ left ‖ right). A tree of n leaves splits at the largest power of
two below n. Whole subtrees (2**level leaves from index * 2**level on) never change again: only they are stored, and the
hash of any range that occurs in a proof is folded from a few of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from xianzhi.kernel.ledger.chain import sm3

EMPTY = sm3(b"")
"""The root of a log without leaves."""

Place = tuple[int, int]
"""(level, index) of a whole subtree."""
Range = tuple[int, int]
"""The leaves from the first number up to, not including, the second."""


def leaf(event_hash: str) -> bytes:
    """The hash of a leaf, for the 64 hexadecimal digits of an event's hash."""
    return sm3(b"\x00", bytes.fromhex(event_hash))


def node(left: bytes, right: bytes) -> bytes:
    return sm3(b"\x01", left, right)


class Growing:
    """A tree at its right edge: all that is needed to add leaves."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)

    def add(self, event_hash: str) -> Iterator[tuple[Place, bytes]]:
        """Adds a leaf; gives it and every whole subtree that it completes."""
        index, level, found = self.size, 0, leaf(event_hash)
        yield (level, index), found
        while index % 2:
            found = node(self._peaks.pop(), found)
            index, level = index // 2, level + 1
            yield (level, index), found
        self._peaks.append(found)
        self.size += 1

    def root(self) -> bytes:
        return fold(self._peaks)


def fold(peaks: Sequence[bytes]) -> bytes:
    """The hash of a range from its whole subtrees, first to last."""
    if not peaks:
        return EMPTY
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node(peak, found)
    return found


def places(span: Range) -> list[Place]:
    """The whole subtrees that a range of a proof (or a whole tree) is made of, first to last."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that a leaf is in a tree, lowest first. Raises ValueError for a leaf outside it."""
    if not 0 <= index < size:
        raise ValueError(f"第 {index} 项不在 {size} 项的账本之内")
    found, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The ranges whose hashes prove that a tree of `new` leaves continues that of its first `old`.

    Raises ValueError where `old` is not among 1 … `new`.
    """
    if not 0 < old <= new:
        raise ValueError(f"不能从 {old} 项证明到 {new} 项")
    found, start, end, whole = [], 0, new, True
    while end > old:
        middle = start + _split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    if not whole:
        found.append((start, end))
    return found[::-1]


def hashes(ranges: Iterable[Range], stored: Callable[[Place], bytes]) -> list[bytes]:
    """The hashes of some ranges, out of stored whole subtrees."""
    return [fold([stored(place) for place in places(span)]) for span in ranges]


def verify_inclusion(event_hash: str, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the event stands at `index` in the tree of `size` leaves that has this root."""
    if not 0 <= index < size:
        return False
    found, at, last = leaf(event_hash), index, size - 1
    for step in path:
        if not last:
            return False
        if at % 2 or at == last:
            found = node(step, found)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            found = node(found, step)
        at, last = at // 2, last // 2
    return not last and found == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `new` leaves begins with the `old` leaves of the earlier tree."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]  # a whole subtree proves itself
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at // 2, last // 2
    was = now = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if at % 2 or at == last:
            was, now = node(step, was), node(step, now)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            now = node(now, step)
        at, last = at // 2, last // 2
    return not last and was == old_root and now == new_root


def _split(count: int) -> int:
    """The largest power of two below a count of at least two."""
    return 1 << ((count - 1).bit_length() - 1)
