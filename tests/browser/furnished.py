"""What stands in the house when the pages are looked at: a case at every step, one late, one paused, one asking for more time.

Complaints are worded as residents word them: long, with several matters in one, from every channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.files import Upload
from kesu.complaints.models import AgreedAction, Case, Payment
from tests.cast import Cast
from tests.complaints.story import answer, clock, fresh, walk

LONG = (
    "楼下24小时便利店的外机正对我家卧室窗户，从去年夏天说到现在，每天夜里两三点最响，孩子期末考试睡不着。"
    "上次来的人说会装隔音罩，等了四十多天没有下文，打电话都说“已经反映”。今晚又响了，我录了音和视频，能不能有个人给句准话？"
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636460f85f0f0002870180eb47ba920000000049454e44ae426082"
)


@dataclass(frozen=True)
class Furniture:
    """Cases by what is special about them."""

    cases: dict[str, Case]

    def __getitem__(self, name: str) -> Case:
        return self.cases[name]


def furnish(cast: Cast, at: datetime) -> Furniture:
    """Lives some cases up to `at`."""
    cases = {
        name: _at_step(cast, name, at)
        for name in ("judge", "dispatch", "sign", "investigate", "answer", "handle", "report", "visit", "close", "archive")
    }
    cases |= {
        "done": _at_step(cast, "done", at - timedelta(days=2)),
        "proposed": _proposed(cast, at),
        "offered": _offered(cast, at),
        "paused": _paused(cast, at),
        "asked": _asked(cast, at),
        "late": _late(cast, at),
        "carried": _carried(cast, at),
        "owing": _owing(cast, at),
        "simple": _signed(
            cast, at - timedelta(minutes=30), {"limits_only": True}, items=[("楼道灯一闪一闪的", "lighting")], phone="13900001190"
        ),
        "web": _from_the_web(cast, at),
        "concerned": _concerned(cast, at),
        "letters": _letters(cast, at),
        "wanting": _wanting(cast, at),
        "held": _over(cast, at - timedelta(days=3), held=True),
        "old": _over(cast, at - timedelta(days=1200)),
        **_several_hands(cast, at),
    }
    return Furniture({name: fresh(case) for name, case in cases.items()})


HOMES = ("3栋1单元502", "8栋2单元1701", "12栋1单元203", "1栋3单元1404", "5栋1单元901", "7栋2单元302")


def _received(cast: Cast, at: datetime, **wanted: object) -> Case:
    n = Case.objects.count()
    given = {
        "phone": f"1390000{1100 + n}",
        "home": HOMES[n % len(HOMES)],
        "name": ("曾先生", "郝阿姨", "Anna Lindqvist", "欧阳女士")[n % 4],
    }
    return cast.complaint(at=at, **(given | wanted))


def _at_step(cast: Cast, step: str, at: datetime) -> Case:
    began = at - timedelta(hours=3)
    case = _received(cast, began)
    walk(cast, case, step, began + timedelta(minutes=1))
    return case


def _signed(cast: Cast, at: datetime, facts: dict[str, bool], **wanted: object) -> Case:
    case = cast.judged(_received(cast, at, **wanted), at=at + timedelta(minutes=2), facts=facts)
    actions.sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=4))
    return case


def _proposed(cast: Cast, at: datetime) -> Case:
    began = at - timedelta(minutes=50)
    items = [("电梯困人四十分钟", "lift"), ("对讲没人接", "gate"), ("事后没人道歉", "rudeness")]
    case = _signed(cast, began, {"company_fault": True}, items=items)
    actions.investigate(cast.zhou_hai, case.pk, side="staff", words="门机皮带断了，值班员在另一栋", at=began + timedelta(minutes=20))
    actions.find_cause(cast.zhou_hai, case.pk, cause="upkeep", words="皮带超期没换", at=began + timedelta(minutes=25))
    promises = [
        Promise("换门机皮带，查同批次全部电梯", remedy="mend", cost=35050, due_at=at + timedelta(days=1)),
        Promise("主任上门道歉", remedy="apology"),
    ]
    actions.propose(
        cast.zhou_hai, case.pk, words="今天换好皮带，本周查完同批次的全部电梯", promises=promises, at=began + timedelta(minutes=30)
    )
    return case


def _offered(cast: Cast, at: datetime) -> Case:
    case = _proposed(cast, at - timedelta(minutes=5))
    actions.approve(cast.he_wei, case.pk, words="同意", at=at - timedelta(minutes=15))
    actions.reply(
        cast.zhou_hai, case.pk, channel="hotline", words="查清了，是皮带超期没换，今天换好，明天您再看。", at=at - timedelta(minutes=10)
    )
    actions.ask(cast.fang_jing, case.pk, words="明天上午主任上门方便吗？", at=at - timedelta(minutes=6))
    return case


def _wanting(cast: Cast, at: datetime) -> Case:
    """The customer wants to see what is held about them."""
    case = _signed(cast, at - timedelta(hours=1), {"limits_only": True})
    actions.ask_data(None, case.pk, wish="access", words="看看你们记了我什么", actor="customer", at=at - timedelta(minutes=20))
    actions.ask_consent(cast.lin_xiao, case.pk, matter="health", given=True, at=at - timedelta(minutes=15))
    return case


def _over(cast: Cast, at: datetime, held: bool = False) -> Case:
    """Withdrawn and closed; kept longer because of a lawsuit, or old enough to be let go."""
    case = cast.judged(_received(cast, at), at=at + timedelta(minutes=2))
    actions.withdraw(cast.lin_xiao, case.pk, reason="自己修好了", at=at + timedelta(minutes=9))
    actions.close(cast.lin_xiao, case.pk, at=at + timedelta(minutes=12))
    if held:
        actions.hold(cast.shen_yue, case.pk, reason="业主起诉，要留证", at=at + timedelta(hours=1))
    return case


LETTER = (
    "尊敬的曾先生：\n\n电梯困人的事（编号 RY-1）已经查清。门机皮带超期没换，是我们的错，对不起。\n\n"
    "1. 换门机皮带，11 月 21 日已办好\n2. 同批次 14 台全部查过\n\n您对结果不满意，请打 4000001007，换一位同事重新办。"
)


def _letters(cast: Cast, at: datetime) -> Case:
    """One letter sent, one sent back, one that waits for 何伟."""
    began = at - timedelta(minutes=40)
    case = _signed(cast, began, {"company_fault": True})
    for n, kind in enumerate(("letter_received", "letter_longer", "letter_result")):
        now = began + timedelta(minutes=10 + n)
        title = ("已收到您反映的事", "办理时间延长的说明", "投诉办理结果")[n]
        letter = actions.draft_letter(cast.lin_xiao, case.pk, kind=kind, title=title, text=LETTER, at=now)
        seen = {"letter_id": letter.pk, "revision": 1}
        if n == 0:
            said = {"way": "hand", "to": "曾先生", "words": "本人签收"}
            actions.send_letter(cast.lin_xiao, case.pk, **seen, **said, pdf=b"%PDF-1.7", at=now)  # type: ignore[arg-type]
            continue
        actions.submit_letter(cast.lin_xiao, case.pk, **seen, at=now)
        if n == 1:
            actions.return_letter(cast.he_wei, case.pk, **seen, reason="写清哪一天能好", at=now)
    return case


def _paused(cast: Cast, at: datetime) -> Case:
    case = _signed(cast, at - timedelta(hours=2), {"company_fault": True})
    actions.pause(
        cast.lin_xiao, case.pk, reason="customer_evidence", evidence="14:02 短信", words="等住户发录像", at=at - timedelta(hours=1)
    )
    return case


def _asked(cast: Cast, at: datetime) -> Case:
    case = _signed(cast, at - timedelta(hours=5), {"company_fault": True})
    solve = clock(case, "solve_important")
    actions.ask_extension(
        cast.lin_xiao,
        case.pk,
        clock_id=solve.pk,
        new_due=solve.due_at + timedelta(days=2),
        reason="配件周一到货",
        told="配件周一到，周二装好",
        at=at - timedelta(hours=1),
    )
    agreed = {"spoke_to": "闵女士", "channel": "hotline", "words": "等您周三在家再上门", "reason": "住户周三才回来"}
    for days in (3, 5):  # the date is agreed, and agreed anew
        actions.agree_date(cast.lin_xiao, case.pk, new_date=at + timedelta(days=days), **agreed, at=at - timedelta(minutes=50))
    return case


def _carried(cast: Cast, at: datetime) -> Case:
    """Everything agreed is done; the form is not back yet."""
    case = _at_step(cast, "handle", at)
    for row in AgreedAction.objects.filter(case=case):
        actions.execute(cast.zhou_hai, case.pk, action_id=row.pk, words="换好了，试了十次", at=at - timedelta(hours=1))
    return case


def _owing(cast: Cast, at: datetime) -> Case:
    """Two months' fee were to be let off: one is, the other not yet; a payment by mistake was taken back."""
    case = _at_step(cast, "answer", at - timedelta(hours=2))
    now = at - timedelta(hours=1)
    cut = Promise(
        "免两个月物业费",
        remedy="fee_cut",
        cost=60_000,
        basis="电梯停了两天",
        owner_id=cast.zhou_hai.pk,
        effect="住户不再拖欠",
    )
    answer(cast, case, now, promises=[cut, Promise("换门机皮带")])
    row = AgreedAction.objects.filter(case=case, agreed_at__isnull=False).earliest("id")
    given = {"action_id": row.pk, "amount": 30_000, "to": "曾先生", "method": "set_off", "at": now}
    actions.pay(cast.he_wei, case.pk, key="first", **given)  # type: ignore[arg-type]
    slip = [("receipt", Upload("收据.png", len(PNG), [PNG]))]
    actions.pay(cast.he_wei, case.pk, key="second", proofs=slip, words="第二个月", **given)  # type: ignore[arg-type]
    last = Payment.objects.filter(case=case).latest("id")
    actions.reverse_payment(cast.he_wei, case.pk, payment_id=last.pk, reason="记到别家去了", at=now)
    return case


