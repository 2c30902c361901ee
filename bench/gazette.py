"""How fast documents are read: the county's gazette, a PDF of 100 pages, a folder of 3,000 reports. Prints a table.

python bench/gazette.py [FOLDER of texts, by default ../shared/gazette]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from xianzhi.apps.gazette.reader.folder import files_in, read_all, read_bytes  # noqa: E402 - the path first
from xianzhi.apps.gazette.tests.files import pdf_of  # noqa: E402

REPORTS = 3000
PAGES = 100


def best(work: Callable[[], object], times: int = 5) -> float:
    """The best of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def plain_text(data: bytes) -> None:
    """What pypdfium2 alone takes."""
    document = pypdfium2.PdfDocument(data)
    for number in range(len(document)):
        document[number].get_textpage().get_text_range()


def main() -> None:
    """Prints seconds and megabytes."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "gazette"
    gazette = (folder / "jiangxian-2024-1.txt").read_bytes()
    print(f"the gazette, text: {best(lambda: read_bytes(gazette, 'gazette.txt')):.3f} s")
    report = next(folder.glob("dev/wr-05*")).read_text()
    data = pdf_of(report * 2)
    pages = len(pypdfium2.PdfDocument(data))
    while pages < PAGES:
        report += report
        data = pdf_of(report)
        pages = len(pypdfium2.PdfDocument(data))
    alone, whole = best(lambda: plain_text(data)), best(lambda: read_bytes(data, "a.pdf"), 2)
    print(
        f"a PDF of {pages} pages: text by pypdfium2 alone {alone:.2f} s, read {whole:.2f} s, {whole / alone:.1f} times"
    )
    text = next(folder.glob("dev/wr-05*")).read_bytes()
    with tempfile.TemporaryDirectory() as made:
        for number in range(REPORTS):
            (Path(made) / f"{number:04}.txt").write_bytes(text)
        start = time.perf_counter()
        done = sum(1 for _ in read_all(files_in([Path(made)])))
        seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{done} reports in a folder: {seconds:.0f} s, at most {memory >> 10} MiB")


if __name__ == "__main__":
    main()
