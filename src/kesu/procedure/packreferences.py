"""What a pack's rows say of each other and in small languages of their own: ids, acts, limits, moments, hours, patterns.

Everything the shape (procedure.pack) cannot know. Each check yields a Fault and goes on, so that all are found at once.
"""

from __future__ import annotations

import re
import string
from typing import Any
from zoneinfo import ZoneInfo

from kesu.procedure import (
    letterchecks,
    lintimproving,
    lintperforming,
    lintprivacy,
    lintreporting,
    lintwatching,
    packmoneychecks,
    packobligations,
    tellingchecks,
)
from kesu.procedure import packchecks as check
from kesu.procedure.acts import ACTS, CONDITIONS, STAFF_ACTS, STEPS
from kesu.procedure.duties import PauseReason
from kesu.procedure.limits import EachMonth, EachYear, Within, parse_limit
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.packlines import Path

TABLES = (
    "roles",
    "departments",
    "channels",
    "natures",
    "categories",
    "facts",
    "grades",
    "procedures",
    "events",
    "fast_paths",
    "obligations",
    "pauses",
    "causes",
    "remedies",
    "grounds",
    "payment_methods",
    "forms",
    "reports",
    "routines",
    "ratings",
    "outside",
    "references",
    "letters",
)
_NUMBER_WORDS = ("site", "yymmdd", "yyyymmdd", "n")


def faults(pack: Pack) -> Faults:
    """Every fault of a pack of the right shape."""
    for table in (
        _whole,
        _ids,
        _about,
        _people,
        _doors,
        _matters,
        _gradings,
        _beside,
        _obligations,
        _after,
        _decisions,
        packmoneychecks.faults,
        letterchecks.faults,
        tellingchecks.faults,
        _hands,
        _texts,
        _opening,
    ):
        yield from table(pack)
    yield from lintimproving.faults(pack)
    yield from lintwatching.faults(pack)
    yield from lintreporting.faults(pack)
    yield from lintperforming.faults(pack)


# a company's own procedure is whole; an example may leave out what it does not need
NEEDED = ("departments", "categories", "facts", "approvals", "causes", "remedies", "forms", "ratings")


def _whole(pack: Pack) -> Faults:
    lacking = [] if pack.pack.example else [table for table in NEEDED if not getattr(pack, table)]
    for table in lacking:
        yield Fault((table,), f"缺这一部分，请写上 [[{table}]]", f"is missing; write [[{table}]]")
    if not pack.pack.example and not pack.scripts.reception:
        yield Fault(("scripts",), "缺接待话术，请写上 [[scripts.reception]]", "is missing; write [[scripts.reception]]")


# ids and references
def _ids(pack: Pack) -> Faults:
    for table in TABLES:
        yield from check.once((table,), [row.id for row in getattr(pack, table)])
    for n, form in enumerate(pack.forms):
        yield from check.once(("forms", n, "fields"), [row.id for row in form.fields])


# the tables, in the order of the story
def _about(pack: Pack) -> Faults:
    try:
        ZoneInfo(pack.pack.zone)
    except (KeyError, ValueError, OSError):
        yield Fault(
            ("pack", "zone"),
            f"没有“{pack.pack.zone}”这个时区，写成 Asia/Shanghai",
            f"there is no time zone {pack.pack.zone!r}; write Asia/Shanghai",
        )
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(pack.pack.number) if name is not None]
        pack.pack.number.format(**dict.fromkeys(_NUMBER_WORDS, 1))
    except (ValueError, KeyError, IndexError, AttributeError):
        names = []
    if "n" not in names or not {"yymmdd", "yyyymmdd"}.intersection(names):
        yield Fault(
            ("pack", "number"),
            "编号要有日期 {yymmdd} 和当天序号 {n:03}，可加 {site}",
            "the number needs the day {yymmdd} and the day's {n:03}; {site} is possible",
        )


def _people(pack: Pack) -> Faults:
    for n, role in enumerate(pack.roles):
        yield from check.among(("roles", n, "may"), role.may, STAFF_ACTS, "acts")
    yield from check.known(pack, ("dispatching", "arbiter"), "roles", pack.dispatching.arbiter)
    yield from check.known(pack, ("dispatching", "nobody"), "roles", pack.dispatching.nobody)


