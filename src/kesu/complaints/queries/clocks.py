"""A clock as people see it: how much is left in words and as a bar, who owes it, why it is due then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kesu.company.models import Site
from kesu.complaints.actions.clocks import due_of
from kesu.complaints.models import Clock, Pause
from kesu.complaints.moments import moments_of
from kesu.procedure.due import Due
from kesu.procedure.duewords import due_words, duration_words, left_words
from kesu.procedure.pack import Obligation, Pack

LAST_QUARTER, AT_LEAST = 4, timedelta(minutes=10)  # when the pack names no warning (design language)


@dataclass(frozen=True)
class ClockView:
    """One clock for a page. `tone`: calm, warn, late, paused, done (data-time); `left`/`whole` fill the bar, in seconds."""

    clock: Clock
    obligation: Obligation
    name: str
    tone: str
    words: str  # 还剩 2 小时 28 分
    due_words: str  # 14:38 前
    left: int
    whole: int

    @property
    def late(self) -> bool:
        """Past its due time, or done after it."""
        return self.tone == "late"


def view(clock: Clock, pack: Pack, at: datetime, language: str, zone: str, site: Site | None = None) -> ClockView | None:
    """The clock in words; None when the pack knows its obligation no more."""
    obligation = pack.obligation(clock.obligation)
    if obligation is None:
        return None
    whole = max(1, int((clock.due_at - clock.began_at).total_seconds()))
    left = max(0, int((clock.due_at - at).total_seconds()))
    tone, words = _tone(clock, obligation, at, language, zone, site)
    if tone == "late":
        left = whole
    return ClockView(
        clock, obligation, obligation.label(language), tone, words, due_words(clock.due_at, at, language, zone), min(left, whole), whole
    )


def _tone(clock: Clock, obligation: Obligation, at: datetime, language: str, zone: str, site: Site | None) -> tuple[str, str]:
    zh = language.startswith("zh")
    if clock.state in ("done", "void"):
        return "done", _done_words(clock, zh)
    if clock.state == "paused" and clock.paused_at:
        stood = duration_words(int((at - clock.paused_at).total_seconds()), language)
        return "paused", f"已暂停 {stood}" if zh else f"paused for {stood}"
    words = left_words(clock.due_at, at, language, zone)
    if clock.due_at <= at:
        return "late", words
    return ("warn" if at >= _warn_at(clock, obligation, site) else "calm"), words


def _warn_at(clock: Clock, obligation: Obligation, site: Site | None) -> datetime:
    if obligation.warn and site is not None:
        return min(moment.at for moment in moments_of(obligation, clock, site) if moment.kind in ("warned", "fell_late"))
    return clock.due_at - max((clock.due_at - clock.began_at) / LAST_QUARTER, AT_LEAST)


def _done_words(clock: Clock, zh: bool) -> str:
    if clock.state == "void" or clock.done_at is None:
        return "不再需要" if zh else "no longer needed"
    took = duration_words(int((clock.done_at - clock.began_at).total_seconds()), "zh" if zh else "en")
    if clock.done_at > clock.due_at:
        over = duration_words(int((clock.done_at - clock.due_at).total_seconds()), "zh" if zh else "en")
        return f"用了 {took}，晚了 {over}" if zh else f"took {took}, {over} late"
    return f"用了 {took}" if zh else f"took {took}"


def why(clock: Clock, pack: Pack, at: datetime, pauses: Iterable[Pause]) -> Due | None:
    """Why the clock is due then, recomputed from start, limit, calendar, pauses and extension (procedure.duewords puts it in words).

    `clock.case.site.company` must be loaded.
    """
    obligation = pack.obligation(clock.obligation)
    if obligation is None:
        return None
    return due_of(obligation, clock, clock.case, clock.due_at, pauses, at)
