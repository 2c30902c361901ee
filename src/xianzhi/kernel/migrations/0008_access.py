"""Sign-in, tokens and webhooks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_tables")]
    operations = [
        migrations.AddField(
            "account",
            "language",
            models.CharField(
                "语言", max_length=7, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]
            ),
        ),
    ]
