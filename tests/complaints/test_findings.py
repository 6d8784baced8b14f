"""Finding out: a finding for each item, the people complained of, what others are asked, pictures blacked out, nobody in his own case."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import CAUSE, chain_holds, days, entries, fresh, hours, minutes, refused, told, walk

from kesu.complaints import actions, proofs, sentences
from kesu.complaints.files import Upload, stored
from kesu.complaints.models import Attachment, Case, Complained, Evidence, Inquiry, Proposal, RootCause
from kesu.complaints.queries import asked, work
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.next_step import obstacle
from kesu.procedure.acts import ACTS
from kesu.procedure.investigationacts import IMPARTIAL

MAJOR = {"company_fault": True, "U2": True}


def signed(cast: Cast, at: datetime, facts: dict[str, bool] | None = None, **wanted: object) -> Case:
    case = cast.judged(cast.complaint(**wanted), at=at, facts=facts or {"company_fault": True})
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.investigate(cast.zhou_hai, case.pk, side="record", words="维保单", at=at)
    return fresh(case)


def name(cast: Cast, case: Case, who: object, at: datetime) -> Complained:
    actions.name_person(cast.he_wei, case.pk, who=who.pk, at=at)  # type: ignore[attr-defined]
    return Complained.objects.filter(case=case, person=who, dropped_at=None).get()


def picture(kind: str = "PNG", size: tuple[int, int] = (120, 60)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


# --- findings --------------------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_act_and_the_old_one_stays(cast: Cast, at: datetime) -> None:
    case = signed(cast, at, items=[("电梯停了", "lift"), ("没人接电话", "rudeness")])
    evidence = Evidence.objects.get(case=case)
    actions.find(cast.zhou_hai, case.pk, item=1, finding="found", reason="维保单写着", evidence=[evidence.pk], seen=0, at=at)
    actions.find(cast.he_wei, case.pk, item=1, finding="partly", reason="只停了十分钟", evidence=[], seen=1, at=at + minutes(5))
    one, two = case.items.all()
    assert (one.finding, one.reason, one.rests_on, one.found_by, one.found_n) == ("partly", "只停了十分钟", [], cast.he_wei, 2)
    assert (two.finding, two.found_n) == ("", 0)
    said = [sentences.say(entry, cast.pack, "zh") for entry in entries(case, "find")]
    assert said == ["第 1 件属实：维保单写着（依据 1 条证据）", "第 1 件由属实改为部分属实：只停了十分钟"]
    assert chain_holds(case)


def test_what_a_finding_needs(cast: Cast, at: datetime) -> None:
    case, other = signed(cast, at), signed(cast, at)
    foreign = Evidence.objects.get(case=other).pk
    for code, given in {
        "item": {"item": 2, "finding": "found", "reason": "看过"},
        "finding": {"item": 1, "finding": "maybe", "reason": "看过"},
        "missing": {"item": 1, "finding": "found", "reason": " "},
        "evidence": {"item": 1, "finding": "found", "reason": "看过", "evidence": [foreign]},
    }.items():
        with refused(code):
            actions.find(cast.zhou_hai, case.pk, **given, at=at)  # type: ignore[arg-type]
    assert not entries(case, "find")
    with refused("wrong_step"):
        actions.find(cast.he_wei, cast.complaint().pk, item=1, finding="found", reason="看过", at=at)


def test_major_wants_every_finding_before_the_cause_and_says_which_lacks(cast: Cast, at: datetime) -> None:
    case = signed(cast, at, MAJOR, items=[("电梯停了", "lift"), ("没人接电话", "rudeness")])
    assert case.grade == "major"
    actions.investigate(cast.zhou_hai, case.pk, side="staff", words="值班的说睡着了", at=at)
    page = open_page(cast.zhou_hai, case.number, at)
    assert page.next.mine and page.next.mine.act == "find"
    row = next(row for row in work.owed(cast.zhou_hai, at)[0] if row.case_id == case.pk)
    from kesu.complaints.queries.work_acts import Facts, act_of

    assert act_of(row, Facts.of([row.case], page.standing), page.rights, at) == "find"
    actions.find(cast.zhou_hai, case.pk, item=2, finding="unclear", reason="没有录音", at=at)
    with refused("findings") as caught:
        actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带", at=at)
    assert caught.value.data["items"] == [1]
    actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带", findings={1: "found"}, at=at)
    assert fresh(case).step == "answer"
    assert [item.reason for item in case.items.all()] == ["皮带", "没有录音"]


def test_important_may_find_the_cause_first_and_is_not_closed_without(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带", at=at)
    now = walk(cast, fresh(case), "close", at + minutes(1))
    with refused("not_ready") as caught:
        actions.close(cast.lin_xiao, case.pk, at=now)
    assert caught.value.data["needs"] == ["findings_made"]
    actions.find(cast.he_wei, case.pk, item=1, finding="found", reason="看过维保单", at=now)
    actions.close(cast.lin_xiao, case.pk, at=now)
    with refused("closed"):
        actions.find(cast.he_wei, case.pk, item=1, finding="unclear", reason="再想想", at=now)


@pytest.mark.django_db(transaction=True)
def test_two_find_on_the_same_item_at_once_and_the_second_is_told(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    answers = race(
        [(racers.find, (who.pk, case.pk, finding, at)) for who, finding in ((cast.zhou_hai, "found"), (cast.he_wei, "not_found"))]
    )
    assert sorted(str(answer[1]) if isinstance(answer, tuple) else answer for answer in answers) == ["found it", "found_meanwhile"]
    assert case.items.get().found_n == 1 and len(entries(case, "find")) == 1
    assert chain_holds(case)


@pytest.mark.django_db(transaction=True)
def test_two_name_and_two_ask_the_same_person_at_once(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    answers = race([(racers.name_person, (who.pk, case.pk, cast.ma_qiang.pk, at)) for who in (cast.zhou_hai, cast.he_wei)])
    assert sorted(str(answer[1]) if isinstance(answer, tuple) else answer for answer in answers) == ["named", "named it"]
    row = Complained.objects.get(case=case)
    answers = race([(racers.ask_statement, (who.pk, case.pk, row.pk, at)) for who in (cast.zhou_hai, cast.he_wei)])
    assert sorted(str(answer[1]) if isinstance(answer, tuple) else answer for answer in answers) == ["asked", "asked it"]
    question = Inquiry.objects.get(case=case)
    answers = race([(racers.state, (cast.ma_qiang.pk, question.pk, at)) for _n in range(2)])
    assert sorted(str(answer[1]) if isinstance(answer, tuple) else answer for answer in answers) == ["answered", "stated it"]
    assert Evidence.objects.filter(case=case, side="staff").count() == 1
    assert chain_holds(case)


# --- the cause -------------------------------------------------------------------------------------------------------------------


def test_five_whys_at_most_and_fewer_will_do(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    whys = ["皮带断", " ", "没换", "没排进计划", "计划只看年份", "没人管计划", "第六个"]
    actions.find_cause(cast.zhou_hai, case.pk, cause="upkeep", words="计划不看里程", whys=whys, at=at)
    row = RootCause.objects.get(case=case)
    assert row.whys == ["皮带断", "没换", "没排进计划", "计划只看年份", "没人管计划"]
    assert [branch.id for branch in cast.pack.branch("causes", row.cause)] == ["equipment", "upkeep"]
    assert cast.pack.branch("causes", "dropped_long_ago") == []


# --- evidence --------------------------------------------------------------------------------------------------------------------


def test_evidence_says_whence_and_when_and_shows_when_it_was_changed(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    made = at - days(1)
    given = {"side": "record", "kind": "photo", "words": "轿门夹着", "origin": "3 号岗监控", "made_at": made}
    actions.investigate(cast.zhou_hai, case.pk, **given, upload=Upload("门.png", 9, [picture()]), at=at)  # type: ignore[arg-type]
    row = Evidence.objects.filter(case=case, kind="photo").select_related("attachment").get()
    assert (row.origin, row.made_at, row.at) == ("3 号岗监控", made, at)
    assert proofs.fault_of(row) == "" and entries(case, "investigate")[-1].data["digest"] == row.digest
    Evidence.objects.filter(pk=row.pk).update(words="轿门没夹着")
    row.refresh_from_db()
    assert proofs.fault_of(row) == "altered"
    with refused("future"):
        actions.investigate(cast.zhou_hai, case.pk, side="record", words="明天的", made_at=at + minutes(1), at=at)


@pytest.mark.parametrize(("harm", "fault"), [(Path.unlink, "missing"), (lambda path: path.write_bytes(b"x"), "altered")])
def test_a_file_that_was_harmed_is_named_and_nothing_breaks(cast: Cast, at: datetime, harm: object, fault: str) -> None:
    case = signed(cast, at)
    actions.attach(cast.zhou_hai, case.pk, upload=Upload("门.png", 9, [picture(size=(77, 33))]), at=at)
    file = Attachment.objects.get(case=case)
    harm(stored(file.sha256))  # type: ignore[operator]
    assert proofs.fault_on_disk(file) == fault
    with refused("file_fault"):
        actions.redact(cast.zhou_hai, case.pk, attachment_id=file.pk, boxes=[(0, 0, 5000, 5000)], at=at)


def test_a_byte_changed_in_a_file_of_the_same_size_is_found_by_reading_it(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    actions.attach(cast.zhou_hai, case.pk, upload=Upload("门.png", 9, [picture(size=(78, 33))]), at=at)
    file = Attachment.objects.get(case=case)
    whole = bytearray(stored(file.sha256).read_bytes())
    whole[-1] ^= 1
    stored(file.sha256).write_bytes(whole)
    assert proofs.fault_on_disk(file) == "" and proofs.fault_on_disk(file, whole=True) == "altered"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_black_is_black_upright_and_without_what_the_camera_wrote(cast: Cast, at: datetime, kind: str) -> None:
    case, out = signed(cast, at), BytesIO()
    photo = Image.new("RGB", (120, 60), "white")
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "GPS of the home"  # turned a quarter
    photo.save(out, kind, exif=exif)
    actions.attach(cast.zhou_hai, case.pk, upload=Upload("门.jpg", 9, [out.getvalue()]), for_customer=True, at=at)
    first = Attachment.objects.get(case=case)
    actions.redact(cast.zhou_hai, case.pk, attachment_id=first.pk, boxes=[(0, 0, 5000, 5000)], at=at)
    copy = Attachment.objects.get(case=case, original=first)
    with Image.open(stored(copy.sha256)) as made:
        assert made.size == (60, 120)
        assert max(made.getpixel((10, 20))) < 8 and min(made.getpixel((50, 100))) > 247  # type: ignore[type-var,arg-type]
    assert b"GPS of the home" not in stored(copy.sha256).read_bytes()
    assert proofs.fault_on_disk(first, whole=True) == ""
    first.refresh_from_db()
    assert (copy.for_customer, first.for_customer, copy.boxes) == (True, False, [[0, 0, 5000, 5000]])
    said = entries(case, "redact")[0].data
    assert (said["file"], said["original"]) == (copy.sha256, first.sha256)
    seen = {who.name: [file.pk for file in open_page(who, case.number, at).files] for who in (cast.zhou_hai, cast.he_wei)}
    assert seen == {"周海": [copy.pk], "何伟": [first.pk, copy.pk]}
    with refused("file"):  # the original is not his to cover again; the copy is
        actions.redact(cast.zhou_hai, case.pk, attachment_id=first.pk, boxes=[(5000, 0, 10000, 5000)], at=at)
    actions.redact(cast.zhou_hai, case.pk, attachment_id=copy.pk, boxes=[(5000, 0, 10000, 5000)], at=at)
    newest = Attachment.objects.filter(case=case).latest("id")
    assert newest.original == first and [file.pk for file in open_page(cast.zhou_hai, case.number, at).files] == [newest.pk]


def test_what_cannot_be_blacked_out(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    for content in (b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n" + b"0" * 40, picture()):
        actions.attach(cast.zhou_hai, case.pk, upload=Upload("a", 9, [content]), at=at)
    paper, broken, photo = Attachment.objects.filter(case=case)
    for code, file, boxes in (
        ("no_picture", paper, [(0, 0, 10, 10)]),
        ("no_picture", broken, [(0, 0, 10, 10)]),
        ("nothing", photo, []),
        ("nothing", photo, [(0, 0, 0, 10), (0, 0, 10001, 10), (-1, 0, 5, 5)]),
    ):
        with refused(code):
            actions.redact(cast.zhou_hai, case.pk, attachment_id=file.pk, boxes=boxes, at=at)
    assert not entries(case, "redact")


# --- the people complained of ----------------------------------------------------------------------------------------------------


def test_asked_answers_by_name_alone_and_is_told(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    row = name(cast, case, cast.zheng_chuan, at)  # of the other site: has no right on this case
    actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="那天几点到的", at=at)
    question = Inquiry.objects.get(case=case)
    assert question.due_at == at + days(1) and ("ask_statement", "郑川") in told(case)
    assert asked.open_for(cast.zheng_chuan) == [question] and asked.open_for(cast.ma_qiang) == []
    with pytest.raises(Case.DoesNotExist):
        actions.state(cast.ma_qiang, question.pk, words="替他答", at=at)
    with pytest.raises(Case.DoesNotExist):
        open_page(cast.zheng_chuan, case.number, at)
    with refused("missing"):
        actions.state(cast.zheng_chuan, question.pk, words=" ", at=at)
    actions.state(cast.zheng_chuan, question.pk, words="九点到，门开着", at=at + hours(2))
    with refused("answered"):
        actions.state(cast.zheng_chuan, question.pk, words="想起来了", at=at + hours(3))
    said = entries(case, "state")[0]
    assert (said.actor, said.person, said.name, said.role) == ("staff", cast.zheng_chuan, "郑川", "")
    evidence = Evidence.objects.get(case=case, side="staff")
    assert (evidence.who, evidence.kind, evidence.words) == ("郑川", "statement", "九点到，门开着")
    assert ("answered", "何伟") in told(case)
    with refused("channel"):
        actions.tell_person(cast.he_wei, case.pk, complained_id=row.pk, channel="owl", words="部分属实", at=at)
    actions.tell_person(cast.he_wei, case.pk, complained_id=row.pk, channel="hotline", words="部分属实", at=at + days(1))
    assert [row.told_words for row in asked.told_to(cast.zheng_chuan)] == ["部分属实"]
    assert chain_holds(case)


def test_an_answer_to_a_closed_case_is_refused(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    row = name(cast, case, cast.ma_qiang, at)
    actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="几点到的", at=at)
    walk(cast, case, "done", at + minutes(1))
    with refused("closed"):
        actions.state(cast.ma_qiang, Inquiry.objects.get().pk, words="九点", at=at + days(1))
    assert asked.open_for(cast.ma_qiang) == []
    actions.tell_person(cast.he_wei, case.pk, complained_id=row.pk, channel="hotline", words="属实", at=at + days(1))  # may come later


def test_a_wrong_name_is_taken_off_and_what_was_asked_with_it(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    row = name(cast, case, cast.ma_qiang, at)
    with refused("named"):
        actions.name_person(cast.he_wei, case.pk, who=cast.ma_qiang.pk, at=at)
    actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="几点到的", at=at)
    actions.drop_person(cast.he_wei, case.pk, complained_id=row.pk, reason="那天休息", at=at)
    assert asked.open_for(cast.ma_qiang) == [] and list(asked.asked_of(cast.ma_qiang)) == []
    with refused("answered"):
        actions.state(cast.ma_qiang, Inquiry.objects.get().pk, words="九点", at=at)
    with refused("complained"):
        actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="几点到的", at=at)
    assert name(cast, case, cast.ma_qiang, at).pk != row.pk
    with refused("missing"):
        actions.name_person(cast.he_wei, case.pk, at=at)
    actions.name_person(cast.he_wei, case.pk, name="外包的小李", words="送水", at=at)
    with refused("person"):
        actions.name_person(cast.he_wei, case.pk, who=cast.bai_shi.pk, at=at)


def test_an_expert_answers_as_evidence_of_its_own_kind(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    actions.ask_expert(cast.zhou_hai, case.pk, who=cast.zheng_chuan.pk, words="皮带为什么断", at=at)
    actions.ask_expert(cast.zhou_hai, case.pk, name="市电梯检验所", words="门机合格吗", at=at)
    inside, outside = Inquiry.objects.filter(case=case)
    assert inside.due_at == outside.due_at == at + days(5)
    actions.state(cast.zheng_chuan, inside.pk, words="老化", at=at + hours(1))
    actions.investigate(
        cast.zhou_hai,
        case.pk,
        side="expert",
        kind="assessment",
        words="不合格",
        who="市电梯检验所",
        inquiry_id=outside.pk,
        at=at + hours(2),
    )
    assert list(Evidence.objects.filter(case=case, kind="assessment").values_list("side", "words")) == [
        ("expert", "老化"),
        ("expert", "不合格"),
    ]
    with refused("answered"):
        actions.investigate(cast.zhou_hai, case.pk, side="expert", words="又来", inquiry_id=outside.pk, at=at + hours(3))
    name(cast, case, cast.ma_qiang, at)
    with refused("concerned"):
        actions.ask_expert(cast.zhou_hai, case.pk, who=cast.ma_qiang.pk, words="看看", at=at)


def test_earlier_complaints_are_for_the_roles_that_the_pack_names(cast: Cast, at: datetime) -> None:
    first, second = signed(cast, at), signed(cast, at + minutes(1))
    for case in (first, second):
        name(cast, case, cast.ma_qiang, at + minutes(2))
    elsewhere = cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk, at=at - minutes(1))
    actions.name_person(cast.shen_yue, elsewhere.pk, who=cast.ma_qiang.pk, at=at)
    seen = {who.name: open_page(who, second.number, at).histories for who in (cast.he_wei, cast.shen_yue, cast.zhou_hai)}
    pk = cast.ma_qiang.pk
    assert {name: [case.pk for case in found.get(pk, [])] for name, found in seen.items()} == {
        "何伟": [first.pk],
        "沈岳": [first.pk, elsewhere.pk],  # the newest first
        "周海": [],
    }


# --- nobody in his own case ------------------------------------------------------------------------------------------------------


def test_the_head_who_is_complained_of_does_nothing_more_in_it(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    assert any(row.case_id == case.pk for row in work.owed(cast.zhou_hai, at)[0])
    name(cast, case, cast.zhou_hai, at)
    page = open_page(cast.zhou_hai, case.number, at)
    offered = {*page.next.others, page.next.mine.act if page.next.mine else ""}
    assert not offered & IMPARTIAL and not page.reveals
    for act in ("investigate", "find", "find_cause", "reveal"):
        hindrance = obstacle(page.situation, act)
        assert hindrance is not None and hindrance.code == "concerned" and ACTS[act].zh in hindrance.zh
    for act in (
        lambda: actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带", at=at),
        lambda: actions.find(cast.zhou_hai, case.pk, item=1, finding="not_found", reason="没有的事", at=at),
        lambda: actions.investigate(cast.zhou_hai, case.pk, side="other", words="大家都说好", at=at),
        lambda: actions.unfound(cast.zhou_hai, case.pk, reason="没有", words="没有", channel="hotline", at=at),
        lambda: actions.reveal(cast.zhou_hai, case.pk, why="看看", at=at),
    ):
        with refused("concerned"):
            act()
    assert not any(row.case_id == case.pk for row in work.owed(cast.zhou_hai, at)[0])
    actions.transfer(cast.zhou_hai, case.pk, to=cast.ma_qiang.pk, reason="投诉的是我", at=at)  # handing it away is right
    actions.find_cause(cast.he_wei, case.pk, cause=CAUSE, words="皮带", findings={1: "found"}, at=at)
    with refused("concerned"):
        actions.propose(cast.zhou_hai, case.pk, words="道歉", at=at)


def test_it_is_neither_handed_nor_sent_to_whom_it_is_about(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    name(cast, case, cast.zhou_hai, at)
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={}, at=at)
    with refused("concerned") as caught:
        actions.dispatch(cast.lin_xiao, case.pk, lead=cast.engineering.pk, at=at)
    assert "周海" in caught.value.zh and caught.value.field == "lead"
    second = cast.employ("lao_geng", "老耿", "department_head", site="RY", department="engineering")
    actions.dispatch(cast.fresh(cast.lin_xiao), case.pk, lead=cast.engineering.pk, at=at)  # somebody else can sign now
    with refused("concerned"):
        actions.sign(cast.fresh(cast.zhou_hai), case.pk, at=at)
    actions.sign(cast.fresh(second), case.pk, at=at)
    name(cast, case, cast.ma_qiang, at)
    with refused("concerned"):
        actions.transfer(cast.fresh(second), case.pk, to=cast.ma_qiang.pk, reason="在现场", at=at)


def test_the_approver_who_is_complained_of_is_passed_over(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    name(cast, case, cast.ma_qiang, at)
    actions.name_person(cast.shen_yue, case.pk, who=cast.he_wei.pk, at=at)
    actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带", findings={1: "found"}, at=at)
    actions.propose(cast.zhou_hai, case.pk, words="道歉", promises=[actions.Promise("退费", cost=100_000)], at=at)
    assert Proposal.objects.get(case=case).approver == "general_manager"
    with refused("concerned"):
        actions.approve(cast.he_wei, case.pk, at=at)
    actions.approve(cast.shen_yue, case.pk, at=at)


def test_closing_and_following_up_are_refused_too(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    now = walk(cast, case, "visit", at + minutes(1))
    for who in (cast.su_min, cast.lin_xiao):
        name(cast, case, who, now)
    with refused("concerned"):
        actions.visit(cast.su_min, case.pk, outcome="content", agreed_time=True, at=now)
    actions.visit(cast.luo_qing, case.pk, outcome="content", agreed_time=True, at=now)
    with refused("concerned"):
        actions.close(cast.lin_xiao, case.pk, at=now)
    actions.close(cast.he_wei, case.pk, at=now)
