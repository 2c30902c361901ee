"""Tokens, what was done through them, and webhooks."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_USE = "kernel_tokenuse"


def _triggers(editor) -> tuple[list[str], list[str]]:
    """That a step was taken through a token is written once."""
    if editor.connection.vendor == "postgresql":
        return [
            f"CREATE TRIGGER {_USE}_no_change BEFORE UPDATE OR DELETE ON {_USE} "
            "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
            f"CREATE TRIGGER {_USE}_no_truncate BEFORE TRUNCATE ON {_USE} EXECUTE FUNCTION kernel_refuse()",
        ], [f"DROP TRIGGER {_USE}_no_change ON {_USE}", f"DROP TRIGGER {_USE}_no_truncate ON {_USE}"]
    names = {action: f"{_USE}_no_{action.lower()}" for action in ("UPDATE", "DELETE")}
    return [
        f"CREATE TRIGGER {name} BEFORE {action} ON {_USE} BEGIN SELECT RAISE(ABORT, '{_USE} is append-only'); END"
        for action, name in names.items()
    ], [f"DROP TRIGGER {name}" for name in names.values()]


def _forward(apps, editor):
    for statement in _triggers(editor)[0]:
        editor.execute(statement, params=None)


def _backward(apps, editor):
    for statement in _triggers(editor)[1]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0008_access")]
    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("asker", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("window", models.BigIntegerField(db_index=True)),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("partner", models.CharField(blank=True, max_length=80, verbose_name="使用系统")),
                ("prefix", models.CharField(max_length=8, unique=True, verbose_name="前缀")),
                ("digest", models.CharField(max_length=64)),
                ("scopes", models.JSONField(verbose_name="范围")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                ("expires_on", models.DateField(verbose_name="到期（当日不可用）")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="所属账号",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="IncomingFile",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=160)),
                ("media_type", models.CharField(max_length=80)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("sm3", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=500, verbose_name="地址")),
                ("events", models.JSONField(verbose_name="事件")),
                (
                    "algorithm",
                    models.CharField(
                        choices=[("sm3", "HMAC-SM3"), ("sha256", "HMAC-SHA256")],
                        default="sm3",
                        max_length=6,
                        verbose_name="签名算法",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("position", models.BigIntegerField(verbose_name="已读到")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续失败")),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="暂停时间")),
                ("paused_why", models.CharField(blank=True, max_length=200, verbose_name="暂停原因")),
                ("busy_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="所属账号",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="kernel.apitoken",
                        verbose_name="接口令牌",
                    ),
                ),
            ],
            options={
                "verbose_name": "事件推送",
                "verbose_name_plural": "事件推送",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField(verbose_name="序号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待推送"),
                            ("delivered", "已送达"),
                            ("failed", "已放弃"),
                            ("withheld", "不在范围，未推送"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="次数")),
                ("next_at", models.DateTimeField(verbose_name="下次推送")),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="对方答复")),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="完成时间")),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.event"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="kernel.subscription"
                    ),
                ),
            ],
            options={
                "verbose_name": "推送记录",
                "verbose_name_plural": "推送记录",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="TokenUse",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="token_use",
                        serialize=False,
                        to="kernel.event",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="kernel.apitoken",
                        verbose_name="接口令牌",
                    ),
                ),
            ],
            options={
                "verbose_name": "令牌办理记录",
                "verbose_name_plural": "令牌办理记录",
                "ordering": ("-event",),
            },
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at", None), ("revoked_by", None)),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                    _connector="OR",
                ),
                name="token_revoked_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paused_at", None), ("paused_why", "")),
                    models.Q(("paused_at__isnull", False), models.Q(("paused_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="subscription_paused_with_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["subscription", "next_at"], name="delivery_due"
            ),
        ),
        migrations.RunPython(_forward, _backward),
    ]
