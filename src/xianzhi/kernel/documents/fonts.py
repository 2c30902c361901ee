"""The faces of official documents: which there are, and which stands for 仿宋, 小标宋, 黑体 and 楷体.

No face is part of the product. Looked at are, in this order, the folders of XIANZHI_FONTS, the county pack's `fonts`,
the system's folders, and the pip package that brings one Chinese face to every machine.
"""

import importlib.util
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

ROLES: Mapping[str, tuple[str, ...]] = {
    "fangsong": ("FZFangSong-Z02", "FZFangSong-Z02S", "FangSong_GB2312", "FangSong", "STFangsong", "FandolFang R",
                 "FandolFang"),
    "title": ("FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S", "STZhongsong"),
    "hei": ("SimHei", "FandolHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"),
    "kai": ("KaiTi_GB2312", "KaiTi", "STKaiti", "FandolKai", "FandolKai R", "LXGW WenKai"),
    "song": ("SimSun", "STSong", "Noto Serif CJK SC", "Source Han Serif SC", "FandolSong"),
}  # fmt: skip
"""What may serve, the best first. Behind every one stand the faces of `FALLBACK`, so that no character is missing."""
FALLBACK = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
WORDS = {"fangsong": "仿宋", "title": "小标宋", "hei": "黑体", "kai": "楷体", "song": "宋体"}
_SYSTEM = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")
_PACKAGE = "noto_cjk_sans_otc"


def folders() -> Iterator[Path]:
    """The folders that there are, in the order in which they are looked at."""
    wanted = [*settings.FONTS, settings.COUNTY / "fonts", *map(Path, _SYSTEM), Path.home() / ".fonts"]
    if spec := importlib.util.find_spec(_PACKAGE):
        wanted += [Path(one) for one in spec.submodule_search_locations or ()]
    yield from (folder for folder in dict.fromkeys(wanted) if folder.is_dir())


@lru_cache(maxsize=4)
def _scanned(where: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(where))


def fonts() -> typst.Fonts:
    """All faces that were found, as Typst takes them. Read once by a process."""
    return _scanned(tuple(folders()))


def chosen() -> dict[str, list[str]]:
    """By role, the families to try in turn. Without any Chinese face the lists are empty: Typst then draws boxes."""
    there = set(fonts().families())
    behind = [name for name in FALLBACK if name in there]
    return {role: list(dict.fromkeys([*(name for name in names if name in there), *behind]))
            for role, names in ROLES.items()}  # fmt: skip


def standing_in() -> dict[str, str]:
    """By role in words, what serves for a face that is missing: {仿宋: Noto Serif CJK SC}; empty where nothing does."""
    found = chosen()
    return {
        WORDS[role]: (names[0] if names else "")
        for role, names in found.items()
        if not names or names[0] not in ROLES[role]
    }
