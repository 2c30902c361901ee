"""`xianzhi gazette read`: what it prints, in which order, and its exit status."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from xianzhi.apps.gazette.reader.folder import files_in, read_all, read_file
from xianzhi.apps.gazette.tests import samples


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = 0
    try:
        call_command("gazette", "read", *arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_json_of_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "批复.txt"
    path.write_text(samples.REPLY)
    status, out, _ = run(str(path), "--json", capsys=capsys)
    (document,) = json.loads(out)["documents"]
    assert (status, document["doc_number"]) == (0, "省政函〔2020〕55号")
    start, end = document["headings"][0]["span"] if document["headings"] else document["span"]
    assert samples.REPLY[start:end].strip()


def test_a_folder_gives_a_line_for_each_file_in_the_order_of_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(samples.REPLY.replace("55号", f"{number + 1}号"))
    (tmp_path / "照片.jpg").write_bytes(b"x")
    (tmp_path / "空.txt").write_text("")
    status, out, err = run(str(tmp_path), "--json", capsys=capsys)
    lines = [json.loads(line) for line in out.splitlines()]
    numbers = [line["documents"][0]["doc_number"] for line in lines if line["documents"]]
    assert numbers == [f"省政函〔2020〕{number}号" for number in range(1, 10)]
    assert [line["fault"] for line in lines if line["fault"]] == ["空.txt：文件是空的；请检查后重新上传"]
    assert (status, "已读 10/10" in err) == (1, True)


def test_a_summary_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text(samples.REPLY.replace("二、试验区", "四、试验区"))
    status, out, _ = run(str(path), capsys=capsys)
    assert status == 1
    assert "省人民政府  2020-04-27" in out
    assert "疑点：编号到“四、”之前有缺号" in out


def test_bad_use_is_said_and_ends_with_two(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="请核对路径") as missing:
        call_command("gazette", "read", str(tmp_path / "nowhere.txt"))
    assert missing.value.returncode == 2
    with pytest.raises(CommandError, match="没有可读的文件") as empty:
        call_command("gazette", "read", str(tmp_path))
    assert empty.value.returncode == 2


def test_one_process_and_two_give_the_same(tmp_path: Path) -> None:
    texts = (samples.NOTICE, samples.JOINT, samples.REGULATION, samples.ORDER, samples.REPORT)
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text)
    paths = files_in([tmp_path])
    assert list(read_all(paths, workers=1)) == list(read_all(paths, workers=2)) == [read_file(path) for path in paths]


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "很大.pdf"
    with path.open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)
    assert "200 MB，超过 64 MB" in read_file(path).fault
