from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("improvement", "0001_corrective_action")]
    operations = [migrations.AddField("measure", "had", models.JSONField(default=list))]
