"""Schemes know how 供电公司 counts its versions; until now both counts were one."""

from django.db import migrations, models
from django.db.models import F


def _same(apps, editor):
    apps.get_model("power_access", "SupplyScheme").objects.update(company_version=F("version"))


class Migration(migrations.Migration):
    dependencies = [("power_access", "0002_personal")]
    operations = [
        migrations.AddField(
            model_name="supplyscheme",
            name="company_version",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="供电公司版本号"),
        ),
        migrations.RunPython(_same, migrations.RunPython.noop),
    ]
