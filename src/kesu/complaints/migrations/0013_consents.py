"""Separate consent for health data and for children; what is marked as health data. Nothing of before is marked, nothing was asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0012_privacy")]

    operations = [
        migrations.AddField("case", "consents", models.JSONField(default=dict)),
        migrations.AddField("attachment", "health", models.BooleanField(default=False)),
        migrations.AddField("evidence", "health", models.BooleanField(default=False)),
    ]
