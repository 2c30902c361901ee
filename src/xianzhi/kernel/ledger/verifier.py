"""核验从县治导出的账本。只需要本文件、导出文件和 Python 3.8 或更新版本。

    python verifier.py 导出文件 [--checkpoint 记录数:账本根]

通过返回 0，有不符返回 1，文件不能用返回 2。检查点是以前抄存在外部的账本根：只有它能发现整本账被重写。

Verifies an exported ledger with the standard library alone: the chain of every case (each event hashed with SM3 over
its canonical JSON and the hash of the one before), the Merkle tree over all events (after RFC 6962), and checkpoints.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys

FORM = "xianzhi-ledger-1"
GENESIS = "0" * 64
SHOWN = 200  # findings that are printed; a rewritten log would have as many as events


# ---- SM3 (GB/T 32905-2016), for interpreters whose OpenSSL lacks it


def _rotate(x: int, n: int) -> int:
    n %= 32
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


_T = [_rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j) for j in range(64)]
_IV = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def _compress(state: tuple, block: bytes) -> tuple:
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
        w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        ss1 = _rotate((_rotate(a, 12) + e + _T[j]) & 0xFFFFFFFF, 7)
        ss2 = ss1 ^ _rotate(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
        tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
    return tuple(x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h)))  # noqa: B905 - strict= is not in 3.8


def plain_sm3(data: bytes) -> bytes:
    """SM3 in Python alone."""
    padded = data + b"\x80" + b"\0" * (-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    state = _IV
    for start in range(0, len(padded), 64):
        state = _compress(state, padded[start : start + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def _library_sm3(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _has_sm3() -> bool:
    try:
        return _library_sm3(b"abc") == plain_sm3(b"abc")
    except ValueError:
        return False


sm3 = _library_sm3 if _has_sm3() else plain_sm3


# ---- canonical JSON, the chain and the tree


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def link(prev: str, body: object) -> str:
    return sm3(bytes.fromhex(prev) + canonical(body)).hex()


def node(left: bytes, right: bytes) -> bytes:
    return sm3(b"\x01" + left + right)


class Tree:
    """The right edge of a Merkle tree: enough to add leaves and to tell the root."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list = []

    def add(self, event_hash: str) -> None:
        found, index = sm3(b"\x00" + bytes.fromhex(event_hash)), self.size
        while index % 2:
            found, index = node(self.peaks.pop(), found), index // 2
        self.peaks.append(found)
        self.size += 1

    def root(self) -> str:
        if not self.peaks:
            return sm3(b"").hex()
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node(peak, found)
        return found.hex()


def included(event_hash: str, index: int, size: int, path: list, root: str) -> bool:
    """Whether a path proves that an event stands at an index of the log with this size and root."""
    if not 0 <= index < size:
        return False
    found, at, last = sm3(b"\x00" + bytes.fromhex(event_hash)), index, size - 1
    for step in path:
        if not last:
            return False
        if at % 2 or at == last:
            found = node(bytes.fromhex(step), found)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            found = node(found, bytes.fromhex(step))
        at, last = at // 2, last // 2
    return not last and found.hex() == root


# ---- the file


class Unusable(Exception):
    """The file is no export, or cannot be read at all."""


