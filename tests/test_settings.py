"""The settings as a fresh process reads them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def setting(expression: str, **env: str) -> str:
    code = f"from xianzhi.site import settings as s; print({expression})"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XIANZHI_")}
    environment = {**kept, "PYTHONPATH": str(ROOT / "src"), **env}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_https_is_insisted_on_where_it_is_spoken(tmp_path: Path) -> None:
    asked = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0"
    assert setting(asked, XIANZHI_VAR=str(tmp_path), XIANZHI_HTTPS="1") == "True True True True"
    assert setting(asked, XIANZHI_VAR=str(tmp_path)) == "False False False False"


def test_the_data_folder_and_the_key_are_their_owners_only(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first, again = (setting("s.SECRET_KEY", XIANZHI_VAR=str(folder)) for _ in range(2))
    assert first == again and len(first) >= 50
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600


def test_nothing_is_shown_of_a_fault(tmp_path: Path) -> None:
    assert setting("s.DEBUG", XIANZHI_VAR=str(tmp_path)) == "False"
    assert setting("s.ALLOWED_HOSTS", XIANZHI_VAR=str(tmp_path)) == "['127.0.0.1', 'localhost', '[::1]']"
