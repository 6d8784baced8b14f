"""When somebody left. Of those who had left before, it is not known: their time counts from this day."""

from django.db import migrations, models
from django.utils import timezone


def count_from_today(apps, schema_editor):
    at = timezone.now().replace(microsecond=0)  # noqa: TID251  # no act hands a moment down here
    apps.get_model("company", "Person").objects.filter(is_active=False).update(left_at=at)


class Migration(migrations.Migration):
    dependencies = [("company", "0003_drafts")]

    operations = [
        migrations.AddField("person", "left_at", models.DateTimeField(null=True)),
        migrations.AddField("person", "gone_at", models.DateTimeField(null=True)),
        migrations.RunPython(count_from_today, migrations.RunPython.noop),
    ]
