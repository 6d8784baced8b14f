"""What the customer is told by the procedure itself: reminders while we wait for them, leave that was granted, clocks that go on.

The words are fixed when they are written: what was said is what was said. They stand on the customer's page.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kesu.complaints.models import CustomerNotice, Extension, Pause
from kesu.complaints.storing import insert_unless_there
from kesu.procedure.duties import PauseReason
from kesu.procedure.pack import Pack

if TYPE_CHECKING:
    from kesu.complaints.actions.road import Road

LANGUAGES = ("zh-hans", "en")
CHASED = (
    "我们还在等：{reason}。方便时在这里告诉我们，或打个电话。到 {until} 没有消息，我们就按手上有的接着办。",
    "We are still waiting: {reason}. Tell us here or call when you can. Without word by {until} we go on with what we have.",
)
GOES_ON = (
    "等到时间了，我们接着办，答应您的时间从现在起继续算。",
    "The waiting time is over: we go on, and the times promised to you run again.",
)
LONGER = (
    "这件事要比原来说的多用些时间：原来 {first} 前，现在 {new} 前。原因：{told}",
    "This takes longer than we said: first by {first}, now by {new}. The reason: {told}",
)
AGREED = ("和您商定：{new} 前。{told}", "Agreed with you: by {new}. {told}")
AGREED_ANEW = (
    "和您商定改日期：原来 {first} 前，现在 {new} 前。{told}",
    "Agreed with you on another date: first by {first}, now by {new}. {told}",
)
ROUTES = ("您不同意也可以：{routes}。", "If you do not agree you may also: {routes}.")


def tell_customer(road: Road, kind: str, key: str, words: tuple[str, str]) -> None:
    """Write it down for the customer's page, once per key."""
    row = CustomerNotice(case=road.case, kind=kind, key=f"{road.case.pk}:{key}", words=words[0], words_en=words[1], at=road.at)
    insert_unless_there([row])


def chaser(road: Road, pause: Pause, rule: PauseReason) -> tuple[str, str]:
    """The reminder in both languages: the pack's words, else our own."""
    own = (rule.chase_words, rule.chase_words_en) if rule.chase_words else CHASED
    zone = road.case.site.company.zone
    said = [
        text.replace("{reason}", rule.label(language)).replace("{until}", day_and_hour(pause.ends_by, zone, language))
        for text, language in zip(own, LANGUAGES, strict=True)
    ]
    return said[0], said[1]


def longer(road: Road, row: Extension) -> tuple[str, str]:
    """Leave that was granted: the first date, the new one, why, and where else they may turn."""
    zone = road.case.site.company.zone
    said = []
    for n, language in enumerate(LANGUAGES):
        first, new = (day_and_hour(at, zone, language) for at in (row.clock.first_due_at, row.new_due))
        parts = [LONGER[n].replace("{first}", first).replace("{new}", new).replace("{told}", row.told)]
        parts[0] = parts[0] if parts[0].endswith(("。", ".", "！", "？")) else parts[0] + ("。" if n == 0 else ".")
        said.append(" ".join([*parts, *other_routes(road.pack, language)]) if n else "".join([*parts, *other_routes(road.pack, language)]))
    return said[0], said[1]


def agreed_anew(road: Road, before: datetime | None, new: datetime, told: str) -> tuple[str, str]:
    """The date that was agreed, the earlier one where there was one, and what was said."""
    zone = road.case.site.company.zone
    said = [
        text.replace("{new}", day_and_hour(new, zone, language)).replace("{told}", told)
        for text, language in zip(AGREED_ANEW if before else AGREED, LANGUAGES, strict=True)
    ]
    if before:
        said = [text.replace("{first}", day_and_hour(before, zone, language)) for text, language in zip(said, LANGUAGES, strict=True)]
    return said[0], said[1]


def other_routes(pack: Pack, language: str) -> list[str]:
    """Where else the customer may turn, as a sentence; nothing where the pack names none."""
    zh = language.startswith("zh")
    rows = pack.pack.routes if zh else pack.pack.routes_en
    return [ROUTES[0 if zh else 1].replace("{routes}", ("；" if zh else "; ").join(rows))] if rows else []


def day_and_hour(at: datetime, zone: str, language: str) -> str:
    """ "11 月 25 日 14:32", "25 Nov 14:32": read next week as well."""
    when = at.astimezone(ZoneInfo(zone))
    return f"{when.month} 月 {when.day} 日 {when:%H:%M}" if language.startswith("zh") else f"{when.day} {when:%b %H:%M}"
