"""Sign-in, tokens and webhooks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_tables")]
    operations = []
