"""Sign-in, tokens and webhooks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HALF_A_YEAR = 183
"""Days for which the law has a record of sign-ins kept (Cybersecurity Law, article 21): nobody deletes a younger one."""
_DUTY = "a duty holds no post"
_ONE = "a duty is never changed into another"

# A later migration that makes kernel_account or kernel_post anew on SQLite drops the four triggers on posts and duties
# first and makes them again afterwards.
# ruff: noqa: S608 - nothing but the constants above goes into the statements
_SQLITE = {
    "kernel_accessrecord_no_update": "BEFORE UPDATE ON kernel_accessrecord "
    "BEGIN SELECT RAISE(ABORT, 'kernel_accessrecord is append-only'); END",
    "kernel_accessrecord_no_delete": "BEFORE DELETE ON kernel_accessrecord "
    f"WHEN OLD.at > datetime('now', '-{HALF_A_YEAR} days') "
    "BEGIN SELECT RAISE(ABORT, 'kernel_accessrecord is append-only'); END",
    "kernel_post_no_duty": "BEFORE INSERT ON kernel_post "
    "WHEN (SELECT duty FROM kernel_account WHERE id = NEW.account_id) <> '' "
    f"BEGIN SELECT RAISE(ABORT, '{_DUTY}'); END",
    "kernel_post_moves_to_no_duty": "BEFORE UPDATE OF account_id ON kernel_post "
    "WHEN (SELECT duty FROM kernel_account WHERE id = NEW.account_id) <> '' "
    f"BEGIN SELECT RAISE(ABORT, '{_DUTY}'); END",
    "kernel_account_no_post": "BEFORE UPDATE OF duty ON kernel_account "
    "WHEN NEW.duty <> '' AND EXISTS (SELECT 1 FROM kernel_post WHERE account_id = NEW.id) "
    f"BEGIN SELECT RAISE(ABORT, '{_DUTY}'); END",
    "kernel_account_one_duty": "BEFORE UPDATE OF duty ON kernel_account "
    "WHEN OLD.duty <> '' AND NEW.duty <> OLD.duty "
    f"BEGIN SELECT RAISE(ABORT, '{_ONE}'); END",
}
_FUNCTIONS = {
    "kernel_accessrecord_keep": f"IF OLD.at > now() - interval '{HALF_A_YEAR} days' THEN "
    "RAISE EXCEPTION 'kernel_accessrecord is append-only'; END IF; RETURN OLD;",
    "kernel_post_no_duty": "IF (SELECT duty FROM kernel_account WHERE id = NEW.account_id) <> '' THEN "
    f"RAISE EXCEPTION '{_DUTY}'; END IF; RETURN NEW;",
    "kernel_account_duty": "IF NEW.duty <> '' AND EXISTS (SELECT 1 FROM kernel_post WHERE account_id = NEW.id) THEN "
    f"RAISE EXCEPTION '{_DUTY}'; END IF; IF OLD.duty <> '' AND NEW.duty <> OLD.duty THEN "
    f"RAISE EXCEPTION '{_ONE}'; END IF; RETURN NEW;",
}
_POSTGRESQL = {
    (
        "kernel_accessrecord",
        "no_update",
    ): "BEFORE UPDATE ON kernel_accessrecord FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
    ("kernel_accessrecord", "no_truncate"): "BEFORE TRUNCATE ON kernel_accessrecord EXECUTE FUNCTION kernel_refuse()",
    ("kernel_accessrecord", "no_delete"): "BEFORE DELETE ON kernel_accessrecord FOR EACH ROW "
    "EXECUTE FUNCTION kernel_accessrecord_keep()",
    ("kernel_post", "no_duty"): "BEFORE INSERT OR UPDATE OF account_id ON kernel_post FOR EACH ROW "
    "EXECUTE FUNCTION kernel_post_no_duty()",
    (
        "kernel_account",
        "duty",
    ): "BEFORE UPDATE OF duty ON kernel_account FOR EACH ROW EXECUTE FUNCTION kernel_account_duty()",
}


def _forward(apps, editor):
    if editor.connection.vendor == "postgresql":
        for name, body in _FUNCTIONS.items():
            made = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
            editor.execute(made, params=None)
        for (table, name), rest in _POSTGRESQL.items():
            editor.execute(f"CREATE TRIGGER {table}_{name} {rest}", params=None)
    else:
        for name, rest in _SQLITE.items():
            editor.execute(f"CREATE TRIGGER {name} {rest}", params=None)


def _backward(apps, editor):
    if editor.connection.vendor == "postgresql":
        for table, name in _POSTGRESQL:
            editor.execute(f"DROP TRIGGER {table}_{name} ON {table}", params=None)
        for name in _FUNCTIONS:
            editor.execute(f"DROP FUNCTION {name}()", params=None)
    else:
        for name in _SQLITE:
            editor.execute(f"DROP TRIGGER {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_tables")]
    operations = [
        migrations.AddField(
            "account",
            "language",
            models.CharField("语言", max_length=7, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="second_factor",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("sealed", models.TextField()),
                ("counter", models.BigIntegerField(default=0)),
                ("since", models.DateTimeField(verbose_name="启用时间")),
            ],
        ),
        migrations.AddField(
            model_name="account", name="must_change", field=models.BooleanField(default=False, verbose_name="须改密码")
        ),
        migrations.AddField(
            model_name="account",
            name="password_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="密码设于"),
        ),
        migrations.CreateModel(
            name="DutyProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username", models.CharField(max_length=150, verbose_name="登录名")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                (
                    "duty",
                    models.CharField(
                        choices=[("", "无"), ("system", "系统管理员"), ("security", "安全管理员"), ("audit", "审计员")],
                        max_length=10,
                        verbose_name="管理职责",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="事由")),
                ("at", models.DateTimeField(verbose_name="提请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                (
                    "account",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提请人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="确认人",
                    ),
                ),
            ],
            options={
                "verbose_name": "提请设立的管理员",
                "verbose_name_plural": "提请设立的管理员",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="Guesses",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("address", models.GenericIPAddressField(null=True, verbose_name="地址")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="次数")),
                ("most", models.PositiveIntegerField(verbose_name="最多")),
                ("last", models.DateTimeField(verbose_name="最近一次")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guesses",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField(verbose_name="发码时间")),
                ("until", models.DateTimeField(verbose_name="有效至")),
                (
                    "account",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发码人",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="kernel.subject",
                        verbose_name="办事主体",
                    ),
                ),
            ],
            options={"verbose_name": "邀请码", "verbose_name_plural": "邀请码"},
        ),
        migrations.CreateModel(
            name="PastPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_passwords",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("began", models.DateTimeField(null=True, verbose_name="登录时间")),
                ("seen", models.DateTimeField(null=True, verbose_name="最近操作")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="地址")),
                ("agent", models.CharField(blank=True, max_length=120, verbose_name="浏览器")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={"verbose_name": "会话", "verbose_name_plural": "会话", "abstract": False},
        ),
        migrations.CreateModel(
            name="AccessRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("signed_in", "登录"),
                            ("failed", "登录失败"),
                            ("locked", "锁定"),
                            ("unlocked", "解锁"),
                            ("signed_out", "退出"),
                            ("timed_out", "超时退出"),
                            ("ended", "登录被终止"),
                            ("refused", "会话被拒"),
                            ("second_set", "启用动态码"),
                            ("second_removed", "停用动态码"),
                            ("recovery_used", "使用恢复码"),
                            ("password_changed", "修改密码"),
                            ("password_reset", "重设密码"),
                            ("created", "新设账号"),
                            ("disabled", "停用账号"),
                            ("enabled", "启用账号"),
                            ("invited", "发邀请码"),
                            ("proposed", "提请设立"),
                            ("declined", "不同意设立"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                ("address", models.GenericIPAddressField(null=True, verbose_name="地址")),
                ("agent", models.CharField(blank=True, max_length=120, verbose_name="浏览器")),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
            ],
            options={
                "verbose_name": "登录记录",
                "verbose_name_plural": "登录记录",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["at"], name="access_by_time"),
                    models.Index(fields=["account", "-id"], name="access_by_account"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="dutyproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None), models.Q(("decided_by", models.F("by")), _negated=True), _connector="OR"
                ),
                name="duty_takes_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutyproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account", None), ("decided_at", None), ("decided_by", None)),
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="duty_decision_whole",
            ),
        ),
        migrations.RunPython(_forward, _backward),
    ]