def _doors(pack: Pack) -> Faults:
    if pack.conversation:
        for key in ("silence", "danger_silence"):
            yield from check.limit(("conversation", key), getattr(pack.conversation, key), working_days=False)
    for n, door in enumerate(pack.channels):
        yield from check.known(pack, ("channels", n, "receiver"), "roles", door.receiver)
        yield from check.limit(("channels", n, "acknowledge"), door.acknowledge, working_days=door.time != "always")
        yield from check.known(pack, ("channels", n, "answer_by"), "channels", door.answer_by)
    if not pack.pack.example and not any(door.customer for door in pack.channels):
        yield Fault(
            ("channels",),
            "没有一个渠道写 customer = true，客户的网页没有入口",
            "no channel has customer = true; the customer's own page needs one",
        )


def _matters(pack: Pack) -> Faults:
    for n, nature in enumerate(pack.natures):
        yield from check.among(("natures", n, "steps"), nature.steps, STEPS, "steps")
        known = [step for step in nature.steps if step in STEPS]
        if known != sorted(set(known), key=list(STEPS).index):
            yield Fault(
                ("natures", n, "steps"),
                f"环节要按 {'、'.join(STEPS)} 的次序，每个一次",
                f"steps go in the order {', '.join(STEPS)}, each once",
            )
    yield from check.tree(pack, "categories")
    for n, category in enumerate(pack.categories):
        yield from check.known(pack, ("categories", n, "first"), "departments", category.first)
        yield from check.known(pack, ("categories", n, "co"), "departments", category.co)
        yield from check.pairs(("categories", n, "ask_en"), category.ask, category.ask_en)
        yield from check.pairs(("categories", n, "todo_en"), category.todo, category.todo_en)


def _gradings(pack: Pack) -> Faults:
    for n, grade in enumerate(pack.grades):
        for m, clause in enumerate(grade.when):
            for key in ("all", "any", "none"):
                yield from check.known(pack, ("grades", n, "when", m, key), "facts", getattr(clause, key))
            if not clause.all and not clause.any:
                yield Fault(
                    ("grades", n, "when", m),
                    "没写 all 也没写 any，会永远成立；至少写一个问题",
                    "has neither all nor any and would always hold; name a fact",
                )
    ranks = [grade.rank for grade in pack.grades]
    for n, rank in enumerate(ranks):
        if rank in ranks[:n]:
            yield Fault(("grades", n, "rank"), f"rank {rank} 用过了，等级要分先后", f"the rank {rank} is taken; grades need an order")
    if sum(grade.default for grade in pack.grades) != 1:
        yield Fault(("grades",), "要有且只有一个等级写 default = true", "exactly one grade must have default = true")


def _beside(pack: Pack) -> Faults:
    """Other procedures, events, stages, fast paths."""
    for n, event in enumerate(pack.events):
        yield from check.length(("events", n, "earlier"), event.earlier)
    for n, row in enumerate(pack.procedures):
        if row.since and row.through and row.through < row.since:
            yield Fault(("procedures", n, "through"), f"早于 since（{row.since}）", f"lies before since ({row.since})")
    numbers = [row.number for row in pack.stages]
    for n, stage in enumerate(pack.stages):
        if stage.number in numbers[:n]:
            yield Fault(("stages", n, "number"), f"第 {stage.number} 阶段写过了", f"stage {stage.number} is there already")
        yield from check.among(("stages", n, "other_person"), stage.other_person, ACTS, "acts")
    for n, path in enumerate(pack.fast_paths):
        for key in ("begins", "by"):
            yield from check.mark(pack, ("fast_paths", n, key), getattr(path, key))
        yield from check.limit(("fast_paths", n, "within"), path.within, working_days=path.time != "always")
        yield from check.known(pack, ("fast_paths", n, "channels"), "channels", path.channels)
        yield from check.known(pack, ("fast_paths", n, "unless_facts"), "facts", path.unless_facts)


def _obligations(pack: Pack) -> Faults:
    for n, row in enumerate(pack.obligations):
        yield from packobligations.faults(pack, ("obligations", n), row)