def _late(cast: Cast, at: datetime) -> Case:
    case = _received(cast, at - timedelta(days=4), items=[(LONG, "plant_noise")], name="")
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"company_fault": True}, at=at - timedelta(days=4) + timedelta(minutes=2))
    actions.dispatch(
        cast.lin_xiao, case.pk, lead=cast.engineering.pk, co=[cast.security.pk], at=at - timedelta(days=4) + timedelta(minutes=3)
    )
    return case


def picture() -> bytes:
    """A picture large enough to see what is blacked out."""
    out, photo = BytesIO(), Image.new("RGB", (960, 640), "#7d8a94")
    pen = ImageDraw.Draw(photo)
    pen.rectangle((120, 80, 520, 560), fill="#c9d3da")
    pen.ellipse((600, 140, 760, 300), fill="#d8a684")
    photo.save(out, "JPEG")
    return out.getvalue()


def _concerned(cast: Cast, at: datetime) -> Case:
    """Somebody is complained of and asked, an expert too; one picture is blacked out, one item found, the cause with its whys."""
    items = [("巡更的骂人，还推了我一下", "rudeness"), ("电梯困人四十分钟没人接对讲", "lift")]
    began, shot = at - timedelta(hours=4), picture()
    for n in range(2):
        case = _signed(cast, began - timedelta(days=9 * (1 - n)), {"company_fault": True}, items=items, against="工程部马强")
        actions.name_person(cast.he_wei, case.pk, who=cast.ma_qiang.pk, words="当晚值班", at=began + timedelta(minutes=10))
    named = case.complained.get()
    actions.name_person(cast.he_wei, case.pk, name="外包维保员", words="上月做的保养", at=began + timedelta(minutes=12))
    given = {
        "side": "record",
        "kind": "photo",
        "origin": "6 栋轿厢监控",
        "made_at": began - timedelta(hours=9),
        "at": began + timedelta(hours=1),
    }
    upload = Upload("轿厢.jpg", len(shot), [shot])
    actions.investigate(cast.zhou_hai, case.pk, words="23:12 至 23:52 困两人，对讲灯亮", upload=upload, **given)
    row = case.evidence.get()
    boxes = [(6200, 2000, 8000, 5000)]
    actions.redact(cast.he_wei, case.pk, attachment_id=row.attachment_id, boxes=boxes, at=began + timedelta(hours=1, minutes=5))
    actions.find(
        cast.zhou_hai,
        case.pk,
        item=2,
        finding="found",
        reason="监控和对讲记录对得上，四十分钟没人接",
        evidence=[row.pk],
        at=at - timedelta(hours=2),
    )
    question = "10 月 28 日晚 23:12 至 23:52 您当班，请写明您在哪里、为什么没接对讲、和住户说过什么。"
    actions.ask_statement(cast.he_wei, case.pk, complained_id=named.pk, words=question, at=at - timedelta(hours=2))
    actions.ask_expert(
        cast.zhou_hai, case.pk, name="市特种设备检验所", words="门机皮带断裂是不是超期使用造成的", at=at - timedelta(hours=1)
    )
    whys = ["皮带断了，门打不开", "超过两年没换", "保养计划只看年份不看次数"]
    actions.find_cause(cast.he_wei, case.pk, cause="upkeep", words="保养计划不看开关门次数", whys=whys, at=at - timedelta(minutes=30))
    return case


