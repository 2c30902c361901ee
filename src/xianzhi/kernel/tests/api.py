"""A program with a token, for the tests of the API."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from xianzhi.kernel import clock
from xianzhi.kernel.api import tokens
from xianzhi.kernel.models import Account, ApiToken


@dataclass
class Program:
    """Asks with its token; `last` is what was answered last."""

    token: ApiToken
    text: str
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    last: Any = None

    def ask(
        self, method: str, path: str, data: Any = None, *, headers: dict[str, str] | None = None, **more: Any
    ) -> Any:
        sent = {"headers": {"Authorization": f"Bearer {self.text}", **(headers or {})}, **more}
        if data is not None:
            form = isinstance(data, dict) and any(hasattr(one, "read") for one in data.values())
            sent = ({} if form else {"content_type": "application/json"}) | sent | {"data": data}
        self.last = getattr(self.client, method)(f"/api/v1{path}", **sent)
        return self.last

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("get", f"{path}?{urlencode(query)}" if query else path)
        assert answer.status_code == 200, (answer.status_code, answer.content.decode())
        return answer.json()

    def post(self, path: str, data: Any = None, *, status: int = 200, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.ask("post", path, data if data is not None else {}, headers=headers)
        assert answer.status_code == status, (answer.status_code, answer.content.decode())
        return answer.json()

    def fail(self, status: int, method: str, path: str, data: Any = None, **more: Any) -> Any:
        """What was answered to something that must fail in this way."""
        answer = self.ask(method, path, data, **more)
        assert answer.status_code == status, (answer.status_code, answer.content.decode())
        assert answer.headers["Content-Type"] == "application/problem+json"
        found = answer.json()
        assert found["status"] == status and found["title"] and found["detail"]
        return found


def program(owner: Account, *scopes: str, days: int = 100) -> Program:
    """A program with a token of an account."""
    wanted = scopes or ("read:cases",)
    made, text = tokens.make(owner, name="测试", wanted=wanted, expires_on=clock.today() + timedelta(days=days))
    return Program(made, text)
