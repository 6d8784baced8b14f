"""Past cases as their journals tell them, to be replayed under another version of the procedure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import groupby, islice

from django.db.models import QuerySet

from kesu.company.models import Person, Site
from kesu.company.procedures import pack_of, time_of
from kesu.complaints.models import Case, JournalEntry
from kesu.complaints.queries.cases import visible_to
from kesu.procedure.pack import Pack
from kesu.procedure.playing import Times
from kesu.procedure.replaying import History, Replay, history

PIECE = 500  # cases read at a time


def seen_by(person: Person, at: datetime, since: datetime | None = None) -> QuerySet[Case]:
    """The cases that this person may replay, received since then."""
    found = visible_to(person, at).exclude(whole_marks__has_key="taken_over")  # of old records only beginning and end are known
    return found.filter(received_at__gte=since) if since else found


def histories(cases: QuerySet[Case], at: datetime) -> Iterator[tuple[History, Case]]:
    """What each journal tells, and its case with the site, in the order of receipt; read in pieces, so that any number fits."""
    rows = cases.select_related("site__company").order_by("received_at", "id").iterator(chunk_size=PIECE)
    while piece := list(islice(rows, PIECE)):
        entries = JournalEntry.objects.filter(case__in=piece).order_by("case_id", "n").only("case_id", "n", "at", "act", "data")
        journals = {case_id: list(group) for case_id, group in groupby(entries, key=lambda entry: entry.case_id)}
        for case in piece:
            yield _history(case, journals.get(case.pk, []), at), case


def _history(case: Case, entries: list[JournalEntry], at: datetime) -> History:
    return history(
        case.number,
        [{"at": entry.at, "act": entry.act, "data": entry.data} for entry in entries],
        heard_at=case.heard_at,
        until=at,
        channel=case.channel,
        customer_date=case.wanted_by,
    )


def replay_both(cases: QuerySet[Case], new: Pack, old: Pack | None, at: datetime) -> tuple[Replay, Replay]:
    """The cases under the version each was received under (or under `old`), and under `new`. One pass over the journals."""
    before, after = Replay(), Replay()
    for story, case in histories(cases, at):
        times = times_at(case.site)
        for found, pack in ((before, old or pack_of(case.version_id)), (after, new)):
            found.take(pack, story, times)
    return before, after


def times_at(site: Site) -> Times:
    """The kinds of time of a site."""
    return partial(time_of, site)
