"""Every address of the project as somebody who has no business there: never an error of ours, never a word of what belongs to others.

A new address is tried as soon as it exists: it must be given a sample here only when its arguments are new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.cast import Cast
from tests.channels.devices import broker
from tests.channels.letters import letter as mail_of
from tests.channels.letters import mailbox, take
from tests.channels.lines import line
from tests.channels.weixin import account as weixin_account
from tests.reporting.made import drafted

from kesu.channels.calls.events import Told
from kesu.channels.calls.taking import take as take_call
from kesu.channels.models import OutAccount
from kesu.company.actions import start_draft
from kesu.company.models import Company, Department, Grant, Person, ProcedureDraft, ProcedureVersion, Site
from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Attachment, Case, Clock, Complained, Inquiry, JournalEntry, Notice, RoutineDuty
from kesu.complaints.routines import start_due
from kesu.exchange.actions import add_hook
from kesu.exchange.actions.imports import prepare
from kesu.improvement.actions import Owner, end, measure, open_capa
from kesu.improvement.models import CapaEntry, Proof
from kesu.insights.actions.walling import hang
from kesu.performance.models import Recognition, Review
from kesu.reporting.models import ReportEntry
from kesu.warnings.actions import add_change
from kesu.warnings.models import Change, Warning
from kesu.web.case.actforms import ACT_FORMS
from kesu.web.improvement.forms import RECORD_FORMS

# Open to whoever comes. Customers' pages know nobody: their secret is in the address.
OPEN = {"healthz", "login", "logout", "language", "theme", "start", "push_mail", "tell_call"}  # pushed: refused without our signature
OPEN |= {"wechat_hook", "wx", "wx_back", "wx_mine"}  # WeChat signs, and says who it is; nobody signs in
OPEN |= {"coming"}  # a file on its way, by a key of its sender's making
BY_SECRET = {"kiosk", "door", "door_items", "door_poster", "track", "track_seen", "filed", "track_photo", "wall"}
OWN = {  # a page of one's own: everybody who is signed in has it
    "work", "work_again", "work_rows", "me", "inbox", "bell", "read_all", "search", "draft", "board", "board_list",
    "reception", "reception_caller", "reception_advice", "improvement", "asked", "visits", "visit_report", "privacy", "privacy_mine",
    "arrivals", "imports", "calls", "paper", "out", "out_strip", "figures", "figures_view", "warnings", "people",
}  # fmt: skip
STOP_POLLING = 286  # htmx's own: a page that was left open asks no more
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d"
    "49444154789c636460f85f0f0002870180eb47ba920000000049454e44ae426082"
)


@dataclass
class Sample:
    """What stands in addresses: rows of 和檐物业, and words that nobody else has."""

    case: Case
    arguments: dict[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ("闵女士的事别人不该知道", "13900001007", "周海")


@pytest.fixture
def sample(cast: Cast, at: datetime) -> Sample:
    items = [("闵女士的事别人不该知道", "lift")]
    case = cast.judged(cast.complaint(at=at, items=items, uploads=[Upload("a.png", len(PNG), [PNG])]), at=at + timedelta(minutes=1))
    actions.sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=2))
    actions.name_person(cast.he_wei, case.pk, who=cast.chen_li.pk, at=at + timedelta(minutes=2))
    named = Complained.objects.get(case=case)
    actions.ask_statement(cast.he_wei, case.pk, complained_id=named.pk, words="闵女士的事别人不该知道", at=at + timedelta(minutes=2))
    letter = actions.draft_letter(cast.lin_xiao, case.pk, kind="letter_result", title="办理结果", text="闵女士的事别人不该知道", at=at)
    start_due(at + timedelta(days=40))
    duty = RoutineDuty.objects.filter(site__company=cast.company).first()
    assert duty is not None
    clock = Clock.objects.filter(case=case, state="running").first()
    assert clock is not None
    capa = open_capa(cast.luo_qing, [case.pk], problem="闵女士的事别人不该知道", at=at + timedelta(minutes=3))
    owner = Owner(person=cast.zhou_hai.pk)
    row = measure(cast.luo_qing, capa.pk, kind="corrective", what="换皮带", owner=owner, due_at=at + timedelta(days=3), at=at)
    end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="换了", uploads=[Upload("a.png", len(PNG), [PNG])], at=at)
    box = mailbox(cast)
    letter_in = take(box, mail_of(subject="自动回复：闵女士的事别人不该知道", text="闵女士的事别人不该知道"), at)
    warned = Warning.objects.create(
        company=cast.company, site=cast.site, version=cast.version, n=1, number="YJ-0001", subject="cluster:1:person:n:周海",
        kind="cluster", of="person", value="n:周海", first=at.date(), last=at.date(), observed=3, customers=3, opened_at=at,
        owed_from=at, due_at=at, seen_on=at.date(), role="site_director",
    )  # fmt: skip
    change = add_change(cast.luo_qing, name="周海的培训", day=at.date(), at=at)
    platform = broker(cast, name="周海的平台")
    telephone = line(cast, name="周海的线")
    call = take_call(telephone, Told("missed", "1", "13900001007", False, at, "周海"), at)
    arguments = {
        "broker": platform.pk, "topic": platform.topics.get().pk, "line": telephone.pk, "call": call.pk,
        "view": "by-site", "table": "by-site", "wall": hang(cast.luo_qing, "周海的屏", None, at).pk,
        "warning": warned.pk, "change": change.pk, "source": "change", "what": str(change.pk),
        "mailbox": box.pk, "arrival": letter_in.pk, "n": 0, "official": weixin_account(cast).pk, "key": "0" * 32,
        "selfreview": _self_review(cast, at).pk,
        "report": drafted(cast, at + timedelta(minutes=4)).pk,
        "letter": letter.pk, "capa": capa.number, "inquiry": Inquiry.objects.get().pk, "proof": Proof.objects.get().pk,
        "number": case.number, "act": "note", "form": "record", "kind": "pdf", "attachment": Attachment.objects.get(case=case).pk,
        "clock": clock.pk, "token": case.token, "file": Attachment.objects.get(case=case).pk, "door": cast.site.door, "duty": duty.pk,
        "notice": Notice.objects.filter(person__company=cast.company).earliest("pk").pk,
        "person": cast.zhou_hai.pk, "site": cast.site.pk, "version": cast.version.pk,
        "whole": prepare(cast.fang_jing, "cases", "周海.csv", ["诉求内容,时间\n闵女士的事别人不该知道,\n".encode()], at).pk,
        "hook": add_hook(cast.tang_qing, name="周海的系统", url="https://a.example/", at=at).pk,
        "account": OutAccount.objects.create(company=cast.company, means="sms", name="短信", site=cast.site).pk, "means": "sms",
        "draft": start_draft(cast.tang_qing, cast.version.pk, "周海的草稿", at).pk,
    }  # fmt: skip
    return Sample(case, arguments)


def _self_review(cast: Cast, at: datetime) -> Review:
    return Review.objects.create(
        company=cast.company, version=cast.version, kind="department_review", number="2026-10 d1", first=date(2026, 10, 1),
        last=date(2026, 10, 31), department=cast.engineering, site=cast.site, about="department", opened_at=at, owed_from=at,
        due_at=at + timedelta(days=5),
    )  # fmt: skip


def routes(resolver: URLResolver | None = None) -> Iterator[tuple[str, list[str]]]:
    """(name, arguments) of every address."""
    for row in (resolver or get_resolver()).url_patterns:
        if isinstance(row, URLPattern) and row.name == "api":
            continue  # by token, not by session: tests/api tries every one
        if isinstance(row, URLResolver):
            yield from routes(row)
        elif isinstance(row, URLPattern) and row.name:
            yield row.name, list(row.pattern.converters)


ROUTES = sorted(routes())


def test_every_address_has_a_name() -> None:
    def nameless(resolver: URLResolver) -> Iterator[str]:
        for row in resolver.url_patterns:
            if isinstance(row, URLResolver):
                yield from nameless(row)
            elif not row.name:
                yield str(row.pattern)

    assert list(nameless(get_resolver())) == []
    assert len(ROUTES) > 40


def addresses(sample: Sample, name: str, wanted: list[str]) -> list[str]:
    """The address with the sample's arguments; a case's acts are all tried."""
    if name == "draft":
        return [reverse(name, args=[f"case:{sample.case.number}:note"])]
    if name == "capa_act":
        return [reverse(name, args=[sample.arguments["capa"], act]) for act in RECORD_FORMS]
    if name == "case_act":
        return [reverse(name, args=[sample.case.number, act]) for act in ACT_FORMS]
    return [reverse(name, kwargs={word: sample.arguments[word] for word in wanted})]


def everything(company: Company) -> dict[str, int]:
    """How many rows there are: to see that a stranger's POST leaves no trace."""
    return {
        "journal": JournalEntry.objects.filter(case__company=company).count(),
        "cases": Case.objects.filter(company=company).count(),
        "people": Person.objects.filter(company=company).count(),
        "grants": Grant.objects.filter(person__company=company).count(),
        "sites": Site.objects.filter(company=company).count(),
        "departments": Department.objects.filter(site__company=company).count(),
        "versions": ProcedureVersion.objects.filter(company=company).count(),
        "read": Notice.objects.filter(person__company=company, read_at__isnull=False).count(),
        "effects": Change.objects.filter(company=company).count(),
        "answered": Warning.objects.filter(company=company).exclude(state="open").count(),
        "drafts": ProcedureDraft.objects.filter(company=company).count(),
        "changes": Company.objects.get(pk=company.pk).changes,
        "records": CapaEntry.objects.filter(capa__company=company).count(),
        "reports": ReportEntry.objects.filter(report__company=company).count(),
        "reviewed": Review.objects.filter(company=company).exclude(state="owed").count(),
        "thanked": Recognition.objects.filter(company=company).count(),
        "done": RoutineDuty.objects.filter(site__company=company, done_at__isnull=False).count(),
    }


