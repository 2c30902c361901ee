"""Prints a clean text like a gazette: columns of 21 characters, blank lines, page furniture."""

from xianzhi.apps.gazette.reader.layout import width_of

MAY_NOT_BEGIN = "，。；：、！？”）》"


def wrapped(
    text: str, width: int = 42, lines_a_page: int = 46, head: str = "3/2024 清河县人民政府公报 ·工作方案·"
) -> str:
    """The two-character indent of first lines is lost, as in a text copied out of a page."""
    lines: list[str] = []
    page = 2
    for paragraph in text.split("\n"):
        if not paragraph.strip():
            continue
        lines += _lines(paragraph.strip(), width)
    out: list[str] = []
    for number, line in enumerate(lines, start=1):
        out += [line, ""]
        if number % lines_a_page == 0:
            page += 1
            out += [head, "", f"— {page} —", ""]
    return "\n".join(out)


def _lines(paragraph: str, width: int) -> list[str]:
    lines, line, room = [], "", width - 4
    for char in paragraph:
        hangs = char in MAY_NOT_BEGIN and width_of(line) <= room
        if width_of(line + char) > room and not hangs:
            lines.append(line)
            line, room = "", width
        line += char
    return [*lines, line]
