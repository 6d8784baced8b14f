"""How long a case is kept, and what stands in the way of letting go of it or of keeping it longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kesu.complaints.models import Case
from kesu.procedure.keeping import last_day
from kesu.procedure.pack import Pack
from kesu.procedure.privacy import GIVEN
from kesu.procedure.privacyacts import WISHES

if TYPE_CHECKING:
    from kesu.complaints.queries.situation import Situation

Hindrance = tuple[str, str]
NOTHING_ASKED = ("客户没有问个人信息的事", "the customer asked nothing about their data")


def kept_until(case: Case, pack: Pack) -> date | None:
    """The last day on which the case is kept whole; None while it is open."""
    if case.closed_at is None:
        return None
    return last_day(case.closed_at.astimezone(ZoneInfo(case.site.company.zone)).date(), pack.pack.retention_years)


def not_yet(case: Case, pack: Pack, at: datetime) -> Hindrance | None:
    """Why the case cannot be de-identified now; None when it can."""
    last = kept_until(case, pack)
    if last is None:
        return ("还没结案", "it is not closed yet")
    if case.held_at is not None:
        return ("暂缓删除中，先解除", "it is under legal hold; lift that first")
    if at.astimezone(ZoneInfo(case.site.company.zone)).date() <= last and not granted(case, "deletion"):
        return (f"要留到 {last:%Y-%m-%d}，还没到期", f"it is kept up to {last:%Y-%m-%d}")
    return None


def open_wishes(case: Case) -> list[str]:
    """What the customer asked about their data that was not answered yet (keys of procedure.privacyacts.WISHES)."""
    return [
        wish for wish in WISHES if _last(case, "ask_data", wish) > max(_last(case, "answer_data", wish), _last(case, "refuse_data", wish))
    ]


def to_ask(case: Case, pack: Pack) -> list[str]:
    """What the procedure asks separately and to what no consent stands (keys of procedure.privacyacts.MATTERS)."""
    return [matter for matter in (pack.privacy.consents() if pack.privacy else {}) if case.consents.get(matter) != GIVEN]


def granted(case: Case, wish: str) -> bool:
    """Whether the last answer to this wish was yes."""
    return _last(case, "answer_data", wish) > _last(case, "refuse_data", wish)


def _last(case: Case, act: str, wish: str) -> float:
    pair = case.whole_marks.get(f"{act}:{wish}")
    return datetime.fromisoformat(pair[1]).timestamp() if pair else 0.0


KEEPING: dict[str, Callable[[Situation], Hindrance | None]] = {
    "hold": lambda now: ("已经暂缓了", "it is under legal hold already") if now.case.held_at else None,
    "mark_health": lambda now: (
        None if now.pack.privacy and now.pack.privacy.health else ("规程里没有健康资料的规定", "the procedure has no rule for health data")
    ),
    "lift_hold": lambda now: None if now.case.held_at else ("没有暂缓", "it is not under legal hold"),
    "ask_data": lambda now: None if set(WISHES) - set(open_wishes(now.case)) else ("已经提过，正在办", "it is under way already"),
    "answer_data": lambda now: None if open_wishes(now.case) else NOTHING_ASKED,
    "refuse_data": lambda now: None if open_wishes(now.case) else NOTHING_ASKED,
    "ask_consent": lambda now: None if to_ask(now.case, now.pack) else ("规程要问的都已经同意", "all that is to be asked is consented to"),
    "withdraw_consent": lambda now: None if GIVEN in now.case.consents.values() else ("没有同意过", "no consent stands"),
    "deidentify": lambda now: not_yet(now.case, now.pack, now.at),
}
