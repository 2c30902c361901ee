"""What the pages and the API list: files, documents by where they stand, gaps, what a correction affects."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q

from xianzhi.apps.gazette.models import Answer, Reading, Role, SourceFile, Verdict
from xianzhi.kernel import coverage, instruments, registry
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Edition, Obligation, PublishedInstrument

_NUMBER = re.compile(r"(?P<series>[^〔]+)〔(?P<year>\d{4})〕(?P<serial>\d+)号")
LABELS = {
    "obligation": "任务", "target": "目标", "parameter": "参数", "definition": "定义", "scope": "范围", "basis": "依据",
    "permission": "许可", "prohibition": "禁止", "penalty": "处罚", "publicity": "公开", "background": "背景",
    "rhetoric": "套语", "heading": "标题", "signature": "落款", "unread": "没读懂",
}  # fmt: skip
"""What each label of a sentence is called."""


def files() -> list[SourceFile]:
    """The files received, the newest first, with their documents."""
    found = SourceFile.objects.defer("content", "text").select_related("by").prefetch_related("readings__case")
    return list(found[:50])


def under_way() -> list[dict[str, Any]]:
    """The documents that are not in use yet, with how many doubtful items are open."""
    rows = Reading.objects.exclude(case__state__in=("in_use", "withdrawn")).select_related("case", "file")
    rows = rows.defer("found", "clauses", "file__content", "file__text").annotate(
        doubtful=Count("items", filter=~Q(items__doubt=""), distinct=True)
    )
    answered = _answered()
    return [{"reading": one, "open": one.doubtful - answered[one.pk, _role(one)]} for one in rows]


def _role(reading: Reading) -> str:
    return Role.SECOND if reading.case.state == "reviewed" else Role.FIRST


def _answered() -> Counter[tuple[int, str]]:
    rows = Answer.objects.exclude(item__doubt="").values_list("item__reading_id", "role", "item_id").distinct()
    return Counter((reading, role) for reading, role, _item in rows)


def account_of(file: SourceFile) -> dict[str, Any]:
    """What became of every character of a file: in which document it stands, or that it is page furniture."""
    readings = list(file.readings.select_related("case").order_by("index"))
    furniture = [
        {**one, "text": file.text[one["span"][0] : one["span"][1]]}
        for reading in readings
        for one in reading.found["findings"]
        if one["code"] == "furniture" and one["span"]
    ]
    rows = []
    for reading in readings:
        labels = Counter(one["label"] for one in reading.found["sentences"])
        characters = sum(to - fro for clause in reading.clauses for fro, to in clause["runs"])
        rows.append(
            {
                "reading": reading,
                "characters": characters,
                "clauses": len(reading.clauses),
                "acts": len(reading.found["acts"]),
                "labels": [(LABELS.get(label, label), n) for label, n in labels.most_common()],
                "unread": labels["unread"],
            }
        )
    whole = sum(not one.isspace() for one in file.text)
    held = sum(not file.text[at].isspace() for row in rows for clause in row["reading"].clauses
               for fro, to in clause["runs"] for at in range(fro, to))  # fmt: skip
    taken_out = sum(not sign.isspace() for one in furniture for sign in one["text"])
    return {
        "rows": rows, "furniture": furniture, "whole": whole, "held": held, "taken_out": taken_out,
        "lost": whole - held - taken_out,
    }  # fmt: skip


# ---- gaps -----------------------------------------------------------------------------------------------------------


def gaps() -> dict[str, Any]:
    """Missing numbers of each series and year, annexes without a text, and cited documents that we lack."""
    known = instruments.known()
    return {
        "series": list(_missing_numbers(one.number for one in known)),
        "annexes": [one for one in PublishedInstrument.objects.order_by("dated_on") if one.annexes],
        "lacking": _lacking(),
    }


def _missing_numbers(numbers: Iterator[str] | Any) -> Iterator[dict[str, Any]]:
    """Of each series, what lies between 1 and the highest number that we have."""
    series: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number in numbers:
        if match := _NUMBER.fullmatch(number):
            series[match["series"], int(match["year"])].add(int(match["serial"]))
    for (name, year), held in sorted(series.items()):
        missing = sorted(set(range(1, max(held))) - held)
        yield {"series": f"{name}〔{year}〕", "held": sorted(held), "missing": missing}


def _lacking() -> list[dict[str, Any]]:
    """Documents that ours cite and that we do not have, the most cited first."""
    known = instruments.numbers()
    cited: dict[str, dict[str, Any]] = {}
    for edition in Edition.objects.select_related("instrument").order_by("instrument", "number"):
        for one in edition.references:
            if one["number"] and one["number"] not in known:
                found = cited.setdefault(one["number"], {"number": one["number"], "title": one["title"], "by": {}})
                found["by"][edition.instrument.name] = edition.instrument.short
    return sorted(cited.values(), key=lambda one: (-len(one["by"]), one["number"]))


# ---- what rests on a document --------------------------------------------------------------------------------------


@carries("gazette-3-2", zh="受影响的任务、参数和步骤")
def affected(instrument: PublishedInstrument) -> dict[str, Any]:
    """What rests on a document: its obligations, the parameters and the carriers of its register, who cites it."""
    own = registry.registers.get(instrument.name)
    parameters = [
        one for one in registry.parameters().values()
        if own and any(dated.cites in own for dated in one.values)
    ]  # fmt: skip
    carried = [one for one in coverage.of(instrument.name) if one.carriers] if own else []
    citing = [
        edition.instrument for edition in Edition.objects.select_related("instrument")
        if instrument.number and any(one["number"] == instrument.number for one in edition.references)
        and edition.instrument_id != instrument.pk
    ]  # fmt: skip
    obligations = Obligation.objects.filter(instrument=instrument).select_related("unit")
    return {
        "live": list(obligations.filter(ended_on=None, done_on=None)),
        "ended": list(obligations.exclude(ended_on=None)),
        "parameters": parameters, "carried": carried, "citing": list(dict.fromkeys(citing)),
    }  # fmt: skip


# ---- corrections ----------------------------------------------------------------------------------------------------


@carries("gazette-4-2", zh="更正导出")
def corrections() -> Iterator[dict[str, Any]]:
    """What reviewers corrected or rejected, as test cases: the source, the place, what was read, what is right."""
    rows = Answer.objects.exclude(verdict=Verdict.ACCEPT).filter(role=Role.FIRST)
    rows = rows.select_related("item__reading__file").order_by("item__reading", "item__order", "round")
    for one in rows.defer("item__reading__file__content"):
        item, reading = one.item, one.item.reading
        yield {
            "source_sha256": reading.file.sha256, "document": reading.number or reading.title, "key": item.key,
            "kind": item.kind, "span": [item.start, item.end], "text": reading.file.text[item.start : item.end],
            "read": item.found, "verdict": one.verdict, "right": one.value, "reason": one.reason,
        }  # fmt: skip
