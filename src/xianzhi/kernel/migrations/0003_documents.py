"""Official documents: append-only, but for the digests of the PDF, which are filled in once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FROZEN = (
    "id", "kind", "series", "year", "serial", "number", "case_id", "event_id", "batch_id", "unit_id", "issued_on",
    "content", "content_sm3", "template_sm3", "code", "prev", "hash", "at",
)  # fmt: skip
_DOCUMENT, _CHANGE = "kernel_officialdocument", "kernel_documentchange"


def _sqlite() -> tuple[list[str], list[str]]:
    refuse = "BEGIN SELECT RAISE(ABORT, '{} is append-only'); END"
    triggers = {
        f"{_DOCUMENT}_no_update": f"BEFORE UPDATE OF {', '.join(FROZEN)} ON {_DOCUMENT} {refuse.format(_DOCUMENT)}",
        f"{_DOCUMENT}_pdf_once": f"BEFORE UPDATE ON {_DOCUMENT} WHEN OLD.pdf_sha256 <> '' {refuse.format(_DOCUMENT)}",
        f"{_DOCUMENT}_no_delete": f"BEFORE DELETE ON {_DOCUMENT} {refuse.format(_DOCUMENT)}",
        f"{_CHANGE}_no_update": f"BEFORE UPDATE ON {_CHANGE} {refuse.format(_CHANGE)}",
        f"{_CHANGE}_no_delete": f"BEFORE DELETE ON {_CHANGE} {refuse.format(_CHANGE)}",
    }
    return [f"CREATE TRIGGER {name} {body}" for name, body in triggers.items()], [
        f"DROP TRIGGER {name}" for name in triggers
    ]


def _postgresql() -> tuple[list[str], list[str]]:
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FROZEN)
    forward = [
        "CREATE FUNCTION kernel_refuse_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF OLD.pdf_sha256 = '' AND {same} THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {_DOCUMENT}_no_update BEFORE UPDATE ON {_DOCUMENT} "
        "FOR EACH ROW EXECUTE FUNCTION kernel_refuse_document()",
        f"CREATE TRIGGER {_DOCUMENT}_no_delete BEFORE DELETE ON {_DOCUMENT} "
        "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
        f"CREATE TRIGGER {_CHANGE}_no_change BEFORE UPDATE OR DELETE ON {_CHANGE} "
        "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
    ]
    forward += [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION kernel_refuse()"
        for table in (_DOCUMENT, _CHANGE)
    ]
    backward = [
        f"DROP TRIGGER {_DOCUMENT}_no_delete ON {_DOCUMENT}",
        f"DROP TRIGGER {_CHANGE}_no_change ON {_CHANGE}",
        *(f"DROP TRIGGER {table}_no_truncate ON {table}" for table in (_DOCUMENT, _CHANGE)),
        "DROP FUNCTION kernel_refuse_document() CASCADE",
    ]
    return forward, backward


def _statements(editor):
    return _postgresql() if editor.connection.vendor == "postgresql" else _sqlite()


def _forward(apps, editor):
    for statement in _statements(editor)[0]:
        editor.execute(statement, params=None)


def _backward(apps, editor):
    for statement in _statements(editor)[1]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="文书")),
                ("title", models.CharField(max_length=120, verbose_name="名称")),
                ("at", models.DateTimeField(verbose_name="开始")),
                ("issued_on", models.DateField(verbose_name="成文日期")),
                ("count", models.PositiveIntegerField(verbose_name="份数")),
                ("beat_at", models.DateTimeField(verbose_name="最近进展")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="完成")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.unit",
                        verbose_name="制发单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "批量制发",
                "verbose_name_plural": "批量制发",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="OfficialDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="文书")),
                ("series", models.CharField(max_length=60)),
                ("year", models.PositiveSmallIntegerField()),
                ("serial", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=80, unique=True, verbose_name="文号")),
                ("issued_on", models.DateField(verbose_name="成文日期")),
                ("content", models.JSONField(verbose_name="内容")),
                ("content_sm3", models.CharField(max_length=64, verbose_name="内容摘要（SM3）")),
                ("template_sm3", models.CharField(max_length=64)),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="验证码")),
                ("prev", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField(verbose_name="制发时间")),
                ("pdf_sha256", models.CharField(blank=True, db_index=True, default="", max_length=64)),
                ("pdf_sm3", models.CharField(blank=True, default="", max_length=64, verbose_name="PDF 摘要（SM3）")),
                ("pdf_size", models.PositiveIntegerField(blank=True, null=True)),
                ("pdf_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="kernel.batch",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
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
                        related_name="documents",
                        to="kernel.event",
                        verbose_name="办理记录",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="kernel.unit",
                        verbose_name="制发单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "文书",
                "verbose_name_plural": "文书",
                "ordering": ("-issued_on", "-id"),
            },
        ),
        migrations.CreateModel(
            name="DocumentChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "standing",
                    models.CharField(
                        choices=[("in_force", "有效"), ("superseded", "已被替代"), ("revoked", "已撤销")],
                        max_length=12,
                        verbose_name="效力",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("on", models.DateField(verbose_name="日期")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("prev", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="kernel.officialdocument",
                        verbose_name="文书",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.officialdocument",
                        verbose_name="替代文书",
                    ),
                ),
            ],
            options={
                "verbose_name": "文书效力变更",
                "verbose_name_plural": "文书效力变更",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="行")),
                ("data", models.JSONField()),
                ("fault", models.CharField(blank=True, default="", max_length=300, verbose_name="问题")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="kernel.batch"
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_row",
                        to="kernel.officialdocument",
                    ),
                ),
            ],
            options={
                "ordering": ("batch", "number"),
            },
        ),
        migrations.AddIndex(
            model_name="officialdocument",
            index=models.Index(fields=["kind", "-issued_on"], name="document_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="officialdocument",
            constraint=models.UniqueConstraint(fields=("series", "year", "serial"), name="document_serial_once"),
        ),
        migrations.AddConstraint(
            model_name="officialdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("batch", None), ("case__isnull", False), ("event__isnull", False)),
                    models.Q(("batch__isnull", False), ("case", None), ("event", None)),
                    _connector="OR",
                ),
                name="document_from_event_or_batch",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pdf_at", None), ("pdf_sha256", ""), ("pdf_size", None), ("pdf_sm3", "")),
                    models.Q(
                        models.Q(("pdf_sha256", ""), _negated=True),
                        models.Q(("pdf_sm3", ""), _negated=True),
                        ("pdf_at__isnull", False),
                        ("pdf_size__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="document_pdf_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentchange",
            constraint=models.UniqueConstraint(fields=("document", "prev"), name="document_change_once"),
        ),
        migrations.AddConstraint(
            model_name="documentchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("standing__in", ("superseded", "revoked")), models.Q(("reason", ""), _negated=True)
                ),
                name="document_change_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="batch_row_once"),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("document", None), ("fault", ""), _connector="OR"),
                name="batch_row_document_or_fault",
            ),
        ),
        migrations.RunPython(_forward, _backward),
    ]
