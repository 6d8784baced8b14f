"""The one road every act on a record takes: lock, ask, do, then stage, clocks, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kesu.company.models import Company, Person, Site
from kesu.company.prepared import ask
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints import chain, journals
from kesu.complaints.models import Notice
from kesu.complaints.telling import notices_for, save_notices
from kesu.improvement.calls import holders, owing, wind
from kesu.improvement.models import Capa, CapaClock, CapaEntry, Measure
from kesu.improvement.queries import sight
from kesu.improvement.rules import after, rules_in
from kesu.procedure.acts import STAFF, SYSTEM, Act
from kesu.procedure.improving import RECORD_ACTS, Improvement, stage_name
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused


@dataclass
class CapaRoad:
    """One act on a record under way. The act changes `capa` and related rows and says what it did; `finish` writes the rest."""

    person: Person | None
    capa: Capa
    act: Act
    at: datetime
    role: str = ""
    rights: Rights | None = None
    entries: list[CapaEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    pack: Pack = field(init=False)
    rules: Improvement = field(init=False)
    standing: Standing = field(init=False)
    measures: list[Measure] = field(init=False)
    sites: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.pack = pack_of(self.capa.version_id)
        self.rules = rules_in(self.pack)
        self.standing = standing(self.capa.company)
        self.sites = ask(_site_ids, key=None, capa=self.capa.pk)
        self.measures = ask(_measures, key=None, capa=self.capa.pk)
        for measure in self.measures:
            measure.capa = self.capa

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return self.capa.company.zone

    def after(self, limit: str, start: datetime | None = None) -> datetime:
        """When a limit of the rules falls due, from now or from `start`."""
        return after(limit, start or self.at, self.zone)

    def needs(self, words: str, field: str, zh: str, en: str) -> str:
        """The stripped words; Refused beside the field when there are none."""
        if not words or not words.strip():
            raise Refused("missing", zh, en, field=field)
        return words.strip()

    def may(self, right: str) -> bool:
        """Whether the person has this right here."""
        return self.rights is not None and sight.role_for(self.rights, right, self.sites) is not None

    def measure(self, measure_id: int) -> Measure:
        """The open measure; Refused for one that has ended, was dropped, or is not this record's."""
        row = next((row for row in self.measures if row.pk == measure_id), None)
        if row is None:
            raise Refused("measure", "请选一条措施", "choose a measure", field="measure")
        if row.ended_at is not None:
            raise Refused("ended", f"第 {row.n} 条措施已经办完了", f"measure {row.n} has ended already", field="measure")
        if row.dropped_at is not None:
            raise Refused("dropped", f"第 {row.n} 条措施已经取消", f"measure {row.n} was dropped", field="measure")
        return row

    def live(self) -> list[Measure]:
        """This round's measures that were not dropped."""
        return [row for row in self.measures if row.round == self.capa.round and row.dropped_at is None]

    # what an act says it did
    def journal(self, act: str | None = None, *, at: datetime | None = None, **data: Any) -> CapaEntry:
        """Write an entry; data are ids, words and ISO times, never rendered sentences. Without a person it is the procedure's own doing."""
        by = self.person if act is None or act == self.act.name else None
        entry = CapaEntry(
            capa=self.capa,
            at=at or self.at,
            written_at=self.at,
            round=self.capa.round,
            act=act or self.act.name,
            actor=STAFF if by else SYSTEM,
            person=by,
            name=by.name if by else "",
            role=self.role if by else "",
            data=data,
        )
        chain.link(self.capa, entry)
        self.entries.append(entry)
        return entry

    def tell(self, people: Iterable[Person], kind: str, **data: Any) -> None:
        """Queue a notice for these people (not for the one who did it)."""
        said = {"record": self.capa.number, "title": self.capa.title} | data
        key = f"a{self.capa.pk}:{self.capa.journal_n}:{kind}"
        but = self.person.pk if self.person else None
        self.notices += notices_for(people, case=None, company_id=self.capa.company_id, kind=kind, key=key, data=said, at=self.at, but=but)

    def holders(self, role: str) -> list[Person]:
        """Who holds the role for this record."""
        return holders(self.standing, self.sites, role)

    # clocks
    def owe(
        self, duty: str, due_at: datetime, *, opens_at: datetime | None = None, role: str = "", measure: Measure | None = None
    ) -> CapaClock:
        """Begin a clock: of a measure it is its owner's, otherwise the role's. Refused for a date no calendar holds."""
        mine = duty == "measure" and measure is not None
        clock = CapaClock(
            capa=self.capa,
            company_id=self.capa.company_id,
            duty=duty,
            measure=measure,
            person=measure.person if mine and measure else None,
            department=measure.department if mine and measure and measure.person_id is None else None,
            role=role,
            opens_at=opens_at or self.at,
            due_at=due_at,
        )
        self.wind(clock)
        clock.save()
        return clock

    def wind(self, clock: CapaClock) -> None:
        """Set when the clock rings next."""
        try:
            wind(self.rules, clock, self.zone, self.at)
        except (OverflowError, ValueError):
            raise Refused("date", "日子太远了", "the date lies too far ahead", field="due_at") from None

    def owing(self, clock: CapaClock) -> list[Person]:
        """Who owes it."""
        return owing(self.standing, clock, self.sites)

    def clock(self, duty: str, measure: Measure | None = None) -> CapaClock | None:
        """The clock of this duty that runs."""
        return self.capa.clocks.filter(duty=duty, measure=measure, done_at__isnull=True).first()

    def done(self, duty: str, measure: Measure | None = None) -> None:
        """The clock of this duty ends, if one runs."""
        self.capa.clocks.filter(duty=duty, measure=measure, done_at__isnull=True).update(done_at=self.at, next_ring_at=None)

    def watch_if_carried(self) -> None:
        """The last measure has ended: from now on the effect is watched, and judged after that."""
        capa = self.capa
        if capa.stage != "carry" or any(row.is_open for row in self.live()):
            return
        capa.stage, capa.carried_at, capa.watch_until = "watch", self.at, self.after(self.rules.watch)
        capa.look_at = self.at
        self.owe("judge", self.after(self.rules.judge, capa.watch_until), opens_at=capa.watch_until, role=self.rules.judges)
        self.journal("watching", until=capa.watch_until.isoformat())

    def finish(self) -> None:
        """Journal, notices, the record itself."""
        self.capa.save()
        journals.store("record", self.capa, self.entries)
        save_notices(self.notices)


