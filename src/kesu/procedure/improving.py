"""Corrective and preventive action as the pack writes it (P-13, B-12, B-18; ISO 10002 7.7), and the acts a record of it knows.

Which cases must go through it stands with the other limits: obligations that end with the act `put_right`, and closing rows that need it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kesu.procedure.acts import STAFF, SYSTEM, Act
from kesu.procedure.duties import Rung
from kesu.procedure.packrows import Id, Part

Kind = Literal["containment", "corrective", "preventive"]
KINDS: dict[str, tuple[str, str]] = {
    "containment": ("先止住", "Containment"),
    "corrective": ("纠正", "Corrective"),
    "preventive": ("预防", "Preventive"),
}
# Where a record stands. What is owed at each is a clock of the same name; at "carry" each measure has its own.
STAGES: dict[str, tuple[str, str]] = {
    "plan": ("定计划", "Plan"),
    "carry": ("办措施", "Carry out"),
    "watch": ("看效果", "Watch"),
    "close": ("结项", "Close"),
    "closed": ("已结项", "Closed"),
}
RIGHTS = (
    "plan",
    "extend",
    "judge",
    "close",
    "withdraw",
)  # what a role may do to records (`roles.improves`); opening one is the case's `put_right`


class Leave(Part):
    """[improvement.extension]: leave to end a measure later than planned; both dates stay on record."""

    approver: Id
    longest: str  # the new date may lie at most so long after the first one
    times: int = Field(default=1, ge=1)


class Improvement(Part):
    """[improvement]: how a record of corrective and preventive action is led. Limits count elapsed time."""

    number: str = "CA-{yyyy}-{n:03}"  # gap-free per company and year
    leads: Id  # who owes the plan and the closing, and hears of everything
    judges: Id  # who owes the judgement
    plan: str  # from opening until the plan stands
    needs: list[Kind] = ["corrective"]  # kinds of measures without which no plan stands
    watch: str  # so long the cases are watched after the last measure has ended; as long before opening they are compared with
    judge: str  # from the end of the watch until the effect is judged
    close: str  # from the judgement until the record is closed
    after: str  # so long after the judgement a recurrence is still told
    warn: list[str] = []
    ladder: list[Rung] = []
    extension: Leave | None = None


def _table(*acts: Act) -> dict[str, Act]:
    return {act.name: act for act in acts}


# `steps` are stages here; `completes` is the right that a role needs (none: whoever owns the measure, or sees the record).
RECORD_ACTS: dict[str, Act] = _table(
    Act("open", "立项", "Open", said_zh="由投诉 {cases} 立项：{words}", said_en="opened from {cases}: {words}"),
    Act("include", "并入投诉", "Include a complaint", said_zh="并入投诉 {cases}：{words}", said_en="included {cases}: {words}"),
    Act("measure", "加措施", "Add a measure", "plan", steps=("plan", "carry"),
        said_zh="加第 {n} 条措施（{kind}）：{what}。{owner}，{due} 前", said_en="added measure {n} ({kind}): {what}. {owner}, by {due}"),
    Act("plan", "定下计划", "Settle the plan", "plan", steps=("plan",),
        said_zh="查明根本原因：{cause}。{words}。计划定下，共 {count} 条措施",
        said_en="root cause: {cause}. {words}. Plan of {count} measures settled"),
    Act("hand", "换人负责", "Hand over", "plan", steps=("plan", "carry"),
        said_zh="第 {n} 条措施由 {before} 交给 {owner}：{reason}", said_en="measure {n} handed from {before} to {owner}: {reason}"),
    Act("drop", "取消措施", "Drop a measure", "plan", steps=("plan", "carry"),
        said_zh="取消第 {n} 条措施：{reason}", said_en="dropped measure {n}: {reason}"),
    Act("end", "办完措施", "End a measure", steps=("plan", "carry"),
        said_zh="办完第 {n} 条措施：{words}{files}", said_en="ended measure {n}: {words}{files}"),
    Act("ask_extension", "申请延期", "Ask for more time", steps=("plan", "carry"),
        said_zh="申请把第 {n} 条措施由 {before} 延到 {due}：{reason}",
        said_en="asked to move measure {n} from {before} to {due}: {reason}"),
    Act("grant_extension", "批准延期", "Grant more time", "extend", steps=("plan", "carry"),
        said_zh="批准第 {n} 条措施由 {before} 延到 {due}。{words}", said_en="granted measure {n} from {before} to {due}. {words}"),
    Act("refuse_extension", "不准延期", "Refuse more time", "extend", steps=("plan", "carry"),
        said_zh="不准第 {n} 条措施延期：{reason}", said_en="refused more time for measure {n}: {reason}"),
    Act("judge", "评效果", "Judge the effect", "judge", steps=("watch",),
        said_zh="评为{verdict}：{words}。前 {before_days} 天 {before} 件，后 {after_days} 天 {after} 件",
        said_en="judged {verdict}: {words}. {before} in {before_days} days before, {after} in {after_days} days after"),
    Act("close", "结项", "Close the record", "close", steps=("close",), said_zh="结项。{words}", said_en="closed. {words}"),
    Act("reopen", "再整改", "Begin anew", "plan", steps=("close", "closed"), closed=True,
        said_zh="再整改，第 {round} 轮：{reason}", said_en="begun anew, round {round}: {reason}"),
    Act("withdraw", "撤销立项", "Withdraw the record", "withdraw", steps=("plan", "carry", "watch"),
        said_zh="撤销立项：{reason}。投诉 {cases} 不再在里面", said_en="withdrawn: {reason}. It holds {cases} no more"),
    Act("note", "记一笔", "Note", closed=True, said_zh="{words}", said_en="{words}"),
    # what the worker writes
    Act("watching", "开始看效果", "Watch begins", by=(SYSTEM,),
        said_zh="措施都办完了，看效果到 {until}", said_en="every measure has ended; watched until {until}"),
    Act("warned", "预警", "Warning", by=(SYSTEM,), closed=True,
        said_zh="{duty}快到时限，提醒{told}", said_en="{duty} is nearly due; reminded {told}"),
    Act("fell_late", "超时", "Fell late", by=(SYSTEM,), closed=True, said_zh="{duty}超时", said_en="{duty} fell late"),
    Act("climbed", "逐级上报", "Escalated", by=(SYSTEM,), closed=True,
        said_zh="{duty}仍未完成，报{told}", said_en="{duty} still not done; reported to {told}"),
    Act("recurred", "又发生", "Recurred", by=(SYSTEM,), closed=True,
        said_zh="又来了同样的投诉 {cases}，告诉{told}", said_en="the same complaint came again: {cases}; told {told}"),
    Act("deidentify", "去标识化", "De-identify", by=(SYSTEM,), closed=True,
        said_zh="去标识化：改动或抹去 {erased} 条经过里的个人信息",
        said_en="de-identified: personal data of {erased} entries changed or erased"),
)  # fmt: skip

DOABLE = tuple(name for name, act in RECORD_ACTS.items() if STAFF in act.by and name not in ("open", "include"))
WITHDRAWN = "withdrawn"  # the verdict of a record that should never have been opened
VERDICTS: dict[str, tuple[str, str]] = {"effective": ("有效", "effective"), "not_effective": ("没有效果", "not effective")}


def stage_name(stage: str, language: str) -> str:
    """The stage's name for people."""
    return STAGES[stage][0 if language.startswith("zh") else 1]