def _after(pack: Pack) -> Faults:
    for n, pause in enumerate(pack.pauses):
        yield from check.limit(("pauses", n, "longest"), pause.longest, working_days=False)
        yield from check.length(("pauses", n, "in_all"), pause.in_all)
        yield from _chaser(("pauses", n), pause)
    if pack.customer_date and pack.customer_date.latest:
        yield from check.limit(("customer_date", "latest"), pack.customer_date.latest, working_days=False)
    for n, fact in enumerate(pack.facts):
        if bool(fact.door) != bool(fact.door_en):
            yield Fault(("facts", n, "door"), "door 和 door_en 要一起写", "write both door and door_en")
    yield from check.limit(("follow_up", "apart"), pack.follow_up.apart, working_days=False)
    yield from check.length(("follow_up", "keep"), pack.follow_up.keep)
    yield from check.windows(("follow_up", "rest"), pack.follow_up.rest, past_midnight=True)
    yield from check.pairs(("follow_up", "script_en"), pack.follow_up.script, pack.follow_up.script_en)
    yield from check.windows(("follow_up", "day_parts"), pack.follow_up.day_parts, past_midnight=False)
    yield from _survey(pack)
    yield from check.tree(pack, "causes")
    yield from _investigation(pack)
    yield from lintprivacy.references(pack)
    for n, routine in enumerate(pack.routines):
        yield from _routine(pack, ("routines", n), routine)


def _chaser(path: Path, pause: PauseReason) -> Faults:
    """How the customer is reminded while the clocks stand still: an interval within the pause, words that name nothing unknown."""
    faults = list(check.length((*path, "chase"), pause.chase))
    yield from faults
    longest = parse_limit(pause.longest) if pause.chase and not faults and not list(check.length((), pause.longest)) else None
    if isinstance(longest, Within) and parse_limit(pause.chase).seconds >= longest.seconds:  # type: ignore[attr-defined]
        yield Fault(
            (*path, "chase"), f"隔得比暂停（{pause.longest}）还久，一次也提醒不到；写短些", "longer than the pause: nobody is ever reminded"
        )
    if not pause.chase and (pause.chases or pause.chase_words or pause.chase_words_en):
        yield Fault((*path, "chase"), "写了次数或话却没写隔多久；写上 chase，如 2d", 'how often is missing; write chase, for example "2d"')
    for key in ("chase_words", "chase_words_en"):
        for name in re.findall(r"{([^}]*)}", getattr(pause, key)):
            if name not in ("reason", "until"):
                yield Fault(
                    (*path, key), f"没有 {{{name}}}，只能写 {{reason}} 和 {{until}}", f"no {{{name}}} here; only {{reason}} and {{until}}"
                )
    if bool(pause.chase_words) != bool(pause.chase_words_en):
        yield Fault((*path, "chase_words"), "中文英文都要写", "write it in both languages")


def _investigation(pack: Pack) -> Faults:
    rules = pack.investigation
    if rules is None:
        return
    for n, row in enumerate(rules.findings_first):
        yield from check.known(pack, ("investigation", "findings_first", n, "natures"), "natures", row.natures)
        yield from check.known(pack, ("investigation", "findings_first", n, "grades"), "grades", row.grades)
    for key in ("statement", "assessment"):
        yield from check.limit(("investigation", key), getattr(rules, key), working_days=rules.time != "always")
    for key in ("originals", "histories"):
        yield from check.known(pack, ("investigation", key), "roles", getattr(rules, key))


def _survey(pack: Pack) -> Faults:
    """The follow-up's questions: both languages of the scale, one overall question at most, ids once, and acts that exist."""
    survey, at = pack.follow_up.survey, ("follow_up", "survey")
    yield from check.pairs((*at, "scale_en"), survey.scale, survey.scale_en)
    yield from check.among(("follow_up", "other_handler"), pack.follow_up.other_handler, ACTS, "acts")
    yield from check.known(pack, ("follow_up", "alone"), "roles", pack.follow_up.alone)
    ids = [row.id for row in survey.questions]
    if len(set(ids)) < len(ids):
        yield Fault((*at, "questions"), "两个问题用了同一个 id，改掉一个", "two questions have the same id; change one")
    if sum(row.about == "overall" for row in survey.questions) != 1:
        yield Fault((*at, "questions"), '要有且只有一个总的问题（about = "overall"）', 'write exactly one question with about = "overall"')
    if survey.bad_from >= len(survey.scale):
        most = len(survey.scale) - 1
        yield Fault((*at, "bad_from"), f"bad_from 从 0 数起，最多 {most}", f"bad_from counts from 0 and is at most {most}")


