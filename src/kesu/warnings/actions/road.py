"""The one road of every act on a warning: lock, ask, do, then clock, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import transaction

from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints import chain, journals
from kesu.complaints.models import Notice
from kesu.complaints.telling import notices_for, save_notices
from kesu.improvement.calls import Call, calls
from kesu.improvement.rules import after
from kesu.procedure.acts import STAFF, SYSTEM
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused
from kesu.procedure.watching import Watch
from kesu.warnings.models import Warning, WarningEntry
from kesu.warnings.models.warnings import CLOSED
from kesu.warnings.queries.sight import answers_for, scope
from kesu.warnings.telling import title_of


@dataclass(frozen=True)
class Owed:
    """The answer as a clock: the same moments as those of a record of corrective action (improvement.calls)."""

    opens_at: datetime
    due_at: datetime


@dataclass
class WarningRoad:
    """One act on a warning under way. The act changes `row` and says what it did; `finish` writes the rest."""

    row: Warning
    act: str
    at: datetime
    person: Person | None = None
    role: str = ""
    entries: list[WarningEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    @property
    def pack(self) -> Pack:
        """The procedure whose rules the warning goes by."""
        return pack_of(self.row.version_id)

    @property
    def rules(self) -> Watch:
        """Its [warning]."""
        assert self.pack.warning is not None  # no warning is raised without
        return self.pack.warning

    @property
    def standing(self) -> Standing:
        """The company's standing data."""
        return standing(self.row.company)

    def journal(self, *, act: str | None = None, at: datetime | None = None, **data: Any) -> None:
        """Write an entry; without a person it is the scan's or the clock's own doing. People stand in it by id alone: who left and is let
        go of has no name left anywhere, and the chain stays."""
        by = self.person if act is None or act == self.act else None
        entry = WarningEntry(
            warning=self.row,
            at=at or self.at,
            written_at=self.at,
            round=1,
            act=act or self.act,
            actor=STAFF if by else SYSTEM,
            person=by,
            name="",
            role=self.role if by else "",
            data=data,
        )
        chain.link(self.row, entry)
        self.entries.append(entry)

    def tell(self, people: Iterable[Person], kind: str, **data: Any) -> None:
        """Queue a notice, its title in each reader's language (not for the one who did it)."""
        but = self.person.pk if self.person else None
        for person in {person.pk: person for person in people}.values():
            said = {"warning": self.row.pk, "title": title_of(self.row, self.standing, person.language)} | data
            key = f"w{self.row.pk}:{self.row.journal_n}:{kind}"
            company = self.row.company_id
            self.notices += notices_for([person], case=None, company_id=company, kind=kind, key=key, data=said, at=self.at, but=but)

    def holders(self, role: str) -> list[Person]:
        """Who holds the role for the warning's site."""
        return Holders(self.standing, self.row.site_id).of(role)

    def owing(self) -> list[Person]:
        """Whoever took it, else the role; never nobody where anybody of the ladder is there."""
        if self.row.person_id in self.standing.people:
            return [self.standing.people[self.row.person_id]]
        return self.holders(self.row.role) or owners(self.standing, self.row.site_id, self.rules)[1]

    def owe(self) -> None:
        """An answer is owed from now on."""
        zone = self.row.company.zone
        self.row.owed_from = self.at
        self.row.due_at = after(self.rules.answer, self.at, zone)
        self.row.rung = 0
        every = moments(self.rules, Owed(self.at, self.row.due_at), zone)
        self.row.next_ring_at = every[0].at if every else None

    def settle(self) -> None:
        """Nothing is owed any more."""
        self.row.next_ring_at = None

    def finish(self) -> None:
        """The warning itself, journal, notices."""
        self.row.save()
        for entry in self.entries:
            entry.warning = self.row
        journals.store("warning", self.row, self.entries)
        save_notices(self.notices)


def moments(rules: Watch, owed: Owed, zone: str) -> list[Call]:
    """When somebody is reminded of the answer: [warning] has `warn` and `ladder` as [improvement] has."""
    return calls(cast(Any, rules), cast(Any, owed), zone)


def owners(known: Standing, site: int | None, rules: Watch) -> tuple[str, list[Person]]:
    """The role that answers and who holds it: the owner, else the first role of the ladder that somebody holds there."""
    above = [role for rung in rules.ladder for role in rung.tell]
    role, people = Holders(known, site).first_of([rules.owner, *above])
    return role or rules.owner, people


@contextmanager
def begin(person: Person, warning_id: int, act: str, at: datetime) -> Iterator[WarningRoad]:
    """Lock the warning, check that this person may do it now; finish when the block ends well.

    Raises Warning.DoesNotExist for one that the person may not see, Refused otherwise.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=person.company_id)  # the order in which the scan locks, too
        row = Warning.objects.select_for_update().get(pk=warning_id)
        row.company = company
        rights = rights_of(person, at, company)
        if person.pk not in standing(company).people or not Warning.objects.filter(scope(rights), pk=row.pk).exists():
            raise Warning.DoesNotExist
        role = answers_for(rights, row)
        if role is None:
            raise Refused("not_allowed", "这条预警不由您答复", "this warning is not yours to answer")
        if row.state == CLOSED:
            raise Refused("closed", "这条预警已经关闭", "this warning is closed")
        road = WarningRoad(row, act, at, person, role)
        yield road
        road.finish()
