"""Merging duplicates: the same complaint twice goes on under one number, and nobody's time gets longer by it (M-14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from kesu.company.models import Person
from kesu.company.procedures import pack_of, round_the_clock
from kesu.company.rights import rights_of
from kesu.complaints.actions import clocks, judging, remedies, steps
from kesu.complaints.actions.road import Road, begin, locked, parts_of, sees
from kesu.complaints.models import AgreedAction, Case, Clock, Extension, JournalEntry, Merge, Pause
from kesu.complaints.storing import update
from kesu.procedure.acts import ACTS
from kesu.procedure.due import due
from kesu.procedure.duewords import due_words
from kesu.procedure.limits import parse_limit
from kesu.procedure.refused import Refused
from kesu.procedure.running import runs

TIMES = ("heard", "receive")  # marks that say when we knew of it


def merge(person: Person, case_id: int, *, into: str, reason: str, channel: str, words: str, at: datetime) -> Case:
    """Close this case as the same complaint as the one with the number `into`, and tell its customer (`channel`, `words`).

    Its clocks end as merged; the other case counts from when either was first heard, and takes the graver grade and the earlier
    date asked for. Where a limit would still be later than it was here, that is refused: merging never wins time.
    """
    with transaction.atomic():
        other = _other(person, case_id, into, at)
        with begin(person, case_id, "merge", at) as road:
            reason = road.needs(reason, "reason", "写清为什么是同一件事", "say why it is the same complaint")
            words = road.needs(words, "words", "写下对客户说的话", "write down what the customer was told")
            if road.pack.find("channels", channel) is None:
                raise Refused("channel", "请选怎么告诉客户的", "choose how the customer was told", field="channel")
            _check(road, other)
            owed = _due_times(road.case)
            kept = _take_in(road, other)
            _refuse_later(road, other, owed)
            Merge.objects.create(case=road.case, into=other, reason=reason[:400], kept=kept, by=person, at=at)
            _end(road)
            road.journal(into=other.pk, number=other.number, reason=reason, channel=channel, words=words)
    return road.case


def _other(person: Person, case_id: int, into: str, at: datetime) -> Case:
    """The case to merge into, locked together with this one in a fixed order, so that two merges in opposite directions wait, not die."""
    mine = Case.objects.filter(pk=case_id).first()
    if mine is None or not sees(rights_of(person, at), mine, list(mine.parts.all()), mine.tasks.all()):
        raise Case.DoesNotExist
    found = Case.objects.filter(company_id=person.company_id, number=into.strip()).first()
    if found is None or not sees(rights_of(person, at), found, list(found.parts.all()), found.tasks.all()):
        raise Refused("no_case", "没有找到这张单，请核对编号", "no such complaint was found; check the number", field="into")
    if found.pk == case_id:
        raise Refused("itself", "不能并入自己", "it cannot be merged into itself", field="into")
    rows = {row.pk: row for row in (locked(pk) for pk in sorted((case_id, found.pk)))}
    return rows[found.pk]


def _check(road: Road, other: Case) -> None:
    case, rights = road.case, road.rights
    assert rights is not None  # staff only
    mine = Merge.objects.filter(case=other, undone_at__isnull=True).select_related("into").first()
    if mine:
        raise Refused(
            "merged_already",
            f"{other.number} 已经并入 {mine.into.number}，请直接并入 {mine.into.number}",
            f"{other.number} was merged into {mine.into.number}; merge into that one",
            field="into",
        )
    if not other.is_open:
        raise Refused(
            "closed_case", f"{other.number} 已经结案，不能并进去", f"{other.number} is closed; nothing can be merged into it", field="into"
        )
    if rights.by_role("merge", site_id=other.site_id, departments=[part.department_id for part in other.parts.all()]) is None:
        raise Refused("not_allowed", f"您的岗位不能动 {other.number}", f"your role may not touch {other.number}", field="into")
    if case.outcome == "withdrawn" or other.outcome == "withdrawn":
        raise Refused("withdrawn", "客户已经撤回的不合并", "what the customer has withdrawn is not merged", field="into")
    if AgreedAction.objects.filter(case=case, agreed_at__isnull=False, done_at__isnull=True).exists():
        raise Refused(
            "promised",
            f"已经答应这位客户的事还没办完；先办完，或把 {other.number} 并到这里",
            f"what was promised to this customer is not done; do it first, or merge {other.number} into this one",
        )
    if steps.open_tasks(case):
        raise Refused("tasks", "交办的事还没办完，先办好或撤掉", "tasks are open here; have them done or drop them first")
    if hasattr(case, "led_group"):
        raise Refused("leads", "这张是群诉的牵头单，不能并走", "this case leads a group and cannot be merged away")


def _due_times(case: Case) -> dict[str, datetime]:
    """What this case owes, by obligation: of what is the case's own or its lead department's."""
    leads = case.parts.filter(lead=True, round=case.round, sent_back_at__isnull=True).values_list("pk", flat=True)
    rows = Clock.objects.filter(case=case, state="running", subject__in=[0, *leads]).order_by("-due_at")
    per = {row.id: row.per for row in pack_of(case.version_id).owed()}
    return {row.obligation: row.due_at for row in rows if row.subject == 0 or per.get(row.obligation) == "part"}


def _road_of(road: Road, other: Case, act: str) -> Road:
    """What the same person's act does to the other case, whose lock is held."""
    theirs = Road(road.person, road.actor, other, pack_of(other.version_id), ACTS[act], road.at, role=road.role, rights=road.rights)
    theirs.parts, theirs.own_mark = parts_of(other, theirs.standing), False
    return theirs


