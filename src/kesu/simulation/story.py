"""What the demonstration company is told from: people, matters, scandals (story/*.toml), read into plain rows."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent / "story"
_SLOT = re.compile(r"\{(.+?)\}")


@dataclass(frozen=True)
class Homes:
    """How the homes of a site are numbered, and how many of them are known from the start."""

    buildings: int
    units: int
    floors: int
    doors: int
    known: int

    @property
    def all(self) -> int:
        """How many there are."""
        return self.buildings * self.units * self.floors * self.doors


@dataclass(frozen=True)
class SiteRow:
    """A site: its share of the complaints, how many times slower than usual it works, department kinds it lacks."""

    code: str
    name: str
    phone: str
    door: str
    share: int
    pace: float
    homes: Homes
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonRow:
    """Somebody with one role; `shift` is the hours on duty, `pace` and `signs` are how many times slower than usual."""

    name: str
    login: str
    role: str
    site: str = ""
    department: str = ""
    shift: tuple[int, int] | None = None
    pace: float = 1.0
    signs: float = 1.0


@dataclass(frozen=True)
class ActRow:
    """Something promised: what, remedy of the pack, cost in yuan from–to, within how many days."""

    what: str
    remedy: str
    least: int
    most: int
    days: int


@dataclass(frozen=True)
class Matter:
    """A thing that residents complain about, and what comes of it."""

    category: str
    say: tuple[str, ...]
    natures: dict[str, int]
    facts: dict[str, float]
    causes: tuple[tuple[str, str], ...]
    acts: tuple[ActRow, ...]
    done: tuple[str, ...]
    wants: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    weight: float = 1.0
    season: tuple[int, ...] = ()
    night: bool = False


@dataclass(frozen=True)
class Scandal:
    """A matter that hits one place again and again; `at` are shares of the whole time, one complaint each."""

    id: str
    site: str
    place: str
    at: tuple[float, ...]
    hour: tuple[int, int]
    matter: Matter
    facts: tuple[str, ...]
    again: tuple[str, ...] = ()  # facts that hold from the second complaint on
    bounces: int = 0
    drags: int = 0  # days until it is solved
    rounds: int = 1


@dataclass(frozen=True)
class Today:
    """A case that stands somewhere right now: received so many minutes ago, nobody has done `stop` yet."""

    category: str
    site: str
    minutes: int
    stop: str
    say: str
    facts: tuple[str, ...]
    nature: str = ""  # default: the pack's first nature and channel
    channel: str = ""
    last: int = 0  # minutes since the last thing was done; 0: a third of the whole


@dataclass(frozen=True)
class Story:
    """Everything the simulation is told from."""

    company: dict[str, Any]
    sites: tuple[SiteRow, ...]
    people: tuple[PersonRow, ...]
    customers: dict[str, Any]
    exhibits: dict[str, Any]
    slots: dict[str, list[str]]
    common: dict[str, Any]
    matters: tuple[Matter, ...]
    scandals: tuple[Scandal, ...]
    today: tuple[Today, ...] = field(default=())

    def filled(self, rng: Random, text: str) -> str:
        """The text with its {slots} filled by chance."""
        return _SLOT.sub(lambda slot: self._slot(rng, slot[1]), text)

    def _slot(self, rng: Random, name: str) -> str:
        if name == "栋":
            return f"{rng.randint(1, 8)} 栋 {rng.randint(1, 2)} 单元"
        return str(rng.randint(2, 18)) if name == "楼" else rng.choice(self.slots[name])

    def said(self, rng: Random, kind: str) -> str:
        """One of the common sayings of this kind."""
        return self.filled(rng, rng.choice(self.common[kind]))


@cache
def told() -> Story:
    """The story as shipped."""
    company, matters, scandals = (_read(name) for name in ("company", "matters", "scandals"))
    return Story(
        company=company,
        sites=tuple(_site(row) for row in company["sites"]),
        people=tuple(PersonRow(**row) for row in company["people"]),
        customers=company["customers"],
        exhibits=company["exhibits"],
        slots=matters["slots"],
        common=matters["common"],
        matters=tuple(_matter(row) for row in matters["matters"]),
        scandals=tuple(_scandal(row) for row in scandals["scandals"]),
        today=tuple(Today(**{**row, "facts": tuple(row["facts"])}) for row in scandals["today"]),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _site(row: dict[str, Any]) -> SiteRow:
    return SiteRow(**{**row, "homes": Homes(**row["homes"]), "without": tuple(row.get("without", ()))})


def _matter(row: dict[str, Any]) -> Matter:
    return Matter(
        category=row["category"],
        say=tuple(row["say"]),
        natures=row["natures"],
        facts=row["facts"],
        causes=tuple((cause, words) for cause, words in row["causes"]),
        acts=tuple(ActRow(*act) for act in row["acts"]),
        done=tuple(row["done"]),
        wants=tuple(row.get("wants", ())),
        also=tuple((words, category) for words, category in row.get("also", ())),
        weight=row["weight"],
        season=tuple(row.get("season", ())),
        night=row.get("night", False),
    )


def _scandal(row: dict[str, Any]) -> Scandal:
    matter = _matter({**row, "natures": {row["nature"]: 1}, "facts": {}, "weight": 1})
    return Scandal(
        id=row["id"],
        site=row["site"],
        place=row["place"],
        at=tuple(row["at"]),
        hour=(row["hour"][0], row["hour"][1]),
        matter=matter,
        facts=tuple(row["facts"]),
        again=tuple(row.get("again", ())),
        bounces=row.get("bounces", 0),
        drags=row.get("drags", 0),
        rounds=row.get("rounds", 1),
    )
