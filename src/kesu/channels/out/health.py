"""Every door and every means in one line: when something last came in and went out, what is stuck, what is wrong since when.

Other wings of doors add their own lines (`also`). A line names no customer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Q

from kesu.channels.models import Answer, Mailbox, OutAccount, Outgoing
from kesu.channels.out import means
from kesu.company.models import Company
from kesu.complaints.models import Case, Notice
from kesu.procedure.pack import Channel, Pack
from kesu.procedure.telling import CALL

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One door or means. `fault` is what the other side said; `since` since when; `url` names the set-up page and its argument."""

    name: tuple[str, str]
    last_in: datetime | None = None
    last_out: datetime | None = None
    stuck: int = 0
    fault: str = ""
    since: datetime | None = None
    active: bool = True
    url: tuple[str, int] | None = None
    site_id: int | None = None  # of one site only

    def label(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.name[0 if language.startswith("zh") else 1]


Source = Callable[[Company, datetime], list[Line]]
_sources: list[Source] = []


def also(source: Source) -> None:
    """More lines, of another door."""
    if source not in _sources:
        _sources.append(source)


def lines(company: Company, at: datetime) -> list[Line]:
    """All of them; those with a fault first."""
    found = [line for source in (_mailboxes, _server, _accounts, _calls, *_sources) for line in source(company, at)]
    return sorted(found, key=lambda line: (not (line.fault and line.active), not line.stuck, not line.active))


def _mailboxes(company: Company, at: datetime) -> list[Line]:
    bad = Q(answers__state__in=["failed", "bounced"]) | Q(answers__state="waiting", answers__tries__gt=0)
    lately = Q(answers__at__gt=at - LATELY)
    rows = Mailbox.objects.filter(company=company).annotate(
        stuck=Count("answers", filter=bad & lately), out=Max("answers__at", filter=Q(answers__state="sent") & lately)
    )
    return [
        Line(
            (row.address, row.address),
            row.last_in_at,
            row.out,
            row.stuck,
            row.fault,
            row.heard_from_at if row.fault else None,
            row.active,
            ("setup_mailbox", row.pk),
            row.site_id,
        )
        for row in rows.order_by("address")
    ]


def _server(company: Company, at: datetime) -> list[Line]:
    """The mail server by which notices to staff leave."""
    if not settings.EMAIL_HOST:
        return []
    lately = Notice.objects.filter(company=company, at__gt=at - LATELY)
    found = lately.aggregate(out=Max("mailed_at"), stuck=Count("pk", filter=Q(mail="failed") | Q(mail="waiting", mail_tries__gt=0)))
    waits = lately.filter(mail="waiting", mail_tries__gt=0).order_by("at").first()
    fault = waits.mail_error if waits else ""
    return [Line(("员工邮件", "E-mail to staff"), None, found["out"], found["stuck"], fault, waits.at if waits else None)]


def _accounts(company: Company, at: datetime) -> list[Line]:
    bad = Q(outgoing__stuck_at__gt=at - LATELY)
    rows = OutAccount.objects.filter(company=company).annotate(stuck=Count("outgoing", filter=bad)).order_by("means", "id")
    found = []
    for row in rows:
        names = (f"{means.name_of(row.means, 'zh')} {row.name}", f"{means.name_of(row.means, 'en')} {row.name}")
        since = row.fault_since if row.fault else None
        url = ("setup_out_account", row.pk)
        found.append(Line(names, row.last_in_at, row.last_out_at, row.stuck, row.fault, since, row.active, url, row.site_id))
    return found


def _calls(company: Company, at: datetime) -> list[Line]:
    calls = Outgoing.objects.filter(company=company, means=CALL, state="waiting").count()
    return [Line(("要打的电话", "Calls to make"), stuck=calls)] if calls else []


def doors(company: Company, sites: Collection[int], pack: Pack, at: datetime) -> list[tuple[Channel, datetime | None, int]]:
    """Every door of the procedure with its last case at these sites and how many of the last 30 days came by it."""
    rows = Case.objects.filter(company=company, site__in=sites, received_at__gt=at - LATELY).order_by().values("channel")
    found = {row["channel"]: row for row in rows.annotate(last=Max("received_at"), n=Count("pk"))}
    return [(row, found[row.id]["last"], found[row.id]["n"]) if row.id in found else (row, None, 0) for row in pack.channels]


def sent_lately(company: Company, at: datetime) -> dict[str, int]:
    """State → how many messages of the last 30 days, answers by e-mail included."""
    found: dict[str, int] = {}
    out = Outgoing.objects.filter(company=company, at__gt=at - LATELY).exclude(means="page").order_by()
    answers = Answer.objects.filter(case__company=company, at__gt=at - LATELY).order_by()
    for rows in (out, answers):
        for state, n in rows.values_list("state").annotate(n=Count("pk")):
            found[state] = found.get(state, 0) + n
    return found
