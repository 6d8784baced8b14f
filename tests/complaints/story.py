"""What the stories of these tests share: times in China, clocks by name, who was told, and walking a case to a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.cast import Cast

from kesu.company.models import Person, ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import actions, chain
from kesu.complaints.actions import Promise, steps
from kesu.complaints.files import Upload
from kesu.complaints.models import AgreedAction, Case, Clock, JournalEntry, Notice, Part, Proposal
from kesu.complaints.queries.handlers import Before, did_before
from kesu.improvement.actions import open_capa
from kesu.procedure.packfile import loads
from kesu.procedure.refused import Refused

ZONE = ZoneInfo("Asia/Shanghai")
SIDES = ("record", "staff", "other")
CAUSE = "equipment"
EVERYTHING = ("judge", "dispatch", "sign", "investigate", "answer", "handle", "report", "visit", "close", "archive")


def on(day: str, time: str = "00:00", year: int = 2026) -> datetime:
    """on("11-20", "14:32"): that moment in China."""
    return datetime.strptime(f"{year}-{day} {time}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def shown(at: datetime | None) -> str:
    """ "11-20 14:32" in China; "" for never."""
    return at.astimezone(ZONE).strftime("%m-%d %H:%M") if at else ""


def fresh(case: Case) -> Case:
    return Case.objects.select_related("site__company").get(pk=case.pk)


def clock(case: Case, obligation: str, **wanted: object) -> Clock:
    """The one clock of this obligation; of the present round unless another is named."""
    rows = Clock.objects.filter(
        case_id=case.pk, obligation=obligation, **({} if "round" in wanted else {"round__in": [0, fresh(case).round]}), **wanted
    )
    return rows.select_related("case__site__company", "person").get()


def due(case: Case, obligation: str, **wanted: object) -> str:
    return shown(clock(case, obligation, **wanted).due_at)


def running(case: Case) -> dict[str, str]:
    """obligation → when it is due, for everything that runs (several of one kind: the earliest)."""
    rows = Clock.objects.filter(case_id=case.pk, state="running").order_by("-due_at")
    return {row.obligation: shown(row.due_at) for row in rows}


def states(case: Case) -> dict[str, str]:
    """obligation → state, of this round and of the whole case."""
    rows = Clock.objects.filter(case_id=case.pk, round__in=[0, fresh(case).round]).order_by("id")
    return {row.obligation: row.state for row in rows}


def entries(case: Case, *acts: str) -> list[JournalEntry]:
    rows = JournalEntry.objects.filter(case_id=case.pk).order_by("n")
    return list(rows.filter(act__in=acts) if acts else rows)


def rung(case: Case, obligation: str) -> list[tuple[str, str, list[str]]]:
    """What the worker wrote about a clock: when it counts, which moment, who was told."""
    return [
        (shown(entry.at), entry.act, entry.data.get("told", []))
        for entry in entries(case, "warned", "fell_late", "climbed")
        if entry.data["obligation"] == obligation
    ]


def told(case: Case, *kinds: str) -> set[tuple[str, str]]:
    """(kind, name) of every notice about the case."""
    rows = Notice.objects.filter(case_id=case.pk).select_related("person")
    return {(row.kind, row.person.name) for row in rows if not kinds or row.kind in kinds}


def chain_holds(case: Case) -> bool:
    return chain.faults(fresh(case), entries(case)) == []


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The act is refused with this code and with words in both languages."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code == code
    assert caught.value.zh and caught.value.en


def approver_of(cast: Cast, case: Case) -> object:
    """The person of the cast whom the pack's approval means."""
    role = Proposal.objects.get(case_id=case.pk, state="pending").approver
    return {"general_manager": cast.shen_yue, "site_director": cast.he_wei}[role]


def head_of(cast: Cast, part: Part) -> object:
    return {cast.engineering.pk: cast.zhou_hai, cast.security.pk: cast.chen_li}[part.department_id]


def fresh_eyes(cast: Cast, case: Case, act: str) -> Person:
    """The head; in a later round somebody who did not handle it before (M-7)."""
    case = fresh(case)
    before = did_before([case], standing(case.site.company)).get(case.pk, Before())
    able = (cast.zhou_hai, cast.ma_qiang if act == "execute" else cast.he_wei)
    return next((who for who in able if not before.bars(who.pk, act)), able[0])


def investigate(cast: Cast, case: Case, at: datetime) -> None:
    """Hears as many sides as the grade asks for, then names the cause."""
    grade = cast.pack.one("grades", fresh(case).grade)
    for side in SIDES[: max(0, grade.sides - 1)]:
        actions.investigate(cast.zhou_hai, case.pk, side=side, kind="record", words="维保记录与现场一致", at=at)
    findings = dict.fromkeys(case.items.values_list("n", flat=True), "found")
    actions.find_cause(fresh_eyes(cast, case, "find_cause"), case.pk, cause=CAUSE, words="门机皮带断裂", findings=findings, at=at)


