"""What there is to tell customers: that it arrived, what we tell and ask them on their page, that there is a result. Each thing has a
topic, by which it is told once and can be found again when one means has failed and another is tried."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from kesu.channels.models import Answer, Arrival, Outgoing
from kesu.channels.out.means import Told
from kesu.complaints.models import Case, CustomerNotice, Question

LATELY = timedelta(days=2)  # older things are no news any more: an account that is switched on later does not write about the past
SETTLED = timedelta(seconds=30)  # a case filed at the desk gets its letter right after: before that nobody knows that mail would do
LOOKED_AT = 500  # newest rows of each kind that are looked at
RECEIVED = ("您反映的事收到了，我们会尽快办理。", "We have received what you told us and will see to it soon.")
RESULT = ("您反映的事有了结果，请看下面的页面。", "There is a result. Please see the page below.")
ASKED = ("想请问您：{words}", "We should like to ask you: {words}")
CASE = ("site__company", "customer")


def fresh(at: datetime, companies: Collection[int]) -> list[Told]:
    """What nobody has been told yet, of these companies; a few queries."""
    topics = _topics(at, companies)
    known = set(Answer.objects.filter(key__in=topics).values_list("key", flat=True))
    known |= set(Outgoing.objects.filter(topic__in=topics).values_list("topic", flat=True))
    return _told([topic for topic in topics if topic not in known])


def _topics(at: datetime, companies: Collection[int]) -> list[str]:
    since, ours = at - LATELY, {"case__company__in": companies}
    received = Case.objects.filter(
        company__in=companies, received_at__gt=since, heard_at__gt=since, received_at__lte=at - SETTLED, outcome=""
    )
    letters = Arrival.objects.filter(state="filed", door="mail", done_at__gt=since, company__in=companies).exclude(sender="")
    notices = CustomerNotice.objects.filter(at__gt=since, **ours).order_by("-id")[:LOOKED_AT]
    questions = Question.objects.filter(asked_at__gt=since, answered_at=None, **ours).order_by("-id")[:LOOKED_AT]
    results = Case.objects.filter(company__in=companies, told_at__gt=since).order_by("-id")[:LOOKED_AT]
    return [
        *(f"received:{pk}" for pk in {*_newest(received, "pk"), *_newest(letters, "case_id")}),
        *(f"notice:{pk}" for pk in notices.values_list("pk", flat=True)),
        *(f"question:{pk}" for pk in questions.values_list("pk", flat=True)),
        *(f"told:{pk}:{round}" for pk, round in results.values_list("pk", "round")),
    ]


def _newest(rows: QuerySet[Any], column: str) -> list[int]:
    return list(rows.order_by("-id").values_list(column, flat=True)[:LOOKED_AT])


def of(topic: str) -> Told | None:
    """The thing with this topic, None when it is gone or was none of ours."""
    return next(iter(_told([topic])), None)


def _told(topics: Iterable[str]) -> list[Told]:
    wanted: dict[str, dict[int, str]] = {}
    for topic in topics:
        kind, _, id = topic.partition(":")
        if (number := id.partition(":")[0]).isdecimal():
            wanted.setdefault(kind, {})[int(number)] = topic
    found: list[Told] = []
    for kind, pair in (("received", RECEIVED), ("told", RESULT)):
        for case in Case.objects.select_related(*CASE).filter(pk__in=wanted.get(kind, {})):
            found.append(_one(wanted[kind][case.pk], case, kind, pair, case.told_at or case.received_at))
    beside = [f"case__{name}" for name in CASE]
    for row in CustomerNotice.objects.select_related("case", *beside).filter(pk__in=wanted.get("notice", {})):
        found.append(_one(wanted["notice"][row.pk], row.case, "notice", (row.words, row.words_en), row.at))
    for asked in Question.objects.select_related("case", *beside).filter(pk__in=wanted.get("question", {})):
        zh, en = (text.replace("{words}", asked.words) for text in ASKED)
        found.append(_one(wanted["question"][asked.pk], asked.case, "question", (zh, en), asked.asked_at))
    return sorted(found, key=lambda told: (told.at, told.topic))


def _one(topic: str, case: Case, kind: str, pair: tuple[str, str], at: datetime) -> Told:
    return Told(topic, case, kind, pair[0], pair[1], at, link_of(case))


def link_of(case: Case) -> str:
    """The customer's page; "" where nobody outside could open it."""
    return f"{settings.BASE_URL}/c/{case.token}/" if settings.BASE_URL and not case.token_off else ""


def by_mail(case: Case) -> Arrival | None:
    """The first letter of the case that may be answered by e-mail."""
    rows = Arrival.objects.filter(case=case, state__in=["filed", "joined"], mailbox__active=True, mailbox__writes=True)
    return rows.exclude(sender="").select_related("mailbox").order_by("id").first()