# Words that any form might take for its own, so that a POST gets as far as it can.
TYPED = {"words": "试一下", "reason": "试一下", "name": "新名字", "lead": "1", "nature": "valid", "which": "edit", "login": "newlogin"}


@pytest.mark.django_db
def test_nobody(sample: Sample, cast: Cast) -> None:
    """Who has not signed in is led to the sign-in, or finds nothing."""
    client, before = Client(), everything(cast.company)
    for name, wanted in ROUTES:
        for address in addresses(sample, name, wanted):
            for answer in (client.get(address), *([] if name in BY_SECRET else [client.post(address, TYPED)])):
                assert answer.status_code < 500 or name == "healthz", address
                assert name in BY_SECRET | OPEN or turned_away(answer), (address, answer.status_code)
    assert everything(cast.company) == before


def turned_away(answer: HttpResponse) -> bool:
    """To the sign-in, or 404; a page that was left open rests."""
    to_the_door = answer.status_code == 302 and answer["Location"].startswith("/login/")
    rests = answer.status_code == STOP_POLLING and not answer.content
    return to_the_door or rests or answer.status_code in (404, 405)


@pytest.mark.django_db
@pytest.mark.parametrize("stranger", ["bai_shi", "zheng_chuan"])
def test_a_stranger(sample: Sample, cast: Cast, stranger: str) -> None:
    """白石 of another company; 郑川 of the same one, who heads engineering at another site and has nothing to do with 榕砚里."""
    client, before = Client(), everything(cast.company)
    client.force_login(getattr(cast, stranger))
    for name, wanted in ROUTES:
        if name != "logout":
            for address in addresses(sample, name, wanted):
                learns_nothing(client, address, name, sample)
    assert everything(cast.company) == before


