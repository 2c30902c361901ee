"""What goes wrong when a register, a parameter or a procedure is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it stands, what is wrong, and what to do about it."""

    what: str
    where: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        cure = f"。{self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{cure}"


class LawError(Exception):
    """Something in the law floor cannot be used. Carries every finding, not only the first."""

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))
