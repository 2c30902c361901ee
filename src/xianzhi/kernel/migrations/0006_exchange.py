"""Exchange with others: inbox and outbox. What was sent, received and done is never changed or deleted; only where a
message stands moves on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_OUT, _IN, _ENTRY = "kernel_outbound", "kernel_inbound", "kernel_exchangeentry"
FROZEN = {
    _OUT: ("id", "kind", "key", "version", "body", "digest", "number", "partner_id", "event_id", "written_at"),
    _IN: (
        "id", "kind", "key", "version", "body", "digest", "signature", "sent_at", "number", "partner_id", "way",
        "received_at", "skew", "flagged",
    ),
}  # fmt: skip
"""Columns that keep what they were written with. Of an entry, all."""


def _sqlite() -> tuple[list[str], list[str]]:
    refuse = "BEGIN SELECT RAISE(ABORT, '{} is append-only'); END"
    triggers = {f"{_ENTRY}_no_update": f"BEFORE UPDATE ON {_ENTRY} {refuse.format(_ENTRY)}"}
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in columns)
        triggers[f"{table}_no_update"] = f"BEFORE UPDATE ON {table} WHEN {changed} {refuse.format(table)}"
    for table in (_ENTRY, *FROZEN):
        triggers[f"{table}_no_delete"] = f"BEFORE DELETE ON {table} {refuse.format(table)}"
    return [f"CREATE TRIGGER {name} {body}" for name, body in triggers.items()], [
        f"DROP TRIGGER {name}" for name in triggers
    ]


def _postgresql() -> tuple[list[str], list[str]]:
    refuse = "FOR EACH ROW {}EXECUTE FUNCTION kernel_refuse()"
    triggers = {(f"{_ENTRY}_no_change", _ENTRY): f"BEFORE UPDATE ON {_ENTRY} {refuse.format('')}"}
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"NEW.{one} IS DISTINCT FROM OLD.{one}" for one in columns)
        triggers[f"{table}_no_change", table] = f"BEFORE UPDATE ON {table} {refuse.format(f'WHEN ({changed}) ')}"
    for table in (_ENTRY, *FROZEN):
        triggers[f"{table}_no_delete", table] = f"BEFORE DELETE ON {table} {refuse.format('')}"
        triggers[f"{table}_no_truncate", table] = f"BEFORE TRUNCATE ON {table} EXECUTE FUNCTION kernel_refuse()"
    return [f"CREATE TRIGGER {name} {body}" for (name, _table), body in triggers.items()], [
        f"DROP TRIGGER {name} ON {table}" for name, table in triggers
    ]


def _statements(editor):
    return _postgresql() if editor.connection.vendor == "postgresql" else _sqlite()


def _forward(apps, editor):
    for statement in _statements(editor)[0]:
        editor.execute(statement, params=None)


def _backward(apps, editor):
    for statement in _statements(editor)[1]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_money")]
    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=40, unique=True, verbose_name="代号")),
                (
                    "transport",
                    models.CharField(choices=[("http", "接口"), ("file", "文件")], max_length=4, verbose_name="方式"),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="地址")),
                ("inside", models.BooleanField(default=False, verbose_name="在政务内网")),
                ("public_key", models.CharField(max_length=128, unique=True, verbose_name="SM2 公钥")),
                ("sends", models.JSONField(default=list, verbose_name="我方发出")),
                ("takes", models.JSONField(default=list, verbose_name="我方接收")),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="暂停自")),
                ("turned_away", models.PositiveIntegerField(default=0, verbose_name="拒收")),
                ("turned_away_at", models.DateTimeField(blank=True, null=True, verbose_name="最近拒收")),
                ("turned_away_why", models.CharField(blank=True, max_length=200, verbose_name="拒收原因")),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="对接账号",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="kernel.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "对接方",
                "verbose_name_plural": "对接方",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Outbound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("key", models.CharField(max_length=120, verbose_name="业务号")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("body", models.TextField(verbose_name="正文")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要（SM3）")),
                ("signature", models.CharField(max_length=160, verbose_name="签名")),
                ("sent_at", models.DateTimeField(verbose_name="签发时间")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="消息号")),
                ("written_at", models.DateTimeField(verbose_name="写入时间")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待回执"), ("answered", "已回执"), ("dead", "已停发")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="已发次数")),
                ("next_try_at", models.DateTimeField(verbose_name="下次发送")),
                ("fault", models.CharField(blank=True, max_length=300, verbose_name="最近未成的原因")),
                ("answer", models.TextField(blank=True, verbose_name="回执")),
                ("answer_signature", models.CharField(blank=True, max_length=160)),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="回执时间")),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.event",
                        verbose_name="起因",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outbound",
                        to="kernel.partner",
                        verbose_name="对接方",
                    ),
                ),
            ],
            options={
                "verbose_name": "发出的消息",
                "verbose_name_plural": "发出的消息",
                "ordering": ("-id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Inbound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("key", models.CharField(max_length=120, verbose_name="业务号")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("body", models.TextField(verbose_name="正文")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要（SM3）")),
                ("signature", models.CharField(max_length=160, verbose_name="签名")),
                ("sent_at", models.DateTimeField(verbose_name="签发时间")),
                ("number", models.CharField(max_length=80, verbose_name="对方消息号")),
                (
                    "way",
                    models.CharField(choices=[("http", "接口"), ("file", "文件")], max_length=4, verbose_name="途径"),
                ),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("skew", models.IntegerField(default=0, verbose_name="时钟偏差（秒）")),
                ("flagged", models.BooleanField(default=False, verbose_name="时钟存疑")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("applied", "已办"),
                            ("waiting", "等待"),
                            ("conflict", "两份不同"),
                            ("refused", "退回"),
                            ("kept", "存查"),
                        ],
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="原因")),
                ("differs", models.JSONField(default=list, verbose_name="差异")),
                ("chosen", models.CharField(blank=True, max_length=200, verbose_name="选定")),
                ("answer", models.TextField(verbose_name="答复")),
                ("status", models.PositiveSmallIntegerField(verbose_name="答复状态")),
                ("duplicates", models.PositiveIntegerField(default=0, verbose_name="重复")),
                ("tried_at", models.DateTimeField(verbose_name="最近处理")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.event",
                        verbose_name="所办",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound",
                        to="kernel.partner",
                        verbose_name="对接方",
                    ),
                ),
            ],
            options={
                "verbose_name": "收到的消息",
                "verbose_name_plural": "收到的消息",
                "ordering": ("-id",),
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ExchangeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("sent", "发送"),
                            ("answered", "收到回执"),
                            ("failed", "没有送达"),
                            ("stopped", "停发"),
                            ("resent", "重新发送"),
                            ("exported", "导出文件"),
                            ("received", "收到"),
                            ("applied", "办理"),
                            ("waits", "等待"),
                            ("conflict", "两份不同"),
                            ("refused", "退回"),
                            ("kept", "存查"),
                            ("chosen", "选定"),
                            ("paused", "暂停"),
                            ("resumed", "恢复"),
                            ("settled", "登记对接"),
                        ],
                        max_length=8,
                        verbose_name="事项",
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "inbound",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="kernel.inbound",
                    ),
                ),
                (
                    "outbound",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="kernel.outbound",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="kernel.partner",
                        verbose_name="对接方",
                    ),
                ),
            ],
            options={
                "verbose_name": "对接记录",
                "verbose_name_plural": "对接记录",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sm3", models.CharField(max_length=64, verbose_name="摘要（SM3）")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("content", models.BinaryField()),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="kernel.partner",
                        verbose_name="对接方",
                    ),
                ),
            ],
            options={
                "verbose_name": "来文附件",
                "verbose_name_plural": "来文附件",
            },
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("transport", "file"), models.Q(("address", ""), _negated=True), _connector="OR"),
                name="partner_http_with_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(("turned_away", 0), ("turned_away_at__isnull", False), _connector="OR"),
                name="partner_turned_away_when",
            ),
        ),
        migrations.AddIndex(
            model_name="outbound",
            index=models.Index(
                condition=models.Q(("state", "answered"), _negated=True),
                fields=["state", "next_try_at"],
                name="outbound_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="outbound",
            constraint=models.UniqueConstraint(fields=("partner", "kind", "key", "version"), name="outbound_once"),
        ),
        migrations.AddConstraint(
            model_name="outbound",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "answered"), _negated=True),
                    models.Q(("answered_at__isnull", False), models.Q(("answer", ""), _negated=True)),
                    _connector="OR",
                ),
                name="outbound_answered_with_receipt",
            ),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "conflict"))),
                fields=["state", "tried_at"],
                name="inbound_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="inbound",
            constraint=models.UniqueConstraint(
                fields=("partner", "kind", "key", "version", "digest"), name="inbound_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(fields=("partner", "sm3"), name="attachment_once"),
        ),
        migrations.RunPython(_forward, _backward),
    ]
