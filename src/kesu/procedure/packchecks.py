"""The checks that rows of a pack share: ids that must be known, limits, moments, marks and times of day that must be readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time

from kesu.procedure.acts import ACTS, STEPS
from kesu.procedure.instants import TimeRefused
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.moments import read_moment
from kesu.procedure.pack import Pack, Rung
from kesu.procedure.packfaults import Fault, did_you_mean
from kesu.procedure.packlines import Path

Faults = Iterator[Fault]
HEARD = "heard"  # when the customer was heard; a mark, not an act
_LATEST = 24 * 60


def once(path: Path, ids: list[str]) -> Faults:
    """Ids of a table, each only once."""
    for n, id in enumerate(ids):
        if id in ids[:n]:
            yield Fault(
                (*path, n, "id"),
                f"标识“{id}”用过了（第 {ids.index(id) + 1} 个），换一个",
                f"the id {id!r} is taken (by no. {ids.index(id) + 1}); choose another",
            )


def known(pack: Pack, path: Path, table: str, ids: str | None | Iterable[str]) -> Faults:
    """Every one of these must be a row of the table."""
    rows = pack.index(table)
    for where, id in each(path, ids):
        if id not in rows:
            yield Fault(where, *unknown(id, table, rows))


def among(path: Path, words: str | None | Iterable[str], known: Iterable[str], what: str) -> Faults:
    """Every word must be one of the known ones."""
    for where, word in each(path, words):
        if word not in known:
            yield Fault(where, *unknown(word, what, known))


def each(path: Path, words: str | None | Iterable[str]) -> Iterator[tuple[Path, str]]:
    if isinstance(words, str):
        yield path, words
    else:
        yield from (((*path, n), word) for n, word in enumerate(words or []))


_WHAT = {"acts": ("动作", "act"), "steps": ("环节", "step"), "conditions": ("结案条件", "closing condition")}


def unknown(word: str, table: str, known: Iterable[str]) -> tuple[str, str]:
    zh, en = did_you_mean(word, known)
    if table in _WHAT:
        return (
            f"没有“{word}”这个{_WHAT[table][0]}{zh}；可以写 {'、'.join(known)}",
            f"there is no {_WHAT[table][1]} {word!r}{en or ';'} write one of {', '.join(known)}",
        )
    return f"{table} 里没有“{word}”{zh}；改正，或先加上这一行", f"{table} has no {word!r}{en or ';'} correct it or add that row"


def tree(pack: Pack, table: str) -> Faults:
    """Parents must be known and nobody his own ancestor."""
    rows = pack.index(table)
    for n, row in enumerate(getattr(pack, table)):
        yield from known(pack, (table, n, "parent"), table, row.parent)
        seen, above = {row.id}, rows.get(row.parent or "")
        while above is not None and above.id not in seen:
            seen.add(above.id)
            above = rows.get(above.parent or "")
        if above is not None and above.id == row.id:
            yield Fault(
                (table, n, "parent"), f"“{row.id}”绕一圈又回到自己，改掉一个上级", f"{row.id!r} is its own ancestor; change one parent"
            )


# small languages
def limit(path: Path, text: str | None, *, working_days: bool = True) -> Faults:
    """A limit that can be read; one that needs opening hours only where the clock has them."""
    if text is None:
        return
    try:
        limit = parse_limit(text)
    except TimeRefused as error:
        yield Fault(path, error.reason_zh, error.reason_en)
        return
    if limit.needs_opening_hours and not working_days:
        yield Fault(
            path,
            f"“{text}”要看工作日或上班时间，time 要写 office 或 official",
            f'{text!r} needs working days or opening hours; write time = "office" or "official"',
        )


def length(path: Path, text: str) -> Faults:
    """A limit that is a plain length of elapsed time: 20d, 12h."""
    faults = list(limit(path, text or None, working_days=False))
    if text and not faults and not isinstance(parse_limit(text), Within):
        faults = [Fault(path, f"“{text}”不是一段长度，写成 20d 或 12h", f"{text!r} is no length; write 20d or 12h")]
    yield from faults


def moment(path: Path, text: str) -> Faults:
    """A moment that can be read: 75%, 1h before, 4h after."""
    try:
        read_moment(text)
    except TimeRefused as error:
        yield Fault(path, error.reason_zh, error.reason_en)


def rungs(pack: Pack, path: Path, ladder: list[Rung]) -> Faults:
    """The rungs of a ladder: after the due time, telling known roles."""
    for n, rung in enumerate(ladder):
        yield from moment((*path, n, "at"), rung.at)
        yield from known(pack, (*path, n, "tell"), "roles", rung.tell)
        if not rung.at.strip().endswith("after"):
            yield Fault(
                (*path, n, "at"),
                f"“{rung.at}”在到期之前；这里写到期以后，如 0m after，之前的写在 warn",
                f"{rung.at!r} lies before the due time; write 0m after or later here, and warnings in warn",
            )


_TABLE_OF = {"fact": "facts", "event": "events"}  # marks that are no acts
_DETAILS = {"present": "roles", "pause": "pauses", "send_letter": "letters"}  # acts with a detail from a table of the pack


def mark(pack: Pack, path: Path, words: Iterable[str]) -> Faults:
    """Acts with what may stand behind a colon: present:ROLE, fact:FACT, event:EVENT, pause:REASON, visit:OUTCOME,

    step:STEP, send_letter:LETTER."""
    for where, word in each(path, words):
        act, _, detail = word.partition(":")
        if word == HEARD:
            continue
        if act in _TABLE_OF:
            yield from known(pack, where, _TABLE_OF[act], detail)
        elif act == "step":
            yield from among(where, detail, STEPS, "steps")
        else:
            yield from among(where, act, ACTS, "acts")
        if act in _DETAILS and detail:
            yield from known(pack, where, _DETAILS[act], detail)


def windows(path: Path, windows: list[tuple[str, str]], *, past_midnight: bool = False) -> Faults:
    """Windows of a day: readable, in order, not overlapping."""
    ends = 0
    for n, (start, end) in enumerate(windows):
        first, last = minute(start), minute(end)
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


def minute(text: str) -> int | None:
    if text == "24:00":
        return _LATEST
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return None
    return at.hour * 60 + at.minute if len(text) == 5 else None


def pairs(path: Path, zh: list[str], en: list[str]) -> Faults:
    """As many texts in English as in Chinese."""
    if len(zh) != len(en):
        yield Fault(
            path, f"中文 {len(zh)} 句，英文 {len(en)} 句，要一样多", f"{len(zh)} in Chinese, {len(en)} in English; they must be as many"
        )