def learns_nothing(client: Client, address: str, name: str, sample: Sample) -> None:
    """404 for what is not theirs, by GET and by POST; their own pages say nothing of others."""
    if name in BY_SECRET | OPEN:
        assert client.get(address).status_code < 500 or name == "healthz"
        return
    answers = [client.get(address), client.post(address, TYPED)]
    for answer in answers:
        if name in OWN:
            assert answer.status_code < 500, address
        else:
            assert answer.status_code in (404, 405), (address, answer.status_code)
        page = b"".join(answer) if answer.streaming else answer.content
        assert not [secret for secret in sample.secrets if secret.encode() in page], address
    if name not in OWN:
        assert 404 in {answer.status_code for answer in answers}, address


@pytest.mark.django_db
@pytest.mark.parametrize("stranger", ["bai_shi", "zheng_chuan"])
def test_searching_for_what_is_not_theirs(sample: Sample, cast: Cast, stranger: str) -> None:
    """The words, the number, the telephone: looked for by somebody else, they find nothing."""
    client = Client()
    client.force_login(getattr(cast, stranger))
    for name in sorted(OWN & {name for name, wanted in ROUTES if not wanted}):
        for typed in (sample.case.number, "闵女士的事", "1007", "13900001007"):
            page = client.get(reverse(name), {"q": typed, "phone": typed, "tel": typed, "site": sample.case.site_id}).content.decode()
            assert "闵女士的事别人不该知道" not in page, (name, typed)
            assert f"/cases/{sample.case.number}/" not in page, (name, typed)


