"""Lists in and out as Excel and CSV: the batches that came in, and, append-only, the steps that they became."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_ENTRY = "kernel_tableentry"


def _sqlite() -> tuple[list[str], list[str]]:
    names = {action: f"{_ENTRY}_no_{action.lower()}" for action in ("UPDATE", "DELETE")}
    forward = [
        f"CREATE TRIGGER {name} BEFORE {action} ON {_ENTRY} BEGIN SELECT RAISE(ABORT, '{_ENTRY} is append-only'); END"
        for action, name in names.items()
    ]
    return forward, [f"DROP TRIGGER {name}" for name in names.values()]


def _postgresql() -> tuple[list[str], list[str]]:
    triggers = {
        f"{_ENTRY}_no_change": f"BEFORE UPDATE OR DELETE ON {_ENTRY} FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
        f"{_ENTRY}_no_truncate": f"BEFORE TRUNCATE ON {_ENTRY} EXECUTE FUNCTION kernel_refuse()",
    }
    forward = [f"CREATE TRIGGER {name} {body}" for name, body in triggers.items()]
    return forward, [f"DROP TRIGGER {name} ON {_ENTRY}" for name in triggers]


def _statements(editor):
    return _postgresql() if editor.connection.vendor == "postgresql" else _sqlite()


def _forward(apps, editor):
    for statement in _statements(editor)[0]:
        editor.execute(statement, params=None)


def _backward(apps, editor):
    for statement in _statements(editor)[1]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_exchange")]
    operations = [
        migrations.CreateModel(
            name="TableBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=160, verbose_name="表")),
                ("target", models.CharField(blank=True, max_length=300, verbose_name="对象")),
                ("chosen", models.JSONField(default=dict)),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                ("name", models.CharField(max_length=160, verbose_name="文件")),
                ("size", models.PositiveIntegerField(verbose_name="字节")),
                ("sha256", models.CharField(max_length=64, verbose_name="摘要（SHA-256）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "检查中"),
                            ("checked", "待确认"),
                            ("unreadable", "读不出来"),
                            ("loading", "导入中"),
                            ("loaded", "已导入"),
                            ("dropped", "已放弃"),
                            ("undoing", "撤销中"),
                            ("undone", "已撤销"),
                        ],
                        default="checking",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("good_only", models.BooleanField(default=False, verbose_name="只导入好的行")),
                ("good", models.PositiveIntegerField(default=0, verbose_name="好的行")),
                ("bad", models.PositiveIntegerField(default=0, verbose_name="有误的行")),
                ("fault", models.TextField(blank=True, verbose_name="整表的问题")),
                ("loaded_at", models.DateTimeField(blank=True, null=True, verbose_name="导入时间")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("undo_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销原因")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
                (
                    "undone_by",
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
                "verbose_name": "导入批次",
                "verbose_name_plural": "导入批次",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="TableEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField(verbose_name="行")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="kernel.tablebatch",
                        verbose_name="导入批次",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="table_entry",
                        to="kernel.event",
                        verbose_name="办理记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入的行",
                "verbose_name_plural": "导入的行",
                "ordering": ("batch", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="tablebatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("checking", "checked", "loading", "loaded", "undoing"))),
                fields=("table", "target", "sha256"),
                name="table_batch_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="tablebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("loaded_at__isnull", False), ("state__in", ("loaded", "undoing", "undone"))),
                    models.Q(
                        ("loaded_at", None), ("state__in", ("checking", "checked", "unreadable", "loading", "dropped"))
                    ),
                    _connector="OR",
                ),
                name="table_batch_loaded",
            ),
        ),
        migrations.AddConstraint(
            model_name="tablebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "undone"), _negated=True),
                    models.Q(("undone_at__gte", models.F("loaded_at")), ("undone_by__isnull", False)),
                    _connector="OR",
                ),
                name="table_batch_undone",
            ),
        ),
        migrations.RunPython(_forward, _backward),
    ]
