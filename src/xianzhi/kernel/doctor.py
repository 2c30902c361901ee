"""What an installation needs, looked at one by one: what is there, what is missing, and what to do about it."""

import os
import platform
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from xianzhi.kernel import clock, registry
from xianzhi.kernel.backup import last
from xianzhi.kernel.county import county
from xianzhi.kernel.documents import fonts
from xianzhi.kernel.models import Checkpoint, PendingLeaf
from xianzhi.kernel.personal import health
from xianzhi.kernel.stylesheet import SOURCE
from xianzhi.law.errors import LawError

PYTHON = (3, 11)
FREE_BYTES = 1 << 30
BACKUP_AFTER = timedelta(days=2)
BEHIND = 1000
"""Events waiting for the log from which the clock seems to stand still."""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing looked at."""

    what: str
    found: str
    remedy: str = ""
    """Empty when all is well."""

    @property
    def well(self) -> bool:
        return not self.remedy


def looks() -> Iterator[Look]:
    """Everything, in the order in which it should be put right."""
    yield _python()
    yield _disk()
    yield _secret()
    yield _fonts()
    yield _faces()
    yield _stylesheet()
    yield _county()
    yield _backup()
    database = _database()
    yield database
    if database.well:
        migrations = _migrations()
        yield migrations
        if migrations.well:
            yield from (Look(*found) for found in health.findings())
            yield from _ledger()
            yield from _nightly()


def _python() -> Look:
    well = sys.version_info >= PYTHON
    return Look("Python", platform.python_version(), "" if well else "请安装 Python 3.11 或更新版本")


def _disk() -> Look:
    folder = Path(settings.VAR)
    try:
        free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    except OSError as error:
        return Look("数据文件夹", f"{folder}：{error.strerror}", "请建立该文件夹，或改正 XIANZHI_VAR")
    if folder.exists() and not os.access(folder, os.W_OK):
        return Look("数据文件夹", f"{folder} 不能写入", "请给运行县治的用户写入权限")
    return Look(
        "磁盘", f"{folder} 所在磁盘剩余 {free / (1 << 30):.1f} GB", "" if free >= FREE_BYTES else "请腾出至少 1 GB"
    )


def _secret() -> Look:
    if os.environ.get("XIANZHI_SECRET"):
        return Look("密钥", "由 XIANZHI_SECRET 给出")
    path = Path(settings.VAR) / "secret.key"
    if not path.exists():
        return Look("密钥", f"没有 {path}", "重新启动即会生成")
    mode = stat.S_IMODE(path.stat().st_mode)
    return Look("密钥", f"{path} 权限 {mode:o}", f"请运行 chmod 600 {path}" if mode & 0o077 else "")


def _fonts() -> Look:
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False
        )
        families = {line.split(",")[0] for line in listed.stdout.splitlines() if line.strip()}
    except (OSError, subprocess.TimeoutExpired):
        families = set()
    remedy = "在本机看网页会缺字，请安装 fonts-noto-cjk（Debian）或其他中文字体"
    return Look("中文字体", f"{len(families)} 种", "" if families else remedy)


def _faces() -> Look:
    """The faces of official documents; one that another stands in for is a note."""
    families = fonts.chosen()["fangsong"]
    if not families:
        return Look("公文字体", "没有中文字体", "文书会缺字，请安装 fonts-noto-cjk，或把字体放进县包的 fonts 文件夹")
    words = "，".join(f"{role}以 {name} 代" for role, name in fonts.standing_in().items())
    return Look("公文字体", words or "齐全")


def _stylesheet() -> Look:
    path = Path(settings.STATIC_ROOT) / SOURCE.name
    if not path.exists():
        return Look("样式", "没有编译", "请运行 xianzhi assets")
    stale = path.stat().st_mtime < SOURCE.stat().st_mtime
    return Look("样式", "比源文件旧" if stale else "已编译", "请运行 xianzhi assets" if stale else "")


def _county() -> Look:
    try:
        found = list(registry.findings())
        name = county().name
    except LawError as error:
        return Look("县包", str(error), "请改正县包")
    if found:
        return Look("县包和服务", f"{len(found)} 处不符，如 {found[0]}", "请运行 xianzhi check 逐条改正")
    return Look("县包和服务", f"{name}，{len(registry.procedures)} 个办理流程，{len(registry.provisions)} 条条款")


def _backup() -> Look:
    """A county that works with real data and has no backup of the last days is not well."""
    made = last()
    if made is None:
        return Look("备份", "还没有", "" if settings.SAMPLE else "请运行 xianzhi backup，并设成每天自动运行")
    age = clock.now() - datetime.fromisoformat(made.at)
    return Look("备份", f"{made.at}，{made.file}", "请运行 xianzhi backup" if age > BACKUP_AFTER else "")


def _database() -> Look:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Look("数据库", f"连不上：{error}".strip(), "请检查 XIANZHI_DATABASE，并启动数据库")
    version = ".".join(map(str, connection.get_database_version()))
    where = connection.settings_dict["NAME"]
    return Look("数据库", f"{connection.display_name} {version}，{where}")


def _migrations() -> Look:
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Look(
        "表结构", f"有 {len(behind)} 步未执行" if behind else "最新", "请运行 xianzhi migrate" if behind else ""
    )


def _ledger() -> Iterator[Look]:
    pending = PendingLeaf.objects.count()
    remedy = "时钟似乎没有运行，请运行 xianzhi serve 或 xianzhi tick" if pending >= BEHIND else ""
    yield Look("账本", f"{pending} 条办理记录待入账", remedy)
    last = Checkpoint.objects.order_by("-size").first()
    yield Look("检查点", f"{last.size} 项，{last.at:%Y-%m-%d %H:%M} UTC，{last.root}" if last else "还没有")


def _nightly() -> Iterator[Look]:
    """What the clock checks every night, asked now."""
    for zh, check in registry.nightly.items():
        faults = check(clock.today())
        yield Look(zh, f"{len(faults)} 处不符{'，如 ' + faults[0] if faults else ''}", "请核对并补办" if faults else "")
