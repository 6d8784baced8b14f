"""The journal: a chain that proves itself, entries that cannot be changed, a sentence for every act in both languages."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.deletion import ProtectedError
from PIL import Image
from tests.cast import Cast
from tests.complaints.story import CAUSE, chain_holds, clock, days, entries, fresh, hours, minutes, on, walk

from kesu.company.models import OfficialDay
from kesu.complaints import actions, chain, ringing, sentences
from kesu.complaints.actions import Past, Promise, recalculating
from kesu.complaints.actions.links import switch_off
from kesu.complaints.actions.putting_right import take_out
from kesu.complaints.files import Upload
from kesu.complaints.models import (
    AgreedAction,
    Attachment,
    Case,
    Complained,
    Evidence,
    Extension,
    Inquiry,
    JournalEntry,
    Payment,
)
from kesu.complaints.models.journal import AppendOnly
from kesu.procedure.acts import ACTS
from kesu.procedure.packfile import load

PACKS = Path(__file__).parents[2] / "packs"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def archived(cast: Cast, at: datetime) -> Case:
    """A case from the first word to the archive."""
    case = cast.judged(cast.complaint(), at=at)
    walk(cast, case, "done", at + minutes(1))
    return fresh(case)


def _behind_its_back(entry: JournalEntry, **columns: object) -> None:
    """Somebody changes the table itself."""
    QuerySet(JournalEntry).filter(pk=entry.pk).update(**columns)


def _faults(case: Case) -> list[tuple[int, str]]:
    return [(n, zh) for n, zh, _ in chain.faults(fresh(case), entries(case))]


# --- the chain -------------------------------------------------------------------------------------------------------------------


def test_the_chain_of_a_whole_story_holds(archived: Case) -> None:
    assert chain_holds(archived)
    assert archived.journal_n == len(entries(archived)) > 10
    assert [entry.n for entry in entries(archived)] == list(range(1, archived.journal_n + 1))


@pytest.mark.parametrize("column", ["at", "written_at", "round", "act", "actor", "person", "name", "role", "data"])
def test_whatever_is_changed_is_named(archived: Case, cast: Cast, column: str) -> None:
    entry = entries(archived)[4]
    new = {
        "at": entry.at - minutes(5), "written_at": entry.written_at + minutes(1), "round": 2, "act": "note", "actor": "system",
        "person": cast.lin_xiao, "name": "别人", "role": "handler", "data": {**entry.data, "words": "改过"},
    }  # fmt: skip
    _behind_its_back(entry, **{column: new[column]})
    assert _faults(archived) == [(5, "第 5 条被改动过")]


def test_a_removed_entry_is_named(archived: Case) -> None:
    QuerySet(JournalEntry).filter(pk=entries(archived)[3].pk).delete()
    assert _faults(archived)[0] == (4, "缺第 4 条")


def test_a_cut_off_end_is_named(archived: Case) -> None:
    last = archived.journal_n
    QuerySet(JournalEntry).filter(case=archived, n__gte=last - 1).delete()
    assert _faults(archived)[0][0] == last - 1


def test_all_removed_is_named(archived: Case) -> None:
    QuerySet(JournalEntry).filter(case=archived).delete()
    assert _faults(archived)[0][0] == 1


def test_an_inserted_entry_is_named(archived: Case) -> None:
    for entry in reversed(entries(archived)[5:]):
        _behind_its_back(entry, n=entry.n + 1)
    before = entries(archived)[4]
    forged = JournalEntry(
        case=archived,
        n=6,
        at=before.at,
        written_at=before.at,
        round=1,
        act="note",
        actor="staff",
        data={"words": "补记"},
        before=before.hash,
    )
    forged.hash = chain.entry_hash(forged, archived.number)
    forged.save()
    assert 7 in [n for n, _ in _faults(archived)]


def test_a_last_entry_forged_with_its_hash_is_named(archived: Case) -> None:
    entry = entries(archived)[-1]
    entry.data = {"words": "另一句"}
    _behind_its_back(entry, data=entry.data, hash=chain.entry_hash(entry, archived.number))
    assert _faults(archived) == [(archived.journal_n + 1, f"第 {archived.journal_n} 条之后被截断或改动")]


def test_an_entry_of_another_case_does_not_fit(archived: Case, cast: Cast) -> None:
    other = cast.complaint()
    foreign, own = entries(other)[0], entries(archived)[0]
    for column in ("at", "written_at", "data", "hash", "name", "person", "role"):
        _behind_its_back(own, **{column: getattr(foreign, column)})
    assert _faults(archived)[0][0] == 1


def test_entries_cannot_be_changed_or_removed(archived: Case) -> None:
    entry = entries(archived)[0]
    entry.name = "别人"
    for attempt in (entry.save, entry.delete, JournalEntry.objects.all().delete, lambda: JournalEntry.objects.update(name="别人")):
        with pytest.raises(AppendOnly):
            attempt()
    with pytest.raises((AppendOnly, ProtectedError)):
        archived.delete()
    with pytest.raises(AppendOnly):
        archived.journal.all().update(name="别人")
    with pytest.raises(AppendOnly), transaction.atomic():
        JournalEntry.objects.bulk_update([entry], ["name"])
    assert chain_holds(archived)


def test_what_is_refused_leaves_no_trace(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    before = (fresh(case).journal_head, Case.objects.filter(pk=case.pk).values().get())
    from kesu.procedure.refused import Refused

    for act in (
        lambda: actions.judge(cast.lin_xiao, case.pk, nature="nothing", facts={}, categories={1: "leak"}, at=at),
        lambda: actions.present(cast.lin_xiao, case.pk, to="trainer", at=at),
        lambda: actions.dispatch(cast.lin_xiao, case.pk, lead=cast.department("cleaning", "TJ").pk, at=at),
    ):
        with pytest.raises(Refused):
            act()
    assert (fresh(case).journal_head, Case.objects.filter(pk=case.pk).values().get()) == before
    assert case.items.get().category == "lift"


# --- sentences -------------------------------------------------------------------------------------------------------------------


def _everything(cast: Cast, at: datetime) -> list[Case]:
    """Every act of the table, played."""
    upload = Upload("门.png", len(PNG), [PNG])
    case = cast.filed_by_customer(at=at, phone="13900001007")
    actions.acknowledge(cast.fang_jing, case.pk, channel="hotline", words="收到", at=at)
    cast.judged(case, at=at, facts={"company_fault": True})
    actions.send_back(cast.zhou_hai, case.pk, reason="归安保", at=at)
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.security.pk, co=[cast.engineering.pk], at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.sign(cast.chen_li, case.pk, at=at)
    actions.transfer(cast.zhou_hai, case.pk, to=cast.ma_qiang.pk, reason="他在现场", at=at)
    actions.contact(cast.chen_li, case.pk, channel="hotline", words="问清楚时间", at=at)
    actions.present(cast.lin_xiao, case.pk, to="site_director", words="", at=at)
    actions.note(cast.lin_xiao, case.pk, words="{braces} 照样显示", at=at)
    actions.attach(cast.chen_li, case.pk, upload=upload, at=at)
    actions.ask(cast.chen_li, case.pk, words="几点？", at=at)
    actions.urge(cast.lin_xiao, case.pk, clock_id=clock(case, "solve_important").pk, at=at)
    actions.reveal(cast.chen_li, case.pk, why="约上门时间", at=at)
    actions.package(cast.luo_qing, case.pk, at=at)
    actions.mark(cast.lin_xiao, case.pk, event="demand", words="来信写明", at=at)
    actions.regrade(cast.lin_xiao, case.pk, grade="minor", reason="不怪谁", at=at)
    agreed = {"spoke_to": "闵女士", "channel": "hotline", "words": "等她在家", "reason": "她出差"}
    actions.agree_date(cast.lin_xiao, case.pk, new_date=at + days(1), **agreed, at=at)
    actions.agree_date(cast.lin_xiao, case.pk, new_date=at + days(6), **agreed, at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at)
    actions.resume(cast.lin_xiao, case.pk, words="回来了", at=at + hours(2))
    actions.ask_extension(
        cast.chen_li, case.pk, clock_id=clock(case, "solve_minor").pk, new_due=at + days(4), reason="等件", told="等件", at=at + hours(3)
    )
    actions.refuse_extension(cast.he_wei, case.pk, extension_id=Extension.objects.get().pk, reason="先修", at=at + hours(3))
    actions.ask_extension(
        cast.chen_li, case.pk, clock_id=clock(case, "solve_minor").pk, new_due=at + days(4), reason="等件", told="等件", at=at + hours(4)
    )
    actions.grant_extension(cast.he_wei, case.pk, extension_id=Extension.objects.latest("id").pk, at=at + hours(4))
    now = at + hours(5)
    actions.investigate(cast.chen_li, case.pk, side="record", kind="photo", words="看过录像", upload=upload, at=now)
    _found_out(cast, case, now)
    actions.find_cause(cast.chen_li, case.pk, cause=CAUSE, words="门禁坏", whys=["读卡器坏", "没有巡检"], at=now)
    actions.propose(cast.chen_li, case.pk, words="换门禁", promises=[Promise("换门禁", cost=300_000)], at=now)
    actions.refuse(cast.shen_yue, case.pk, reason="先报价", at=now)
    actions.propose(cast.chen_li, case.pk, words="换门禁", promises=[Promise("换门禁", cost=100_000)], at=now)
    actions.approve(cast.he_wei, case.pk, at=now)
    actions.reply(cast.chen_li, case.pk, channel="hotline", words="换", at=now)
    actions.decline(None, case.pk, reason="太慢", actor="customer", at=now)
    refund = Promise("退多收的门禁费", remedy="fee_cut", cost=2_100_000)
    actions.propose(cast.chen_li, case.pk, words="今天换门禁，免费用", promises=[refund, Promise("换门禁")], at=now)
    actions.approve(cast.he_wei, case.pk, at=now)
    actions.approve(cast.shen_yue, case.pk, words="同意", at=now)
    actions.reply(cast.chen_li, case.pk, channel="hotline", words="今天换", at=now)
    actions.agree(None, case.pk, actor="customer", at=now)
    money, work = AgreedAction.objects.filter(case=case).order_by("-proposal_id", "n")[:2]
    paid = {"action_id": money.pk, "to": "闵女士", "method": "transfer"}
    actions.pay(cast.he_wei, case.pk, **paid, amount=2_100_000, key="one", at=now)
    actions.reverse_payment(cast.he_wei, case.pk, payment_id=Payment.objects.get().pk, reason="账号写错", at=now)
    actions.pay(cast.he_wei, case.pk, **paid, amount=2_100_000, key="two", words="改过账号", at=now)
    actions.execute(cast.chen_li, case.pk, action_id=work.pk, words="换好", at=now)
    other = cast.judged(cast.complaint(at=at), at=at)
    actions.pause(cast.lin_xiao, other.pk, reason="customer_evidence", at=at)
    ringing.ring_due(at + days(3))
    ringing.ring_due(at + days(8))
    walk(cast, case, "report", at + days(8))
    OfficialDay.objects.create(company=cast.company, date=on("11-30").date(), kind="off", name="停工", source="通知")
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", at=on("11-29", "22:00"))
    late = cast.complaint(at=on("11-29", "22:00"), channel="email")
    OfficialDay.objects.create(company=cast.company, date=on("12-01").date(), kind="off", name="停工", source="通知")
    recalculating.recalculate(cast.company.pk, on("11-29", "23:00"))
    actions.visit(cast.su_min, case.pk, outcome="content", at=on("11-30", "15:00"))
    actions.put_right(cast.luo_qing, case.pk, record="ZG-2026-001", words="门禁总坏", at=on("11-30", "15:30"))
    take_out(cast.luo_qing, case.pk, record="ZG-2026-001", kept=False, words="立错了", at=on("11-30", "15:40"))
    actions.put_right(cast.luo_qing, case.pk, record="ZG-2026-002", words="门禁总坏", at=on("11-30", "15:50"))
    actions.close(cast.lin_xiao, case.pk, at=on("11-30", "16:00"))
    actions.archive(cast.luo_qing, case.pk, at=on("11-30", "17:00"))
    actions.survey(case.pk, answers={"fair": 1, "overall": 0}, words="谢谢", at=on("11-30", "17:00"))
    actions.rate(case.pk, answers={"solved": 0}, at=on("11-30", "18:00"))
    actions.reopen(None, case.pk, reason="又坏", actor="customer", at=on("12-01", "10:00"))
    switch_off(case.pk, at=on("12-01", "11:00"))
    unfounded, withdrawn = cast.complaint(at=on("12-01", "12:00")), cast.complaint(at=on("12-01", "12:00"))
    actions.unfound(cast.lin_xiao, unfounded.pk, reason="不归我们", words="归供电局", channel="hotline", at=on("12-01", "13:00"))
    actions.withdraw(None, withdrawn.pk, reason="不用了", actor="customer", at=on("12-01", "13:00"))
    old = Past(cast.intake(heard_at=at - days(90)), at - days(88), "12345", "JD-7", "已修好")
    actions.take_over(cast.fang_jing, [old], at)
    assert old.case
    _let_go(cast, withdrawn, on("12-01", "14:00"))
    return [case, late, unfounded, withdrawn, other, old.case, *_several_hands(cast, at), _letters(cast, at)]


def _letters(cast: Cast, at: datetime) -> Case:
    """A letter sent back, passed and sent; one dropped."""
    case = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True})
    letter = actions.draft_letter(cast.lin_xiao, case.pk, kind="letter_result", title="办理结果", text="修好了。", at=at)
    seen = {"letter_id": letter.pk, "revision": 1}
    actions.submit_letter(cast.lin_xiao, case.pk, **seen, at=at)
    actions.return_letter(cast.he_wei, case.pk, **seen, reason="写清日期", at=at)
    actions.submit_letter(cast.lin_xiao, case.pk, **seen, at=at)
    actions.pass_letter(cast.he_wei, case.pk, **seen, words="好", at=at)
    actions.send_letter(cast.lin_xiao, case.pk, **seen, way="hand", to="闵女士", words="本人签收", pdf=b"%PDF-1.7", at=at)
    other = actions.draft_letter(cast.lin_xiao, case.pk, kind="letter_sorry", title="致歉信", text="对不起。", at=at)
    actions.drop_letter(cast.lin_xiao, case.pk, letter_id=other.pk, reason="并进结果里", at=at)
    return case


def _let_go(cast: Cast, case: Case, now: datetime) -> None:
    """Closed, kept longer, no longer, and de-identified when the pack's three years are over."""
    actions.close(cast.lin_xiao, case.pk, at=now)
    for wish, answer in (("access", actions.answer_data), ("deletion", actions.refuse_data)):
        actions.ask_data(None, case.pk, wish=wish, words="看看记了什么", actor="customer", at=now)
        said = {"words": "在进度页上下载"} if answer is actions.answer_data else {"reason": "业主起诉，要留证"}
        answer(cast.lin_xiao, case.pk, wish=wish, channel="hotline", **said, at=now + hours(1))
    actions.ask_consent(None, case.pk, matter="health", given=True, actor="customer", at=now)
    actions.withdraw_consent(cast.lin_xiao, case.pk, matter="health", at=now)
    actions.mark_health(cast.luo_qing, case.pk, entry=entries(case, "ask_data")[0].n, at=now)
    actions.hold(cast.shen_yue, case.pk, reason="业主起诉", at=now)
    actions.lift_hold(cast.shen_yue, case.pk, reason="撤诉", at=now)
    actions.deidentify(cast.luo_qing, case.pk, at=now.replace(year=now.year + 3) + days(1))
    case.refresh_from_db()


