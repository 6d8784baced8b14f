"""The one road every act takes: lock, ask, do, then marks, clocks, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kesu.company.holders import Holders
from kesu.company.models import Company, Person, Site
from kesu.company.prepared import ask
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints import chain
from kesu.complaints.actions import clocks, steps
from kesu.complaints.actions.handclocks import tasks_of
from kesu.complaints.models import Case, Complained, JournalEntry, Notice, Part, Task
from kesu.complaints.queries.handlers import Before, by_somebody_else, did_before
from kesu.complaints.storing import update
from kesu.complaints.telling import notices_for, save_notices
from kesu.procedure.act import Act
from kesu.procedure.acts import ACTS, CUSTOMER, STAFF, SYSTEM, step_name
from kesu.procedure.investigationacts import IMPARTIAL
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused
from kesu.procedure.running import with_mark

ONCE = ("fact", "event")  # told when first known, not again in a later round


@dataclass
class Road:
    """One act under way. The act changes `case` and related rows and says what it did; `finish` writes the rest."""

    person: Person | None
    actor: str
    case: Case
    pack: Pack
    act: Act
    at: datetime
    role: str = ""
    rights: Rights | None = None
    parts: list[Part] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    entries: list[JournalEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    standing: Standing = field(init=False)
    holders: Holders = field(init=False)
    approvers: list[Person] = field(default_factory=list)
    proposers: list[Person] = field(default_factory=list)
    askers: list[Person] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)  # marks with a detail ("fact:U1", "present:ROLE") that the pack may want told
    moves_clocks: bool = True
    own_mark: bool = True
    once_more: bool = False  # done by the same person as in an earlier round: nobody else may
    told_as: str = ""  # which act the pack's notices take this for; empty: the act itself

    def __post_init__(self) -> None:
        self.standing = standing(self.case.site.company)
        self.holders = Holders(self.standing, self.case.site_id)

    # what an act says it did
    def mark(self, name: str, at: datetime | None = None) -> None:
        """Note that this happened (now, unless it has a time of its own), for obligations that begin or end with it and for who is told."""
        kind, _, detail = name.partition(":")
        if detail and kind != "visit" and not (kind in ONCE and name in self.case.whole_marks):
            self.happened.append(name)
        with_mark(self.case.marks, name, at or self.at)
        with_mark(self.case.whole_marks, name, at or self.at)

    def unmark(self, *names: str) -> None:
        """Take marks of this round back (a department sent it back, a proposal was declined)."""
        for name in names:
            self.case.marks.pop(name, None)

    def complete(self, step: str) -> None:
        """The step is done in this round."""
        with_mark(self.case.marks, f"step:{step}", self.at)
        self.happened.append(f"step:{step}")

    def journal(self, act: str | None = None, *, at: datetime | None = None, actor: str | None = None, **data: Any) -> JournalEntry:
        """Write an entry; data are ids, words and ISO times, never rendered sentences."""
        who = self.person if (actor or self.actor) == STAFF else None
        if who and self.once_more:
            data["once_more"] = True
        entry = JournalEntry(
            at=at or self.at,
            written_at=self.at,
            round=self.case.round,
            act=act or self.act.name,
            actor=actor or self.actor,
            person=who,
            name=who.name if who else "",
            role=self.role if who else "",
            data=data,
        )
        self.entries.append(chain.append(self.case, entry))
        return entry

    def tell(self, people: list[Person], kind: str | None = None, **data: Any) -> None:
        """Queue a notice about this act for these people (not for the one who did it)."""
        key = f"{self.case.pk}:{self.case.journal_n}:{kind or self.act.name}"
        but = self.person.pk if self.person else None
        self.notices += notices_for(
            people, case=self.case, company_id=self.case.company_id, kind=kind or self.act.name, key=key, data=data, at=self.at, but=but
        )

    # questions an act asks
    def live_parts(self) -> list[Part]:
        """This round's parts that were not sent back."""
        return [part for part in self.parts if part.round == self.case.round and part.sent_back_at is None]

    def my_part(self, *, signed: bool | None = None, department_id: int | None = None) -> Part:
        """The part of the person's department (lead first); Refused when there is none of that kind."""
        rights = self.rights
        for part in sorted(self.live_parts(), key=lambda part: not part.lead):
            if department_id is not None and part.department_id != department_id:
                continue
            if signed is not None and (part.signed_at is not None) != signed:
                continue
            if part.returned_at is not None:
                continue
            if rights and (
                part.handler_id == rights.person.pk
                or rights.by_role(self.act.name, site_id=self.case.site_id, departments=[part.department_id])
            ):
                return part
        raise Refused("no_part", f"没有等您部门{self.act.zh}的一份", f"no part waits for your department to {self.act.en.lower()}")

    def department_heads(self, department_id: int) -> list[Person]:
        """Who signs for the department: holders of department roles that may sign, else whom the pack names when there is nobody."""
        roles = [role.id for role in self.pack.roles if role.level == "department" and "sign" in role.may]
        return self.holders.first_of(roles, department_id)[1] or self.holders.first_of(self.pack.dispatching.nobody)[1]

    def complete_handling(self) -> None:
        """The last form is back: the handling is done (P-8)."""
        if (rows := self.live_parts()) and all(part.returned_at for part in rows):
            self.mark("return")
            self.complete("handle")

    def needs(self, words: str, field: str, zh: str, en: str) -> str:
        """The stripped words; Refused beside the field when there are none."""
        if not words or not words.strip():
            raise Refused("missing", zh, en, field=field)
        return words.strip()

    def finish(self, *, new: bool = False) -> None:
        """Step, clocks, journal, notices, case: everything that follows from what was done."""
        if self.own_mark:
            self.mark(self.act.name)
        self.case.step = steps.step_of_case(self.pack, self.case)
        if self.moves_clocks:
            clocks.bring_in_line(self)
        self.tell_by_pack(self.told_as or self.act.name)
        self.tell_what_happened()
        chain.store(self.entries)
        save_notices(self.notices)
        update(self.case)

    def tell_what_happened(self) -> None:
        """Tell whom the pack wants told of answers, events and details; of an answer or an event once per case."""
        for name in dict.fromkeys(self.happened):
            self.tell_by_pack(name)

    def tell_by_pack(self, act: str) -> None:
        """Tell whom the pack wants told about this act."""
        for row in self.pack.tell:
            if row.on == act and (not row.grades or self.case.grade in row.grades):
                people = [person for role in row.to for person in self.holders.of(role, self.case.department_id)]
                people += [person for relation in row.relations for person in _related(self, relation)]
                self.tell(people, act)


