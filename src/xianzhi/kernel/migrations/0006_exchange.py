"""Exchange with others: inbox and outbox."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_money")]
    operations = []
