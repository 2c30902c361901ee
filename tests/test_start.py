"""Nothing starts on a declaration that points to nothing."""

import runpy

import pytest

from xianzhi.kernel import registry
from xianzhi.law.errors import Finding, LawError


def test_a_wsgi_server_does_not_start_on_an_unknown_citation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "application" in runpy.run_module("xianzhi.site.wsgi")
    monkeypatch.setattr(registry, "findings", lambda: iter([Finding("依据 sand-99 不在任何登记簿中")]))
    with pytest.raises(LawError, match="sand-99"):
        runpy.run_module("xianzhi.site.wsgi")
