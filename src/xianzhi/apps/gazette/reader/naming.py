"""How documents name units: every form of a unit's name, all townships at once, organs above the county (G-11)."""

import re

_TOWNSHIPS = re.compile(r"(?:各|属地|所属|有关|相关|本)?乡镇?(?:镇)?(?:人民政府|政府)?")
_ABOVE = re.compile(r"(?:国务院|国家|中央|省|市|自治区|地区).{0,14}")
_LOOSE = re.compile(r"[（）()\s]")


def loose(name: str) -> str:
    """A name without brackets and spaces: 乡（镇） is 乡镇."""
    return _LOOSE.sub("", name)


def forms(name: str, county: str) -> list[str]:
    """The forms under which a unit may be known: as it is, and with or without the county in front."""
    bare = loose(name)
    for front in (county, "我县", "本县", "县"):
        bare = bare.removeprefix(front)
    return [loose(name), bare, f"县{bare}", f"{county}{bare}", f"{county}县{bare}"]


def is_every_township(name: str) -> bool:
    return bool(_TOWNSHIPS.fullmatch(loose(name)))


def is_above(name: str) -> bool:
    """Whether a name begins like that of an organ of the city, the province or the state."""
    return bool(_ABOVE.fullmatch(loose(name)))


def is_normative(number: str) -> bool:
    """Whether a document number is one of normative documents: 绛规备字〔2024〕1号."""
    return "规" in number.split("〔", maxsplit=1)[0]
