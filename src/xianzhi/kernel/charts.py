"""Charts as pictures made on the server: they print, need no script, and follow the colours of the page.

Each stands beside the table of its figures (`kernel/parts/chart.html`). The picture is drawn by Vega-Lite; its colours
are stand-ins that become the variables of the stylesheet, so one picture serves the light page, the dark one and paper.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH = 420
"""Pixels at which a chart is drawn. The page stretches it to its column, so letters stay readable on a telephone."""
BAR, THIN = 24, 13
"""Pixels of a line of bars; of one bar among others beside it."""
TONES = {
    "ink": "#010203", "quiet": "#010204", "hair": "#010205", "ok": "#010206", "near": "#010207", "over": "#010208",
    "azurite": "#010209", "cinnabar": "#01020a", "halt": "#01020b", "rest": "#01020c",
}  # fmt: skip
"""By the word for a colour: what stands for it in the specification."""
_VARIABLES = {"quiet": "ink-2"}
_FONT = "Noto Sans CJK SC"


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar: its name, and its colour by its word in TONES."""

    name: str
    tone: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its table: what it shows in one sentence, the picture, the unit of its figures, heads and rows."""

    title: str
    told: str
    svg: SafeString
    unit: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]


def bars(
    title: str, told: str, *, what: str, unit: str, series: Sequence[Series], rows: Mapping[str, Sequence[Any]],
    form: Literal["stacked", "beside"] = "stacked",
) -> Chart:  # fmt: skip
    """Horizontal bars: one line for each key of `rows`, whose figures stand in the order of the series.

    what: what the keys are (季度). unit: of the figures (件). A figure that is None draws nothing and shows as –.
    """
    values = [
        {"what": key, "series": one.name, "order": number, "figure": float(figure)}
        for key, figures in rows.items()
        for number, (one, figure) in enumerate(zip(series, figures, strict=True))
        if figure is not None
    ]
    spec = {
        "width": WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "height": {"step": BAR} if form == "stacked" else {"step": THIN, "for": "offset"},
        "data": {"values": values},
        "mark": {"type": "bar", "height": {"band": 0.7 if form == "stacked" else 1}},
        "encoding": {
            "y": {"field": "what", "type": "nominal", "sort": list(rows), "axis": {"title": None, "labelLimit": 140}},
            "x": {"field": "figure", "type": "quantitative", "axis": {"title": unit, "tickCount": 5, "tickMinStep": 1}},
            "order": {"field": "order"},
            "color": {
                "field": "series", "type": "nominal", "sort": [one.name for one in series],
                "scale": {"domain": [one.name for one in series], "range": [TONES[one.tone] for one in series]},
                "legend": {"title": None, "orient": "bottom", "columns": 4} if len(series) > 1 else None,
            },
            **({"yOffset": {"field": "order", "type": "ordinal"}} if form == "beside" else {}),
        },
    }  # fmt: skip
    svg = drawn(spec, told) if values else SafeString()
    return Chart(title, told, svg, unit, [what, *(one.name for one in series)], [[k, *v] for k, v in rows.items()])


def drawn(spec: Mapping[str, Any], told: str) -> SafeString:
    """The picture of a Vega-Lite specification, coloured by TONES; `told` is read out in its place."""
    return mark_safe(_drawn(json.dumps({**spec, **_FRAME}, ensure_ascii=False, sort_keys=True), told))


_FRAME = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "background": None,
    "config": {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": TONES["ink"], "titleColor": TONES["quiet"], "gridColor": TONES["hair"], "domain": False,
            "tickColor": TONES["hair"], "labelFontSize": 13, "titleFontSize": 12, "titleFontWeight": "normal",
        },
        "legend": {"labelColor": TONES["ink"], "labelFontSize": 12, "symbolType": "square"},
    },
}  # fmt: skip


@lru_cache(maxsize=128)
def _drawn(spec: str, told: str) -> str:
    import vl_convert  # noqa: PLC0415 - brings an engine of 50 MB, which a process without charts never needs

    svg = vl_convert.vegalite_to_svg(spec)
    for word, stand_in in TONES.items():
        svg = svg.replace(f'"{stand_in}"', f'"var(--{_VARIABLES.get(word, word)})"')
    svg = svg.replace(f'font-family="{_FONT}"', 'font-family="inherit"')
    head = re.match(r'<svg[^>]*?viewBox="([^"]+)"[^>]*>', svg)
    assert head, "Vega-Lite gave no picture"
    return f'<svg class="plot" viewBox="{head[1]}" role="img" aria-label="{escape(told)}">{svg[head.end() :]}'
