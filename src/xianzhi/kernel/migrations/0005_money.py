"""Money: balanced, append-only entries."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_personal")]
    operations = []
