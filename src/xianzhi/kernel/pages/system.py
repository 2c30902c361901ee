"""系统: how the installation runs, for whoever keeps it running. No case, no account stands here."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xianzhi.kernel import clock, doctor
from xianzhi.kernel.backup import archive
from xianzhi.kernel.models import Mark
from xianzhi.kernel.pages.guard import by_duty, page

SYSTEM = by_duty("system")
SHOWN = 20


@page(SYSTEM)
def system(request: HttpRequest) -> HttpResponse:
    """What the doctor finds, what the worker has before it, and the settings without their secrets."""
    looks = list(doctor.looks())
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).order_by("-finished_at")[:SHOWN]
    context = {
        "looks": looks, "faulty": sum(not one.well for one in looks), "queue": _queue(), "failed": list(failed),
        "settings_shown": _settings(), "backup": _last_backup(), "sweep": Mark.objects.filter(name="sweep").first(),
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "kernel/system.html", context)


def _queue() -> dict[str, Any]:
    """Tasks of the worker: waiting, running, done, failed, and when the last one ended."""
    status = TaskResultStatus
    counted = {name: Count("pk", filter=Q(status=one)) for name, one in (
        ("waiting", status.READY), ("running", status.RUNNING), ("done", status.SUCCESSFUL), ("broken", status.FAILED),
    )}  # fmt: skip
    found: dict[str, Any] = DBTaskResult.objects.order_by().aggregate(**counted, last=Max("finished_at"))
    return found


def _last_backup() -> dict[str, Any] | None:
    """The last backup that this installation made: its file and when."""
    made = archive.last()
    return {"name": Path(made.file).name, "at": datetime.fromisoformat(made.at)} if made else None


def _settings() -> list[tuple[str, str]]:
    """Settings in words; what is secret is not among them."""
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return [
        (_("数据库"), {"sqlite3": "SQLite", "postgresql": "PostgreSQL"}.get(engine, engine)),
        (_("数据文件夹"), str(settings.VAR)),
        (_("县包"), str(settings.COUNTY)),
        (_("对外主机名"), json.dumps(settings.ALLOWED_HOSTS, ensure_ascii=False)[1:-1].replace('"', "")),
        (_("加密连接"), _("要求") if settings.HTTPS else _("不要求")),
        (_("可信代理"), "、".join(settings.TRUSTED_PROXIES) or _("无")),
        (_("必须用动态码"), _("是") if settings.SECOND_FACTOR else _("否（示例）")),
        (_("不操作自动退出"), _("{n} 分钟").format(n=settings.SESSION_IDLE_MINUTES)),
        (_("登录最长"), _("{n} 小时").format(n=settings.SESSION_HOURS)),
        (_("锁定"), _("同一地址{n}次，{m}分钟").format(n=settings.GUESSES, m=settings.LOCK_MINUTES)),
        (_("密码有效期"), _("{n} 天").format(n=settings.PASSWORD_DAYS) if settings.PASSWORD_DAYS else _("不限")),
        (_("登录记录保存"), _("{n} 天").format(n=settings.ACCESS_RECORD_DAYS)),
        (_("服务"), "、".join(one.rpartition(".")[2] for one in settings.SERVICES)),
        (_("框架版本"), f"Django {django.get_version()}"),
    ]
