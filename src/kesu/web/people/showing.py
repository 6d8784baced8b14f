"""Self-reviews as pages show them: cards, the month's figures with their cases, what was written, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kesu.company.models import Person
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to
from kesu.complaints.queries.veil import covered_for
from kesu.insights.tables.table import Tongue
from kesu.performance.measures import MEASURES
from kesu.performance.models import Review, ReviewWords
from kesu.performance.tables import UNBLAMED, WORDS
from kesu.performance.words import DUTIES, ENTRIES, STATES, title_of
from kesu.web.work.rows import Reader, bar

PARTS: dict[str, tuple[str, str]] = {
    "well": ("做得好的", "What went well"),
    "change": ("打算改的", "What to change"),
    "help": ("要什么帮助", "What help is needed"),
    "said": ("", ""),
}
WROTE: dict[str, tuple[str, str]] = {
    "write": ("自查", "Self-review"),
    "answer": ("上级答复", "The superior's answer"),
    "add": ("补充", "Added"),
}


@dataclass(frozen=True)
class Card:
    """A self-review in a list."""

    row: Review
    title: str
    state: str
    owes: str  # write, answer, "" for nothing
    duty: str
    view: Any


def card(row: Review, reader: Reader, duty: str) -> Card:
    """A self-review as this reader has it."""
    tongue = Tongue(reader.language)
    view = bar(row.owed_from, row.due_at, reader) if row.due_at else None
    return Card(row, title_of(row, reader.language), tongue.pair(STATES[row.state]), duty, tongue.pair(DUTIES[duty]) if duty else "", view)


@dataclass(frozen=True)
class Figure:
    """One measure of the month, as it was when the review opened."""

    name: str
    n: int
    observed: int
    expected: float | None
    interval: str
    word: str


@dataclass(frozen=True)
class Month:
    """All measures; the cases in which something went wrong, with what; those that went well; how many the reader does not see."""

    figures: list[Figure]
    wrong: list[tuple[Case, list[str]]]
    well: list[Case]
    unseen: int


def figures(row: Review, person: Person, at: datetime, reader: Reader) -> Month:
    """The month's figures with the cases behind, those that the reader may see. Two queries."""
    wrong = {case: list(measures) for case, measures in row.cases.values_list("case_id", "wrong")}
    seen = visible_to(person, at).filter(pk__in=list(wrong)).select_related("site", "home").order_by("-received_at", "-pk")
    cases = {case.pk: case for case in seen}
    covered_for(list(cases.values()), person, at)
    tongue = Tongue(reader.language)
    found = []
    for one in row.figures:
        measure = MEASURES.get(one["measure"])
        if measure is None:
            continue
        words = WORDS[one["word"]] if measure.blames else UNBLAMED.get(one["word"], WORDS[one["word"]])
        interval = f"{one['interval'][0]:.2f} – {one['interval'][1]:.2f}" if one["interval"] else ""
        found.append(Figure(tongue.pair(measure.name), one["n"], one["observed"], one["expected"], interval, tongue.pair(words)))
    names = {measure.id: tongue.pair(measure.wrong) for measure in MEASURES.values()}
    bad = [
        (case, [f"{tongue.pair(MEASURES[id].name)}{tongue('：', ': ')}{names[id]}" for id in wrong[pk] if id in names])
        for pk, case in cases.items()
        if wrong[pk]
    ]
    return Month(found, bad, [case for pk, case in cases.items() if not wrong[pk]], len(wrong) - len(cases))


def said(row: Review, reader: Reader) -> list[tuple[ReviewWords, str, list[tuple[str, str]]]]:
    """What was written, in the order of time: (row, what it is, (heading, words) one by one)."""
    tongue = Tongue(reader.language)
    return [
        (one, tongue.pair(WROTE[one.act]), [(tongue.pair(PARTS[key]), one.words[key]) for key in PARTS if one.words.get(key)])
        for one in row.words.select_related("by")
    ]


def journal(row: Review, reader: Reader) -> list[tuple[Any, str]]:
    """What was done, the newest first: (entry, in words)."""
    tongue = Tongue(reader.language)
    return [(entry, tongue.pair(ENTRIES[entry.act])) for entry in row.journal.select_related("person").order_by("-n")]
