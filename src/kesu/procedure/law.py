"""Time limits of laws, platforms and authorities as dated, sourced rows; read from `packs/law/*.toml`. Nothing in code names a law.

A row says whose rule it is, how far its text was checked, where and for whom it is in force, what it counts from, which acts fulfil
it and how long it gives. Comparing it with a procedure is `lawlint`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import Literal

from pydantic import ValidationError

from kesu.procedure.acts import ACTS
from kesu.procedure.duties import TimeKind
from kesu.procedure.limits import parse_limit
from kesu.procedure.packchecks import HEARD
from kesu.procedure.packchecks import limit as limit_faults
from kesu.procedure.packfaults import Fault, PackError, Problem, did_you_mean, fault_of, placed
from kesu.procedure.packlines import Lines
from kesu.procedure.packrows import Id, Part, Text
from kesu.procedure.packtext import parsed, text_of

EVERY_SECTOR = "all"
Mark = Literal["verified", "secondary", "unverified"]
MARKS: dict[str, tuple[str, str]] = {
    "verified": ("已核对原文", "checked against the text"),
    "secondary": ("二手资料", "from a secondary source"),
    "unverified": ("未核对", "not checked"),
}
KINDS: dict[str, tuple[str, str]] = {
    "law": ("法定", "by law"),
    "contract": ("示范合同", "by model contract"),
    "platform": ("平台规则", "by the platform's rules"),
    "authority": ("主管部门的时限", "the authority's own limit"),
}


class Row(Part):
    """One limit. `limit` in the pack's grammar, or `words` where the rule gives no number."""

    id: Id
    country: str = ""  # the file's
    rule: Text
    rule_en: Text
    article: str = ""
    article_en: str = ""
    duty: Text
    duty_en: Text
    kind: Literal["law", "contract", "platform", "authority"]
    mark: Mark
    level: Literal["national", "province", "city"]
    province: str = ""
    cities: list[Text] = []
    place_en: str = ""
    sectors: list[Id]  # "all": every one
    since: dt.date | None = None  # in force for what is received from this day … (None: its first day was not checked)
    through: dt.date | None = None  # … to this one
    begins: list[str] = []  # marks of procedure.running, the first starts the limit; events by the ids that packs use
    until: list[str] = []  # any of these fulfils it
    limit: str = ""
    time: TimeKind = "always"
    words: str = ""
    words_en: str = ""
    when: Text
    when_en: Text
    compare: bool = False  # whether every procedure is compared with it; otherwise only clocks of a pack's procedure that names it
    note: str = ""
    note_en: str = ""

    def in_force(self, day: dt.date) -> bool:
        """Whether it counts for what is received that day."""
        return (self.since is None or self.since <= day) and (self.through is None or day <= self.through)

    def binds(self, sector: str, province: str = "", city: str = "") -> bool:
        """Whether it concerns a business of this sector at this place; without a place only what counts nationwide does."""
        if EVERY_SECTOR not in self.sectors and sector not in self.sectors:
            return False
        if self.level == "national":
            return True
        return city in self.cities if self.level == "city" else province == self.province

    def limit_words(self, language: str = "zh") -> str:
        """How long it gives, for people."""
        if self.limit:
            return parse_limit(self.limit).words(language)
        return self.words if language.startswith("zh") else self.words_en

    def title(self, language: str = "zh") -> str:
        """Rule, article and mark: 某某办法第八条（已核对原文）."""
        said = MARKS[self.mark]
        if language.startswith("zh"):
            return f"{self.rule}{self.article}（{said[0]}）"
        return f"{self.rule_en}{f', {self.article_en}' if self.article_en else ''} ({said[1]})"


class Law(Part):
    """A file of rows. `country` is the calendar of the procedures that it concerns."""

    country: str = ""
    rows: list[Row]

    def find(self, id: str) -> Row | None:
        """The row of this id, or None."""
        return next((row for row in self.rows if row.id == id), None)

    def chosen(self, sector: str | None, province: str = "", city: str = "", on: dt.date | None = None) -> list[Row]:
        """The rows for a sector (None: every one) at a place, in force on a day (None: whenever)."""
        return [
            row
            for row in self.rows
            if (on is None or row.in_force(on)) and row.binds(row.sectors[0] if sector is None else sector, province, city)
        ]


