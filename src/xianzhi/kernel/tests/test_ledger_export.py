"""The export, checked by its verifier as an outsider would: one file, a bare interpreter, nothing of ours in reach."""

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.kernel.ledger import chain, log, merkle
from xianzhi.kernel.ledger.export import VERIFIER, export, proof
from xianzhi.kernel.models import Case
from xianzhi.kernel.tests import sample as the_sample


@pytest.fixture
def permits(people) -> list[Case]:
    cases = [the_sample.draft(people) for _ in range(3)]
    the_sample.advance(people, cases[0], "review")
    log.append_all()
    the_sample.advance(people, cases[1], "submit")
    the_sample.advance(people, cases[0], "issue")
    return cases


@pytest.fixture
def file(permits, tmp_path) -> Path:
    export(tmp_path / "账本.jsonl")
    return tmp_path / "账本.jsonl"


def check(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The verifier that lies beside a file, in an interpreter without site packages and without our environment."""
    command = [sys.executable, "-I", "-S", VERIFIER.name, file.name, *options]
    return subprocess.run(
        command, cwd=file.parent, env={}, capture_output=True, text=True, encoding="utf-8", check=False
    )


def read(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write(file: Path, lines: list[dict]) -> None:
    file.write_bytes(b"".join(chain.canonical(line) + b"\n" for line in lines))


def spot(lines: list[dict], case: Case, seq: int) -> int:
    """Where the line of an event stands."""
    events = ((n, line) for n, line in enumerate(lines) if line.get("number") == case.number)
    return next(n for n, line in events if line["body"]["seq"] == seq)


def refused(file: Path, *expected: str, options: tuple[str, ...] = ()) -> list[str]:
    done = check(file, *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert not done.stderr
    for words in expected:
        assert words in done.stdout
    return done.stdout.splitlines()


def grown_anew(lines: list[dict]) -> list[dict]:
    """The export of somebody who rewrites everything that can be computed: hashes, places, roots, checkpoints, ends."""
    tree, heads, made = merkle.Growing(), {}, []
    for line in lines:
        if "body" in line:
            number = line["number"]
            line["prev"] = heads.get(number, "0" * 64)
            line["hash"] = heads[number] = chain.link(line["prev"], line["body"])
            line["index"] = tree.size
            for _ in tree.add(line["hash"]):
                pass
        elif "checkpoint" in line:
            line["root"] = tree.root().hex()
        elif "end" in line:
            line["head"] = heads[line["end"]]
        made.append(line)
    made[0] |= {"size": tree.size, "root": tree.root().hex()}
    return made


def test_a_sound_export_passes(file, permits):
    done = check(file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 个办件" in done.stdout and log.root() in done.stdout


def test_kept_checkpoints_agree(file):
    kept = [f"{line['checkpoint']}:{line['root']}" for line in read(file) if "checkpoint" in line]
    assert len(kept) == 2
    assert check(file, "--checkpoint", kept[0], "--checkpoint", kept[1]).returncode == 0


def test_an_empty_ledger_passes(db, tmp_path):
    export(tmp_path / "empty.jsonl")
    assert check(tmp_path / "empty.jsonl").returncode == 0


def test_one_byte_of_the_data_is_named(file, permits):
    content = file.read_bytes()
    assert content.count(b'"documents":3') == 3
    place = content.index(b'"documents":3')
    file.write_bytes(content[:place] + content[place:].replace(b'"documents":3', b'"documents":4', 1))
    lines = refused(file, f"办件 {permits[0].number} 第 1 条：内容与自身的 hash 不符")
    assert len(lines) == 1


def test_any_byte_changed_anywhere_is_found(file):
    content = file.read_bytes()
    for place in range(0, len(content), len(content) // 60):
        spoilt = bytearray(content)
        spoilt[place] ^= 1
        file.write_bytes(spoilt)
        line = content[: content.index(b"\n", place)].rpartition(b"\n")[2]
        dated = line.startswith(b'{"at"')  # header and checkpoint say when, which no hash covers
        assert check(file).returncode in (1, 2) or dated, content[place - 40 : place + 40]


def test_a_missing_event_is_named(file, permits):
    lines = read(file)
    del lines[spot(lines, permits[0], 3)]
    write(file, lines)
    refused(file, f"办件 {permits[0].number} 缺第 3 条", "账本根与文件头不符")


def test_two_swapped_events_are_named(file, permits):
    lines = read(file)
    one, two = spot(lines, permits[0], 3), spot(lines, permits[0], 4)
    lines[one], lines[two] = lines[two], lines[one]
    write(file, lines)
    refused(file, f"办件 {permits[0].number} 第 3 条", f"办件 {permits[0].number} 第 4 条", "账本根与文件头不符")


def test_a_missing_last_event_of_a_case_is_named(file, permits):
    lines = read(file)
    del lines[spot(lines, permits[1], 2)]
    write(file, lines)
    refused(file, f"办件 {permits[1].number} 缺第 2 条")


def test_a_missing_case_is_named(file, permits):
    lines = [line for line in read(file) if permits[2].number not in (line.get("number"), line.get("end"))]
    write(file, lines)
    refused(file, "文件头记有")


def test_another_order_in_the_log_is_found_when_places_are_numbered_anew(file, permits):
    lines = read(file)
    one, two = spot(lines, permits[1], 1), spot(lines, permits[2], 1)
    lines[one], lines[two] = lines[two], lines[one]
    lines[one]["index"], lines[two]["index"] = lines[two]["index"], lines[one]["index"]
    write(file, lines)
    refused(file, "账本根与文件头不符", "项时的检查点与账本不符")


def test_a_chain_rewritten_to_its_end_is_caught_by_the_log(file, permits):
    lines = read(file)
    root, checkpoints = lines[0]["root"], [line["root"] for line in lines if "checkpoint" in line]
    lines[spot(lines, permits[0], 2)]["body"]["by"] = None
    made = grown_anew(lines)
    made[0]["root"] = root
    for line, kept in zip([line for line in made if "checkpoint" in line], checkpoints, strict=True):
        line["root"] = kept
    write(file, made)
    refused(file, "账本根与文件头不符")


def test_a_log_rewritten_as_a_whole_is_caught_by_a_kept_checkpoint_alone(file, permits):
    lines = read(file)
    kept = next(f"{line['checkpoint']}:{line['root']}" for line in lines if "checkpoint" in line)
    lines[spot(lines, permits[0], 2)]["body"]["by"] = None
    write(file, grown_anew(lines))
    assert check(file).returncode == 0
    refused(file, "您保存的", "被改写", options=("--checkpoint", kept))


def test_a_log_cut_short_as_a_whole_is_caught_by_a_kept_checkpoint(file, permits):
    lines = read(file)
    kept = f"{lines[0]['size']}:{lines[0]['root']}"
    last = max(n for n, line in enumerate(lines) if "body" in line)
    number = lines[last]["number"]
    end = next(line for line in lines if line.get("end") == number)
    end["events"] -= 1
    lines = [line for n, line in enumerate(lines) if n != last and line.get("checkpoint") != lines[0]["size"]]
    write(file, grown_anew(lines))
    assert check(file).returncode == 0
    refused(file, "末尾的记录被删去", options=("--checkpoint", kept))


def test_a_doubled_key_is_not_canonical(file, permits):
    lines = file.read_bytes().splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if b'"body"' in line)
    lines[place] = lines[place].replace(b'"body":{', b'"body":{"by":9,', 1)
    file.write_bytes(b"".join(lines))
    refused(file, f"办件 {permits[0].number} 第 1 条")


def test_one_case_is_exported_with_its_proofs(permits, tmp_path):
    header = export(tmp_path / "one.jsonl", permits[0])
    done = check(tmp_path / "one.jsonl", "--checkpoint", f"{header['size']}:{header['root']}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"1 个办件，{permits[0].events.count()} 条办理记录" in done.stdout
    assert permits[1].number not in (tmp_path / "one.jsonl").read_text(encoding="utf-8")


def test_a_tampered_export_of_one_case_is_caught(permits, tmp_path):
    file = tmp_path / "one.jsonl"
    export(file, permits[0])
    lines = read(file)
    lines[2]["body"]["by"] = None
    root, size = lines[0]["root"], lines[0]["size"]
    indexes = [line.get("index") for line in lines]
    made = grown_anew(lines)
    made[0] |= {"root": root, "size": size}
    for line, index in zip(made, indexes, strict=True):
        if index is not None:
            line["index"] = index
    write(file, made)
    refused(file, f"办件 {permits[0].number} 第 2 条：不能证明它在账本")
    write(file, [line for line in lines if line.get("body", {}).get("seq") != permits[0].seq])
    refused(file, "缺第")
    assert check(file, "--checkpoint", f"1:{'0' * 64}").returncode == 2


@pytest.mark.parametrize("content", [b"", b"hello\n", b'{"form":"other"}\n', b"\xff\xfe\n", b"[]\n"])
def test_what_is_no_export_is_bad_use(file, content):
    file.write_bytes(content)
    done = check(file)
    assert done.returncode == 2 and "文件头" in done.stderr and "Traceback" not in done.stderr


def test_bad_options_are_bad_use(file):
    assert check(file, "--checkpoint", "7:abc").returncode == 2
    assert check(file.with_name("missing")).returncode == 2


@pytest.mark.parametrize("line", [b"{}", b"7", b'{"body":{}}', b'{"body":7,"hash":1,"number":1,"prev":2}', b"{\xff"])
def test_a_strange_line_is_a_finding_not_a_crash(file, line):
    lines = file.read_bytes().splitlines()
    lines[2] = line
    file.write_bytes(b"\n".join(lines) + b"\n")
    refused(file, "第 3 行")


def test_the_verifier_is_for_python_3_8():
    ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))


@given(st.binary(max_size=200))
def test_its_own_sm3_is_sm3(data):
    spec = importlib.util.spec_from_file_location("ledger_verifier", VERIFIER)
    verifier = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(verifier)
    assert verifier.plain_sm3(data) == chain.sm3(data)


def test_a_proof_of_one_event_holds(permits):
    log.append_all()
    found = proof(permits[0], 2)
    assert chain.link(found["prev"], found["body"]) == found["hash"]
    path = [bytes.fromhex(one) for one in found["path"]]
    assert merkle.verify_inclusion(found["hash"], found["index"], found["size"], path, bytes.fromhex(found["root"]))
    with pytest.raises(LookupError, match="没有第 99 条"):
        proof(permits[0], 99)
