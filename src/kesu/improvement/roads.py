"""Rows that owe one thing at a time – a warning its answer, a report its comment or approval – on their one road, and their ringing.

The row has `company`, `site_id`, `due_at`, `rung`, `next_ring_at` and a journal; its rules have `warn` and `ladder` as [improvement] has.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import QuerySet

from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.standing import Standing, standing
from kesu.complaints import chain, journals
from kesu.complaints.models import Notice
from kesu.complaints.models.journal import Entry
from kesu.complaints.telling import notices_for, save_notices
from kesu.improvement.calls import Call, calls
from kesu.procedure.acts import STAFF, SYSTEM

Pair = tuple[str, str]  # Chinese, English


@dataclass(frozen=True)
class Owed:
    """What is owed, as a clock (improvement.calls)."""

    opens_at: datetime
    due_at: datetime


@dataclass
class OwingRoad(ABC):
    """One act on such a row under way. The act changes `row` and says what it did; `finish` writes the rest."""

    row: Any
    act: str
    at: datetime
    person: Person | None = None
    role: str = ""
    entries: list[Any] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    entry: ClassVar[type[Entry]]  # a line of its journal
    kind: ClassVar[str]  # what messages, notices and the journal's own key call it (complaints.journals)
    letter: ClassVar[str]  # begins the keys of its notices
    told_outside: ClassVar[bool] = True  # False: programs and work chats hear nothing of it
    names_stay: ClassVar[bool] = True  # False: people stand in the journal by id alone, so who is let go of has no name left anywhere

    @property
    @abstractmethod
    def rules(self) -> Any:
        """The table of the pack by which it goes."""

    @abstractmethod
    def title(self, language: str) -> str:
        """What it is called."""

    @abstractmethod
    def owing(self) -> list[Person]:
        """Who owes what is owed now; never nobody."""

    @abstractmethod
    def duty(self) -> Pair:
        """What is owed now, in words."""

    @abstractmethod
    def opens(self) -> datetime:
        """Since when what is owed now is owed."""

    @property
    def standing(self) -> Standing:
        """The company's standing data."""
        return standing(self.row.company)

    def journal(self, *, act: str | None = None, at: datetime | None = None, **data: Any) -> None:
        """Write an entry; without a person, or under another act's name, it is the clock's own doing."""
        by = self.person if act is None or act == self.act else None
        entry = self.entry(
            **{self.kind: self.row}, at=at or self.at, written_at=self.at, round=1, act=act or self.act, actor=STAFF if by else SYSTEM,
            person=by, name=by.name if by and self.names_stay else "", role=self.role if by else "", data=data,
        )  # fmt: skip
        chain.link(self.row, entry)
        self.entries.append(entry)

    def tell(self, people: Iterable[Person], kind: str, **data: Any) -> list[Any]:
        """Queue a notice, the title in each reader's language (not for the one who did it). Those told, as the journal keeps them."""
        told = list({person.pk: person for person in people}.values())
        but = self.person.pk if self.person else None
        for person in told:
            said = {self.kind: self.row.pk, "title": self.title(person.language)} | data
            key = f"{self.letter}{self.row.pk}:{self.row.journal_n}:{kind}"
            self.notices += notices_for(
                [person], case=None, company_id=self.row.company_id, kind=kind, key=key, data=said, at=self.at, but=but
            )
        return self.kept(told)

    def kept(self, people: Iterable[Person]) -> list[Any]:
        """People as they stand in the journal: names or ids."""
        return [person.name if self.names_stay else person.pk for person in people]

    def holders(self, role: str) -> list[Person]:
        """Who holds the role for the row's site, or for the company."""
        return Holders(self.standing, self.row.site_id).of(role)

    def moments(self) -> list[Call]:
        """When somebody is reminded of what is owed now. What lies in the past rings at the worker's next round, dated when it fell due."""
        due = self.row.due_at
        return calls(cast(Any, self.rules), cast(Any, Owed(min(self.opens(), due), due)), self.row.company.zone)

    def wind(self, due: datetime) -> None:
        """It is owed by `due`: the clock begins anew."""
        self.row.due_at, self.row.rung = due, 0
        every = self.moments()
        self.row.next_ring_at = every[0].at if every else None

    def settle(self) -> None:
        """Nothing is owed any more."""
        self.row.due_at = self.row.next_ring_at = None

    def finish(self) -> None:
        """The row itself, journal, notices."""
        self.row.save()
        for entry in self.entries:
            setattr(entry, self.kind, self.row)
        if self.told_outside:
            journals.store(self.kind, self.row, self.entries)
        else:
            self.entry._default_manager.bulk_create(self.entries)
        save_notices(self.notices)


def ring_due(road: type[OwingRoad], rows: QuerySet[Any], at: datetime, *, most: int) -> int:
    """Ring what fell due by `at`: each moment exactly once, dated when it fell due, however many workers there are.

    Returns how many rows rang.
    """
    waiting = rows.filter(next_ring_at__lte=at)
    if not waiting.exists():  # no write lock for nothing
        return 0
    rang = 0
    for company in waiting.order_by().values_list("company_id", flat=True).distinct():
        with transaction.atomic():
            owner = Company.objects.select_for_update().get(pk=company)
            for row in waiting.select_for_update(of=("self",)).filter(company_id=company).order_by("pk")[:most]:
                row.company = owner
                _ring(road(row, "warned", at))
                rang += 1
    return rang


def _ring(road: OwingRoad) -> None:
    row, every = road.row, road.moments()
    last: dict[int, tuple[Person, Call]] = {}
    for call in every[row.rung :]:
        if call.at > road.at:
            break
        told = _hearers(road, call)
        last |= {person.pk: (person, call) for person in told}
        road.journal(act=call.kind, at=call.at, told=road.kept(told))
        row.rung += 1
    zh, en = road.duty()
    for person, call in last.values():
        road.tell([person], call.kind, name=zh, name_en=en, due=row.due_at.isoformat())
    row.next_ring_at = every[row.rung].at if row.rung < len(every) else None
    road.finish()


def _hearers(road: OwingRoad, call: Call) -> list[Person]:
    """Those who owe it, or the roles of the rung; never nobody."""
    if call.kind == "climbed":
        above = [person for role in call.tell for person in road.holders(role)]
        if above:
            return list({person.pk: person for person in above}.values())
    return road.owing()
