"""Records let go of their words. Entries of before have no salt, and their hashes stay as they are."""

from django.db import migrations, models

import kesu.complaints.models.journal


class Migration(migrations.Migration):
    dependencies = [("improvement", "0002_measures_know_who_had_them")]

    operations = [
        migrations.AddField("capa", "erased_at", models.DateTimeField(null=True)),
        migrations.AddField("capaentry", "salt", models.CharField(max_length=32, default="", blank=True)),
        migrations.AlterField(
            "capaentry",
            "salt",
            models.CharField(max_length=32, default=kesu.complaints.models.journal.new_salt, blank=True),
        ),
        migrations.AddField("capaentry", "erased", models.BooleanField(default=False)),
    ]
