"""The work page put together: sections by due time, filter chips with their counts, what others owe, unread notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesu.channels.deciding import owed as owed_letters
from kesu.channels.out.calling import mine as calls_of
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.notice_words import words_of
from kesu.complaints.queries import asked as asked_of_me
from kesu.complaints.queries import inbox
from kesu.complaints.queries import work as queries
from kesu.complaints.queries.duties import owed_duties
from kesu.complaints.queries.work import BUCKETS, LATE, LATER, ROUTINE, TODAY, Counts, Cursor, Filters
from kesu.improvement.queries.owed import owed as owed_records
from kesu.improvement.queries.owed import stamp as record_stamp
from kesu.performance.queries.reviews import owed as owed_reviews
from kesu.performance.queries.reviews import sign as sign_of_reviews
from kesu.procedure.acts import ACTS, STEPS, step_name
from kesu.procedure.due import due_words
from kesu.reporting.queries.sight import owed as owed_reports
from kesu.reporting.queries.sight import sign as sign_of_reports
from kesu.warnings.queries.listing import owed as owed_warnings
from kesu.warnings.queries.listing import sign as sign_of_warnings
from kesu.web.work.reportrows import report_rows
from kesu.web.work.reviewrows import review_rows
from kesu.web.work.rows import Reader, Row, capa_rows, clock_rows, duty_rows, waiting_rows, warning_rows

NOTICES = 5
MOST_LETTERS = 100  # counted; more are as many
IMPROVEMENT = "improvement"  # the group of what is owed on records of corrective action
WARNING = "warning"  # the group of warnings to answer
BESIDE = (ROUTINE, IMPROVEMENT, WARNING)


@dataclass(frozen=True)
class Chip:
    """A filter with its count: a link, so it works without scripts and can be kept as an address."""

    name: str
    n: int
    url: str
    chosen: bool


@dataclass(frozen=True)
class Section:
    """已超时, 今天到期 or 以后."""

    bucket: str
    name: str
    n: int
    nearest: str
    rows: list[Row]


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    filters: Filters
    after: Cursor | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Asked:
        """Unknown filters are no filters; a cursor that no page gave out is the first page."""
        step, only = query.get("step", ""), query.get("only", "")
        known = step in BESIDE or step in STEPS or step in ACTS
        return cls(Filters(step if known else "", only if only in queries.ONLY else ""), Cursor.read(query.get("after", "")))


def address(filters: Filters, **more: str) -> str:
    """The page with these filters; without any it says so, so that a remembered filter is not put back."""
    pairs = {key: value for key, value in (("step", filters.step), ("only", filters.only), *more.items()) if value}
    return f"{reverse('work')}?{urlencode(pairs or {'show': 'all'})}"


def reader_of(person: Person, at: datetime, language: str) -> Reader:
    """Who reads the page, with what is known of the company."""
    return Reader(person, rights_of(person, at), standing(person.company), at, queries.day_ends(person.company.zone, at), language)


def context(person: Person, at: datetime, language: str, asked: Asked) -> dict[str, Any]:
    """Everything the page shows."""
    reader, counts = reader_of(person, at, language), queries.counts(person, at)
    reports, warnings, reviews = owed_reports(person, at), owed_warnings(person, at), owed_reviews(person, at)
    duties = duty_rows(owed_duties(person, at), reader) + report_rows(reports, reader)
    duties += review_rows(reviews, reader)
    records = capa_rows(owed_records(person, at), reader)
    warned = warning_rows(warnings, reader)
    shown_duties = _beside(duties, records, warned, asked.filters)
    found, cursor = queries.owed(person, at, asked.filters, asked.after) if asked.filters.step not in BESIDE else ([], None)
    rows = clock_rows(found, reader) + (shown_duties if asked.after is None else [])
    sections = _sections(rows, shown_duties, counts, asked.filters, reader)
    everything = _totals(counts, duties + records + warned)
    return {
        "filters": asked.filters,
        "sections": sections,
        "first": next((row.id for section in sections for row in section.rows), ""),
        "total": sum(everything.values()),
        "late": everything[LATE],
        "today": everything[TODAY],
        "chips": _chips(counts, duties, records, warned, asked.filters),
        "next": address(asked.filters, after=str(cursor)) if cursor else "",
        "paged": asked.after is not None,
        "start": address(asked.filters),
        "stamp": stamp_of(counts.stamp, person, at, [sign_of_reports(reports), sign_of_warnings(warnings), sign_of_reviews(reviews)]),
        "poll": _poll(asked),
        "coming": _coming(counts, duties + records + warned, reader),
        "waiting": waiting_rows(queries.waiting(person, at), reader),
        "letters": _letters(person, at) if reader.rights.ever("receive") else None,
        "calls": calls_of(person, at)[:NOTICES],
        "asked": asked_of_me.open_for(person),
        "notices": [(notice, words_of(notice, language)) for notice in inbox.unread(person, at, NOTICES)],
    }


def _letters(person: Person, at: datetime) -> dict[str, Any] | None:
    """How many letters wait to be looked at, and the first one's time."""
    due = [when for when in owed_letters(person, at).values_list("due_at", flat=True)[:MOST_LETTERS] if when]
    return {"n": len(due), "due": due[0], "late": due[0] <= at} if due else None


