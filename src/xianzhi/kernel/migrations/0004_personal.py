"""Personal data: encrypted, looked up blind, every look at it recorded."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import xianzhi.kernel.models.subjects
import xianzhi.kernel.personal.fields
from xianzhi.kernel.personal import blind, masks
from xianzhi.kernel.personal.keys import ring
from xianzhi.kernel.personal.tokens import is_token, seal, unseal

_SEALED = {"code": masks.IDENTITY, "phone": masks.PHONE, "address": masks.ADDRESS}
_LOOK = "kernel_look"


def _triggers(editor) -> tuple[list[str], list[str]]:
    """A look is written once."""
    if editor.connection.vendor == "postgresql":
        return [
            f"CREATE TRIGGER {_LOOK}_no_change BEFORE UPDATE OR DELETE ON {_LOOK} "
            "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
            f"CREATE TRIGGER {_LOOK}_no_truncate BEFORE TRUNCATE ON {_LOOK} EXECUTE FUNCTION kernel_refuse()",
        ], [f"DROP TRIGGER {_LOOK}_no_change ON {_LOOK}", f"DROP TRIGGER {_LOOK}_no_truncate ON {_LOOK}"]
    names = {action: f"{_LOOK}_no_{action.lower()}" for action in ("UPDATE", "DELETE")}
    return [
        f"CREATE TRIGGER {name} BEFORE {action} ON {_LOOK} BEGIN SELECT RAISE(ABORT, '{_LOOK} is append-only'); END"
        for action, name in names.items()
    ], [f"DROP TRIGGER {name}" for name in names.values()]


def _forward(apps, editor):
    for statement in _triggers(editor)[0]:
        editor.execute(statement, params=None)


def _backward(apps, editor):
    for statement in _triggers(editor)[1]:
        editor.execute(statement, params=None)


def _place(column, ref):
    return f"kernel.subject.{column}|{ref}"


def _rows(editor):
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, ref, code, phone, address FROM kernel_subject")
        return cursor.fetchall()


def _write(editor, pk, values):
    named = ", ".join(f"{name} = %s" for name in values)
    with editor.connection.cursor() as cursor:
        cursor.execute(f"UPDATE kernel_subject SET {named} WHERE id = %s", [*values.values(), pk])  # noqa: S608


def _seal(apps, editor):
    """What stood in clear is sealed, each row under a name of its own."""
    for pk, _, *plain in _rows(editor):
        ref = xianzhi.kernel.models.subjects.new_ref()
        values = {"ref": ref}
        for (column, kind), text in zip(_SEALED.items(), plain, strict=True):
            values[column] = seal(text, _place(column, ref), ring().seal) if text else ""
            if column != "address":
                values[f"{column}_index"] = blind.digest(f"kernel.subject.{column}", kind, text) or None
        _write(editor, pk, values)


def _unseal(apps, editor):
    for pk, ref, *tokens in _rows(editor):
        pairs = zip(_SEALED, tokens, strict=True)
        found = {name: unseal(one, _place(name, ref), ring().master) for name, one in pairs if is_token(one)}
        if found:
            _write(editor, pk, found)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_documents")]
    operations = [
        migrations.CreateModel(
            name="LookHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="CaseKey",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="key",
                        serialize=False, to="kernel.case",
                    ),
                ),
                ("sealed", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(verbose_name="时间")),
                ("destroyed_at", models.DateTimeField(blank=True, null=True, verbose_name="销毁时间")),
            ],
            options={
                "verbose_name": "办件密钥",
                "verbose_name_plural": "办件密钥",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destroyed_at__isnull", False), ("sealed", "")),
                            models.Q(models.Q(("sealed", ""), _negated=True), ("destroyed_at", None)),
                            _connector="OR",
                        ),
                        name="case_key_or_destroyed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField(unique=True, verbose_name="序号")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("look", "查看完整号码"), ("show", "打开含个人信息的页面"), ("export", "导出"),
                            ("correct", "更正"), ("erase", "删除"),
                        ],
                        max_length=8, verbose_name="类别",
                    ),
                ),
                ("post", models.CharField(blank=True, max_length=80, verbose_name="岗位")),
                ("what", models.CharField(max_length=200, verbose_name="内容")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="条数")),
                ("purpose", models.CharField(blank=True, max_length=20, verbose_name="用途")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("prev", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL, verbose_name="查看人",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="kernel.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="looks",
                        to="kernel.subject", verbose_name="办事主体",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="kernel.unit", verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "个人信息查看记录",
                "verbose_name_plural": "个人信息查看记录",
                "ordering": ("-seq",),
                "indexes": [models.Index(fields=["account", "at"], name="look_by_account")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="look_with_reason"
                    )
                ],
            },
        ),
        migrations.RunPython(_forward, _backward),
        migrations.AddField(
            "subject", "ref",
            models.CharField(default=xianzhi.kernel.models.subjects.new_ref, editable=False, max_length=32),
        ),
        migrations.AddField(
            "subject", "erased_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="删除时间"),
        ),
        migrations.AlterField(
            "subject", "code",
            xianzhi.kernel.personal.fields.SealedField(
                index="code_index", kind="identity", row="ref", verbose_name="证件号码或统一社会信用代码"
            ),
        ),
        migrations.AlterField(
            "subject", "phone",
            xianzhi.kernel.personal.fields.SealedField(
                blank=True, index="phone_index", kind="phone", row="ref", verbose_name="电话"
            ),
        ),
        migrations.AlterField(
            "subject", "address",
            xianzhi.kernel.personal.fields.SealedField(
                blank=True, index="", kind="address", row="ref", verbose_name="地址"
            ),
        ),
        migrations.AddField(
            "subject", "code_index",
            xianzhi.kernel.personal.fields.BlindField(editable=False, max_length=80, null=True, unique=True),
        ),
        migrations.AddField(
            "subject", "phone_index",
            xianzhi.kernel.personal.fields.BlindField(db_index=True, editable=False, max_length=80, null=True),
        ),
        migrations.RunPython(_seal, _unseal),
    ]  # fmt: skip