def _related(road: Road, relation: str) -> list[Person]:
    case = road.case
    if relation == "handler":
        return [case.handler] if case.handler else []
    if relation == "receiver":
        return [case.received_by] if case.received_by else []
    if relation == "part_heads":
        waiting = [part for part in road.live_parts() if part.signed_at is None]
        return [person for part in waiting for person in road.department_heads(part.department_id)]
    if relation == "lead_heads":
        return road.department_heads(case.department_id) if case.department_id else []
    by_relation: dict[str, list[Person]] = {"approver": road.approvers, "proposer": road.proposers, "asker": road.askers}
    return by_relation[relation]


def _under_lock(*, case: int) -> QuerySet[Case]:
    return Case.objects.select_for_update().filter(pk=case)


def _company(*, company: int) -> QuerySet[Company]:
    return Company.objects.filter(pk=company)


def _parts(*, case: int) -> QuerySet[Part]:
    return Part.objects.filter(case=case)


def locked(case_id: int) -> Case:
    """The case under lock, with site, department and people from what stands still (one row read instead of five joined)."""
    found: list[Case] = ask(_under_lock, key=None, case=case_id)
    if not found:
        raise Case.DoesNotExist
    case = found[0]
    known = standing(ask(_company, key=None, company=case.company_id)[0])
    case.site = known.sites.get(case.site_id) or Site.objects.select_related("company").get(pk=case.site_id)
    if case.department_id in known.departments:
        case.department = known.departments[case.department_id]
    if case.handler_id in known.people:
        case.handler = known.people[case.handler_id]
    if case.received_by_id in known.people:
        case.received_by = known.people[case.received_by_id]
    return case


def parts_of(case: Case, known: Standing) -> list[Part]:
    """The case's parts, with departments and handlers from what stands still (those that have gone are read when asked for)."""
    parts: list[Part] = ask(_parts, key=None, case=case.pk)
    for part in parts:
        if part.department_id in known.departments:
            part.department = known.departments[part.department_id]
        if part.handler_id in known.people:
            part.handler = known.people[part.handler_id]
    return parts


@contextmanager
def begin(person: Person | None, case_id: int, act: str, at: datetime, *, actor: str = STAFF) -> Iterator[Road]:
    """Lock the case, check that the act may happen now and that this person may do it; finish when the block ends well.

    Raises Case.DoesNotExist for a case that the person may not see (a stranger learns nothing), Refused otherwise.
    """
    with transaction.atomic():
        case = locked(case_id)
        road = Road(person, actor, case, pack_of(case.version_id), ACTS[act], at)
        road.parts, road.tasks = parts_of(case, road.standing), tasks_of(case)
        if actor == STAFF:
            _check_person(road)
            _check_other_person(road)
            _check_impartial(road)
        elif actor not in road.act.by:
            raise Refused("not_yours", "这一步不能这样做", "this act cannot be done this way")
        _check_step(road)
        yield road
        road.finish()


def _check_person(road: Road) -> None:
    person = road.person
    if person is None or person.pk not in road.standing.people:
        raise Case.DoesNotExist
    rights = road.rights = rights_of(person, road.at, road.standing.company)
    if not sees(rights, road.case, road.parts, road.tasks):
        raise Case.DoesNotExist
    departments = departments_for(road.act, road.case, road.parts, road.tasks)
    role = rights.by_role(road.act.name, site_id=road.case.site_id, departments=departments)
    if role is None or STAFF not in road.act.by:
        raise Refused("not_allowed", f"您的岗位不能{road.act.zh}", f"your role may not: {road.act.en.lower()}", act=road.act.name)
    road.role = role