def _beside(duties: list[Row], records: list[Row], warned: list[Row], filters: Filters) -> list[Row]:
    """What is owed beside complaints, as far as the filters show it."""
    shown = {"": duties + records + warned, ROUTINE: duties, IMPROVEMENT: records, WARNING: warned}
    return [] if filters.only else shown.get(filters.step, [])


def stamp_of(complaints: str, person: Person, at: datetime, beside: list[str] | None = None) -> str:
    """The stamp of the complaints owed with those of records, reports, warnings and self-reviews owed; the last three where they were read
    already (`beside`)."""
    if beside is None:
        reports, warnings = sign_of_reports(owed_reports(person, at)), sign_of_warnings(owed_warnings(person, at))
        beside = [reports, warnings, sign_of_reviews(owed_reviews(person, at))]
    return ".".join([complaints, record_stamp(person, at), *beside])


def _totals(counts: Counts, duties: list[Row]) -> dict[str, int]:
    return {bucket: counts.of(bucket=bucket) + sum(row.bucket == bucket for row in duties) for bucket in BUCKETS}


def _sections(rows: list[Row], duties: list[Row], counts: Counts, filters: Filters, reader: Reader) -> list[Section]:
    names = {LATE: _("已超时"), TODAY: _("今天到期"), LATER: _("以后")}
    found = []
    for bucket in BUCKETS:
        here = [row for row in rows if row.bucket == bucket]
        if here:
            here.sort(key=lambda row: (row.view.tone == "paused", row.due))
            n = counts.of(filters, bucket) + sum(row.bucket == bucket for row in duties)
            found.append(Section(bucket, names[bucket], n, _nearest(bucket, here, reader), here))
    return found


def _nearest(bucket: str, rows: list[Row], reader: Reader) -> str:
    if bucket == LATE:
        return ""
    return _("最近 %(when)s") % {"when": due_words(rows[0].due, reader.at, reader.language, reader.zone)}


def _chips(counts: Counts, duties: list[Row], records: list[Row], warned: list[Row], now: Filters) -> list[Chip]:
    """All, then every group of work there is, then grave ones, those nobody took, those that name me."""
    everything = counts.of() + len(duties) + len(records) + len(warned)
    chips = [Chip(_("全部"), everything, address(Filters()), not now)]
    for group in counts.groups():
        wanted = Filters(group, now.only)
        chips.append(Chip(_group_name(group), counts.of(wanted), _toggled(wanted, now, "step"), now.step == group))
    if duties:
        chips.append(Chip(_("例行"), len(duties), _toggled(Filters(ROUTINE), now, "step"), now.step == ROUTINE))
    if records:
        chips.append(Chip(_("整改"), len(records), _toggled(Filters(IMPROVEMENT), now, "step"), now.step == IMPROVEMENT))
    if warned:
        chips.append(Chip(_("异常预警"), len(warned), _toggled(Filters(WARNING), now, "step"), now.step == WARNING))
    names = {"grave": _("只看重大"), "nobody": _("无人认领"), "mine": _("指名给我")}
    step = now.step if now.step not in BESIDE else ""
    for only, name in names.items():
        wanted = Filters(step, only)
        n = counts.of(wanted)
        if n or now.only == only:
            chips.append(Chip(name, n, _toggled(wanted, now, "only"), now.only == only))
    return chips


def _toggled(wanted: Filters, now: Filters, part: str) -> str:
    """Pressing a chosen chip takes it back."""
    if wanted != now:
        return address(wanted)
    return address(Filters("", now.only) if part == "step" else Filters(now.step, ""))


def _group_name(group: str) -> str:
    language = get_language() or "zh-hans"
    if group in STEPS:
        return step_name(group, language)
    act = ACTS.get(group)
    return (act.zh if language.startswith("zh") else act.en) if act else _("其他")


def _poll(asked: Asked) -> str:
    pairs = {"step": asked.filters.step, "only": asked.filters.only, "after": str(asked.after or "")}
    return f"{reverse('work_rows')}?{urlencode({key: value for key, value in pairs.items() if value})}"


def _coming(counts: Counts, duties: list[Row], reader: Reader) -> str:
    """When the next thing falls due, for a list that is empty today."""
    ahead = [row.first for row in counts.sums if row.bucket == LATER] + [row.due for row in duties if row.bucket == LATER]
    return due_words(min(ahead), reader.at, reader.language, reader.zone) if ahead else ""
