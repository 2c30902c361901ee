"""Whose an act is: the organs that its own words name, and those that a heading hands down (proposed only)."""

import re
from functools import lru_cache

from xianzhi.apps.gazette.reader import verbs
from xianzhi.apps.gazette.reader.units import UNIT, is_unit, members
from xianzhi.apps.gazette.reader.wordings import decided_by_organ, of_subjects

_LIST = rf"(?:[\u4e00-\u9fff（）()]{{1,12}}、){{0,5}}{UNIT.pattern}(?:(?:、|和|与|及){UNIT.pattern})*"
_BY = re.compile(
    rf"(?<![自理缘可])由({_LIST})(?=负责|按|组织|统一|办理|承担|批准|依|共同|分别|协调|落实|开展"
    rf"|进行|予以|会同|牵头|提|向|代|审)"
)
_OPENING = re.compile(rf"(?:[^，]{{0,30}}，)?({_LIST})(?:要|应|须|负责|将|每[年月季周]|分别|承担)")
_SENT_TO = re.compile(r"(?:报|经|向|申请)([^，。；]{2,20}?(?:局|委|厅|政府|机关|部门|办公室))")
_COLLECTIVE = re.compile(
    r"各级|各有关|各相关|(?:有关|相关|责任|实施)(?:部门|单位|机构)|执法(?:机关|部门|单位)"
    r"|(?:县乡|市县|区县|省市)[^，]*机关"
)
_HANDS_DOWN = re.compile(
    r"^(.{2,30}?)(?:的)?(?:任务步骤|工作任务|重点任务|主要任务|主要职责|工作职责|职责分工"
    r"|职责|任务|责任)$"
)


def collective(units: list[str]) -> bool:
    """Whether units are named by their kind only, so that a list that names them goes before."""
    return bool(units) and all(_COLLECTIVE.search(unit) for unit in units)


def plausible(units: list[str]) -> list[str]:
    """Without what is no name: 根据…机关所, 推进…部署."""
    return [unit for unit in units if not verbs.orders(unit) and not verbs.leads_up(unit)]


def named_by(words: str) -> list[str]:
    """The organs in the words of an act: after 由, in front of a duty, or to whom subjects have to send something."""
    decided = of_subjects(words) or (decided_by_organ(words) and not _OPENING.match(words))
    if decided and (to := _SENT_TO.search(words)):
        return [to[1]]
    found = _BY.search(words) or _OPENING.match(words)
    return plausible(members(found[1])[0]) if found else []


@lru_cache(maxsize=256)
def handed_down(heading: str) -> tuple[str, ...]:
    """The organs that a heading names: 乡镇、社区任务步骤, or a heading that is nothing but a name."""
    if re.match(r"第[一二三四五六七八九十\d]", heading):
        return ()
    found = _HANDS_DOWN.match(heading)
    listed = members(found[1] if found else heading)[0]
    if found and any(is_unit(unit) for unit in listed):
        return tuple(listed)
    return tuple(listed) if all(is_unit(unit) for unit in listed) and not verbs.orders(heading) else ()
