"""Money: balanced, append-only entries.

The lines of an entry are written before the entry itself, which seals them: the database takes it only where its lines
sum to nothing, and no line any more once it stands. Lines without an entry do not outlive their transaction, for they
point to nothing.
"""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("kernel_moneyaccount", "kernel_moneyentry", "kernel_moneyline")
SEALED = "the entry is sealed"
UNBALANCED = "the lines of the entry do not sum to nothing"
SUM = "SELECT COALESCE(SUM(CAST(ROUND(amount * 100) AS BIGINT)), 0) FROM kernel_moneyline WHERE entry_id = NEW.id"
COUNT = "SELECT COUNT(*) FROM kernel_moneyline WHERE entry_id = NEW.id"


def _sqlite() -> tuple[list[str], list[str]]:
    forward, backward = [], []
    for table in TABLES:
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            forward.append(
                f"CREATE TRIGGER {name} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            backward.append(f"DROP TRIGGER {name}")
    forward += [
        "CREATE TRIGGER kernel_moneyline_sealed BEFORE INSERT ON kernel_moneyline "  # noqa: S608 - fixed texts
        "WHEN EXISTS (SELECT 1 FROM kernel_moneyentry WHERE id = NEW.entry_id) "
        f"BEGIN SELECT RAISE(ABORT, '{SEALED}'); END",
        "CREATE TRIGGER kernel_moneyentry_balanced BEFORE INSERT ON kernel_moneyentry "
        f"WHEN ({COUNT}) < 2 OR ({SUM}) <> 0 BEGIN SELECT RAISE(ABORT, '{UNBALANCED}'); END",
    ]
    backward += ["DROP TRIGGER kernel_moneyline_sealed", "DROP TRIGGER kernel_moneyentry_balanced"]
    return forward, backward


def _postgresql() -> tuple[list[str], list[str]]:
    forward = [
        "CREATE FUNCTION kernel_money_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608 - fixed texts
        "IF EXISTS (SELECT 1 FROM kernel_moneyentry WHERE id = NEW.entry_id) THEN "
        f"RAISE EXCEPTION '{SEALED}'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER kernel_moneyline_sealed BEFORE INSERT ON kernel_moneyline "
        "FOR EACH ROW EXECUTE FUNCTION kernel_money_sealed()",
        "CREATE FUNCTION kernel_money_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF ({COUNT}) < 2 OR ({SUM}) <> 0 THEN RAISE EXCEPTION '{UNBALANCED}'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER kernel_moneyentry_balanced BEFORE INSERT ON kernel_moneyentry "
        "FOR EACH ROW EXECUTE FUNCTION kernel_money_balanced()",
        # Again at the commit: what another transaction put under the same entry meanwhile was not seen before.
        "CREATE FUNCTION kernel_money_still_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF ({SUM.replace('NEW.id', 'NEW.entry_id')}) <> 0 THEN RAISE EXCEPTION '{UNBALANCED}'; END IF; "
        "RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER kernel_moneyline_balanced AFTER INSERT ON kernel_moneyline "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kernel_money_still_balanced()",
    ]
    backward = [
        f"DROP TRIGGER {name} ON {table}"
        for name, table in (
            ("kernel_moneyline_sealed", "kernel_moneyline"), ("kernel_moneyentry_balanced", "kernel_moneyentry"),
            ("kernel_moneyline_balanced", "kernel_moneyline"),
        )
    ] + [f"DROP FUNCTION kernel_money_{name}()" for name in ("sealed", "balanced", "still_balanced")]  # fmt: skip
    for table in TABLES:
        forward += [
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kernel_refuse()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION kernel_refuse()",
        ]
        backward += [f"DROP TRIGGER {table}_no_change ON {table}", f"DROP TRIGGER {table}_no_truncate ON {table}"]
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
    dependencies = [("kernel", "0004_personal")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="postings",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="MoneyAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="科目代号")),
                ("title", models.CharField(max_length=160, verbose_name="科目")),
                ("service", models.CharField(max_length=40, verbose_name="服务")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("outside", "外部往来"),
                            ("authority", "授权额度"),
                            ("budget", "计划指标"),
                            ("used", "已用指标"),
                            ("fund", "专项资金"),
                            ("spent", "已付款项"),
                            ("returned", "退回结余"),
                            ("due", "应收款项"),
                            ("levied", "应收来源"),
                            ("received", "已收款项"),
                            ("deposit", "保证金"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("currency", models.CharField(default="CNY", max_length=3, verbose_name="币种")),
                ("opened_on", models.DateField(verbose_name="开立")),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_accounts",
                        to="kernel.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_accounts",
                        to="kernel.subject",
                        verbose_name="办事主体",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="money_accounts",
                        to="kernel.unit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "资金科目",
                "verbose_name_plural": "资金科目",
                "ordering": ("service", "name"),
            },
        ),
        migrations.CreateModel(
            name="MoneyEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("on", models.DateField(verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("budget", "下达指标"),
                            ("appropriation", "拨付"),
                            ("charge", "应收"),
                            ("payment", "支付"),
                            ("refund", "退还"),
                            ("deposit", "收保证金"),
                            ("release", "退保证金"),
                            ("transfer", "划转"),
                            ("carry", "结转"),
                            ("reversal", "冲销"),
                        ],
                        max_length=14,
                        verbose_name="类别",
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="摘要")),
                ("reference", models.CharField(blank=True, max_length=240, verbose_name="流水号")),
                ("edition", models.PositiveSmallIntegerField(default=1)),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="kernel.event",
                        verbose_name="办理记录",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="kernel.moneyentry",
                        verbose_name="冲销",
                    ),
                ),
            ],
            options={
                "verbose_name": "资金分录",
                "verbose_name_plural": "资金分录",
                "ordering": ("on", "id"),
            },
        ),
        migrations.CreateModel(
            name="MoneyLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=15, verbose_name="金额（元）")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="kernel.moneyaccount",
                        verbose_name="科目",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="kernel.moneyentry",
                        verbose_name="分录",
                    ),
                ),
            ],
            options={
                "verbose_name": "分录各行",
                "verbose_name_plural": "分录各行",
                "ordering": ("entry", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="moneyaccount",
            constraint=models.CheckConstraint(condition=models.Q(("currency", "CNY")), name="money_account_yuan"),
        ),
        migrations.AddConstraint(
            model_name="moneyaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case", None), ("subject", None)),
                    models.Q(("case", None), ("unit", None)),
                    models.Q(("subject", None), ("unit", None)),
                    _connector="OR",
                ),
                name="money_account_one_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="moneyentry",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True), fields=["reference"], name="money_by_reference"
            ),
        ),
        migrations.AddIndex(
            model_name="moneyentry",
            index=models.Index(fields=["on"], name="money_by_day"),
        ),
        migrations.AddConstraint(
            model_name="moneyentry",
            constraint=models.UniqueConstraint(fields=("event", "place"), name="money_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="moneyentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("kind", "reference", "edition"),
                name="money_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "reversal"), ("reverses", None), _connector="XOR"),
                name="money_reversal_reverses",
            ),
        ),
        migrations.AddConstraint(
            model_name="moneyline",
            constraint=models.UniqueConstraint(fields=("entry", "account"), name="money_line_once"),
        ),
        migrations.AddConstraint(
            model_name="moneyline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="money_line_something"
            ),
        ),
        migrations.RunPython(_forward, _backward),
    ]
