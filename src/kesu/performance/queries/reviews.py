"""Who sees a self-review, who writes it, who answers it. Its words are between these two: nobody else reads them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.holders import Holders
from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.performance.models import Review
from kesu.performance.models.reviews import OWED, WRITTEN
from kesu.procedure.lintperforming import row_of
from kesu.procedure.performing import SelfReview

KEPT_SHOWN = 24


def rule_of(row: Review) -> SelfReview:
    """The row of the pack by which it goes; there is one in the version of that day."""
    found = row_of(pack_of(row.version_id), row.kind)
    assert found is not None  # a review goes by the version that asked for it
    return found


def is_own(person: Person, row: Review, rights: Rights) -> bool:
    """Whether the person owes or wrote it: is the one it is about, or heads the department."""
    if row.person_id:
        return row.person_id == person.pk
    return row.written_by_id == person.pk or rights.holds(rule_of(row).role, site_id=row.site_id, departments=_inside(row))


def answers(person: Person, row: Review, rights: Rights) -> bool:
    """Whether the person is the superior who answers it: holds the role there, and does not write it."""
    if is_own(person, row, rights):
        return False
    return row.answered_by_id == person.pk or person.pk in {one.pk for one in answerers(standing(rights.company), row, rule_of(row))}


def _inside(row: Review) -> list[int]:
    return [row.department_id] if row.department_id else []


def writers(known: Standing, row: Review, rule: SelfReview) -> list[Person]:
    """Who writes it: the person, or whoever heads the department. Nobody when they have left."""
    if row.person_id:
        return [known.people[row.person_id]] if row.person_id in known.people else []
    return Holders(known, row.site_id).of(rule.role, row.department_id)


def answerers(known: Standing, row: Review, rule: SelfReview) -> list[Person]:
    """Who answers it: the superiors there, but for whoever writes it; else the first role of the ladder that somebody else holds."""
    wrote = {row.person_id or row.written_by_id} - {None} or {one.pk for one in writers(known, row, rule)}
    holders = Holders(known, row.site_id)
    for role in [rule.superior, *(role for rung in rule.ladder for role in rung.tell)]:
        if people := [person for person in holders.of(role, row.department_id) if person.pk not in wrote]:
            return people
    return []


def scope(rights: Rights) -> Q:
    """The self-reviews that the person may open: their own, and those of places where a role of theirs answers."""
    person, rules = rights.person, rights.pack.performance
    mine = Q(person=person) | Q(written_by=person) | Q(answered_by=person)
    for rule in rules.reviews if rules else []:
        roles = {rule.superior, rule.role, *(role for rung in rule.ladder for role in rung.tell)}
        for grant in rights.grants:
            if grant.role in roles:
                here = Q() if grant.site_id is None else Q(site_id=grant.site_id)
                here &= Q() if grant.department_id is None else Q(department_id=grant.department_id)
                mine |= Q(kind=rule.id) & here
    return Q(company_id=person.company_id) & mine


def readable(person: Person, row: Review, rights: Rights) -> bool:
    """Whether the person reads its words."""
    return is_own(person, row, rights) or answers(person, row, rights)


def found(person: Person, pk: int, at: datetime) -> Review | None:
    """The self-review, where the person is one of its two."""
    rights = rights_of(person, at)
    row = Review.objects.filter(scope(rights), pk=pk).select_related("company", "person", "department", "site").first()
    return row if row is not None and readable(person, row, rights) else None


def visible_to(person: Person, at: datetime) -> QuerySet[Review]:
    """What the person may read."""
    rights = rights_of(person, at)
    rows = _rows(rights)
    return rows.filter(pk__in=[row.pk for row in rows.defer("figures") if readable(person, row, rights)])


def listed(person: Person, at: datetime) -> list[Review]:
    """What the person may read, the newest first."""
    rights = rights_of(person, at)
    return [row for row in _rows(rights).order_by("-first", "pk")[: 10 * KEPT_SHOWN] if readable(person, row, rights)][: 4 * KEPT_SHOWN]


def _rows(rights: Rights) -> QuerySet[Review]:
    return Review.objects.filter(scope(rights)).select_related("company", "person", "department", "site")


def owes(person: Person, row: Review, rights: Rights) -> str:
    """What the person owes on it now: write, answer, or "" for nothing."""
    if row.state == OWED:
        return "write" if is_own(person, row, rights) else ""
    return "answer" if row.state == WRITTEN and answers(person, row, rights) else ""


def owed(person: Person, at: datetime) -> list[Review]:
    """The self-reviews on which the person owes something, what falls due first first. One query."""
    rights = rights_of(person, at)
    if rights.pack.performance is None or not rights.pack.performance.reviews:
        return []
    rows: list[Review] = ask(_owed, rights, key=key_of(rights))
    return [row for row in rows if owes(person, row, rights)]


def _owed(rights: Rights) -> QuerySet[Review]:
    return _rows(rights).filter(state__in=(OWED, WRITTEN)).defer("figures").order_by("due_at", "pk")


def sign(rows: list[Review]) -> str:
    """Changes when what is owed on self-reviews does."""
    return ".".join(f"{row.pk}:{row.journal_n}" for row in rows)
