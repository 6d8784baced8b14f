"""What the page suggests while the caller talks: categories, questions, grade, departments, promises, possible duplicates.

All of it follows from the pack and the words typed so far; nothing is stored, and a person may change every bit of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.company.models import Department, Person, Site
from kesu.company.procedures import time_of
from kesu.complaints.queries.promises import Promised, foreseen
from kesu.complaints.queries.similar import Suspect, similar
from kesu.procedure.due import due, due_words
from kesu.procedure.grading import Graded, grade
from kesu.procedure.instants import BeyondCalendar
from kesu.procedure.pack import Category, Pack
from kesu.procedure.refused import Refused
from kesu.procedure.suggest import split_items, suggest
from kesu.web.reception.forms import Sheet
from kesu.web.urgent import Told, urgent

MOST_HINTS = 3  # categories offered as chips beside a line


@dataclass(frozen=True)
class Hint:
    """A category that a line's words point to."""

    id: str
    label: str
    words: str
    taken: bool  # it counts unless somebody chooses another


@dataclass(frozen=True)
class Desk:
    """Who sits there, for which site, and by which procedure."""

    person: Person
    site: Site
    pack: Pack
    departments: list[Department]
    at: datetime
    language: str
    sites: list[Site]  # where the person may receive

    @property
    def zh(self) -> bool:
        """Whether the reader reads Chinese."""
        return self.language.startswith("zh")


@dataclass
class Advice:
    """What follows from a sheet at this moment."""

    hints: list[list[Hint]]
    categories: list[str]  # the category that counts, line by line; "" where nothing points to one
    parts: dict[int, list[str]]  # line → the matters it seems to hold
    heard: dict[str, list[str]]  # fact → the words that suggest it
    wanted: list[str]  # phrases that name a date
    nature: str
    nature_words: list[str]
    graded: Graded
    could_be: str  # a higher grade, if what the words suggest were confirmed
    unasked: bool  # a danger or a higher grade was heard and is not answered: the grade is for somebody else to say
    urgent: list[Told]
    lead: Department | None
    co: list[Department]
    ask: list[str]
    promises: list[Promised] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    judged_by: str = ""  # what was not asked is judged only then, where that is not today ("周一 09:30 前")
    dispatches: bool = True  # this nature goes to a department


def advise(desk: Desk, sheet: Sheet, *, look_around: bool = True) -> Advice:
    """Everything the page suggests for this sheet. `look_around` also reads the database for duplicates."""
    pack = desk.pack
    hints = [_hints(desk, line.words, line.category) for line in sheet.lines]
    categories = [line.category or (found[0].id if found else "") for line, found in zip(sheet.lines, hints, strict=True)]
    read = suggest(pack, sheet.wording)
    heard = dict(read.facts)
    nature = sheet.text["nature"] or (read.nature[0] if read.nature else pack.nature_default().id)
    graded = grade(pack, nature, sheet.facts)
    lead, co = _departments(desk, sheet, [category for category in categories if category])
    could_be = _could_be(pack, nature, sheet, heard, graded)
    found = Advice(
        hints=hints,
        categories=categories,
        parts=_parts(sheet),
        heard=heard,
        wanted=read.wanted_by,
        nature=nature,
        nature_words=read.nature[1] if read.nature and read.nature[0] == nature else [],
        graded=graded,
        could_be=could_be,
        unasked=bool(could_be) or _danger_unasked(pack, sheet, heard),
        urgent=urgent(pack, sheet.facts, zh=desk.zh),
        lead=lead,
        co=co,
        ask=_questions(desk, categories),
    )
    found.dispatches = "dispatch" in pack.one("natures", nature).steps if pack.find("natures", nature) else True
    found.judged_by = _judged_by(desk) if found.unasked else ""
    found.promises = _promises(desk, sheet, found)
    if look_around:
        found.suspects = _suspects(desk, sheet, found)
    return found


def _hints(desk: Desk, words: str, chosen: str) -> list[Hint]:
    if not words.strip():
        return []
    found = suggest(desk.pack, words).categories[:MOST_HINTS]
    taken = chosen or found[0][0] if found else ""
    return [Hint(id, desk.pack.label("categories", id, desk.language), "、".join(said), taken=id == taken) for id, said in found]


