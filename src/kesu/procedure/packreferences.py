"""What a pack's rows say of each other and in small languages of their own: ids, acts, limits, moments, hours, patterns.

Everything the shape (procedure.pack) cannot know. Each check yields a Fault and goes on, so that all are found at once.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from kesu.procedure.acts import ACTS, CONDITIONS, STAFF_ACTS, STEPS
from kesu.procedure.instants import TimeRefused
from kesu.procedure.limits import EachMonth, EachYear, parse_limit
from kesu.procedure.moments import read_moment
from kesu.procedure.pack import Obligation, Pack, Rung
from kesu.procedure.packfaults import Fault, did_you_mean
from kesu.procedure.packlines import Path

Faults = Iterator[Fault]

TABLES = (
    "roles",
    "departments",
    "channels",
    "natures",
    "categories",
    "facts",
    "grades",
    "obligations",
    "pauses",
    "causes",
    "remedies",
    "forms",
    "routines",
    "ratings",
)
HEARD = "heard"  # when the customer was heard; a mark, not an act
_NUMBER_WORDS = ("site", "yymmdd", "yyyymmdd", "n")
_LATEST = 24 * 60


def faults(pack: Pack) -> Faults:
    """Every fault of a pack of the right shape."""
    for check in (_ids, _about, _people, _doors, _matters, _gradings, _obligations, _after, _decisions, _texts, _opening):
        yield from check(pack)


# ids and references
def _ids(pack: Pack) -> Faults:
    for table in TABLES:
        yield from _once((table,), [row.id for row in getattr(pack, table)])
    for n, form in enumerate(pack.forms):
        yield from _once(("forms", n, "fields"), [row.id for row in form.fields])


def _once(path: Path, ids: list[str]) -> Faults:
    for n, id in enumerate(ids):
        if id in ids[:n]:
            yield Fault(
                (*path, n, "id"),
                f"标识“{id}”用过了（第 {ids.index(id) + 1} 个），换一个",
                f"the id {id!r} is taken (by no. {ids.index(id) + 1}); choose another",
            )


def _known(pack: Pack, path: Path, table: str, ids: str | None | Iterable[str]) -> Faults:
    """Every one of these must be a row of the table."""
    rows = pack.index(table)
    for where, id in _each(path, ids):
        if id not in rows:
            yield Fault(where, *_unknown(id, table, rows))


def _among(path: Path, words: str | None | Iterable[str], known: Iterable[str], what: str) -> Faults:
    for where, word in _each(path, words):
        if word not in known:
            yield Fault(where, *_unknown(word, what, known))


def _each(path: Path, words: str | None | Iterable[str]) -> Iterator[tuple[Path, str]]:
    if isinstance(words, str):
        yield path, words
    else:
        yield from (((*path, n), word) for n, word in enumerate(words or []))


_WHAT = {"acts": ("动作", "act"), "steps": ("环节", "step"), "conditions": ("结案条件", "closing condition")}


def _unknown(word: str, table: str, known: Iterable[str]) -> tuple[str, str]:
    zh, en = did_you_mean(word, known)
    if table in _WHAT:
        return (
            f"没有“{word}”这个{_WHAT[table][0]}{zh}；可以写 {'、'.join(known)}",
            f"there is no {_WHAT[table][1]} {word!r}{en or ';'} write one of {', '.join(known)}",
        )
    return f"{table} 里没有“{word}”{zh}；改正，或先加上这一行", f"{table} has no {word!r}{en or ';'} correct it or add that row"


def _tree(pack: Pack, table: str) -> Faults:
    rows = pack.index(table)
    for n, row in enumerate(getattr(pack, table)):
        yield from _known(pack, (table, n, "parent"), table, row.parent)
        seen, above = {row.id}, rows.get(row.parent or "")
        while above is not None and above.id not in seen:
            seen.add(above.id)
            above = rows.get(above.parent or "")
        if above is not None and above.id == row.id:
            yield Fault(
                (table, n, "parent"), f"“{row.id}”绕一圈又回到自己，改掉一个上级", f"{row.id!r} is its own ancestor; change one parent"
            )


# small languages
def _limit(path: Path, text: str | None, *, working_days: bool = True) -> Faults:
    if text is None:
        return
    try:
        limit = parse_limit(text)
    except TimeRefused as error:
        yield Fault(path, error.reason_zh, error.reason_en)
        return
    if limit.needs_working_days and not working_days:
        yield Fault(path, f"“{text}”算工作日，time 要写 office", f'{text!r} counts working days; write time = "office"')


def _moment(path: Path, text: str) -> Faults:
    try:
        read_moment(text)
    except TimeRefused as error:
        yield Fault(path, error.reason_zh, error.reason_en)


def _rungs(pack: Pack, path: Path, ladder: list[Rung]) -> Faults:
    for n, rung in enumerate(ladder):
        yield from _moment((*path, n, "at"), rung.at)
        yield from _known(pack, (*path, n, "tell"), "roles", rung.tell)
        if not rung.at.strip().endswith("after"):
            yield Fault(
                (*path, n, "at"),
                f"“{rung.at}”在到期之前；这里写到期以后，如 0m after，之前的写在 warn",
                f"{rung.at!r} lies before the due time; write 0m after or later here, and warnings in warn",
            )


def _mark(pack: Pack, path: Path, words: Iterable[str]) -> Faults:
    """Acts with what may stand behind a colon: present:ROLE, fact:FACT, visit:OUTCOME, step:STEP."""
    for where, word in _each(path, words):
        act, _, detail = word.partition(":")
        if word == HEARD:
            continue
        if act == "fact":
            yield from _known(pack, where, "facts", detail)
        elif act == "step":
            yield from _among(where, detail, STEPS, "steps")
        else:
            yield from _among(where, act, ACTS, "acts")
        if act == "present" and detail:
            yield from _known(pack, where, "roles", detail)


def _windows(path: Path, windows: list[tuple[str, str]], *, past_midnight: bool = False) -> Faults:
    ends = 0
    for n, (start, end) in enumerate(windows):
        first, last = _minute(start), _minute(end)
        if first is None or last is None or first == _LATEST:
            wrong = start if first in (None, _LATEST) else end
            yield Fault(
                (*path, n), f"“{wrong}”不是时刻，写成 08:30，一天到 24:00 为止", f"{wrong!r} is no time of day; write 08:30, up to 24:00"
            )
        elif past_midnight:
            if last == _LATEST:
                yield Fault((*path, n), "这里的 24:00 写成 00:00", "write 00:00 for 24:00 here")
        elif last <= first:
            yield Fault(
                (*path, n), f"{start}–{end} 结束不晚于开始，对调或改正", f"{start}–{end} does not end after it starts; swap or correct"
            )
        elif first < ends:
            yield Fault(
                (*path, n),
                f"{start}–{end} 与前一段重叠或次序反了，错开或合并",
                f"{start}–{end} overlaps the one before or is out of order; separate or join them",
            )
        ends = max(ends, last or 0)


def _minute(text: str) -> int | None:
    if text == "24:00":
        return _LATEST
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return None
    return at.hour * 60 + at.minute if len(text) == 5 else None


def _pairs(path: Path, zh: list[str], en: list[str]) -> Faults:
    if len(zh) != len(en):
        yield Fault(
            path, f"中文 {len(zh)} 句，英文 {len(en)} 句，要一样多", f"{len(zh)} in Chinese, {len(en)} in English; they must be as many"
        )


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
        yield from _among(("roles", n, "may"), role.may, STAFF_ACTS, "acts")
    yield from _known(pack, ("dispatching", "arbiter"), "roles", pack.dispatching.arbiter)
    yield from _known(pack, ("dispatching", "nobody"), "roles", pack.dispatching.nobody)


def _doors(pack: Pack) -> Faults:
    for n, door in enumerate(pack.channels):
        yield from _known(pack, ("channels", n, "receiver"), "roles", door.receiver)
        yield from _limit(("channels", n, "acknowledge"), door.acknowledge, working_days=door.time == "office")
        yield from _known(pack, ("channels", n, "answer_by"), "channels", door.answer_by)
    if not any(door.customer for door in pack.channels):
        yield Fault(
            ("channels",),
            "没有一个渠道写 customer = true，住户的网页没有入口",
            "no channel has customer = true; the customer's own page needs one",
        )


def _matters(pack: Pack) -> Faults:
    for n, nature in enumerate(pack.natures):
        yield from _among(("natures", n, "steps"), nature.steps, STEPS, "steps")
        known = [step for step in nature.steps if step in STEPS]
        if known != sorted(set(known), key=list(STEPS).index):
            yield Fault(
                ("natures", n, "steps"),
                f"环节要按 {'、'.join(STEPS)} 的次序，每个一次",
                f"steps go in the order {', '.join(STEPS)}, each once",
            )
    yield from _tree(pack, "categories")
    for n, category in enumerate(pack.categories):
        yield from _known(pack, ("categories", n, "first"), "departments", category.first)
        yield from _known(pack, ("categories", n, "co"), "departments", category.co)
        yield from _pairs(("categories", n, "ask_en"), category.ask, category.ask_en)
        yield from _pairs(("categories", n, "todo_en"), category.todo, category.todo_en)


def _gradings(pack: Pack) -> Faults:
    for n, grade in enumerate(pack.grades):
        for m, clause in enumerate(grade.when):
            for key in ("all", "any", "none"):
                yield from _known(pack, ("grades", n, "when", m, key), "facts", getattr(clause, key))
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


def _obligations(pack: Pack) -> Faults:
    for n, row in enumerate(pack.obligations):
        yield from _obligation(pack, ("obligations", n), row)


def _obligation(pack: Pack, path: Path, row: Obligation) -> Faults:
    for key in ("begins", "until", "again"):
        yield from _mark(pack, (*path, key), getattr(row, key))
    for key in ("begins", "until"):
        if not getattr(row, key):
            yield Fault((*path, key), "不能空着，写上动作", "must not be empty; name an act")
    yield from _obligation_limit(path, row)
    tables = {
        "role": "roles",
        "before_dispatch": "roles",
        "grades": "grades",
        "natures": "natures",
        "channels": "channels",
        "categories": "categories",
        "facts": "facts",
        "pauses": "pauses",
    }
    for key, table in tables.items():
        yield from _known(pack, (*path, key), table, getattr(row, key))
    for n, spec in enumerate(row.warn):
        yield from _moment((*path, "warn", n), spec)
    yield from _rungs(pack, (*path, "ladder"), row.ladder)
    if row.extension:
        yield from _known(pack, (*path, "extension", "approver"), "roles", row.extension.approver)
        yield from _limit((*path, "extension", "longest"), row.extension.longest)
    if row.late:
        yield from _known(pack, (*path, "late", "regrade"), "grades", row.late.regrade)
    yield from _among((*path, "act"), row.act or None, ACTS, "acts")
    if row.again and row.per != "part":
        yield Fault((*path, "again"), '只用于 per = "part"', 'is only for per = "part"')


def _obligation_limit(path: Path, row: Obligation) -> Faults:
    special = {"own-date": "action", "before-expiry": "extension"}
    if row.limit not in special:
        yield from _limit((*path, "limit"), row.limit, working_days=row.time == "office")
    elif row.per != special[row.limit]:
        yield Fault(
            (*path, "limit"), f'“{row.limit}”只用于 per = "{special[row.limit]}"', f'{row.limit!r} is only for per = "{special[row.limit]}"'
        )


def _after(pack: Pack) -> Faults:
    for n, pause in enumerate(pack.pauses):
        yield from _limit(("pauses", n, "longest"), pause.longest)
    yield from _limit(("follow_up", "apart"), pack.follow_up.apart, working_days=False)
    yield from _windows(("follow_up", "rest"), pack.follow_up.rest, past_midnight=True)
    yield from _pairs(("follow_up", "script_en"), pack.follow_up.script, pack.follow_up.script_en)
    yield from _tree(pack, "causes")
    for n, routine in enumerate(pack.routines):
        yield from _routine(pack, ("routines", n), routine)


def _routine(pack: Pack, path: Path, routine: Any) -> Faults:
    yield from _limit((*path, "due"), routine.due)
    yield from _limit((*path, "opens"), routine.opens)
    yield from _known(pack, (*path, "role"), "roles", routine.role)
    for n, spec in enumerate(routine.warn):
        yield from _moment((*path, "warn", n), spec)
    yield from _rungs(pack, (*path, "ladder"), routine.ladder)
    if not list(_limit(path, routine.due)) and not isinstance(parse_limit(routine.due), (EachMonth, EachYear)):
        yield Fault(
            (*path, "due"),
            f"“{routine.due}”不是定期的日子，写成 monthly 30 或 yearly 06-01",
            f"{routine.due!r} does not come round; write monthly 30 or yearly 06-01",
        )


def _decisions(pack: Pack) -> Faults:
    for n, row in enumerate(pack.approvals):
        yield from _known(pack, ("approvals", n, "grades"), "grades", row.grades)
        yield from _known(pack, ("approvals", n, "by"), "roles", row.by)
        if row.up_to is not None and row.up_to <= row.above:
            yield Fault(
                ("approvals", n, "up_to"), f"up_to 要大于 above（{row.above} 分）", f"up_to must be more than above ({row.above} fen)"
            )
    for n, rule in enumerate(pack.closing):
        yield from _known(pack, ("closing", n, "natures"), "natures", rule.natures)
        yield from _known(pack, ("closing", n, "grades"), "grades", rule.grades)
        yield from _among(("closing", n, "needs"), rule.needs, CONDITIONS, "conditions")
    for n, told in enumerate(pack.tell):
        yield from (Fault(("tell", n, "on"), fault.zh, fault.en) for fault in _mark(pack, (), [told.on]))
        yield from _known(pack, ("tell", n, "to"), "roles", told.to)
        yield from _known(pack, ("tell", n, "grades"), "grades", told.grades)
        if not told.to and not told.relations:
            yield Fault(("tell", n), "没写通知谁，to 或 relations 至少写一个", "tells nobody; write to or relations")


def _texts(pack: Pack) -> Faults:
    yield from _pairs(("scripts", "unfounded_en"), pack.scripts.unfounded, pack.scripts.unfounded_en)


def _opening(pack: Pack) -> Faults:
    for day, windows in pack.hours.week.items():
        yield from _windows(("hours", "week", day), windows)