class Verification:
    """One pass over an export."""

    def __init__(self, header: dict, kept: list) -> None:
        self.header, self.kept = header, dict(kept)
        self.tree, self.index, self.events, self.count = Tree(), 0, 0, 0
        self.numbers: dict = {}  # the case's id, which the hash covers, to its number
        self.ends: dict = {}  # number: [events, hash of the last]
        self.closed: set = set()
        self.met: set = set()
        for size in self.kept:
            if "case" in header and size != header["size"]:
                raise Unusable(f"单个办件的导出只能与 {header['size']} 项时的检查点核对；请用全部导出")
        if not header["size"]:
            self.checkpoints()

    def finding(self, text: str) -> None:
        self.count += 1
        if self.count <= SHOWN:
            print("不符：" + text)

    def line(self, number: int, text: bytes) -> None:
        try:
            found = json.loads(text.decode("utf-8"))
            well = isinstance(found, dict) and canonical(found) == text.rstrip(b"\r\n")
        except ValueError:
            found, well = None, False
        if not well:
            self.finding(f"文件第 {number} 行不是导出时的写法，有字节被改动{self.named(found)}")
        if not isinstance(found, dict):
            return
        try:
            if "body" in found:
                self.event(found)
            elif "checkpoint" in found:
                self.checkpoint(found["checkpoint"], found["root"], "文件中")
            elif "end" in found:
                self.end(found["end"], found["events"], found["head"])
            else:
                self.finding(f"文件第 {number} 行不是办理记录、检查点或结尾")
        except (KeyError, TypeError, ValueError, AttributeError):
            self.finding(f"文件第 {number} 行缺少内容或内容的形式不对{self.named(found)}")

    @staticmethod
    def named(found: object) -> str:
        try:
            return f"：办件 {found['number']} 第 {found['body']['seq']} 条"  # type: ignore[index]
        except (KeyError, TypeError):
            return ""

    def event(self, found: dict) -> None:
        body, number, seq = found["body"], found["number"], found["body"]["seq"]
        where = f"办件 {number} 第 {seq} 条："
        if self.numbers.setdefault(body["case"], number) != number:
            self.finding(where + f"同一办件在别处的编号是 {self.numbers[body['case']]}")
        if link(found["prev"], body) != found["hash"]:
            self.finding(where + "内容与自身的 hash 不符，写入后被改动")
        before, prev = self.ends.get(number, (0, GENESIS))
        if seq > before + 1:
            self.finding(f"办件 {number} 缺{_missing(before + 1, seq - 1)}")
        elif seq <= before:
            self.finding(where + f"排在第 {before} 条之后，次序被改动")
        elif found["prev"] != prev:
            self.finding(where + "prev 与上一条的 hash 不符，两条之间有改动")
        self.ends[number] = (max(seq, before), found["hash"])
        self.events += 1
        self.place(found, where)

    def place(self, found: dict, where: str) -> None:
        """Where the event stands in the log."""
        if "case" in self.header:
            head = self.header
            if not included(found["hash"], found["index"], head["size"], found["path"], head["root"]):
                self.finding(where + f"不能证明它在账本第 {found['index']} 项")
            return
        if found["index"] != self.index:
            self.finding(where + f"标为账本第 {found['index']} 项，却排在第 {self.index} 项")
        self.index += 1
        self.tree.add(found["hash"])
        self.checkpoints()

    def checkpoints(self) -> None:
        """Compares with a checkpoint that was kept outside, when the log has come to its size."""
        if self.tree.size in self.kept:
            self.checkpoint(self.tree.size, self.kept[self.tree.size], "您保存的")

    def checkpoint(self, size: int, root: str, whose: str) -> None:
        self.met.add((size, whose))
        if size != self.tree.size:
            self.finding(f"{whose}检查点记有 {size} 项，此处账本有 {self.tree.size} 项")
        elif root != self.tree.root():
            self.finding(f"{whose} {size} 项时的检查点与账本不符：此前的记录被改写")

    def end(self, number: str, events: int, head: str) -> None:
        self.closed.add(number)
        there, last = self.ends.get(number, (0, GENESIS))
        if there < events:
            self.finding(f"办件 {number} 缺{_missing(there + 1, events)}")
        elif there > events or last != head:
            self.finding(f"办件 {number} 第 {there} 条：与该办件的结尾不符")

    def finish(self) -> int:
        for number in self.ends:
            if number not in self.closed:
                self.finding(f"办件 {number} 没有结尾，文件不完整")
        size, root = self.header["size"], self.header["root"]
        if "case" in self.header:
            if self.kept.get(size, root) != root:
                self.finding(f"您保存的 {size} 项时的检查点与本文件的账本根不符")
        else:
            if self.tree.size != size:
                self.finding(f"文件头记有 {size} 项，实有 {self.tree.size} 项")
            if self.tree.root() != root:
                self.finding(f"账本根与文件头不符：{self.tree.root()}")
            for kept in self.kept:
                if (kept, "您保存的") not in self.met:
                    self.finding(f"您保存的检查点有 {kept} 项，账本只有 {self.tree.size} 项：末尾的记录被删去")
        if self.count > SHOWN:
            print(f"……共 {self.count} 处不符，只列出前 {SHOWN} 处")
        return self.count


def _missing(first: int, last: int) -> str:
    return f"第 {first} 条" if first == last else f"第 {first} 至 {last} 条"


def verify(path: str, kept: list) -> int:
    """Verifies a file and says what is wrong with it; gives the number of findings. Raises Unusable."""
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Unusable(f"打不开 {path}：{error.strerror}") from None
    with file:
        run = Verification(_header(file.readline()), kept)
        for number, text in enumerate(file, 2):
            run.line(number, text)
    count = run.finish()
    if not count:
        print(f"核验通过：{len(run.ends)} 个办件，{run.events} 条办理记录")
        print(f"账本根（{run.header['size']} 项）：{run.header['root']}")
    return count


def _header(text: bytes) -> dict:
    try:
        header = json.loads(text.decode("utf-8"))
        well = header["form"] == FORM and isinstance(header["size"], int) and isinstance(header["root"], str)
    except (ValueError, KeyError, TypeError):
        well = False
    if not well:
        raise Unusable(f"第一行不是 {FORM} 的文件头：请用 xianzhi ledger export 导出的文件")
    return header


def _checkpoint(text: str) -> tuple:
    size, _, root = text.partition(":")
    try:
        if len(bytes.fromhex(root)) != 32:
            raise ValueError
        return int(size), root.lower()
    except ValueError:
        raise argparse.ArgumentTypeError("检查点应写作 记录数:账本根（64 位十六进制）") from None


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = argparse.ArgumentParser(description="核验从县治导出的账本")
    parser.add_argument("file", metavar="导出文件")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=_checkpoint, metavar="记录数:账本根", help="保存的检查点"
    )  # fmt: skip
    options = parser.parse_args()
    try:
        return 1 if verify(options.file, options.checkpoint) else 0
    except Unusable as error:
        print(str(error), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