def _found_out(cast: Cast, case: Case, now: datetime) -> None:
    """Findings, the person complained of, an expert, a blacked-out picture."""
    actions.name_person(cast.chen_li, case.pk, who=cast.su_min.pk, words="当班的", at=now)
    named = Complained.objects.get(case=case)
    actions.drop_person(cast.chen_li, case.pk, complained_id=named.pk, reason="那天不当班", at=now)
    actions.name_person(cast.chen_li, case.pk, who=cast.ma_qiang.pk, at=now)
    named = Complained.objects.get(case=case, dropped_at=None)
    actions.ask_statement(cast.chen_li, case.pk, complained_id=named.pk, words="当天几点到的", at=now)
    asked = Inquiry.objects.get(case=case, answered_at=None)
    actions.state(cast.ma_qiang, asked.pk, words="九点到", uploads=[Upload("单.png", len(PNG), [PNG])], at=now)
    actions.ask_expert(cast.chen_li, case.pk, name="门禁厂家", words="读卡器为什么坏", at=now)
    evidence = list(Evidence.objects.filter(case=case).values_list("pk", flat=True))
    actions.find(cast.chen_li, case.pk, item=1, finding="found", reason="录像里看得到", evidence=evidence, at=now)
    actions.find(cast.chen_li, case.pk, item=1, finding="partly", reason="只坏了一天", at=now)
    picture = dot()
    actions.attach(cast.chen_li, case.pk, upload=Upload("人.png", len(picture), [picture]), at=now)
    photo = Attachment.objects.filter(case=case, name="人.png").get()
    actions.redact(cast.chen_li, case.pk, attachment_id=photo.pk, boxes=[(0, 0, 5000, 5000)], at=now)
    actions.tell_person(cast.he_wei, case.pk, complained_id=named.pk, channel="hotline", words="部分属实", at=now)


