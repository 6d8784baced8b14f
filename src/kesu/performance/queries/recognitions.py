"""Recognitions: who may give one, whom, what a customer's praise proposes, and who sees them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints.models import Case, Complained, Part, Task
from kesu.complaints.queries.cases import scope, visible_to
from kesu.complaints.queries.veil import covered_for
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period
from kesu.performance.models import Recognition

SHOWN, PROPOSED = 50, 20
PROPOSED_FOR = timedelta(days=60)


def may_recognise(rights: Rights, case: Case | None = None) -> str | None:
    """The role by which the person may recognise somebody (for this case); None when they may not."""
    rules = rights.pack.performance
    for role in rules.recognises if rules else []:
        for grant in rights.grants:
            if grant.role == role and (case is None or grant.site_id in (None, case.site_id)):
                return role
    return None


def whom(case: Case, known: Standing) -> list[Person]:
    """Who of the company had a hand in the case, by name: signed or handled, did a task, received it, was named in it."""
    ids = {case.received_by_id}
    for row in Part.objects.filter(case=case).values_list("handler_id", "signed_by_id"):
        ids |= set(row)
    ids |= set(Task.objects.filter(case=case, done_at__isnull=False).values_list("done_by_id", flat=True))
    ids |= set(Complained.objects.filter(case=case, dropped_at__isnull=True).values_list("person_id", flat=True))
    return sorted((known.people[pk] for pk in ids if pk in known.people), key=lambda person: (person.name, person.pk))


def of_person(person: Person) -> list[Recognition]:
    """The person's own, the newest first."""
    return list(Recognition.objects.filter(person=person).select_related("case", "by")[:SHOWN])


def in_period(rights: Rights | None, cover: Coverage, period: Period) -> list[Recognition]:
    """Those given in the period for cases that the reader sees, the newest first. One query."""
    zone = ZoneInfo(cover.company.zone)
    begins = datetime.combine(period.first, time.min, zone)
    ends = datetime.combine(period.last + timedelta(days=1), time.min, zone)
    rows = Recognition.objects.filter(company=cover.company, at__gte=begins, at__lt=ends)
    rows = rows.filter(cover.places("case__site_id", "case__department_id"))
    if rights is not None:
        rows = rows.filter(case__in=Case.objects.filter(scope(rights)))
    return list(rows.select_related("case", "person", "by"))


def given_by(person: Person) -> list[Recognition]:
    """Those that the person gave, the newest first."""
    return list(Recognition.objects.filter(by=person).select_related("case", "person")[:SHOWN])


def proposed(person: Person, at: datetime) -> list[tuple[Case, Person]]:
    """Cases of praise in which a colleague is named who was not recognised for it yet, among what the person sees. Two queries."""
    rights = rights_of(person, at)
    rules = rights.pack.performance
    if rules is None or not rules.praise or may_recognise(rights) is None:
        return []
    given = Recognition.objects.filter(case=OuterRef("case"), person=OuterRef("person"))
    rows: QuerySet[Complained] = Complained.objects.filter(
        case__in=visible_to(person, at).filter(nature__in=rules.praise, judged=True, received_at__gte=at - PROPOSED_FOR),
        dropped_at__isnull=True, person__isnull=False,
    ).exclude(person=person).exclude(Exists(given))  # fmt: skip
    known = standing(person.company)
    found = [
        (row.case, known.people[row.person_id])
        for row in rows.select_related("case").order_by("-case__received_at", "pk")[:PROPOSED]
        if row.person_id in known.people and may_recognise(rights, row.case)
    ]
    covered_for([case for case, _ in found], person, at)
    return found