@pytest.mark.django_db
def test_a_handler_without_rights(sample: Sample, cast: Cast) -> None:
    """马强 was given a case and may not decide, set up or receive: what he may not do answers 403 or 404 and does nothing."""
    actions.transfer(cast.zhou_hai, sample.case.pk, to=cast.ma_qiang.pk, reason="他当班", at=cast.at + timedelta(minutes=3))
    client = Client()
    client.force_login(cast.ma_qiang)
    assert client.get(reverse("case", args=[sample.case.number])).status_code == 200
    before = everything(cast.company)
    for act in ("judge", "dispatch", "approve", "close", "reopen", "regrade", "grant_extension", "archive", "visit"):
        for answer in (
            client.get(reverse("case_act", args=[sample.case.number, act])),
            client.post(reverse("case_act", args=[sample.case.number, act]), TYPED),
        ):
            assert answer.status_code in (403, 409, 422), (act, answer.status_code)
    for name, wanted in ROUTES:
        if name.startswith("setup"):
            address = addresses(sample, name, wanted)[0]
            assert {client.get(address).status_code, client.post(address, TYPED).status_code} <= {403, 404, 405}, address
    assert client.get(reverse("reception")).status_code in (403, 404)
    assert client.get(reverse("board")).status_code in (403, 404)
    assert everything(cast.company) == before


@pytest.mark.django_db
def test_a_guessed_link(sample: Sample) -> None:
    """A secret that nobody has: the same 404 for every guess."""
    nearly = sample.case.token[:-1] + ("a" if sample.case.token[-1] != "a" else "b")
    for name, wanted in ROUTES:
        for guess in ("x", nearly, sample.case.number, "%2e%2e", "a" * 300) if name in BY_SECRET else ():
            address = reverse(name, kwargs={word: guess if word in ("token", "door") else sample.arguments[word] for word in wanted})
            for answer in (Client().get(address), Client().post(address, TYPED)):
                assert answer.status_code in (404, 405), (name, guess)
                assert sample.case.title not in answer.content.decode()


@pytest.mark.django_db
def test_another_cases_file_by_ones_own_link(sample: Sample, cast: Cast, at: datetime) -> None:
    """A customer's secret opens their own photographs only."""
    other = cast.complaint(at=at + timedelta(minutes=9), phone="13900001999", home="1栋1单元101", items=[("路灯坏了", "")])
    address = reverse("track_photo", args=[other.token, sample.arguments["file"]])
    assert Client().get(address).status_code == 404