def _from_the_web(cast: Cast, at: datetime) -> Case:
    case = cast.filed_by_customer(
        consents={"health": True},
        at=at - timedelta(minutes=12),
        items=[(LONG, "plant_noise"), ("门禁坏了三天", "gate")],
        phone="13900001191",
        place="3 栋大堂",
    )
    actions.attach(
        None, case.pk, upload=Upload("现场.png", len(PNG), [PNG]), for_customer=True, actor="customer", at=at - timedelta(minutes=11)
    )
    return case


def _several_hands(cast: Cast, at: datetime) -> dict[str, Case]:
    """A lead case that much hangs on, a member of its group, one merged into it, and one of two matters."""
    began = at - timedelta(hours=2)
    items = [("6 栋电梯一周停了三次", "lift"), ("前台电话没人接", "rudeness"), ("楼道灯不亮", "lighting")]
    lead = cast.judged(_received(cast, began, items=items), at=began)
    actions.dispatch(cast.lin_xiao, lead.pk, lead=None, co=[cast.security.pk], at=began + timedelta(minutes=1))
    actions.sign(cast.zhou_hai, lead.pk, at=began + timedelta(minutes=3))
    member = cast.judged(_received(cast, began, items=items[:2]), at=began)
    actions.sign(cast.zhou_hai, member.pk, at=began + timedelta(minutes=4))
    duplicate = _received(cast, began - timedelta(minutes=20), items=items[:1])
    now = began + timedelta(minutes=10)
    actions.merge(
        cast.lin_xiao, duplicate.pk, into=lead.number, reason="同一部电梯", channel="hotline", words=f"和 {lead.number} 一起办", at=now
    )
    actions.join_group(cast.lin_xiao, member.pk, lead=lead.number, name="6 栋电梯反复停运", at=now)
    actions.tell_all(cast.lin_xiao, lead.pk, channel="hotline", words="电梯今晚 20:00 前修好，修好一户一户告诉各位。", at=now)
    actions.split(cast.lin_xiao, lead.pk, item=3, reason="另一件事", at=now)
    for what, done in (("调 6 栋 2 单元轿厢录像", "14:20 有人强推轿门，录像已存"), ("夜里在轿厢值守到修好", "")):
        actions.assign_task(cast.zhou_hai, lead.pk, what=what, due_at=at + timedelta(hours=4), department_id=cast.security.pk, at=now)
        if done:
            actions.do_task(cast.chen_li, lead.pk, task_id=lead.tasks.latest("id").pk, words=done, at=now + timedelta(minutes=30))
    told = "12315 会在七个工作日内联系您"
    actions.hand_outside(cast.lin_xiao, lead.pk, body="market_supervision", name="榕城区局", number="12315-2611-0088", words=told, at=now)
    actions.refer(cast.zhou_hai, lead.pk, paper="repair", number="WX-20261119-07", dated=at.date(), at=now)
    actions.tie(cast.lin_xiao, member.pk, earlier=lead.number, reason="又停了", at=now)
    actions.find_cause(cast.zhou_hai, lead.pk, cause="upkeep", words="皮带超期没换", findings={1: "found"}, at=now + timedelta(minutes=40))
    return {"hands": lead, "member": member, "merged": duplicate}
