"""What this wing lets go of: with a de-identified case the words that tell of it, with former staff whatever was written by and about them.
The chains hold sums of words, so they stay."""

from __future__ import annotations

from kesu.company.models import Person
from kesu.complaints.models import Case
from kesu.performance.models import Recognition, Review, ReviewWords


def let_go(case: Case) -> set[str]:
    """Words of recognition for the case; of self-reviews once every case in them is de-identified. It holds no files."""
    Recognition.objects.filter(case=case).update(words="")
    still = Case.objects.filter(erased_at__isnull=True).exclude(pk=case.pk)
    ids = list(Review.objects.filter(cases__case=case).exclude(cases__case__in=still).values_list("pk", flat=True).distinct())
    if ids:
        ReviewWords.objects.filter(review__in=ids).update(words={})
    return set()


def let_go_of_person(person: Person) -> None:
    """Somebody who left is let go of: their own self-reviews, what they wrote in others', what they were thanked for."""
    ReviewWords.objects.filter(review__person=person).update(words={})
    ReviewWords.objects.filter(by=person).update(words={})
    Recognition.objects.filter(person=person).update(words="")
