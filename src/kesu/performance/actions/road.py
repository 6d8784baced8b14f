"""The one road of every act on a self-review: lock, ask, do, then clock, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.improvement.roads import OwingRoad, Pair
from kesu.improvement.rules import after
from kesu.performance.models import Review, ReviewEntry
from kesu.performance.models.reviews import OWED
from kesu.performance.queries.reviews import answerers, answers, is_own, readable, rule_of, scope, writers
from kesu.performance.words import DUTIES, title_of
from kesu.procedure.performing import SelfReview
from kesu.procedure.refused import Refused


@dataclass
class ReviewRoad(OwingRoad):
    """One act on a self-review under way."""

    row: Review
    entry = ReviewEntry
    kind = "review"
    letter = "p"
    names_stay = False
    told_outside = False  # it is between two people

    @property
    def rules(self) -> SelfReview:
        """The row of the pack by which it goes."""
        return rule_of(self.row)

    def title(self, language: str) -> str:
        """Of which month and whose; never a word of it."""
        return title_of(self.row, language)

    def owing(self) -> list[Person]:
        """Whoever writes it, then whoever answers it."""
        return (writers if self.row.state == OWED else answerers)(self.standing, self.row, self.rules)

    def duty(self) -> Pair:
        """What is owed."""
        return DUTIES["write" if self.row.state == OWED else "answer"]

    def opens(self) -> datetime:
        """Since when it is owed."""
        return self.row.owed_from

    def holders(self, role: str) -> list[Person]:
        """Who holds the role for its department or site."""
        return Holders(self.standing, self.row.site_id).of(role, self.row.department_id)

    def owe(self, since: datetime) -> None:
        """What is owed now is owed since then."""
        limit = self.rules.write if self.row.state == OWED else self.rules.answer
        self.row.owed_from = since
        self.wind(after(limit, since, self.row.company.zone))


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