def dot() -> bytes:
    """A small white picture."""
    out = BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()


def _several_hands(cast: Cast, at: datetime) -> list[Case]:
    """Tasks, a merge and its undoing, a group, a matter split off, an authority, a service order."""
    case = cast.judged(cast.complaint(items=[("电梯停了", "lift"), ("没人接电话", "")], at=at), at=at)
    other = cast.complaint(at=at + hours(1))
    for what in ("调监控", "贴通知"):
        actions.assign_task(cast.zhou_hai, case.pk, what=what, due_at=at + days(1), department_id=cast.security.pk, at=at)
    first, second = case.tasks.values_list("pk", flat=True)
    actions.do_task(cast.chen_li, case.pk, task_id=first, words="调好了", at=at)
    actions.drop_task(cast.zhou_hai, case.pk, task_id=second, reason="已经贴了", at=at)
    off = actions.split(cast.lin_xiao, case.pk, item=2, reason="归客服", at=at + hours(1))
    actions.merge(cast.lin_xiao, case.pk, into=other.number, reason="同一部电梯", channel="hotline", words="一起办", at=at + hours(2))
    actions.unmerge(cast.lin_xiao, case.pk, reason="不是一部", at=at + hours(3))
    actions.join_group(cast.lin_xiao, other.pk, lead=case.number, name="电梯", at=at + hours(3))
    actions.tell_all(cast.lin_xiao, case.pk, channel="hotline", words="今晚修好", at=at + hours(3))
    actions.sign(cast.zhou_hai, case.pk, at=at + hours(3))
    actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带断", at=at + hours(3))
    cast.judged(other, at=at + hours(3))
    actions.sign(cast.zhou_hai, other.pk, at=at + hours(3))
    actions.share_finding(cast.he_wei, case.pk, members=[other.pk], at=at + hours(4))
    actions.leave_group(cast.lin_xiao, other.pk, reason="单独办", at=at + hours(4))
    actions.hand_outside(cast.lin_xiao, case.pk, body="court", name="", words="可以等判决", at=at + hours(4))
    actions.outside_answer(cast.lin_xiao, case.pk, handover_id=case.handovers.get().pk, words="驳回", at=at + hours(5))
    actions.hand_outside(cast.lin_xiao, case.pk, body="hotline_12345", name="市热线", number="88", words="可以等回复", at=at + hours(5))
    actions.outside_verdict(cast.lin_xiao, case.pk, body="hotline_12345", replied=True, solved=False, at=at + hours(5))
    actions.outside_verdict(cast.lin_xiao, case.pk, body="hotline_12345", content=True, words="回访单 9", at=at + hours(5))
    actions.refer(cast.lin_xiao, case.pk, paper="repair", number="WX-1", at=at + hours(5))
    actions.tie(cast.lin_xiao, other.pk, earlier=case.number, reason="又停了", at=at + hours(5))
    return [case, other, off]


