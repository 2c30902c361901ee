"""Published documents: their editions and clauses, append-only, and what becomes of their force."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import xianzhi.law.force

_TABLES = ("kernel_edition", "kernel_clause")


def _sqlite():
    refuse = "BEGIN SELECT RAISE(ABORT, '{} is append-only'); END"
    made = {f"{table}_no_{act.lower()}": f"BEFORE {act} ON {table} {refuse.format(table)}"
            for table in _TABLES for act in ("UPDATE", "DELETE")}  # fmt: skip
    return [f"CREATE TRIGGER {name} {body}" for name, body in made.items()], [f"DROP TRIGGER {name}" for name in made]


def _postgresql():
    each = "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()"
    forward, backward = [], []
    for table in _TABLES:
        forward.append(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} {each}")
        forward.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION kernel_refuse()"
        )
        backward += [f"DROP TRIGGER {table}_no_change ON {table}", f"DROP TRIGGER {table}_no_truncate ON {table}"]
    return forward, backward


def _run(editor, which):
    statements = _postgresql() if editor.connection.vendor == "postgresql" else _sqlite()
    for statement in statements[which]:
        editor.execute(statement, params=None)


def _forward(apps, editor):
    _run(editor, 0)


def _backward(apps, editor):
    _run(editor, 1)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0009_api"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("eid", models.CharField(max_length=120, verbose_name="位置编号")),
                ("above", models.CharField(blank=True, max_length=120)),
                ("role", models.CharField(max_length=12)),
                ("level", models.PositiveSmallIntegerField(default=0)),
                ("marker", models.CharField(blank=True, max_length=20)),
                ("heading", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                ("runs", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "条文",
                "verbose_name_plural": "条文",
                "ordering": ("edition", "order"),
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("on", models.DateField(verbose_name="日期")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要（SM3）")),
                ("source_sha256", models.CharField(max_length=64)),
                ("source_name", models.CharField(max_length=160, verbose_name="原件")),
                ("references", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "版本",
                "verbose_name_plural": "版本",
                "ordering": ("instrument", "number"),
            },
        ),
        migrations.CreateModel(
            name="InstrumentChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (xianzhi.law.force.Change["AMEND"], "修改"),
                            (xianzhi.law.force.Change["EXTEND"], "延长有效期"),
                            (xianzhi.law.force.Change["SUSPEND"], "暂停执行"),
                            (xianzhi.law.force.Change["REPEAL"], "废止"),
                            (xianzhi.law.force.Change["SUPERSEDE"], "替代"),
                        ],
                        max_length=10,
                        verbose_name="变动",
                    ),
                ),
                ("on", models.DateField(verbose_name="自")),
                ("until", models.DateField(blank=True, null=True, verbose_name="至")),
                ("basis", models.CharField(max_length=200, verbose_name="依据")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("undone", models.BooleanField(default=False, verbose_name="已更正")),
            ],
            options={
                "verbose_name": "效力变动",
                "verbose_name_plural": "效力变动",
                "ordering": ("instrument", "on", "id"),
            },
        ),
        migrations.CreateModel(
            name="PublishedInstrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True, verbose_name="编号")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("title", models.CharField(max_length=300, verbose_name="标题")),
                ("short", models.CharField(max_length=120, verbose_name="简称")),
                ("issuers", models.JSONField(default=list, verbose_name="发文机关")),
                ("kind", models.CharField(max_length=20, verbose_name="种类")),
                ("form", models.CharField(blank=True, max_length=20, verbose_name="文种")),
                ("addressees", models.TextField(blank=True, verbose_name="主送")),
                ("publicity", models.CharField(blank=True, max_length=60, verbose_name="公开方式")),
                ("annexes", models.JSONField(default=list, verbose_name="附件")),
                ("dated_on", models.DateField(null=True, verbose_name="成文日期")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="发布日期")),
                (
                    "effect",
                    models.CharField(
                        choices=[
                            (xianzhi.law.force.Effect["PUBLISHED"], xianzhi.law.force.Effect["PUBLISHED"]),
                            (xianzhi.law.force.Effect["DATED"], xianzhi.law.force.Effect["DATED"]),
                            (xianzhi.law.force.Effect["DAY"], xianzhi.law.force.Effect["DAY"]),
                            (xianzhi.law.force.Effect["SILENT"], xianzhi.law.force.Effect["SILENT"]),
                        ],
                        default=xianzhi.law.force.Effect["SILENT"],
                        max_length=10,
                    ),
                ),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="施行日期")),
                ("until", models.DateField(blank=True, null=True, verbose_name="有效期至")),
                ("years", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="有效年数")),
                ("trial", models.BooleanField(default=False, verbose_name="试行")),
                ("tasks_until", models.DateField(blank=True, null=True, verbose_name="任务期至")),
            ],
            options={
                "verbose_name": "文件",
                "verbose_name_plural": "文件",
                "ordering": ("dated_on", "id"),
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provision", models.CharField(db_index=True, max_length=60, verbose_name="条款")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "对应原文",
                "verbose_name_plural": "对应原文",
                "ordering": ("clause", "start"),
            },
        ),
        migrations.AddField(
            model_name="obligation",
            name="due_text",
            field=models.CharField(blank=True, max_length=80, verbose_name="期限原文"),
        ),
        migrations.AddField(
            model_name="obligation",
            name="ended_on",
            field=models.DateField(blank=True, null=True, verbose_name="不再要求"),
        ),
        migrations.AddField(
            model_name="obligation",
            name="proposed",
            field=models.BooleanField(default=False, verbose_name="拟"),
        ),
        migrations.AlterField(
            model_name="obligation",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="obligations",
                to="kernel.unit",
                verbose_name="责任单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unit", None)), fields=("provision", "what"), name="obligation_without_unit_once"
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签发人",
            ),
        ),
        migrations.AddField(
            model_name="clause",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="clauses", to="kernel.edition"
            ),
        ),
        migrations.AddField(
            model_name="instrumentchange",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="change",
                to="kernel.case",
                verbose_name="办件",
            ),
        ),
        migrations.AddField(
            model_name="publishedinstrument",
            name="case",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instrument",
                to="kernel.case",
                verbose_name="办件",
            ),
        ),
        migrations.AddField(
            model_name="instrumentchange",
            name="instrument",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="kernel.publishedinstrument"
            ),
        ),
        migrations.AddField(
            model_name="edition",
            name="instrument",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="kernel.publishedinstrument"
            ),
        ),
        migrations.AddField(
            model_name="wording",
            name="clause",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="wordings", to="kernel.clause"
            ),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.UniqueConstraint(fields=("edition", "eid"), name="clause_once"),
        ),
        migrations.AddConstraint(
            model_name="publishedinstrument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True), fields=("number",), name="instrument_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="instrumentchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("until", None), ("until__gte", models.F("on")), _connector="OR"),
                name="change_until_after_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(fields=("instrument", "number"), name="edition_once"),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(fields=("clause", "provision"), name="wording_once"),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(("start__lt", models.F("end"))), name="wording_is_not_empty"
            ),
        ),
        migrations.AddField(
            model_name="obligation",
            name="instrument",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="obligations",
                to="kernel.publishedinstrument",
                verbose_name="文件",
            ),
        ),
        migrations.RunPython(_forward, _backward),
    ]
