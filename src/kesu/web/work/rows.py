"""The rows of the work list as the page shows them: time, what, duty, one button."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights
from kesu.company.standing import Standing
from kesu.complaints.models import Clock, RoutineDuty
from kesu.complaints.queries import clocks
from kesu.complaints.queries.work import LATE, LATER, TODAY
from kesu.complaints.queries.work_acts import Facts, act_of
from kesu.improvement.models import CapaClock
from kesu.improvement.words import duty_names
from kesu.procedure.acts import ACTS
from kesu.procedure.due import due_words, left_words
from kesu.procedure.duewords import moment_words
from kesu.procedure.grading import urgency
from kesu.procedure.improving import RECORD_ACTS
from kesu.procedure.limits import Later, Within, parse_limit
from kesu.procedure.pack import Pack, Routine
from kesu.warnings.models import Warning
from kesu.warnings.telling import said_of

AT_ONCE = ("sign", "archive")  # acts with nothing to write: the button itself does them
TARGETS = {
    "execute": "action",
    "pay": "action",
    "grant_extension": "extension",
    "refuse_extension": "extension",
    "do_task": "task",
    "outside_answer": "outside",
    "investigate": "inquiry",
}  # what the act is about


@dataclass(frozen=True)
class TimeLeft:
    """A clock's words and bar without a clock (complaints.queries.clocks.ClockView has the same fields)."""

    tone: str
    words: str
    due_words: str
    left: int
    whole: int


@dataclass(frozen=True)
class Row:
    """One thing owed."""

    id: str
    bucket: str
    due: datetime
    view: Any  # ClockView or TimeLeft
    pack: Pack | None
    grade: str
    title: str
    number: str
    about: str  # customer and place
    duty: str
    note: str
    url: str  # the case, or the duty
    button: str
    button_url: str
    step: str = ""  # where the case stands
    urgency: str = ""  # "extreme", "urgent": a danger was answered yes (U1–U10)
    post: bool = False
    ticks: bool = True  # its words change as time goes by

    @property
    def epoch(self) -> str:
        """When it falls due, in seconds since 1970, as scripts count."""
        return str(round(self.due.timestamp()))


@dataclass(frozen=True)
class Waiting:
    """What somebody else owes."""

    url: str
    who: str
    tone: str
    when: str
    title: str


