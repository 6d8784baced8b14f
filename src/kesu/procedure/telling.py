"""[telling]: how customers and staff are told: by which means in which order, at which hours, how much at once (S-15, H-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.packrows import Id, Part, Window
from kesu.procedure.survey import inside

MEANS: dict[str, tuple[str, str]] = {  # by which customers can be written to; whoever can be reached by none of them is called
    "wechat": ("微信", "WeChat"),
    "mail": ("电子邮件", "E-mail"),
    "sms": ("短信", "Text message"),
}
CALL = "call"  # the last means, always there: a person rings them up
KINDS: dict[str, tuple[str, str]] = {  # what customers are told
    "received": ("收到了", "It was received"),
    "question": ("问客户一件事", "A question to the customer"),
    "notice": ("进展、延期、催办", "Progress, more time, a reminder"),
    "told": ("有了结果", "There is a result"),
}
PAGE = "page"  # nothing is sent: it stands on the customer's page
WISHES: dict[str, tuple[str, str]] = {  # what a customer may ask for; "" leaves it to the procedure
    **MEANS,
    CALL: ("打电话", "Telephone call"),
    PAGE: ("不用通知，我自己看进度页", "No messages, I look at the page"),
}
ANYHOW = ("都行，由您看着办", "As you think best")
WORDS_OF_STAFF = ("warned", "fell_late", "climbed", "arrival", "arrival_late", "mail_bounced", "customer_said", "call_customer")

MeansId = Literal["wechat", "mail", "sms"]
Kind = Literal["received", "question", "notice", "told"]


class TellingKind(Part):
    """What is otherwise for one kind of message."""

    kind: Kind
    by: list[MeansId] | None = None  # its own order; left out: the general one
    urgent: bool = False  # goes out in quiet hours, too
    silent: bool = False  # stands on the customer's page and goes out by no means


class StaffTelling(Part):
    """[telling.staff]: notices to people of the company beside those that they see in Kesu at once."""

    quiet: list[Window] = []  # nothing but urgent ones leaves in these hours
    window: str = ""  # what comes within so long after the last message goes out as one; empty: each by itself
    urgent: list[str] = []  # kinds of notices (acts, warned, fell_late, climbed …) that wait for no hour and no window
    urgent_grades: list[Id] = []  # every notice about a case of these grades is urgent
    urgent_by: list[Literal["sms"]] = []  # by which means people are told of urgent things beside mail

    @property
    def pause(self) -> timedelta:
        """The window; none is no time."""
        found = parse_limit(self.window) if self.window else None
        return timedelta(seconds=found.seconds) if isinstance(found, Within) else timedelta()


class Telling(Part):
    """The whole table."""

    by: list[MeansId] = ["wechat", "mail", "sms"]  # in this order, after what the customer asked for; then somebody calls
    quiet: list[Window] | None = None  # hours in which customers are not written to; left out: those of [follow_up] rest
    kinds: list[TellingKind] = []
    call: str = "4h"  # within so long (opening hours) whoever can be reached by no means is called
    retry: int = Field(default=6, ge=1, le=8)  # so often one means is tried before the next one is
    staff: StaffTelling = StaffTelling()

    def order(self, kind: str) -> list[str]:
        """The means for this kind, the first one first."""
        row = self._row(kind)
        return list(self.by if row is None or row.by is None else row.by)

    def urgent(self, kind: str) -> bool:
        """Whether it goes out in quiet hours, too."""
        row = self._row(kind)
        return bool(row and row.urgent)

    def silent(self, kind: str) -> bool:
        """Whether it only stands on the customer's page."""
        row = self._row(kind)
        return bool(row and row.silent)

    def _row(self, kind: str) -> TellingKind | None:
        return next((row for row in self.kinds if row.kind == kind), None)


def after_quiet(windows: list[Window], at: datetime, zone: str) -> datetime:
    """The first moment from `at` on that lies in no window: `at` itself, or when the window ends. A window holds its start and not its
    end, and goes past midnight when it ends before it starts. Windows that cover the whole day hold nothing up: that would be for ever."""
    there = at.astimezone(ZoneInfo(zone))
    for _ in range(2 * len(windows) + 1):
        found = next((window for window in windows if inside(there.time(), *window)), None)
        if found is None:
            return there.astimezone(at.tzinfo)
        there = _ending(there, time_of_day.fromisoformat(found[1]))
    return at


def _ending(there: datetime, end: time_of_day) -> datetime:
    ends = there.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ends if ends > there else ends + timedelta(days=1)
