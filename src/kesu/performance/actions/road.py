"""The one road of every act on a self-review: lock, ask, do, then clock, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints import chain
from kesu.complaints.models import Notice
from kesu.complaints.telling import notices_for, save_notices
from kesu.improvement.calls import Call, calls
from kesu.improvement.rules import after
from kesu.performance.models import Review, ReviewEntry
from kesu.performance.models.reviews import OWED
from kesu.performance.queries.reviews import answerers, answers, is_own, readable, rule_of, scope, writers
from kesu.performance.words import title_of
from kesu.procedure.acts import STAFF, SYSTEM
from kesu.procedure.performing import SelfReview
from kesu.procedure.refused import Refused


@dataclass(frozen=True)
class Owed:
    """What is owed as a clock (improvement.calls)."""

    opens_at: datetime
    due_at: datetime


@dataclass
class ReviewRoad:
    """One act on a self-review under way. The act changes `row` and says what it did; `finish` writes the rest."""

    row: Review
    act: str
    at: datetime
    person: Person | None = None
    role: str = ""
    entries: list[ReviewEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def rule(self) -> SelfReview:
        """The row of the pack by which it goes."""
        return rule_of(self.row)

    @property
    def standing(self) -> Standing:
        """The company's standing data."""
        return standing(self.row.company)

    def journal(self, *, act: str | None = None, at: datetime | None = None, **data: Any) -> None:
        """Write an entry; without a person it is the clock's own doing. People stand in it by id alone: who left and is let go of has no
        name left anywhere, and the chain stays."""
        by = self.person if act is None or act == self.act else None
        entry = ReviewEntry(
            review=self.row, at=at or self.at, written_at=self.at, round=1, act=act or self.act, actor=STAFF if by else SYSTEM,
            person=by, name="", role=self.role if by else "", data=data,
        )  # fmt: skip
        chain.link(self.row, entry)
        self.entries.append(entry)

    def tell(self, people: Iterable[Person], kind: str, **data: Any) -> None:
        """Queue a notice (not for the one who did it). It says whose review and of which month, never a word of it."""
        but = self.person.pk if self.person else None
        for person in {person.pk: person for person in people}.values():
            said = {"selfreview": self.row.pk, "title": title_of(self.row, person.language)} | data
            key = f"p{self.row.pk}:{self.row.journal_n}:{kind}"
            company = self.row.company_id
            self.notices += notices_for([person], case=None, company_id=company, kind=kind, key=key, data=said, at=self.at, but=but)

    def holders(self, role: str) -> list[Person]:
        """Who holds the role for its department or site."""
        return Holders(self.standing, self.row.site_id).of(role, self.row.department_id)

    def owing(self) -> list[Person]:
        """Who owes what is owed now."""
        if self.row.state == OWED:
            return writers(self.standing, self.row, self.rule)
        return answerers(self.standing, self.row, self.rule)

    def owe(self, since: datetime) -> None:
        """Wind the clock of what is owed now: what lies in the past rings at the worker's next round, dated when it fell due."""
        limit = self.rule.write if self.row.state == OWED else self.rule.answer
        self.row.owed_from, self.row.due_at, self.row.rung = since, after(limit, since, self.row.company.zone), 0
        every = moments(self)
        self.row.next_ring_at = every[0].at if every else None

    def settle(self) -> None:
        """Nothing is owed any more."""
        self.row.due_at = self.row.next_ring_at = None

    def finish(self) -> None:
        """The review itself, journal, notices."""
        self.row.save()
        for entry in self.entries:
            entry.review = self.row
        ReviewEntry.objects.bulk_create(self.entries)
        save_notices(self.notices)


def moments(road: ReviewRoad) -> list[Call]:
    """When somebody is reminded of what is owed now: a row of reviews has `warn` and `ladder` as [improvement] has."""
    assert road.row.due_at is not None
    return calls(cast(Any, road.rule), cast(Any, Owed(road.row.owed_from, road.row.due_at)), road.row.company.zone)


@contextmanager
def begin(person: Person, review: int, act: str, at: datetime) -> Iterator[ReviewRoad]:
    """Lock the review, check that this person is one of its two; finish when the block ends well.

    Raises Review.DoesNotExist for anybody else, Refused by the act.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=person.company_id)
        row = Review.objects.select_for_update(of=("self",)).select_related("person", "department", "site").get(pk=review)
        row.company = company
        rights = rights_of(person, at, company)
        mine = Review.objects.filter(scope(rights), pk=row.pk).exists() and readable(person, row, rights)
        if person.pk not in standing(company).people or not mine:
            raise Review.DoesNotExist
        road = ReviewRoad(row, act, at, person, rule_of(row).role if is_own(person, row, rights) else rule_of(row).superior)
        yield road
        road.finish()


def must(road: ReviewRoad, own: bool) -> None:
    """Refused unless the person is the one who writes (own), or the one who answers."""
    person = road.person
    assert person is not None  # begin
    rights: Rights = rights_of(person, road.at, road.row.company)
    if own and not is_own(person, road.row, rights):
        raise Refused("not_allowed", "自查由本人写", "a self-review is written by whom it is about")
    if not own and not answers(person, road.row, rights):
        raise Refused("not_allowed", "自查由上级答复", "a self-review is answered by the superior")
