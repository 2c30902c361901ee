"""Files received, what was read in them, and what people decided."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kernel", "0010_instruments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveSmallIntegerField(verbose_name="第几份")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("found", models.JSONField()),
                ("clauses", models.JSONField()),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reading", to="kernel.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "读出的文件",
                "verbose_name_plural": "读出的文件",
                "ordering": ("file", "index"),
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("head", "文件要素"),
                            ("unit", "单位名称"),
                            ("task", "任务"),
                            ("finding", "疑点"),
                            ("sentence", "没有读懂的句子"),
                        ],
                        max_length=10,
                    ),
                ),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("found", models.JSONField()),
                ("confidence", models.DecimalField(decimal_places=1, max_digits=2)),
                ("doubt", models.CharField(blank=True, max_length=200)),
                (
                    "reading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="gazette.reading"
                    ),
                ),
            ],
            options={
                "ordering": ("reading", "order"),
            },
        ),
        migrations.CreateModel(
            name="SourceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("sm3", models.CharField(max_length=64, verbose_name="摘要（SM3）")),
                ("name", models.CharField(max_length=160, verbose_name="文件名")),
                ("media", models.CharField(max_length=8, verbose_name="格式")),
                ("size", models.PositiveBigIntegerField(verbose_name="字节")),
                ("content", models.BinaryField()),
                ("text", models.TextField()),
                ("pages", models.JSONField(default=list)),
                ("findings", models.JSONField(default=list)),
                ("received_at", models.DateTimeField(verbose_name="收到")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "原件",
                "verbose_name_plural": "原件",
                "ordering": ("-received_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="reading",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="gazette.sourcefile",
                verbose_name="原件",
            ),
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("role", models.CharField(choices=[("first", "校核"), ("second", "复核")], max_length=6)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("accept", "确认"), ("correct", "更正"), ("reject", "排除")], max_length=8
                    ),
                ),
                ("value", models.JSONField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="gazette.item"
                    ),
                ),
            ],
            options={
                "ordering": ("item", "round", "role"),
                "constraints": [
                    models.UniqueConstraint(fields=("item", "round", "role"), name="answer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", "accept"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="answer_that_changes_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("reading", "key"), name="item_once"),
        ),
    ]