def read(paths: Iterable[File | str]) -> Law:
    """The rows of these files together. Raises PackError with every fault (file, line, key); OSError when a file is not there."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for path in map(File, paths):
        text, refused = text_of(path)
        found, wrong = (None, refused) if refused else examine(text, path.name)
        problems += wrong
        rows += found.rows if found else []
    twice = {row.id for n, row in enumerate(rows) if any(other.id == row.id for other in rows[:n])}
    problems += [
        Problem("law", 1, id, f"标识“{id}”在两个文件里都有，改一个", f"the id {id!r} is in two files; change one") for id in sorted(twice)
    ]
    if problems:
        raise PackError(problems)
    return Law(rows=rows)


def examine(text: str, file: str = "law.toml") -> tuple[Law | None, list[Problem]]:
    """The rows of a text, or everything wrong with it."""
    data, problems = parsed(text, file)
    if problems:
        return None, problems
    lines = Lines(text)
    try:
        law = Law.model_validate(data)
    except ValidationError as error:
        return None, placed([fault_of(row, Law) for row in error.errors(include_url=False)], lines, file)
    if faults := list(_faults(law.rows)):
        return None, placed(faults, lines, file)
    return Law(country=law.country, rows=[row.model_copy(update={"country": law.country}) for row in law.rows]), []


def _faults(rows: Sequence[Row]) -> Iterator[Fault]:
    ids = [row.id for row in rows]
    for n, row in enumerate(rows):
        path = ("rows", n)
        if row.id in ids[:n]:
            yield Fault((*path, "id"), f"标识“{row.id}”用过了，换一个", f"the id {row.id!r} is taken; choose another")
        if row.country:
            yield Fault((*path, "country"), "country 写在文件开头，不写在行里", "stands at the head of the file, not in a row")
        yield from _place(path, row)
        yield from _length(path, row)
        if bool(row.article) != bool(row.article_en):
            yield Fault((*path, "article_en"), "article 和 article_en 一起写", "article and article_en go together")
        for key in ("begins", "until"):
            for m, mark in enumerate(getattr(row, key)):
                yield from _mark((*path, key, m), mark)
        if row.since and row.through and row.through < row.since:
            yield Fault((*path, "through"), f"早于 since（{row.since}）", f"lies before since ({row.since})")
        if not row.sectors:
            yield Fault((*path, "sectors"), '写上行业，全部写 ["all"]', 'name the sectors; ["all"] for every one')


def _place(path: tuple[str, int], row: Row) -> Iterator[Fault]:
    if (row.level != "national") != bool(row.province):
        yield Fault((*path, "province"), "省、市一级的要写 province，全国的不写", "is for level province or city, and needed there")
    if (row.level == "city") != bool(row.cities):
        yield Fault((*path, "cities"), "市一级的要写 cities，别的不写", "is for level city, and needed there")
    if (row.level != "national") != bool(row.place_en):
        yield Fault((*path, "place_en"), "地方的英文名和 province 一起写", "goes with province")


def _length(path: tuple[str, int], row: Row) -> Iterator[Fault]:
    yield from limit_faults((*path, "limit"), row.limit or None, working_days=row.time != "always")
    if bool(row.limit) == bool(row.words) or bool(row.words) != bool(row.words_en):
        yield Fault((*path, "limit"), "limit 和 words（words_en）写一个，只写一个", "write either limit or words with words_en")
    if row.compare and not (row.limit and row.begins and row.until):
        yield Fault((*path, "compare"), "要比就要有 begins、until、limit", "comparing needs begins, until and limit")


def _mark(path: tuple[str, int, str, int], mark: str) -> Iterator[Fault]:
    name = mark.partition(":")[0]
    if name not in ACTS and name not in (HEARD, "fact", "event"):
        zh, en = did_you_mean(name, [*ACTS, HEARD])
        yield Fault(path, f"没有“{mark}”这个动作{zh}", f"there is no act {mark!r}{en}")


__all__ = ["KINDS", "MARKS", "Law", "Row", "examine", "read"]