def _check_other_person(road: Road) -> None:
    """What a later stage gives to somebody else is refused to whoever did it in an earlier one; where nobody else may do it, a superior
    is told and the journal says so."""
    if road.act.name not in by_somebody_else(road.pack, road.case.round) or road.person is None:
        return
    before = did_before([road.case], road.standing).get(road.case.pk, Before())
    if before.bars(road.person.pk, road.act.name):
        stage = next((row for row in road.pack.stages if row.number == road.case.round), None)
        zh, en = (stage.name, stage.name_en) if stage else ("重新办理", "handled anew")
        raise Refused(
            "same_person",
            f"前一轮是您办的，“{zh}”要换人办",
            f"you dealt with it before; at “{en}” it must be somebody else",
            stage=road.case.round,
        )
    if before.again(road.person.pk, road.act.name):
        road.once_more = True
        _tell_superior(road, road.person)


def _tell_superior(road: Road, person: Person) -> None:
    """The first of the pack's roles that somebody else holds hears, once in a round, that the same person goes on (follow_up.alone)."""
    for role in road.pack.follow_up.alone:
        if people := [row for row in road.holders.of(role, road.case.department_id) if row.pk != person.pk]:
            key, data = f"{road.case.pk}:same_again:{road.case.round}:{person.pk}", {"name": person.name}
            road.notices += notices_for(
                people, case=road.case, company_id=road.case.company_id, kind="same_again", key=key, data=data, at=road.at
            )
            return


def complained_of(case: Case) -> set[int]:
    """The people of the company who are complained of in this case; asked of the database only where somebody was named."""
    if "name_person" not in case.whole_marks:
        return set()
    rows = Complained.objects.filter(case=case, dropped_at__isnull=True, person__isnull=False)
    return {pk for pk in rows.values_list("person_id", flat=True) if pk is not None}


def _check_impartial(road: Road) -> None:
    """Nobody investigates, decides on or closes a complaint about himself."""
    if road.person and road.act.name in IMPARTIAL and road.person.pk in complained_of(road.case):
        raise concerned(road.act)


def concerned(act: Act) -> Refused:
    """Why somebody who is complained of may not do this."""
    return Refused(
        "concerned",
        f"投诉的是您，不能由您{act.zh}；请同事接着办",
        f"the complaint is about you; somebody else must do this: {act.en.lower()}",
        act=act.name,
    )


def sees(rights: Rights, case: Case, parts: list[Part], tasks: Iterable[Task] = ()) -> bool:
    """Whether the person may see this case: the same rule as queries.cases.visible_to, on rows already read."""
    if case.company_id != rights.person.company_id:
        return False
    return (
        rights.company_wide()
        or case.site_id in rights.site_ids()
        or bool({part.department_id for part in parts} & rights.department_ids())
        or any(part.handler_id == rights.person.pk for part in parts)
        or case.received_by_id == rights.person.pk
        or any(task.person_id == rights.person.pk or task.department_id in rights.department_ids() for task in tasks)
    )


def departments_for(act: Act, case: Case, parts: Iterable[Part], tasks: Iterable[Task] = ()) -> set[int]:
    """Departments whose own roles count for this act: those at work in this round. What may be said of a closed case too (notes,
    files), also those that sent it back or worked on an earlier round. What a task needs, also those that were given one."""
    given = {task.department_id for task in tasks if act.tasked and task.department_id and task.round == case.round}
    return given | {part.department_id for part in parts if act.closed or (part.round == case.round and part.sent_back_at is None)}


def _check_step(road: Road) -> None:
    case, act = road.case, road.act
    if case.erased_at is not None:
        raise Refused("erased", "已经去标识化，不能再办", "it has been de-identified; nothing more can be done with it")
    if not case.is_open and not act.closed:
        raise Refused(
            "closed", f"已经结案，不能{act.zh}；要接着办请先“重新办理”", f"the case is closed; reopen it before you can: {act.en.lower()}"
        )
    if act.steps and case.step not in act.steps:
        here = step_name(case.step, "zh"), step_name(case.step, "en")
        raise Refused(
            "wrong_step", f"现在是“{here[0]}”，不能{act.zh}", f"the case stands at “{here[1]}”; not possible now: {act.en.lower()}"
        )


def system_road(case: Case, act: str, at: datetime, parts: list[Part] | None = None) -> Road:
    """A road for what the procedure itself does (regrade after a month, resume a pause); the caller holds the lock and calls finish."""
    road = Road(None, SYSTEM, case, pack_of(case.version_id), ACTS[act], at)
    road.parts = parts_of(case, road.standing) if parts is None else parts
    return road


__all__ = ["CUSTOMER", "STAFF", "SYSTEM", "Road", "begin", "sees", "system_road"]