def answer(cast: Cast, case: Case, at: datetime, **given: object) -> None:
    """Proposal, approval where it is needed, reply, the customer's agreement."""
    promises = given.get("promises", [Promise("换门机皮带")])
    actions.propose(fresh_eyes(cast, case, "propose"), case.pk, words="今天换好皮带", promises=promises, at=at)  # type: ignore[arg-type]
    if Proposal.objects.get(case_id=case.pk, state__in=["pending", "approved"]).state == "pending":
        actions.approve(approver_of(cast, case), case.pk, at=at)  # type: ignore[arg-type]
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="查清了，今天换皮带", at=at)
    actions.agree(None, case.pk, words="好的", actor="customer", at=at)


def handle(cast: Cast, case: Case, at: datetime) -> None:
    """Everything agreed is done, every department signs and returns the form."""
    for part in Part.objects.filter(case_id=case.pk, round=fresh(case).round, signed_at=None, sent_back_at=None):
        actions.sign(head_of(cast, part), case.pk, department_id=part.department_id, at=at)  # type: ignore[arg-type]
    for action in AgreedAction.objects.filter(case_id=case.pk, agreed_at__isnull=False, done_at=None):
        doer = fresh_eyes(cast, case, "execute")
        if doer != cast.zhou_hai and fresh(case).handler_id != doer.pk:
            actions.transfer(cast.zhou_hai, case.pk, to=doer.pk, reason="换人办", at=at)
        actions.execute(doer, case.pk, action_id=action.pk, words="换好，试运行正常", at=at)
    for part in Part.objects.filter(case_id=case.pk, round=fresh(case).round, returned_at=None, sent_back_at=None):
        actions.return_form(head_of(cast, part), case.pk, words="处理完毕", department_id=part.department_id, at=at)  # type: ignore[arg-type]


def settle(head: Person, payer: Person, case: Case, at: datetime, words: str) -> None:
    """Everything agreed is carried out; what was agreed in money is paid in full, with a receipt."""
    receipt = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    for row in AgreedAction.objects.filter(case_id=case.pk):
        if row.cost:
            paid = {"amount": row.cost, "to": case.contact_name, "method": "transfer", "key": f"paid-{row.pk}"}
            proofs = [("receipt", Upload("收据.png", len(receipt), [receipt]))]
            actions.pay(payer, case.pk, action_id=row.pk, **paid, words=words, proofs=proofs, at=at)
        else:
            actions.execute(head, case.pk, action_id=row.pk, words=words, at=at)


def take(cast: Cast, case: Case, step: str, at: datetime) -> None:
    """What the cast does at this step, without a hitch."""
    match step:
        case "judge":
            actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={}, at=at)
        case "dispatch":
            actions.dispatch(cast.lin_xiao, case.pk, lead=cast.engineering.pk, at=at)
        case "sign":
            actions.sign(cast.zhou_hai, case.pk, at=at)
        case "investigate":
            investigate(cast, case, at)
        case "answer":
            answer(cast, case, at)
        case "handle":
            handle(cast, case, at)
        case "report":
            actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="闵女士", words="已修好", at=at)
        case "visit":
            actions.visit(cast.su_min, case.pk, outcome="content", channel="hotline", agreed_time=True, at=at)
        case "close":
            if "put_right" in steps.closing_needs(cast.pack, fresh(case)) and "put_right" not in fresh(case).whole_marks:
                open_capa(cast.luo_qing, [case.pk], problem="电梯又把人困住", at=at)  # P-13
            actions.close(cast.lin_xiao, case.pk, at=at)
        case "archive":
            actions.archive(cast.luo_qing, case.pk, at=at)


def walk(cast: Cast, case: Case, step: str, at: datetime) -> datetime:
    """Bring the case to `step` (or "done"), one minute for each step; the time after the last."""
    while (here := fresh(case).step) != step:
        take(cast, case, here, at)
        assert fresh(case).step != here, f"{here} does not end"
        at += minutes(1)
    return at


def republished(cast: Cast, change: str = "", **replaced: str) -> None:
    """The cast's procedure with pieces replaced (`old=new` by position) and rows added at its end."""
    text = cast.version.text
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    loaded = loads(text + change)
    ProcedureVersion.objects.filter(pk=cast.version.pk).update(text=loaded.text, digest=loaded.digest)
    pack_of.cache_clear()