def _take_in(road: Road, other: Case) -> dict[str, Any]:
    """The other case takes this one in: its time counts from the earlier of both, its grade is the graver. What undoing gives back."""
    case = road.case
    theirs = _road_of(road, other, "take_in")
    kept = {"heard_at": other.heard_at.isoformat(), "wanted_by": other.wanted_by.isoformat() if other.wanted_by else None}
    earlier = case.heard_at < other.heard_at
    other.heard_at = min(other.heard_at, case.heard_at)
    other.wanted_by = min(filter(None, (other.wanted_by, case.wanted_by)), default=None)
    first = {"heard": other.heard_at, "receive": min(case.received_at, other.received_at)}
    for pairs in (other.marks, other.whole_marks):
        for name, when in first.items():
            if name in pairs:
                pairs[name] = [min(pairs[name][0], when.isoformat(), key=datetime.fromisoformat), pairs[name][1]]
    since = {name: when.isoformat() for name, when in first.items()} if earlier else {}
    theirs.mark("take_in")
    theirs.journal(other=case.pk, number=case.number, since=since)
    theirs.tell([who for who in (other.handler, other.received_by) if who], words=case.title)
    _graver(theirs, case)
    begin_anew(theirs)
    theirs.finish()
    return kept


def _graver(theirs: Road, case: Case) -> None:
    mine, other = theirs.pack.find("grades", case.grade), theirs.pack.find("grades", theirs.case.grade)
    if case.judged and mine and (other is None or mine.rank > other.rank or not theirs.case.judged):
        zh, en = f"并进来的 {case.number} 是{mine.name}", f"{case.number}, taken in, is {mine.name_en}"
        if theirs.case.grade != mine.id:
            judging.put_grade(theirs, mine.id, zh, en)


def begin_anew(road: Road) -> None:
    """Running clocks that count from when we knew of it count from the time that is known now; called when that has changed."""
    rows = clocks.Rows.read(road.case, road.parts)
    began = {
        (run.obligation.id, run.subject): run.began
        for run in runs(road.pack, clocks.state_of(road.pack, road.case, rows.subjects(road.case)))
    }
    for clock in rows.clocks:
        when = began.get((clock.obligation, clock.subject))
        if clock.state in ("running", "paused") and clock.began_by in TIMES and when and when != clock.began_at:
            clock.began_at = when
            update(clock)


def _refuse_later(road: Road, other: Case, owed: dict[str, datetime]) -> None:
    zone, language = other.site.company.zone, "zh"
    there = _due_times(other)
    for name, mine in owed.items():
        if name in there and there[name] > mine:
            row = road.pack.obligation(name)
            called = (row.name, row.name_en) if row else (name, name)
            dates = [(due_words(when, road.at, language, zone), due_words(when, road.at, "en", zone)) for when in (mine, there[name])]
            raise Refused(
                "later",
                f"“{called[0]}”这里是 {dates[0][0]}，{other.number} 是 {dates[1][0]}，并过去就晚了；把 {other.number} 并到这里，或归为群诉",
                f"“{called[1]}” is due here {dates[0][1]}, at {other.number} {dates[1][1]}: merging would lose time; "
                f"merge {other.number} into this one, or make them a group",
                field="into",
            )


