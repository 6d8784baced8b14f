"""De-identification of a case takes what its warnings say of people: whom, which customer, which place. That there was one, and of how
many complaints, stays."""

from __future__ import annotations

from django.db.models import F, Value
from django.db.models.functions import Concat

from kesu.complaints.models import Case, Notice
from kesu.warnings.models import Warning, WarningAnswer

OF_PEOPLE = ("person", "customer", "place")


def let_go(case: Case) -> set[str]:
    """Once every case behind a warning is de-identified it names nobody, and what was told and written of it goes. It holds no files."""
    still = Case.objects.filter(erased_at__isnull=True).exclude(pk=case.pk)
    ids = list(Warning.objects.filter(cases__case=case).exclude(cases__case__in=still).values_list("pk", flat=True).distinct())
    if ids:
        Warning.objects.filter(pk__in=ids).update(also=[])
        WarningAnswer.objects.filter(warning__in=ids).update(words="")
        mine = Warning.objects.filter(pk__in=ids, of__in=OF_PEOPLE)
        mine.update(value="", subject=Concat(Value("erased:"), F("number")))
        Notice.objects.filter(case__isnull=True, data__warning__in=ids).delete()
    return set()
