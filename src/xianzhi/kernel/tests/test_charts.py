"""Charts say the same as their tables, follow the colours of the page, and can be read aloud."""

import re
from decimal import Decimal
from xml.etree import ElementTree

from xianzhi.kernel.charts import TONES, Series, bars

SERIES = (Series("已通电", "ok"), Series("办理中", "azurite"))
ROWS = {"县政府投资": (8, Decimal("2.5")), "供电公司投资": (32, None)}


def chart(rows=ROWS, form="stacked"):
    return bars("各类项目", "共 43 个。", what="类别", unit="个", series=SERIES, rows=rows, form=form)


def test_picture_and_table_say_the_same():
    made = chart()
    root = ElementTree.fromstring(made.svg)
    drawn = [one.attrib["aria-label"] for one in root.iter() if one.attrib.get("aria-roledescription") == "bar"]
    assert len(drawn) == 3  # one of the four figures is missing
    assert all(any(str(float(figure)).removesuffix(".0") in text for text in drawn) for figure in (8, 2.5, 32))
    assert made.rows == [["县政府投资", 8, Decimal("2.5")], ["供电公司投资", 32, None]]
    assert (made.heads, made.unit) == (["类别", "已通电", "办理中"], "个")


def test_lines_stand_in_the_order_of_the_rows():
    texts = re.findall(r">([^<>]*投资)<", chart().svg)
    assert texts[:2] == ["县政府投资", "供电公司投资"]


def test_colours_are_those_of_the_page():
    svg = chart().svg
    assert 'fill="var(--ok)"' in svg
    assert 'fill="var(--azurite)"' in svg
    assert not any(stand_in in svg for stand_in in TONES.values())
    assert "#ddd" not in svg and "white" not in svg


def test_a_screen_reader_hears_the_sentence():
    root = ElementTree.fromstring(chart().svg)
    assert (root.attrib["role"], root.attrib["aria-label"]) == ("img", "共 43 个。")
    assert "width" not in root.attrib  # it is as wide as its column


def test_what_is_entered_stays_text():
    svg = bars("t", 'a<b>"', what="w", unit="u", series=SERIES[:1], rows={"<script>x</script>": (1,)}).svg
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).attrib["aria-label"] == 'a<b>"'


def test_nothing_yet_draws_nothing():
    made = chart(rows={})
    assert (made.svg, made.rows) == ("", [])


def test_bars_beside_one_another_are_thinner_together():
    height = lambda svg: float(re.search(r'viewBox="0 0 \S+ (\S+?)"', svg)[1])  # noqa: E731
    assert height(chart(form="beside").svg) != height(chart().svg)
