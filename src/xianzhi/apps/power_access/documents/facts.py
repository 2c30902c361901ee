"""What several documents state alike: the project, the land, the load, and the red line as a small map."""

from collections.abc import Iterable
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

from xianzhi.apps.power_access.models import AccessProject
from xianzhi.kernel.models import Case

HERE = Path(__file__).parent
_SIZE, _EDGE = 360, 34
_METRES_PER_DEGREE = 111_320
_BARS = (10, 20, 50, 100, 200, 500, 1000)


def project_of(case: Case) -> AccessProject:
    """The project that a case belongs under."""
    return AccessProject.objects.select_related("case__subject").get(case_id=case.root.pk)


def owner_of(project: AccessProject) -> str:
    subject = project.case.subject
    return subject.name if subject else ""


def project_facts(project: AccessProject) -> dict[str, Any]:
    """The project as every document names it."""
    proof, load = project.proofs.last(), project.loads.last()
    return {
        "number": project.number,
        "name": project.name,
        "code": project.project_code,
        "owner": owner_of(project),
        "place": project.place,
        "land_use": project.land_use,
        "area": project.area,
        "class": project.classified.zh,
        "stage": str(project.get_stage_display()),
        "ready_by": project.ready_by,
        "proof": _proof(proof) if proof else "",
        "supply_mode": proof.supply_mode if proof else "",
        "load": _load(load) if load else "",
    }


def _proof(proof: Any) -> str:
    words = f"{proof.get_kind_display()}{f'（{proof.number}）' if proof.number else ''}"
    day = proof.obtained_on
    return f"{words}，{day.year}年{day.month}月{day.day}日取得" if day else words


def _load(load: Any) -> str:
    words = [load.voltage]
    if load.capacity_kw is not None:
        words.append(f"{load.capacity_kw}千瓦")
    if load.capacity_kva is not None:
        words.append(f"变压器{load.capacity_kva}千伏安")
    words.append(f"{load.feeds}路电源")
    return "，".join(words)


def red_line_map(project: AccessProject) -> str:
    """The red line as SVG, north above, with a scale; empty where nothing is drawn."""
    rings = _rings(project.red_line or {})
    points = [point for ring in rings for point in ring]
    if not points:
        return ""
    west, south = min(x for x, _ in points), min(y for _, y in points)
    narrow = cos(radians(south)) * _METRES_PER_DEGREE
    flat = [[((x - west) * narrow, (y - south) * _METRES_PER_DEGREE) for x, y in ring] for ring in rings]
    wide, high = max(x for ring in flat for x, _ in ring), max(y for ring in flat for _, y in ring)
    scale = (_SIZE - 2 * _EDGE) / max(wide, high, 1)
    left, top = (_SIZE - wide * scale) / 2, (_SIZE - high * scale) / 2
    paths = "".join(_path(ring, scale, left, top, high) for ring in flat)
    bar = next((one for one in _BARS if one * scale > _SIZE / 6), _BARS[-1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE + 30}">'
        f'<rect x="0.5" y="0.5" width="{_SIZE - 1}" height="{_SIZE + 29}" fill="none" stroke="#888"/>{paths}'
        f'<path d="M{_SIZE - 22},34V12m-5,8l5,-9l5,9" fill="none" stroke="#000" stroke-width="1.5"/>'
        f'<text x="{_SIZE - 27}" y="48" font-size="12">N</text>'
        f'<path d="M14,{_SIZE + 8}v6h{bar * scale:.1f}v-6" fill="none" stroke="#000" stroke-width="1.5"/>'
        f'<text x="{20 + bar * scale:.1f}" y="{_SIZE + 15}" font-size="12">{bar} m</text></svg>'
    )


def _rings(shape: Any) -> list[list[list[float]]]:
    coordinates = shape.get("coordinates", [])
    return coordinates if shape.get("type") == "Polygon" else [ring for polygon in coordinates for ring in polygon]


def _path(ring: Iterable[tuple[float, float]], scale: float, left: float, top: float, high: float) -> str:
    drawn = [(left + x * scale, top + (high - y) * scale) for x, y in ring]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    corners = drawn[:-1] if hypot(drawn[0][0] - drawn[-1][0], drawn[0][1] - drawn[-1][1]) < 1 else drawn
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="#d7000f"/>' for x, y in corners)
    return f'<path d="M{line}Z" fill="#d7000f" fill-opacity="0.08" stroke="#d7000f" stroke-width="2"/>{dots}'