@dataclass
class Reader:
    """Who reads, when, in which language, and what is known without asking."""

    person: Person
    rights: Rights
    standing: Standing
    at: datetime
    ends: datetime  # 24:00 today
    language: str

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return self.person.company.zone

    @property
    def zh(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.language.startswith("zh")

    def bucket(self, due: datetime, *, paused: bool = False) -> str:
        """late, today or later."""
        if paused or due > self.ends:
            return LATER
        return LATE if due <= self.at else TODAY


def clock_rows(found: list[Clock], reader: Reader) -> list[Row]:
    """The rows of these clocks; clocks that the pack knows no more are left out."""
    facts = Facts.of((clock.case for clock in found), reader.standing)
    rows = (_clock_row(clock, facts, reader) for clock in found)
    return [row for row in rows if row is not None]


def _clock_row(clock: Clock, facts: Facts, reader: Reader) -> Row | None:
    case, pack = clock.case, pack_of(clock.case.version_id)
    view = clocks.view(clock, pack, reader.at, reader.language, reader.zone, reader.standing.sites.get(clock.site_id))
    if view is None:
        return None
    act = act_of(clock, facts, reader.rights, reader.at)
    case_url = reverse("case", args=[case.number])
    return Row(
        id=f"c{clock.pk}",
        bucket=reader.bucket(clock.due_at, paused=clock.state == "paused"),
        due=clock.due_at,
        view=view,
        pack=pack,
        grade=case.grade,
        step=case.step,
        urgency=next((fact.urgency for fact in urgency(pack, case.facts)), ""),
        title=case.title,
        number=case.number,
        about="　".join(filter(None, [case.contact_name, case.place or (case.home.label if case.home else "")])),
        duty=view.name,
        note=_note(clock, reader),
        url=case_url,
        button=_verb(act, reader) if act else _("看投诉单"),
        button_url=_act_url(clock, act) if act else case_url,
        post=act in AT_ONCE,
        ticks=clock.state == "running",
    )


def _verb(act: str, reader: Reader) -> str:
    return ACTS[act].zh if reader.zh else ACTS[act].en


def _act_url(clock: Clock, act: str) -> str:
    if act == "approve":
        return reverse("approve", args=[clock.case.number])
    if act == "pass_letter":
        return f"{reverse('case_letters', args=[clock.case.number])}?review={clock.subject}"
    url = reverse("case_act", args=[clock.case.number, act])
    per = pack_of(clock.case.version_id).obligation(clock.obligation)
    about = per is not None and per.per == TARGETS.get(act)
    return f"{url}?{TARGETS[act]}={clock.subject}" if about else url


def _note(clock: Clock, reader: Reader) -> str:
    """From when the limit counts and how long it is; who took it, when that is not the reader."""
    if clock.state == "paused":
        return _("已停走，不算超时")
    taken = reader.standing.people.get(clock.person_id or 0)
    if taken and taken.pk != reader.person.pk:
        return _("%(name)s 在办") % {"name": taken.name}
    if clock.extended_to:
        return _("已延期")
    return _limit_words(clock, reader)


def _limit_words(clock: Clock, reader: Reader) -> str:
    if clock.limit in ("own-date", "before-expiry"):
        if agreed := _agreed(clock):
            when = moment_words(agreed.astimezone(ZoneInfo(reader.zone)), reader.language, reader.at.year)
            return _("客户约在 %(when)s") % {"when": when}
        return _("约定的时间") if clock.limit == "own-date" else _("原时限到期前")
    limit, act = parse_limit(clock.limit), ACTS.get(clock.began_by.partition(":")[0])
    words = _in_short(limit.words(reader.language))
    if act and isinstance(limit, Within | Later):
        return _("%(act)s起 %(limit)s") % {"act": act.zh if reader.zh else act.en, "limit": words}
    return words


def _agreed(clock: Clock) -> datetime | None:
    """The time that the customer named, for a call that is owed then; it is due so long after as still keeps it."""
    pack = pack_of(clock.case.version_id)
    row, keep = pack.obligation(clock.obligation), parse_limit(pack.follow_up.keep)
    return clock.due_at - timedelta(seconds=keep.seconds) if row and row.per == "appointment" and isinstance(keep, Within) else None


def _in_short(words: str) -> str:
    """A limit's words without what it says in brackets and after the comma; the case's page says it whole."""
    return re.sub(r"（[^）]*）| ?\([^)]*\)", "", words).partition("，")[0].partition(", ")[0]


def duty_rows(found: Iterable[RoutineDuty], reader: Reader) -> list[Row]:
    """The rows of routine duties."""
    return [_duty_row(duty, reader) for duty in found]


def routine_of(duty: RoutineDuty, standing: Standing) -> tuple[Routine | None, Pack]:
    """The pack's row of a duty, from the procedure in force when it falls due."""
    pack = pack_of(standing.version_at(duty.due_at))
    return pack.find("routines", duty.routine), pack


def time_left(duty: RoutineDuty, reader: Reader) -> TimeLeft:
    """A duty's time in words and as a bar; it warns in the last quarter."""
    return bar(duty.opens_at, duty.due_at, reader)


def bar(opens_at: datetime, due_at: datetime, reader: Reader) -> TimeLeft:
    """The time between the two, as it stands now."""
    whole = max(1, int((due_at - opens_at).total_seconds()))
    left = int((due_at - reader.at).total_seconds())
    tone = "late" if left <= 0 else "warn" if left * clocks.LAST_QUARTER <= whole else "calm"
    when = due_words(due_at, reader.at, reader.language, reader.zone)
    return TimeLeft(tone, left_words(due_at, reader.at, reader.language), when, min(max(left, 0), whole), whole)


def _duty_row(duty: RoutineDuty, reader: Reader) -> Row:
    routine, pack = routine_of(duty, reader.standing)
    site, url = reader.standing.sites.get(duty.site_id), reverse("duty", args=[duty.pk])
    what = (routine.what if reader.zh else routine.what_en) if routine else ""
    return Row(
        id=f"d{duty.pk}",
        bucket=reader.bucket(duty.due_at),
        due=duty.due_at,
        view=time_left(duty, reader),
        pack=None,
        grade="",
        title=routine.label(reader.language) if routine else duty.routine,
        number="",
        about="　".join(filter(None, [site.name if site else "", what])),
        duty=_("例行"),
        note=_limit_of(routine, reader),
        url=url,
        button=_("写结果"),
        button_url=url,
    )


def capa_rows(found: Iterable[CapaClock], reader: Reader) -> list[Row]:
    """The rows of what is owed on records of corrective action."""
    return [_capa_row(clock, reader) for clock in found]


CAPA_BUTTONS = {"plan": "measure", "measure": "end", "extend": "grant_extension", "judge": "judge", "close": "close"}  # duty → act


def _capa_row(clock: CapaClock, reader: Reader) -> Row:
    capa, act = clock.capa, RECORD_ACTS[CAPA_BUTTONS[clock.duty]]
    url = reverse("capa", args=[capa.number])
    target = f"?measure={clock.measure_id}" if clock.measure_id else ""
    leads = url if clock.duty in ("plan", "extend") else f"{reverse('capa_act', args=[capa.number, act.name])}{target}"
    return Row(
        id=f"a{clock.pk}",
        bucket=reader.bucket(clock.due_at),
        due=clock.due_at,
        view=bar(clock.opens_at, clock.due_at, reader),
        pack=None,
        grade="",
        title=clock.measure.what if clock.measure else capa.title,
        number=capa.number,
        about=capa.title if clock.measure else "",
        duty=duty_names(clock)[0 if reader.zh else 1],
        note="",
        url=url,
        button=_("看整改") if clock.duty in ("plan", "extend") else act.zh if reader.zh else act.en,
        button_url=leads,
    )


def warning_rows(found: Iterable[Warning], reader: Reader) -> list[Row]:
    """The rows of warnings to answer."""
    return [_warning_row(row, reader) for row in found]


def _warning_row(row: Warning, reader: Reader) -> Row:
    said, url = said_of(row, reader.standing, reader.language), reverse("warning", args=[row.pk])
    return Row(
        id=f"w{row.pk}",
        bucket=reader.bucket(row.due_at),
        due=row.due_at,
        view=bar(row.owed_from, row.due_at, reader),
        pack=None,
        grade="",
        title=said.title,
        number=row.number,
        about=said.figures,
        duty=_("答复预警"),
        note="",
        url=url,
        button=_("看预警"),
        button_url=url,
    )


def _limit_of(routine: Routine | None, reader: Reader) -> str:
    return _in_short(parse_limit(routine.due).words(reader.language)) if routine else ""


def waiting_rows(found: list[Clock], reader: Reader) -> list[Waiting]:
    """What others owe, in a line each."""
    return [row for row in (_waiting(clock, reader) for clock in found) if row is not None]


def _waiting(clock: Clock, reader: Reader) -> Waiting | None:
    pack = pack_of(clock.case.version_id)
    view = clocks.view(clock, pack, reader.at, reader.language, reader.zone, reader.standing.sites.get(clock.site_id))
    if view is None:
        return None
    when = view.words if view.tone == "late" else view.due_words
    who = "" if clock.waits_for else who_owes(clock, pack, reader.standing, reader.language)
    return Waiting(reverse("case", args=[clock.case.number]), f"{who} {view.name}".strip(), view.tone, when, clock.case.title)


def who_owes(clock: Clock, pack: Pack, standing: Standing, language: str) -> str:
    """The person who took it on, else the department, else the role."""
    person = standing.people.get(clock.person_id or 0)
    if person:
        return person.name
    department = standing.departments.get(clock.department_id or 0)
    return department.name if department else pack.label("roles", clock.role, language)