EMPTY = re.compile(r"（\s*）|\(\s*\)|  |：：|，，|: :|, ,|[（(，,：:；;、]$|^[，,：:；;、]|。。|\bNone\b|\[\]|T\d\d:\d\d")


def test_every_act_has_a_sentence_in_both_languages(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(words: object, key: str) -> str:
        raise AssertionError(f"the entry does not say {key}")

    monkeypatch.setattr(sentences._Blank, "__missing__", missing)
    told = set()
    for case in _everything(cast, at):
        for entry in entries(case):
            told.add(entry.act)
            for language in ("zh-hans", "en"):
                sentence = sentences.say(entry, cast.pack, language)
                assert sentence, entry.act
                assert not EMPTY.search(sentence), (entry.act, sentence)
                if "braces" not in sentence:
                    assert "{" not in sentence and "}" not in sentence, sentence
        assert chain_holds(case)
    assert told == set(ACTS)


def test_times_in_sentences_are_the_readers(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", until=at + days(1), at=at)
    entry = entries(case, "pause")[0]
    assert sentences.say(entry, cast.pack, "zh") == "暂停计时：住户不在家，约好再来，最晚 11 月 21 日 14:32 恢复"
    assert "21 Nov 14:32" in sentences.say(entry, cast.pack, "en")
    assert "06:32" in sentences.say(entry, cast.pack, "en", zone="UTC")


def test_nobodys_name_is_left_blank(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(name="", phone="", home=""), at=at)
    now = walk(cast, case, "report", at)
    actions.report_back(cast.fang_jing, case.pk, channel="patrol", spoke_to="", words="修好了", at=now)
    said = entries(case, "report_back")[0]
    assert sentences.say(said, cast.pack, "zh") == "把结果告诉住户（上门当面）：修好了"
    assert sentences.say(said, cast.pack, "en").startswith("told the resident the result")
    salon = load(PACKS / "salon.toml").pack  # whoever complains is called as the procedure calls them
    assert sentences.say(said, salon, "zh").startswith("把结果告诉顾客")
    assert sentences.say(said, salon, "en").startswith("told the customer")
    said.act, said.data = "warned", {"obligation": "sign", "told": []}
    assert sentences.say(said, cast.pack, "zh") == "签收快到时限，提醒（没有人）"
    assert sentences.say(said, cast.pack, "en").endswith("reminded nobody")
    said.act = "climbed"
    assert sentences.say(said, cast.pack, "zh") == "签收仍未完成，报（没有人）"


def test_an_entry_whose_words_a_later_pack_has_dropped_still_reads(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    entry = entries(case)[0]
    entry.data = {"channel": "fax", "items": 1}
    assert "fax" in sentences.say(entry, cast.pack, "zh")
