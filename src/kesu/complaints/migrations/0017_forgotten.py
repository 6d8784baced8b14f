"""What was deleted in time, a line each time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0016_calls_and_news")]

    operations = [
        migrations.CreateModel(
            name="Forgotten",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("n", models.IntegerField()),
                ("before", models.DateTimeField()),
                ("at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="company.company"),
                ),
            ],
            options={"indexes": [models.Index(fields=["company", "-at"], name="forgotten_newest")], "abstract": False},
        ),
    ]
