"""De-identification of a case takes what a warning says of its people: whom it names. That there was a warning, and of how many, stays."""

from __future__ import annotations

from kesu.complaints.models import Case
from kesu.warnings.models import Warning

OF_PEOPLE = ("person", "customer", "place")


def let_go(case: Case) -> set[str]:
    """Once every case behind a warning of a person, a customer or a place is de-identified, its value goes. Warnings hold no files."""
    mine = Warning.objects.filter(cases__case=case, of__in=OF_PEOPLE)
    mine.exclude(cases__case__in=Case.objects.filter(erased_at__isnull=True).exclude(pk=case.pk)).update(value="")
    return set()
