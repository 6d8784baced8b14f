"""A case lived through its pages: every act by form, in order, as people do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kesu.company.models import Person
from kesu.complaints.models import AgreedAction, Case, JournalEntry, Proposal
from tests.cast import Cast

Sit = Callable[[Person], Client]


class Clock:
    """The time that the pages see."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def to(self, **later: float) -> datetime:
        self.at += timedelta(**later)
        return self.at


@pytest.fixture
def clock(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock(at)
    monkeypatch.setattr("kesu.config.now._offset", lambda: found.at.astimezone(UTC) - datetime.now(UTC) + timedelta(milliseconds=500))
    return found


@pytest.fixture
def sit(cast: Cast) -> Sit:
    def as_person(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return as_person


def do(client: Client, case: Case, act: str, **values: object) -> None:
    """The act by its form; fails with the page's words when it is refused."""
    answer = client.post(reverse("case_act", args=[case.number, act]), values)
    assert answer.status_code == 302, re.findall(r'class="(?:wrong|tip)[^>]*>(.*?)</(?:span|p)>', answer.content.decode(), re.S)
    assert answer["Location"] in (reverse("case", args=[case.number]), "/"), answer["Location"]


def step(case: Case) -> str:
    return Case.objects.get(pk=case.pk).step


def test_a_whole_case_by_its_pages(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.complaint(at=clock.at)
    lin, zhou, chen, he, fang, su = (
        sit(who) for who in (cast.lin_xiao, cast.zhou_hai, cast.chen_li, cast.he_wei, cast.fang_jing, cast.su_min)
    )
    clock.to(minutes=3)
    do(lin, case, "judge", nature="valid", title="电梯停在 3 层", fact_company_fault="yes", category_1="lift")
    assert Case.objects.get(pk=case.pk).grade == "important"
    do(lin, case, "dispatch", lead=cast.engineering.pk, co=[cast.security.pk])
    do(zhou, case, "sign")
    do(chen, case, "sign")
    do(lin, case, "present", to="site_director", words="请主任过目")
    clock.to(minutes=40)
    do(zhou, case, "investigate", side="staff", kind="statement", who="马强", words="门机皮带断了")
    do(zhou, case, "find_cause", cause="upkeep", words="皮带该换没换", finding_1="found")
    do(
        zhou, case, "propose", words="今天换皮带，查全部电梯", customer_pays="",
        what_1="换皮带", cost_1="350.50", due_1=f"{clock.at + timedelta(days=1):%Y-%m-%dT%H:%M}", remedy_1="mend", what_2="上门道歉", remedy_2="apology",
    )
    proposal = Proposal.objects.get(case=case)
    assert (proposal.company_pays, proposal.state, proposal.approver) == (35050, "pending", "site_director")
    do(he, case, "approve", words="同意")
    do(zhou, case, "reply", channel="hotline", words="明天换好，今天先停用")
    do(fang, case, "agree", channel="hotline", words="行")
    assert step(case) == "handle"
    for action in AgreedAction.objects.filter(case=case):
        do(zhou, case, "execute", action=action.pk, words="做好了")
    do(zhou, case, "return", words="皮带换好，试了十次")
    assert step(case) == "handle"  # security has not given its part back yet
    do(chen, case, "return", words="调了录像，当时没人被困")
    assert step(case) == "report"
    do(fang, case, "report_back", channel="hotline", spoke_to="闵女士", words="修好了", answer="谢谢")
    clock.to(days=3)
    do(su, case, "visit", outcome="content", channel="hotline", words="好了")
    do(lin, case, "close")
    do(sit(cast.luo_qing), case, "archive")
    assert step(case) == "done"
    acts = list(JournalEntry.objects.filter(case=case, actor="staff").values_list("act", flat=True))
    assert acts == [
        "receive", "judge", "dispatch", "sign", "sign", "present", "investigate", "find_cause", "propose", "approve", "reply", "agree",
        "execute", "execute", "return", "return", "report_back", "visit", "close", "archive",
    ]  # fmt: skip
    page = fang.get(reverse("case", args=[case.number])).content.decode()
    assert "已归档" in page and "皮带该换没换" in page