def _parts(sheet: Sheet) -> dict[int, list[str]]:
    """Only a proposal: lines that look like several matters of their own."""
    split = {n: split_items(line.words) for n, line in enumerate(sheet.lines)}
    return {n: parts for n, parts in split.items() if len(parts) > 1}


def _could_be(pack: Pack, nature: str, sheet: Sheet, heard: dict[str, list[str]], graded: Graded) -> str:
    """The grade if every suggested, unanswered question were answered yes; "" when that would not raise it."""
    imagined = {**dict.fromkeys(heard, True), **sheet.facts}
    other = grade(pack, nature, imagined).grade
    return other if pack.one("grades", other).rank > pack.one("grades", graded.grade).rank else ""


def _danger_unasked(pack: Pack, sheet: Sheet, heard: dict[str, list[str]]) -> bool:
    """Something urgent was heard, and nobody has looked at the questions at all."""
    return not sheet.facts and not sheet.text["nature"] and any(fact.urgency and fact.id in heard for fact in pack.facts)


def _judged_by(desk: Desk) -> str:
    """When somebody judges at the latest what reception leaves open; "" where that is today."""
    row = next((row for row in desk.pack.owed() if row.act == "judge"), None)
    try:
        found = due(row.limit, desk.at, time_of(desk.site, row.time)) if row else None
    except BeyondCalendar:  # a site that never opens: there is no such time
        return ""
    zone = ZoneInfo(desk.site.company.zone)
    if found is None or found.at.astimezone(zone).date() <= desk.at.astimezone(zone).date():
        return ""
    return due_words(found.at, desk.at, desk.language, zone)


def _departments(desk: Desk, sheet: Sheet, categories: list[str]) -> tuple[Department | None, list[Department]]:
    """The lead chosen, else the first matter's; the co-departments chosen, else those of all matters (H-2, M-14)."""
    by_kind = {row.kind: row for row in reversed(desk.departments)}
    by_id = {row.pk: row for row in desk.departments}
    kinds = [desk.pack.with_leads(category) for category in categories]
    lead_kind = next((kind for kind, _ in kinds if kind in by_kind), "")
    chosen = sheet.text["lead"]
    lead = by_id.get(int(chosen)) if chosen.isdecimal() else by_kind.get(lead_kind or "")
    if sheet.co_chosen or sheet.co:
        co = [by_id[pk] for pk in sheet.co if pk in by_id]
    else:
        wanted = [kind for first, others in kinds for kind in (first, *others) if kind in by_kind]
        co = [by_kind[kind] for kind in dict.fromkeys(wanted)]
    return lead, [row for row in co if lead is None or row.pk != lead.pk]


def _questions(desk: Desk, categories: list[str]) -> list[str]:
    """What to ask the caller for these categories, looked up the tree (M-9 …)."""
    found: list[str] = []
    for category in categories:
        row: Category | None = desk.pack.find("categories", category)
        while row and not row.ask:
            row = desk.pack.find("categories", row.parent)
        found += (row.ask if desk.zh else row.ask_en) if row else []
    return list(dict.fromkeys(found))


def _promises(desk: Desk, sheet: Sheet, found: Advice) -> list[Promised]:
    zone = desk.site.company.zone
    try:
        heard_at, wanted_by = sheet.heard_at(zone), sheet.wanted_by(zone)
    except Refused:  # half a date while somebody types it
        heard_at = wanted_by = None
    if wanted_by and wanted_by <= desk.at:  # a slip that filing refuses; nothing is promised for a day that is over
        wanted_by = None
    return foreseen(
        desk.site,
        desk.pack,
        desk.at,
        desk.language,
        channel=sheet.text["channel"],
        nature=found.nature,
        facts=sheet.facts,
        categories=[category for category in found.categories if category],
        heard_at=heard_at,
        wanted_by=wanted_by,
        dispatched=found.dispatches,
    )


def _suspects(desk: Desk, sheet: Sheet, found: Advice) -> list[Suspect]:
    """Closed ones of the same caller stand among their earlier ones already; here only where the words or the place are alike."""
    suspects = similar(
        desk.person,
        desk.at,
        site_id=desk.site.pk,
        words=[line.words for line in sheet.said],
        phone=sheet.text["phone"],
        home=sheet.text["home"],
        place=sheet.text["place"],
        categories=[category for category in found.categories if category],
    )
    return [suspect for suspect in suspects if suspect.case.is_open or suspect.alike]
