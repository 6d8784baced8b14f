"""Messages leave once, by the first means that reaches the customer; what does not arrive goes on by the next, at the end by a call."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.api.conftest import warned
from tests.cast import Cast, found
from tests.channels.providers import KEY_ID, SECRET, Providers, serving
from tests.reporting.made import drafted

from kesu.channels import answering
from kesu.channels.models import Arrival, OutAccount, Outgoing
from kesu.channels.out import delivering, groups, posting, reports, staff
from kesu.channels.out.delivering import send_batch
from kesu.channels.sealing import seal_all
from kesu.complaints import actions
from kesu.complaints.models import Case, JournalEntry, Notice
from kesu.improvement.actions import Owner, measure, open_capa

TEMPLATES = {
    kind: {
        "zh": {"code": f"SMS_{kind}", "text": "{number}：{words} {link}"},
        "en": {"code": f"SMS_{kind}_en", "text": "{number}: {words} {link}"},
    }
    for kind in ("received", "question", "notice", "told")
} | {"staff": {"zh": {"code": "SMS_staff", "text": "{title} {number} {link}"}}}


@pytest.fixture
def providers(settings: Any) -> Iterator[Providers]:
    with serving(settings) as memory:
        yield memory


def sms_account(cast: Cast, provider: str = "aliyun", **changes: Any) -> OutAccount:
    row = {"company": cast.company, "means": "sms", "provider": provider, "name": "短信", "active": True, "templates": TEMPLATES}
    row |= {"settings": {"key_id": KEY_ID, "sign": "和檐物业", "app_id": "1400"}, "sealed": seal_all({"secret": SECRET})}
    return OutAccount.objects.create(**(row | changes))


def robot(cast: Cast, means: str = "dingtalk", **changes: Any) -> OutAccount:
    key = {"wecom": "wecom-key", "dingtalk": "ding-token", "feishu": "feishu-id"}[means]
    row = {"company": cast.company, "means": means, "name": "群", "active": True, "sealed": seal_all({"key": key, "secret": SECRET})}
    return OutAccount.objects.create(**(row | {"since": cast.at - timedelta(days=1)} | changes))


def minutes(at: datetime, count: float) -> datetime:
    return at + timedelta(minutes=count)


def asked(cast: Cast, case: Case, at: datetime, words: str = "几点在家？") -> datetime:
    """方静 asks the customer something; it is told. Returns the moment."""
    actions.ask(cast.fang_jing, case.pk, words=words, at=at)
    answering.answer_due(at)
    return at


def only(kind: str = "question") -> Outgoing:
    return Outgoing.objects.exclude(means__in=["page", "call"]).filter(kind=kind).get()


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_a_text_message_is_signed_says_little_and_leaves_once(provider: str, cast: Cast, providers: Providers, at: datetime) -> None:
    account = sms_account(cast, provider)
    case = cast.complaint(at=at)
    providers.clock = at
    asked(cast, case, at), answering.answer_due(at)
    assert [send_batch(minutes(at, n)) for n in (0, 0, 600)] == [1, 0, 0]
    row, taken = only(), providers.took[0]
    assert (row.state, row.address, row.customer, row.account) == ("sent", "13900001007", case.customer, account)
    assert (taken["to"], taken["code"], taken["ours"]) == ("13900001007", "SMS_question", str(row.pk))
    values = taken["values"] if provider == "tencent" else list(taken["values"].values())
    assert values == [case.number, "想请问您：几点在家？", f"https://kesu.heyan.example/c/{case.token}/"]
    assert row.payload["text"].startswith(f"【和檐物业】{case.number}：") and row.provider_id in ("biz-1", "sid-1")
    account.refresh_from_db()
    assert account.last_out_at == at and not account.fault
    assert not {"闵女士", "电梯"} & set(json.dumps(providers.took, ensure_ascii=False).split())


def test_the_customer_chooses_the_means_and_the_language(cast: Cast, providers: Providers, at: datetime) -> None:
    sms_account(cast)
    case = cast.complaint(at=at)
    Case.objects.filter(pk=case.pk).update(language="en")
    asked(cast, case, at)
    send_batch(at)
    assert providers.took[0]["code"] == "SMS_question_en" and "We should like to ask" in only().payload["text"]
    for wish, means in (("page", "page"), ("call", "call"), ("mail", "sms")):  # nobody has an e-mail thread: the next one then
        Case.objects.filter(pk=case.pk).update(tell_by=wish)
        asked(cast, case, at, words=f"再问：{wish}")
        assert Outgoing.objects.latest("id").means == means


def test_at_night_it_waits_unless_the_procedure_calls_it_urgent(cast: Cast, providers: Providers, at: datetime) -> None:
    sms_account(cast)
    night = at.replace(hour=21, minute=30)
    asked(cast, cast.complaint(at=night), night)
    row = only()
    assert row.not_before == night + timedelta(hours=10, minutes=30)
    assert [send_batch(night), send_batch(row.not_before - timedelta(seconds=1)), send_batch(row.not_before)] == [0, 0, 1]


def test_a_number_refused_for_good_becomes_a_call_that_the_handler_hears_of(cast: Cast, providers: Providers, at: datetime) -> None:
    sms_account(cast)
    case = cast.complaint(at=at)
    asked(cast, case, at)
    providers.faults = [{"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "bad number"}]
    send_batch(at), send_batch(minutes(at, 1)), send_batch(minutes(at, 600))
    first, call = Outgoing.objects.filter(kind="question").order_by("place")
    assert (first.state, first.stuck_at, call.means, call.state, call.address) == ("refused", None, "call", "waiting", "13900001007")
    assert Notice.objects.filter(kind="call_customer", case=case, person=cast.fang_jing).count() == 1 and not providers.took
    assert call.due_at > at
    actions.contact(cast.fang_jing, case.pk, channel="hotline", words="说好晚上七点以后。", at=minutes(at, 30))
    call.refresh_from_db()
    assert (call.state, call.by) == ("done", cast.fang_jing)


@pytest.mark.parametrize("fault", [(500, "oops"), (502, "<html>"), "hang", {"Code": "Throttling.User", "Message": "slow down"}], ids=str)
def test_a_provider_that_misbehaves_is_tried_later_and_given_up_in_the_end(
    fault: Any, cast: Cast, providers: Providers, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PATIENCE", 0.3)
    sms_account(cast)
    asked(cast, cast.complaint(at=at), at)
    providers.faults = [fault] * (1 if fault == "hang" else 5)
    send_batch(at)
    row = only()
    assert (row.state, row.tries, row.stuck_at, row.next_at) == ("waiting", 1, at, minutes(at, 1)) and row.error
    if fault == "hang":
        assert send_batch(minutes(at, 1)) == 1 and only().state == "sent" and only().stuck_at is None
        return
    for moment in (1, 6, 21, 51):
        send_batch(minutes(at, moment))
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", 5) and Outgoing.objects.filter(means="call", state="waiting").count() == 1


def test_a_fault_of_the_account_is_shown_until_something_leaves_again(cast: Cast, providers: Providers, at: datetime) -> None:
    account = sms_account(cast, settings={"key_id": "somebody else", "sign": "和檐物业"})
    asked(cast, cast.complaint(at=at), at)
    send_batch(at)
    account.refresh_from_db()
    assert "InvalidAccessKeyId" in account.fault and account.fault_since == at
    OutAccount.objects.filter(pk=account.pk).update(settings={"key_id": KEY_ID, "sign": "和檐物业"})
    send_batch(minutes(at, 1))
    account.refresh_from_db()
    assert (account.fault, account.fault_since, only().state) == ("", None, "sent")


def report(row: Outgoing, well: bool, **changes: Any) -> dict[str, Any]:
    said = {"phone_number": row.address, "success": well, "err_code": "DELIVERED" if well else "MK:0001", "biz_id": row.provider_id}
    return said | {"out_id": str(row.pk)} | changes


def take(account: OutAccount, rows: list[dict[str, Any]], at: datetime) -> Any:
    return reports.take(account, json.dumps(rows).encode(), at)


def test_reports_come_twice_in_any_order_and_count_once(cast: Cast, providers: Providers, at: datetime) -> None:
    account = sms_account(cast)
    case = cast.complaint(at=at)
    asked(cast, case, at), send_batch(at)
    row = only()
    assert take(account, [report(row, False, phone_number="13811112222")], at) == {"code": 0, "msg": "OK"}
    row.refresh_from_db()
    assert row.state == "sent"  # of another number
    take(account, [report(row, False), report(row, False)], at), take(account, [report(row, False)], minutes(at, 1))
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "MK:0001")
    assert Outgoing.objects.filter(means="call").count() == 1 == Notice.objects.filter(kind="call_customer").count()
    take(account, [report(row, True)], minutes(at, 2)), take(account, [report(row, False)], minutes(at, 3))
    row.refresh_from_db()
    assert (row.state, row.delivered_at) == ("delivered", minutes(at, 2))
    assert take(account, [{}] * 1001, at) is None and reports.take(account, b"[" * 9000, at) is None


def test_a_report_may_be_quicker_than_the_answer(cast: Cast, providers: Providers, at: datetime) -> None:
    account = sms_account(cast, "tencent")
    asked(cast, cast.complaint(at=at), at)
    [row] = delivering._claim(at, "slow")
    said = {"mobile": row.address, "nationcode": "86", "report_status": "SUCCESS", "errmsg": "DELIVRD", "sid": "sid-9"}
    assert take(account, [said], at) == {"result": 0, "errmsg": "OK"}
    delivering._write(row, delivering.Sent("sid-9"), "slow", at)
    row.refresh_from_db()
    assert (row.state, row.provider_id) == ("delivered", "sid-9")


def test_a_message_whose_answer_was_lost_is_not_sent_twice_once_its_report_has_come(
    cast: Cast, providers: Providers, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PATIENCE", 0.3)
    account = sms_account(cast)
    asked(cast, cast.complaint(at=at), at)
    providers.faults = ["late"]
    send_batch(at)
    row = only()
    assert (row.state, row.provider_id, providers.numbers()) == ("waiting", "", ["13900001007"])
    take(account, [report(row, True, biz_id="biz-1")], at)
    assert send_batch(minutes(at, 1)) == 0 and only().state == "delivered" and len(providers.took) == 1


def test_a_reply_joins_the_case_that_we_wrote_about_and_a_strangers_waits(cast: Cast, providers: Providers, at: datetime) -> None:
    account = sms_account(cast)
    case = cast.complaint(at=at)
    asked(cast, case, at), send_batch(at)
    said = {"phone_number": "13900001007", "content": "晚上七点以后", "send_time": "2026-11-20 15:00:00", "sequence_id": 7}
    take(account, [said], minutes(at, 5)), take(account, [said], minutes(at, 6))
    row = Arrival.objects.get()
    assert (row.door, row.state, row.case) == ("sms", "joined", case)
    assert [one.data["words"] for one in JournalEntry.objects.filter(case=case, act="note")] == ["晚上七点以后"]
    take(account, [said | {"phone_number": "13800009999", "sequence_id": 8}], minutes(at, 7))
    stranger = Arrival.objects.latest("id")
    assert (stranger.state, stranger.why, stranger.case) == ("waiting", "reply", None) and stranger.due_at


def test_the_address_that_a_provider_calls_is_a_secret(cast: Cast, client: Any) -> None:
    account = sms_account(cast)
    good = f"/hooks/out/{account.pk}/{reports.token_of(account.pk)}/"
    assert client.post(good, "[]", content_type="application/json").json() == {"code": 0, "msg": "OK"}
    assert client.post(good, "{", content_type="application/json").status_code == 400
    for bad in (f"/hooks/out/{account.pk}/{'a' * 32}/", f"/hooks/out/{account.pk + 1}/{reports.token_of(account.pk)}/"):
        assert client.post(bad, "[]", content_type="application/json").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_and_send_each_message_once(providers: Providers, at: datetime) -> None:
    cast = found(at)
    sms_account(cast)
    cases = [cast.complaint(at=at, phone=f"1390000{n:04}") for n in range(12)]
    for case in cases:
        actions.ask(cast.fang_jing, case.pk, words="几点在家？", at=at)
    start = threading.Barrier(2)

    def worker() -> None:
        start.wait()
        try:
            answering.answer_due(at)
            while send_batch(at):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert sorted(providers.numbers()) == sorted(case.contact_phone for case in cases)
    assert set(Outgoing.objects.filter(kind="question").values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("means", ["wecom", "dingtalk", "feishu"])
def test_a_robot_tells_its_group_together_without_the_customer(means: str, cast: Cast, providers: Providers, at: datetime) -> None:
    robot(cast, means, site=cast.site)
    for n in range(3):
        cast.judged(cast.complaint(at=at, items=[(f"邻居闵女士家漏水 {n}", "lift")]), at=at)
    cast.complaint(by=cast.wu_tong, at=at, site_id=cast.other_site.pk)
    assert (groups.tell_groups(at), groups.tell_groups(at), send_batch(at)) == (1, 0, 1)
    said = json.dumps(providers.took[0]["said"], ensure_ascii=False)
    assert all(case.number in said for case in Case.objects.filter(site=cast.site))
    assert not [word for word in ("闵女士", "漏水", "13900001007", "1103", "TJ-") if word in said]
    assert "https://kesu.heyan.example/cases/" in said


def test_a_robot_tells_of_corrective_action_and_warnings_where_they_lie(cast: Cast, providers: Providers, at: datetime) -> None:
    """By number and place, with the link; a title naming somebody stays inside. Another site's group hears nothing, the company's all."""
    case = cast.complaint(at=at, items=[("邻居闵女士家漏水", "lift")])
    accounts = [robot(cast, site=cast.site), robot(cast, site=cast.other_site), robot(cast), robot(cast, department=cast.engineering)]
    later = minutes(at, 30)
    capa = open_capa(cast.luo_qing, [case.pk], title="闵女士家漏水", problem="闵女士家漏水", at=later)
    owner = Owner(department=cast.engineering.pk)
    measure(cast.he_wei, capa.pk, kind="corrective", what="找闵女士换管", owner=owner, due_at=later + timedelta(days=9), at=later)
    row = warned(cast, later, [case])
    drafted(cast, later)
    assert groups.tell_groups(later) == 3 and groups.tell_groups(later) == 0
    said = {one.account_id: one.payload["lines"] for one in Outgoing.objects.filter(kind="group")}
    mine, theirs, all_of_it, department = (said.get(account.pk) for account in accounts)
    base = "https://kesu.heyan.example"
    assert mine == all_of_it and theirs is None
    assert [link for _, link in mine] == [f"{base}/improvement/{capa.number}/", f"{base}/warnings/{row.pk}/"]
    assert mine[1][0] == f"预警，等您答复：{row.number}（预警，榕砚里）" and capa.number in mine[0][0]
    assert [link for _, link in department] == [link for _, link in mine[:1]]
    assert not [word for word in ("闵女士", "漏水", "换管", "电梯") if word in json.dumps(said, ensure_ascii=False)]


def test_a_robot_waits_its_window_its_night_and_its_minute(cast: Cast, providers: Providers, at: datetime) -> None:
    account = robot(cast)
    case = cast.judged(cast.complaint(at=at), at=at)

    def told(n: int, kind: str, when: datetime) -> None:
        Notice.objects.create(company=cast.company, person=cast.he_wei, case=case, kind=kind, key=f"x{n}:{cast.he_wei.pk}", at=when)

    assert groups.tell_groups(at) == 1
    told(1, "note", minutes(at, 1))
    assert [groups.tell_groups(minutes(at, n)) for n in (1, 4.9)] == [0, 0]
    told(2, "climbed", minutes(at, 4.9))
    assert [groups.tell_groups(minutes(at, n)) for n in (4.9, 9.8, 9.9)] == [1, 0, 1]
    night = at.replace(hour=22, minute=0)
    told(3, "note", night)
    assert [groups.tell_groups(night), groups.tell_groups(night + timedelta(hours=9))] == [0, 1]
    Outgoing.objects.all().delete()
    rows = [
        Outgoing(company=cast.company, account=account, means="dingtalk", kind="group", topic=f"g{n}", key=f"g{n}", at=at, next_at=at)
        for n in range(25)
    ]
    for row in rows:
        row.payload = {"title": "客诉", "lines": [], "rest": "", "text": "客诉"}
    Outgoing.objects.bulk_create(rows)
    assert [send_batch(at), send_batch(at), send_batch(minutes(at, 0.9)), send_batch(minutes(at, 1.1))] == [20, 0, 0, 5]
    providers.faults = [{"errcode": 130101, "errmsg": "send too fast"}]
    Outgoing.objects.filter(pk=rows[0].pk).update(state="waiting", next_at=minutes(at, 3))
    send_batch(minutes(at, 3))
    assert Outgoing.objects.get(key="g0").next_at == minutes(at, 13)


def test_urgent_things_reach_people_by_text_message_where_the_procedure_says_so(cast: Cast, providers: Providers, at: datetime) -> None:
    sms_account(cast)
    cast.he_wei.phone = "13700001111"
    cast.he_wei.save()
    case = cast.complaint(at=at)
    for n, kind in enumerate(("note", "climbed")):
        Notice.objects.create(company=cast.company, person=cast.he_wei, case=case, kind=kind, key=f"u{n}:{cast.he_wei.pk}", at=at)
    assert (staff.tell_urgent(at), staff.tell_urgent(at)) == (1, 0)
    send_batch(at)
    assert providers.numbers() == ["13700001111"] and providers.took[0]["values"]["number"] == case.number
