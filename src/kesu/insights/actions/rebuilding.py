"""Figures from nothing, and the proof that what is kept is what a rebuild would give.

A rebuild holds the figures (`holding`), derives every case anew and gathers the sums of what comes out. Facts that are others are
replaced piece by piece, and the roll-ups moved with them in the same transaction: what stands can be read at any time, and whoever
stops in the middle leaves true sums. At the end the roll-ups that are kept are compared with those that were gathered, and put right.
Cases on which somebody acted meanwhile are marked as ever, and counted when the hold ends.
Memory is that of some pieces; sums are gathered in a file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import reduce
from operator import and_
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from kesu.company.models import Company
from kesu.complaints.models import Case
from kesu.insights.actions.beside import Task, work, worked
from kesu.insights.actions.counting import FORMULA, catch_up, reckoned
from kesu.insights.actions.gathering import Gathered
from kesu.insights.actions.holding import Hold, hold
from kesu.insights.actions.marking import mark_anew
from kesu.insights.actions.storing import NUMBERS, add
from kesu.insights.models import CaseFact, Keeping, Mark, Tally
from kesu.insights.queries.telling import pieces

PIECE = 1000  # cases in one transaction: more take more memory, fewer touch the same roll-ups more often
STEP = 5000  # ids read at once
NAMED = 500  # cases named in one question
MOST_NAMED = 1000  # faults of single cases; whoever has more knows enough
Told = Callable[[int, int], None]  # how many of how many


def rebuild(company: Company, at: datetime, progress: Told | None = None, processes: int = 1) -> int:
    """Count every case of the company anew, in so many processes. Returns how many there are. Raises Held when somebody else does."""
    with hold(company, at) as held, _gathering() as gathered:
        stamp = _begin(company)
        done = _all(held, "rebuilt", gathered, progress, processes)
        with transaction.atomic():
            held.prolong()
            right = {row.key: [a - b for a, b in zip(row.wanted, row.kept, strict=True)] for row in gathered.differences(company)}
            add(company.pk, right)
            _without_nothing(company)
            _mark_neighbours(company, held.now())
            Keeping.objects.filter(company=company).update(**stamp, formula=FORMULA, built_at=at)
    while catch_up(company, at, PIECE):
        pass
    return done


def _begin(company: Company) -> dict[str, object]:
    """What waits is counted with all the rest. Until the end no formula stands there: whoever finds it so counts everything."""
    with transaction.atomic():
        stamp: dict[str, object] = {"reckoned": reckoned(company), "changes": company.changes}
        Keeping.objects.filter(company=company).update(formula=0)
        marks = Mark.objects.filter(company=company)
        marks._raw_delete(marks.db)
        return stamp


def _all(held: Hold, what: str, gathered: Gathered, progress: Told | None, processes: int) -> int:
    company, done = held.company, 0
    total = Case.objects.filter(company=company).count()
    tasks: Iterator[Task] = ((what, company.pk, held.token, ids) for ids in pieces(_ids(company), PIECE))
    for piece in worked(tasks, processes):
        gathered.take(piece.sheet)
        gathered.faults += piece.faults[: max(0, MOST_NAMED - len(gathered.faults))]
        gathered.unsure += piece.unsure
        done += piece.cases
        held.prolong()
        if progress:
            progress(done, total)
    return done


def _ids(company: Company) -> Iterator[int]:
    """The ids in their order, read in steps, so that writing goes on meanwhile."""
    last = 0
    while found := list(Case.objects.filter(company=company, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP]):
        yield from found
        last = found[-1]


@contextmanager
def _gathering() -> Iterator[Gathered]:
    with tempfile.TemporaryDirectory() as place:
        gathered = Gathered(Path(place) / "sums.sqlite3")
        try:
            yield gathered
        finally:
            gathered.close()


def _without_nothing(company: Company) -> None:
    """Roll-ups that came to nothing go."""
    nothing = Tally.objects.filter(reduce(and_, (Q(**{name: 0}) for name in NUMBERS)), company=company)
    nothing._raw_delete(nothing.db)


def _mark_neighbours(company: Company, at: datetime) -> None:
    """Whoever is tied to a case on which somebody acted meanwhile may have been counted before that: they are counted once more."""
    acted = list(Mark.objects.filter(company=company).order_by("case_id").values_list("case_id", flat=True).distinct())
    tied: set[int] = set()
    for few in pieces(acted, NAMED):
        named = Q(case__in=few) | Q(repeats__in=few) | Q(repeated__in=few)
        for row in CaseFact.objects.filter(named, company=company).values_list("case_id", "repeats", "repeated"):
            tied.update(pk for pk in row if pk is not None)
    mark_anew(company.pk, sorted(tied - set(acted)), at)


def differences(company: Company, at: datetime, progress: Told | None = None, processes: int = 1) -> Iterator[str]:
    """What is kept and is not what a rebuild would give, one line each: first the facts, then the sums. Writes nothing but what waits.

    Raises Held when somebody counts everything anew.
    """
    while catch_up(company, at, PIECE):
        pass
    with _gathering() as gathered:
        with hold(company, at) as held:
            _all(held, "compared", gathered, progress, processes)
            wrong = [str(row) for row in gathered.differences(company)]
        yield from gathered.faults
        if gathered.unsure:
            yield from _once_more(company, gathered.unsure, at)
        yield from wrong


def _once_more(company: Company, cases: Sequence[int], at: datetime) -> Iterator[str]:
    """Cases that differed while somebody acted: when that is counted they must not."""
    while catch_up(company, at, PIECE):
        pass
    for ids in pieces(sorted(cases), PIECE):
        yield from work(("compared", company.pk, "", ids)).faults
