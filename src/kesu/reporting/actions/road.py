"""The one road of every act on a report: lock, ask, do, then clock, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints import chain, journals
from kesu.complaints.models import Notice
from kesu.complaints.telling import notices_for, save_notices
from kesu.improvement.calls import Call, calls
from kesu.improvement.rules import after
from kesu.procedure.acts import STAFF, SYSTEM
from kesu.procedure.refused import Refused
from kesu.procedure.reporting import Report as Rule
from kesu.reporting.models import APPROVED, DRAFT, SUBMITTED, Report, ReportEntry
from kesu.reporting.queries.sight import approves, comments, rule_of, scope, wrote
from kesu.reporting.words import title_of


@dataclass(frozen=True)
class Owed:
    """What is owed on a report as a clock (improvement.calls)."""

    opens_at: datetime
    due_at: datetime


@dataclass
class ReportRoad:
    """One act on a report under way. The act changes `row` and says what it did; `finish` writes the rest."""

    row: Report
    act: str
    at: datetime
    person: Person | None = None
    role: str = ""
    entries: list[ReportEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def rule(self) -> Rule:
        """The row of the pack by which it goes."""
        return rule_of(self.row)

    @property
    def standing(self) -> Standing:
        """The company's standing data."""
        return standing(self.row.company)

    def journal(self, *, act: str | None = None, at: datetime | None = None, **data: Any) -> None:
        """Write an entry; without a person it is the clock's own doing."""
        by = self.person if act is None else None
        entry = ReportEntry(
            report=self.row, at=at or self.at, written_at=self.at, round=1, act=act or self.act, actor=STAFF if by else SYSTEM,
            person=by, name=by.name if by else "", role=self.role if by else "", data=data,
        )  # fmt: skip
        chain.link(self.row, entry)
        self.entries.append(entry)

    def tell(self, people: Iterable[Person], kind: str, **data: Any) -> list[str]:
        """Queue a notice (not for the one who did it); the names of those told."""
        told = list({person.pk: person for person in people}.values())
        but = self.person.pk if self.person else None
        for person in told:
            said = {"report": self.row.pk, "title": title_of(self.row, person.language)} | data
            key = f"r{self.row.pk}:{self.row.journal_n}:{kind}"
            self.notices += notices_for(
                [person], case=None, company_id=self.row.company_id, kind=kind, key=key, data=said, at=self.at, but=but
            )
        return [person.name for person in told]

    def holders(self, role: str) -> list[Person]:
        """Who holds the role for the report's site, or for the company."""
        return Holders(self.standing, self.row.site_id).of(role)

    def owing(self) -> list[Person]:
        """Who owes what is owed now; whom the ladder names where nobody holds the role, or everybody who does wrote in it."""
        found = self.holders(self.rule.commenter if self.row.state == DRAFT else self.rule.approver)
        if self.row.state == SUBMITTED:
            found = [person for person in found if not wrote(person, self.row)]
        return found or [person for rung in self.rule.ladder for role in rung.tell for person in self.holders(role)]

    def opens(self) -> datetime:
        """Since when what is owed now is owed."""
        return self.row.comment_from if self.row.state == DRAFT else (self.row.submitted_at or self.at)

    def owe(self) -> None:
        """Wind the clock of what is owed now: what lies in the past rings at the worker's next round, dated when it fell due."""
        row, zone = self.row, self.row.company.zone
        row.due_at = after(self.rule.comment, row.comment_from, zone) if row.state == DRAFT else row.approve_due
        row.rung = 0
        every = moments(self)
        row.next_ring_at = every[0].at if every else None

    def settle(self) -> None:
        """Nothing is owed any more."""
        self.row.due_at = self.row.next_ring_at = None

    def finish(self) -> None:
        """The report itself, journal, notices."""
        self.row.save()
        for entry in self.entries:
            entry.report = self.row
        journals.store("report", self.row, self.entries)
        save_notices(self.notices)


def moments(road: ReportRoad) -> list[Call]:
    """When somebody is reminded of what is owed now: a report has `warn` and `ladder` as [improvement] has."""
    assert road.row.due_at is not None
    owed = Owed(min(road.opens(), road.row.due_at), road.row.due_at)
    return calls(cast(Any, road.rule), cast(Any, owed), road.row.company.zone)


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


__all__ = ["ReportRoad", "approves", "begin", "comments", "moments"]
