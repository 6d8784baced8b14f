"""What the frame of every page shows: who is signed in, where one can go, what is unread. Nothing is asked before a template does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.complaints.queries.inbox import unread_count
from kesu.complaints.queries.keeping import opens
from kesu.config.now import now
from kesu.warnings.queries.sight import sees_any

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
SIZE_COOKIE, LARGE = "size", "large"  # of customers' pages
TABS = 5  # along the foot of a phone; when there is more, the last one opens the rest
# which pages keep a tab of their own, the first named first
FIRST = (
    *("work", "search", "board", "visits", "reception", "arrivals", "warnings", "improvement", "figures", "refund", "setup", "privacy"),
    "out",
    "reports",
    "people",
)


@dataclass(frozen=True)
class Entry:
    """One entry of the rail."""

    page: str
    name: str
    icon: str
    url: str
    key: str = ""
    desk: bool = False  # no tab of its own on a phone


def address(name: str) -> str:
    """Where a page is; "" while it does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Shell:
    """The frame's questions, each asked once and only when the template wants it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def at(self) -> datetime:
        return now()

    @cached_property
    def theme(self) -> str:
        """light, dark, or "" to follow the device."""
        theme = self._request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in THEMES else ""

    @property
    def large(self) -> bool:
        """Whether a customer wants large type."""
        return self._request.COOKIES.get(SIZE_COOKIE) == LARGE

    @cached_property
    def person(self) -> Person | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Person) else None

    @cached_property
    def rights(self) -> Rights:
        assert self.person is not None
        return rights_of(self.person, self.at)

    @cached_property
    def unread(self) -> int:
        return unread_count(self.person) if self.person else 0

    @property
    def home(self) -> str:
        return address("work") or "/"

    @property
    def search_url(self) -> str:
        return address("search")

    @cached_property
    def page(self) -> str:
        """Which entry of the rail the address belongs to."""
        first = self._request.path.strip("/").split("/")[0]
        return {"": "work", "cases": "search"}.get(first, first)

    @cached_property
    def entries(self) -> list[Entry]:
        wanted = [
            Entry("work", _("工作台"), "work", address("work"), "g w"),
            Entry("search", _("投诉单"), "case", address("search")),
            *self._by_rights(),
        ]
        there = [entry for entry in wanted if entry.url]
        if len(there) <= TABS:
            return there
        tabs = sorted(there, key=lambda entry: FIRST.index(entry.page))[: TABS - 1]
        return [entry if entry in tabs else replace(entry, desk=True) for entry in there]

    @property
    def more(self) -> list[Entry]:
        """What a phone has no tab for: behind its last tab."""
        return [entry for entry in self.entries if entry.desk]

    def _by_rights(self) -> list[Entry]:
        rows = [
            ("reception", Entry("reception", _("受理登记"), "reception", address("reception"), "n")),
            ("board", Entry("board", _("督办看板"), "board", address("board"), "g b")),
            ("board", Entry("figures", _("统计"), "chart", address("figures"))),
            *([("board", Entry("warnings", _("异常预警"), "flag", address("warnings")))] if sees_any(self.rights) else []),
            ("reports", Entry("reports", _("报表"), "file", address("reports"))),
            ("board", Entry("improvement", _("整改"), "improve", address("improvement"))),
            ("setup", Entry("setup", _("设置"), "setup", address("setup"))),
        ]
        found = [entry for page, entry in rows if self.rights.page(page)]
        looks = self.rights.page("board") or self.rights.page("setup")
        sent = [Entry("out", _("收发"), "send", address("out"), desk=True)] if looks else []
        kept = [Entry("privacy", _("个人信息"), "lock", address("privacy"), desk=True)] if opens(self.rights) else []
        own = [Entry("people", _("自查表扬"), "people", address("people"))] if self.rights.pack.performance else []
        return [*found[:1], *self._beside(), *found[1:], *sent, *own, *kept]

    def _beside(self) -> list[Entry]:
        """What arrived for those who take complaints in; follow-ups for those who make them, their report for those who only read it;
        refunds where the procedure has prepaid cards."""
        rights, found = self.rights, []
        if rights.ever("receive"):
            found.append(Entry("arrivals", _("来信来电"), "mail", address("arrivals")))
        if rights.ever("visit"):
            found.append(Entry("visits", _("回访"), "phone", address("visits")))
        elif rights.page("reports"):
            found.append(Entry("visits", _("回访总结"), "phone", address("visit_report")))
        if rights.pack.prepaid and (rights.page("reception") or rights.page("board")):
            found.append(Entry("refund", _("退卡计算"), "money", address("refund")))
        return found

    @cached_property
    def roles_words(self) -> str:
        """事务部主管 · 榕砚里."""
        if not self.person:
            return ""
        pack, language = self.rights.pack, get_language() or "zh-hans"
        roles = [pack.label("roles", role, language) for role in self.rights.roles()[:2]]
        sites = self.rights.sites()
        where = sites[0].name if len(sites) == 1 else ""
        return " · ".join(filter(None, [*roles, where]))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` on every page."""
    return {"shell": Shell(request)}
