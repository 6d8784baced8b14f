"""Legal hold and de-identification; salted journal entries. Entries of before have no salt, and their hashes stay as they are."""

from django.db import migrations, models

import kesu.complaints.models.journal


class Migration(migrations.Migration):
    dependencies = [("complaints", "0011_letters"), ("company", "0003_drafts"), ("customers", "0001_initial")]

    operations = [
        migrations.AddField("case", "held_at", models.DateTimeField(null=True)),
        migrations.AddField("case", "erased_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["version", "closed_at"],
                name="case_to_erase",
                condition=models.Q(closed_at__isnull=False, erased_at__isnull=True),
            ),
        ),
        migrations.AddField("journalentry", "salt", models.CharField(max_length=32, default="", blank=True)),
        migrations.AlterField(
            "journalentry",
            "salt",
            models.CharField(max_length=32, default=kesu.complaints.models.journal.new_salt, blank=True),
        ),
        migrations.AddField("journalentry", "erased", models.BooleanField(default=False)),
        migrations.AddIndex(
            "journalentry",
            models.Index(fields=["-written_at"], name="entry_looked", condition=models.Q(act__in=["reveal", "package"])),
        ),
    ]