def _routine(pack: Pack, path: Path, routine: Any) -> Faults:
    yield from check.limit((*path, "due"), routine.due)
    yield from check.limit((*path, "opens"), routine.opens)
    yield from check.known(pack, (*path, "role"), "roles", routine.role)
    for n, spec in enumerate(routine.warn):
        yield from check.moment((*path, "warn", n), spec)
    yield from check.rungs(pack, (*path, "ladder"), routine.ladder)
    if not list(check.limit(path, routine.due)) and not isinstance(parse_limit(routine.due), (EachMonth, EachYear)):
        yield Fault(
            (*path, "due"),
            f"“{routine.due}”不是定期的日子，写成 monthly 30 或 yearly 06-01",
            f"{routine.due!r} does not come round; write monthly 30 or yearly 06-01",
        )


_NOT_TOLD = (
    "heard",
    "warned",
    "fell_late",
    "climbed",
    "recalculated",
    "taken_over",
    "urge",
    "reveal",
)  # no act of the case, or told already


def _decisions(pack: Pack) -> Faults:
    for n, row in enumerate(pack.approvals):
        yield from check.known(pack, ("approvals", n, "grades"), "grades", row.grades)
        yield from check.known(pack, ("approvals", n, "by"), "roles", row.by)
        yield from check.known(pack, ("approvals", n, "then"), "roles", row.then)
        if row.up_to is not None and row.up_to <= row.above:
            yield Fault(
                ("approvals", n, "up_to"), f"up_to 要大于 above（{row.above} 分）", f"up_to must be more than above ({row.above} fen)"
            )
    for n, rule in enumerate(pack.closing):
        yield from check.known(pack, ("closing", n, "natures"), "natures", rule.natures)
        yield from check.known(pack, ("closing", n, "grades"), "grades", rule.grades)
        yield from check.among(("closing", n, "needs"), rule.needs, CONDITIONS, "conditions")
    for n, told in enumerate(pack.tell):
        yield from (Fault(("tell", n, "on"), fault.zh, fault.en) for fault in check.mark(pack, (), [told.on]))
        if told.on in _NOT_TOLD:
            yield Fault(
                ("tell", n, "on"),
                f"“{told.on}”不会触发通知；提醒、超时和上报写在时限的 warn 和 ladder，受理写 receive",
                f"{told.on!r} tells nobody; warnings and late notices stand in warn and ladder of an obligation, receiving is receive",
            )
        yield from check.known(pack, ("tell", n, "to"), "roles", told.to)
        yield from check.known(pack, ("tell", n, "grades"), "grades", told.grades)
        if not told.to and not told.relations:
            yield Fault(("tell", n), "没写通知谁，to 或 relations 至少写一个", "tells nobody; write to or relations")


def _hands(pack: Pack) -> Faults:
    """Authorities, papers of the service, merging (M-14)."""
    for n, body in enumerate(pack.outside):
        yield from check.limit(("outside", n, "limit"), body.limit or None, working_days=body.time != "always")
        yield from check.known(pack, ("outside", n, "rests"), "pauses", body.rests)
        for place, channel in enumerate(body.channels):
            yield from check.known(pack, ("outside", n, "channels", place), "channels", channel)
    yield from check.length(("hands", "undo_merge"), pack.hands.undo_merge)
    yield from check.length(("hands", "repeats"), pack.hands.repeats)
    for n, channel in enumerate(pack.figures.outside):
        yield from check.known(pack, ("figures", "outside", n), "channels", channel)


def _texts(pack: Pack) -> Faults:
    yield from check.pairs(("pack", "routes_en"), pack.pack.routes, pack.pack.routes_en)
    yield from check.pairs(("scripts", "unfounded_en"), pack.scripts.unfounded, pack.scripts.unfounded_en)


def _opening(pack: Pack) -> Faults:
    for day, windows in pack.hours.week.items():
        yield from check.windows(("hours", "week", day), windows)
