"""Lists in and out as Excel and CSV."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0006_exchange")]
    operations = []
