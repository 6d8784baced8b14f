"""What will come of one complaint, drawn when it comes in: by its own chance, so that no other case changes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from kesu.company.models import Site
from kesu.procedure.pack import Pack
from kesu.simulation.founding import Resident
from kesu.simulation.story import Matter, Scandal, Story, Today

# Where in the course of a case each thing lies: 0 signed for, 1 handed back. What comes after is counted on.
SHARES: dict[str, float] = {
    "judge": 0.01, "present": 0.02, "sign": 0.03, "contact": 0.06, "investigate": 0.25, "extension": 0.3, "find_cause": 0.36,
    "propose": 0.45, "approve": 0.52, "reply": 0.58, "agree": 0.66, "execute": 0.9, "handle": 0.96,
    "report": 1.08, "visit": 1.2, "close": 1.3,
}  # fmt: skip
USUAL_SHARE = 0.4  # of the limit is used in the middle
SLOWEST = 3.0

# How often things happen, of all cases that could.
LIKELY: dict[str, float] = {
    "judged_at_once": 0.78, "bounce": 0.045, "withdrawn": 0.018, "unfounded": 0.05, "pause": 0.07, "extension": 0.08, "granted": 0.7,
    "refused": 0.07, "declined": 0.07, "not_reached": 0.14, "never_reached": 0.12, "not_content": 0.055, "again": 0.02, "rated": 0.34,
    "asked": 0.07, "transfer": 0.16, "urged": 0.06, "photo": 0.12, "late_entry": 0.04, "wanted_by": 0.08, "confidential": 0.05, "two": 0.22,
    "regraded": 0.03,
}  # fmt: skip


@dataclass
class Plan:
    """One complaint before it is made."""

    n: int
    rng: Random
    site: Site
    at: datetime  # when it reaches us
    matter: Matter
    nature: str
    channel: str
    resident: Resident
    items: list[tuple[str, str]]
    facts: dict[str, bool]
    wants: str
    place: str
    share: float  # of the limit that handling takes
    will: frozenset[str] = frozenset()  # what of LIKELY happens
    bounces: int = 0
    rounds: int = 1
    drags: int = 0
    heard_before: int = 0  # seconds from hearing to recording
    stop: str = ""  # nobody does this
    until: datetime | None = None  # the whole course so far lies before this
    group: str = ""  # complaints about the same matter

    def does(self, what: str) -> bool:
        """Whether this happens in this case."""
        return what in self.will

    def stage(self, share: float, begin: datetime, end: datetime) -> datetime:
        """The moment at that share of the course."""
        if self.until is not None:
            before = max((value for name, value in SHARES.items() if value < SHARES[self.stop]), default=1.0)
            return self.at + (self.until - self.at) * min(1.0, share / before)
        return begin + (end - begin) * share


def draw(story: Story, pack: Pack, n: int, rng: Random, site: Site, at: datetime, resident: Resident, matter: Matter) -> Plan:
    """An ordinary complaint."""
    nature = _choice(rng, matter.natures)
    will = frozenset(what for what, chance in LIKELY.items() if rng.random() < chance)
    said = [(rng.choice(matter.say), matter.category), *([rng.choice(matter.also)] if matter.also and "two" in will else [])]
    items = [(story.filled(rng, words), category) for words, category in said]
    channel = _channel(rng, pack, at)
    return Plan(
        n=n,
        rng=rng,
        site=site,
        at=at,
        matter=matter,
        nature=nature,
        channel=channel,
        resident=resident,
        items=items,
        facts=_facts(rng, matter) if pack.one("natures", nature).counts_as_complaint else {},
        wants=story.filled(rng, rng.choice(matter.wants)) if matter.wants and rng.random() < 0.7 else "",
        place=resident.home if rng.random() < 0.6 else story.filled(rng, "{处}"),
        share=min(SLOWEST, USUAL_SHARE * rng.lognormvariate(0, 0.5)),
        will=will,
        bounces=int("bounce" in will),
        rounds=2 if "not_content" in will else 1,
        heard_before=_heard_before(rng, channel, "late_entry" in will),
    )


def of_scandal(pack: Pack, plan: Plan, scandal: Scandal, which: int) -> Plan:
    """The same complaint as part of a scandal."""
    plan.nature, plan.channel = next(iter(scandal.matter.natures)), pack.channels[0].id
    plan.matter, plan.place, plan.group = scandal.matter, scandal.place, scandal.id
    plan.items = [(scandal.matter.say[which % len(scandal.matter.say)], scandal.matter.category)]
    if scandal.matter.also and which != 1:
        plan.items.append(scandal.matter.also[which % len(scandal.matter.also)])
    plan.facts = dict.fromkeys((*scandal.facts, *(scandal.again if which else ())), True)
    plan.wants = scandal.matter.wants[which % len(scandal.matter.wants)]
    plan.will = plan.will & {"judged_at_once", "photo", "rated", "urged"} | {"judged_at_once"}
    plan.bounces, plan.rounds, plan.drags = scandal.bounces, scandal.rounds, scandal.drags
    plan.heard_before = 60
    return plan


def of_today(pack: Pack, plan: Plan, matter: Matter, today: Today, now: datetime) -> Plan:
    """The same complaint as one that waits for somebody right now."""
    last = today.last or max(1, today.minutes // 3)
    plan.at, plan.stop, plan.until = now - timedelta(minutes=today.minutes), today.stop, now - timedelta(minutes=last)
    plan.matter, plan.wants = matter, ""
    plan.nature, plan.channel = today.nature or pack.nature_default().id, today.channel or pack.channels[0].id
    plan.items = [(today.say, today.category)]
    plan.facts = dict.fromkeys(today.facts, True)
    plan.will = frozenset({"photo"}) & plan.will | (frozenset({"judged_at_once"}) if today.stop != "judge" else frozenset())
    plan.bounces, plan.rounds, plan.heard_before = 0, 1, 30
    return plan


def _choice(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def _facts(rng: Random, matter: Matter) -> dict[str, bool]:
    facts = {fact: rng.random() < chance for fact, chance in matter.facts.items()}
    return {fact: yes for fact, yes in facts.items() if yes or rng.random() < 0.5}


def _channel(rng: Random, pack: Pack, at: datetime) -> str:
    """Day and night by telephone, on foot only while the desk is open; the pack's order is the order of use."""
    office = 9 <= at.hour < 18 and at.weekday() < 6
    ids = [row.id for row in pack.channels if row.time == "always" or office]
    weights = [10.0 if position == 0 else 6.0 / position for position in range(len(ids))]
    return rng.choices(ids, weights=weights)[0]


def _heard_before(rng: Random, channel: str, late_entry: bool) -> int:
    if late_entry:
        return rng.randint(2, 20) * 3600
    return rng.randint(20, 200)