def _end(road: Road) -> None:
    """Closed as merged: nothing is owed here any more."""
    case = road.case
    remedies.replace_open(road)
    Extension.objects.filter(case=case, state="asked").update(state="lapsed", decided_at=road.at)
    Pause.objects.filter(case=case, ended_at__isnull=True).update(ended_at=road.at)
    case.outcome, case.closed_at = "merged", road.at


def unmerge(person: Person, case_id: int, *, reason: str, at: datetime) -> Case:
    """It was not the same after all: both go on by themselves, with the time that each has had. Within the pack's time only."""
    with transaction.atomic():
        row = Merge.objects.filter(case_id=case_id, undone_at__isnull=True).select_related("into").first()
        for pk in sorted({case_id, *([row.into_id] if row else [])}):
            if Case.objects.filter(pk=pk).exists():
                locked(pk)
        with begin(person, case_id, "unmerge", at) as road:
            reason = road.needs(reason, "reason", "写清为什么分开", "say why they are separated")
            row = Merge.objects.filter(case=road.case, undone_at__isnull=True).select_related("into").first()
            if row is None:
                raise Refused("not_merged", "这张单没有并入别的单", "this case is not merged into another")
            _refuse_too_late(road, row)
            row.undone_at, row.undone_by = at, person
            row.save(update_fields=["undone_at", "undone_by"])
            road.case.outcome, road.case.closed_at = "", None
            _give_back(road, row, reason)
            road.journal(into=row.into_id, number=row.into.number, reason=reason)
    return road.case


def _refuse_too_late(road: Road, row: Merge) -> None:
    limit = road.pack.hands.undo_merge
    last = due(parse_limit(limit), row.at, round_the_clock(road.case.site.company.zone))
    if not row.into.is_open:
        said = (
            f"{row.into.number} 已经结案，不能再分开；还有没解决的，重新受理",
            f"{row.into.number} is closed; receive what is left as a new complaint",
        )
        raise Refused("closed_case", *said)
    if last and road.at > last.at:
        words = parse_limit(limit).words("zh"), parse_limit(limit).words("en")
        raise Refused("too_late", f"合并满{words[0]}就不能撤销了", f"a merge can be undone within {words[1]} only")


def _give_back(road: Road, row: Merge, reason: str) -> None:
    """The other case counts again from its own time, unless another that was taken in is as early."""
    other = locked(row.into_id)
    begun = Merge.objects.filter(into=other).earliest("id")
    kept = begun.kept  # its own times, before anything was taken in
    still = list(Merge.objects.filter(into=other, undone_at__isnull=True).select_related("case"))
    theirs = _road_of(road, other, "give_back")
    own = datetime.fromisoformat(kept["heard_at"])
    other.heard_at = min([own, *(merged.case.heard_at for merged in still)])
    if not JournalEntry.objects.filter(case=other, act="agree_date", at__gte=begun.at).exists():  # else what was agreed since stays agreed
        wanted = [datetime.fromisoformat(kept["wanted_by"])] if kept["wanted_by"] else []
        other.wanted_by = min([*wanted, *(merged.case.wanted_by for merged in still if merged.case.wanted_by)], default=None)
    first = {"heard": other.heard_at, "receive": min([other.received_at, *(merged.case.received_at for merged in still)])}
    for pairs in (other.marks, other.whole_marks):
        for name, when in first.items():
            if name in pairs:
                pairs[name] = [when.isoformat(), max(pairs[name][1], when.isoformat(), key=datetime.fromisoformat)]
    theirs.journal(other=row.case_id, number=row.case.number, reason=reason, since={name: when.isoformat() for name, when in first.items()})
    begin_anew(theirs)
    theirs.finish()


def carriers(case: Case) -> list[Person]:
    """Who hears what the customer of a merged case says: those of the case that goes on with it."""
    row = Merge.objects.filter(case=case, undone_at__isnull=True).select_related("into__handler", "into__received_by").first()
    return [who for who in (row.into.handler, row.into.received_by) if who] if row else []
