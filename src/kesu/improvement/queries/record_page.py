"""Everything that a record's page needs, and whose turn it is: read in few queries, seen by one person at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from kesu.company.models import Person, Site
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to as visible_cases
from kesu.complaints.queries.veil import covered
from kesu.improvement.calls import owing
from kesu.improvement.models import Capa, CapaClock, CapaEntry, Measure, MeasureExtension, Proof
from kesu.improvement.queries import sight
from kesu.improvement.queries.recurrence import Effect, effect
from kesu.improvement.rules import rules_of
from kesu.procedure.improving import DOABLE, RECORD_ACTS, WITHDRAWN, Improvement
from kesu.procedure.pack import Pack

ABOUT_MEASURE = ("end", "ask_extension", "hand", "drop", "grant_extension", "refuse_extension")


@dataclass(frozen=True)
class Turn:
    """One thing to do now, the clock that binds it, and the measure it is about."""

    act: str
    clock: CapaClock | None = None
    measure: Measure | None = None


@dataclass
class RecordPage:
    """One record with what belongs to it."""

    capa: Capa
    pack: Pack
    rights: Rights
    at: datetime
    language: str
    sites: list[Site] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    extensions: list[MeasureExtension] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    clocks: list[CapaClock] = field(default_factory=list)  # running ones, what falls due first first
    journal: list[CapaEntry] = field(default_factory=list)  # the newest first
    cases: list[Case] = field(default_factory=list)  # those it comes from, as far as this person may see them
    unseen: int = 0  # … and how many more there are

    @property
    def rules(self) -> Improvement:
        """The pack's [improvement]."""
        return rules_of(self.capa)

    @cached_property
    def standing(self) -> Standing:
        """The company's people, departments and grants."""
        return standing(self.capa.company)

    @cached_property
    def effect(self) -> Effect:
        """The same complaints before and after."""
        return effect(self.capa, self.at)

    def seen(self, cases: list[Case]) -> list[Case]:
        """Of these the ones that this person may see."""
        allowed = set(visible_cases(self.rights.person, self.at).filter(pk__in=[case.pk for case in cases]).values_list("pk", flat=True))
        found = [case for case in cases if case.pk in allowed]
        covered(found, self.rights)
        return found

    def live(self) -> list[Measure]:
        """This round's measures that were not dropped."""
        return [row for row in self.measures if row.round == self.capa.round and row.dropped_at is None]

    def requests(self) -> list[MeasureExtension]:
        """Requests for more time that wait for an answer."""
        return [row for row in self.extensions if row.state == "asked"]

    # what this person may do
    def right(self, right: str) -> bool:
        """Whether the person has this right on this record."""
        return sight.role_for(self.rights, right, [site.pk for site in self.sites]) is not None

    def targets(self, act: str) -> list[Measure]:
        """The measures on which the person may do the act now."""
        rows = [row for row in self.live() if row.is_open]
        if act == "end":
            return [row for row in rows if sight.owns(self.rights, row)]
        asked = {row.measure_id: row for row in self.requests()}
        if act == "ask_extension":
            mine = [row for row in rows if sight.owns(self.rights, row) or self.right("plan")]
            return [row for row in mine if row.pk not in asked and row.due_at > self.at and self.rules.extension]
        if act in ("grant_extension", "refuse_extension"):
            others = [row for row in rows if row.pk in asked and asked[row.pk].asked_by_id != self.rights.person.pk]
            return [row for row in others if act == "refuse_extension" or row.due_at > self.at]
        return rows

    def may(self, act: str) -> bool:
        """Whether the person can do the act now (its form may still be refused for what is written in it)."""
        row = RECORD_ACTS[act]
        if (row.steps and self.capa.stage not in row.steps) or (not self.capa.is_open and not row.closed):
            return False
        if row.completes is not None and not self.right(row.completes):
            return False
        if act in ABOUT_MEASURE:
            return bool(self.targets(act))
        if act == "plan":
            return not self.lacking()
        if act == "reopen" and self.capa.verdict == WITHDRAWN:
            return False
        return act != "judge" or not sight.took_part(self.rights, self.measures)

    def lacking(self) -> list[str]:
        """The kinds of measures that the plan still needs; with no measure at all, any."""
        kinds = {row.kind for row in self.live()}
        return [kind for kind in self.rules.needs if kind not in kinds] or ([] if kinds else ["corrective"])

    @cached_property
    def mine(self) -> Turn | None:
        """The one primary act of this person: what their first clock asks for that they can do."""
        turns = (self._turn(clock) for clock in self.clocks if clock.opens_at <= self.at and self.owes(clock))
        return next((turn for turn in turns if turn is not None), None)

    @property
    def waiting(self) -> CapaClock | None:
        """What somebody owes first."""
        return self.clocks[0] if self.clocks else None

    @property
    def others(self) -> list[str]:
        """Everything else that the person may do."""
        return [act for act in DOABLE if (self.mine is None or act != self.mine.act) and self.may(act)]

    def _turn(self, clock: CapaClock) -> Turn | None:
        if clock.duty == "plan":
            act = "measure" if self.lacking() else "plan"
        else:
            act = {"measure": "end", "extend": "grant_extension"}.get(clock.duty, clock.duty)
        if act == "grant_extension" and not self.may(act):
            act = "refuse_extension"  # it fell due meanwhile
        if not self.may(act) or (clock.measure and clock.measure_id not in {row.pk for row in self.targets(act)}):
            return None
        return Turn(act, clock, next((row for row in self.measures if row.pk == clock.measure_id), None))

    def owes(self, clock: CapaClock) -> bool:
        """Whether this person answers for the clock (the rule of queries.owed, on rows already read)."""
        if clock.person_id is not None:
            return clock.person_id == self.rights.person.pk
        if clock.department_id is not None:
            return clock.department_id in self.rights.department_ids()
        return any(self.rights.holds(clock.role, site_id=site.pk) for site in self.sites)

    def who(self, clock: CapaClock) -> str:
        """Who answers for the clock: one or two names, or the role."""
        if clock.department_id is not None and clock.department_id in self.standing.departments:
            return self.standing.departments[clock.department_id].name
        people = owing(self.standing, clock, [site.pk for site in self.sites])
        if 1 <= len(people) <= 2:
            return ("、" if self.language.startswith("zh") else ", ").join(person.name for person in people)
        return self.pack.label("roles", clock.role, self.language)


def open_page(person: Person, number: str, at: datetime, language: str = "zh-hans") -> RecordPage:
    """The record's page; Capa.DoesNotExist for one that the person may not see."""
    rows = sight.visible_to(person, at).select_related("company", "opened_by", "judged_by").prefetch_related("sites")
    capa = rows.get(number=number)
    page = RecordPage(capa, pack_of(capa.version_id), rights_of(person, at), at, language, sites=list(capa.sites.all()))
    page.measures = list(capa.measures.select_related("person", "department", "ended_by"))
    page.extensions = list(MeasureExtension.objects.filter(measure__capa=capa).select_related("asked_by", "decided_by"))
    page.proofs = list(Proof.objects.filter(measure__capa=capa))
    page.clocks = list(capa.clocks.filter(done_at__isnull=True).select_related("measure").order_by("due_at", "id"))
    for clock in page.clocks:
        clock.capa = capa
    page.journal = list(capa.journal.order_by("-n"))
    every = list(Case.objects.filter(origins__capa=capa).select_related("site", "home").order_by("origins__id"))
    page.cases = page.seen(every)
    page.unseen = len(every) - len(page.cases)
    return page
