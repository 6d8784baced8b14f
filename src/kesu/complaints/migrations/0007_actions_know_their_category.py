from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    """What similar cases got is read by company and category: earlier promises get theirs from their case."""
    case = apps.get_model("complaints", "Case").objects.filter(pk=OuterRef("case_id"))
    apps.get_model("complaints", "AgreedAction").objects.filter(company__isnull=True).update(
        company_id=Subquery(case.values("company_id")[:1]), category=Subquery(case.values("category")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("complaints", "0006_remedies_and_payments")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
