"""Ringing of self-reviews that are owed. What somebody owed who has left is not owed any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.company.models import Company
from kesu.improvement import roads
from kesu.performance.actions.road import ReviewRoad
from kesu.performance.models import Review
from kesu.performance.models.reviews import OWED

BATCH = 50  # self-reviews in one transaction


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many self-reviews rang or lapsed."""
    lapsed = Review.objects.filter(state=OWED, next_ring_at__lte=at, person__is_active=False)
    n = sum(_lapse(pk, at) for pk in lapsed.values_list("pk", flat=True)[:BATCH])
    rows = Review.objects.exclude(state=OWED, person__is_active=False).select_related("person", "department", "site")
    return n + roads.ring_due(ReviewRoad, rows, at, most=BATCH)


def _lapse(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=Review.objects.values_list("company_id", flat=True).get(pk=pk))
        row = Review.objects.select_for_update(of=("self",)).select_related("person", "department", "site").get(pk=pk)
        row.company = company
        if row.state != OWED or row.next_ring_at is None:
            return False
        road = ReviewRoad(row, "lapsed", at)
        road.settle()
        road.journal()
        road.finish()
        return True