def _site_ids(*, capa: int) -> QuerySet[Site, int]:
    return Site.objects.filter(capas=capa).order_by("pk").values_list("pk", flat=True)


def _measures(*, capa: int) -> QuerySet[Measure]:
    return Measure.objects.filter(capa=capa).select_related("person", "department")


def locked(capa_id: int) -> Capa:
    """The record under lock, with its company freshly read."""
    capa = Capa.objects.select_for_update().get(pk=capa_id)
    capa.company = Company.objects.get(pk=capa.company_id)
    return capa


@contextmanager
def begin(person: Person, capa_id: int, act: str, at: datetime) -> Iterator[CapaRoad]:
    """Lock the record, check that the act may happen now and that this person may do it; finish when the block ends well.

    Raises Capa.DoesNotExist for a record that the person may not see (a stranger learns nothing), Refused otherwise.
    """
    with transaction.atomic():
        road = CapaRoad(person, locked(capa_id), RECORD_ACTS[act], at)
        _check_person(road)
        _check_stage(road.capa, road.act)
        yield road
        road.finish()


def _check_person(road: CapaRoad) -> None:
    person, act = road.person, road.act
    if person is None or person.pk not in road.standing.people:
        raise Capa.DoesNotExist
    road.rights = rights_of(person, road.at, road.capa.company)
    if not Capa.objects.filter(sight.scope(road.rights), pk=road.capa.pk).exists():
        raise Capa.DoesNotExist
    if act.completes is None:
        road.role = next(iter(road.rights.roles()), "")
        return
    role = sight.role_for(road.rights, act.completes, road.sites)
    if role is None:
        raise Refused("not_allowed", f"您的岗位不能{act.zh}", f"your role may not: {act.en.lower()}", act=act.name)
    road.role = role


def _check_stage(capa: Capa, act: Act) -> None:
    if capa.erased_at is not None:
        raise Refused("erased", "已经去标识化，不能再办", "it has been de-identified; nothing more can be done with it")
    if act.steps and capa.stage not in act.steps:
        zh, en = stage_name(capa.stage, "zh"), stage_name(capa.stage, "en")
        raise Refused("wrong_stage", f"现在是“{zh}”，不能{act.zh}", f"the record stands at “{en}”; not possible now: {act.en.lower()}")
    if not capa.is_open and not act.closed:
        raise Refused("closed", f"已经结项，不能{act.zh}", f"the record is closed; not possible: {act.en.lower()}")
