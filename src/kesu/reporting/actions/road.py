"""The one road of every act on a report: lock, ask, do, then clock, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.improvement.roads import OwingRoad, Pair
from kesu.improvement.rules import after
from kesu.procedure.refused import Refused
from kesu.procedure.reporting import Report as Rule
from kesu.reporting.models import APPROVED, DRAFT, SUBMITTED, Report, ReportEntry
from kesu.reporting.queries.sight import approves, comments, rule_of, scope, wrote
from kesu.reporting.words import DUTIES, title_of


@dataclass
class ReportRoad(OwingRoad):
    """One act on a report under way."""

    row: Report
    entry = ReportEntry
    kind = "report"
    letter = "r"

    @property
    def rules(self) -> Rule:
        """The row of the pack by which it goes."""
        return rule_of(self.row)

    def title(self, language: str) -> str:
        """Its name, period and place."""
        return title_of(self.row, language)

    def owing(self) -> list[Person]:
        """Who owes what is owed now; whom the ladder names where nobody holds the role, or everybody who does wrote in it."""
        found = self.holders(self.rules.commenter if self.row.state == DRAFT else self.rules.approver)
        if self.row.state == SUBMITTED:
            found = [person for person in found if not wrote(person, self.row)]
        return found or [person for rung in self.rules.ladder for role in rung.tell for person in self.holders(role)]

    def duty(self) -> Pair:
        """What is owed now."""
        return DUTIES["comment" if self.row.state == DRAFT else "approve"]

    def opens(self) -> datetime:
        """Since when what is owed now is owed."""
        return self.row.comment_from if self.row.state == DRAFT else (self.row.submitted_at or self.at)

    def owe(self) -> None:
        """Wind the clock of what is owed now."""
        row = self.row
        self.wind(after(self.rules.comment, row.comment_from, row.company.zone) if row.state == DRAFT else row.approve_due)


@contextmanager
def begin(
    person: Person, report: int, act: str, at: datetime, states: tuple[str, ...], may: Callable[[Rights, Report], bool]
) -> Iterator[ReportRoad]:
    """Lock the report, check that this person may do it now; finish when the block ends well.

    Raises Report.DoesNotExist for one that the person may not see, Refused otherwise.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=person.company_id)
        row = Report.objects.select_for_update(of=("self",)).select_related("site").get(pk=report)
        row.company = company
        rights = rights_of(person, at, company)
        if person.pk not in standing(company).people or not Report.objects.filter(scope(rights), pk=row.pk).exists():
            raise Report.DoesNotExist
        if row.state == APPROVED:
            raise Refused("approved", "这份报表已经批准，不能再改", "this report is approved and cannot be changed")
        if row.state not in states:
            raise Refused("not_now", "现在不是这一步", "this is not the step it stands at")
        if not may(rights, row):
            raise _refused(person, row)
        rule = rule_of(row)
        role = rule.approver if may is approves else rule.commenter
        road = ReportRoad(row, act, at, person, role)
        yield road
        road.finish()


def _refused(person: Person, row: Report) -> Refused:
    if row.state == SUBMITTED and wrote(person, row):
        return Refused("own_words", "您在里面写了评语，要由另一个人批准", "you commented on it: another person has to approve")
    return Refused("not_allowed", "这份报表不由您办", "this report is not yours to work on")


__all__ = ["ReportRoad", "approves", "begin", "comments"]
