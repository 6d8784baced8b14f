"""The fixed vocabulary: every act, the step it completes, and what the steps are called.

One table that choices, permissions, journal sentences and pages all read. Which role may do an act, which
steps a nature goes through, what a step's time limit is and what closing needs stand in the pack, not here.
"""

from __future__ import annotations

from kesu.procedure.act import CUSTOMER, HANDLING, STAFF, SYSTEM, Act
from kesu.procedure.dateacts import DATES
from kesu.procedure.handacts import HANDS
from kesu.procedure.investigationacts import ASKED, INVESTIGATION
from kesu.procedure.letteracts import LETTER_ACTS
from kesu.procedure.privacyacts import PRIVACY

# Steps in the order of the story. A case stands at the first step of its nature that is not completed.
STEPS: dict[str, tuple[str, str]] = {
    "judge": ("定级", "Judge"),
    "dispatch": ("派单", "Dispatch"),
    "sign": ("签收", "Sign for"),
    "investigate": ("调查", "Investigate"),
    "answer": ("答复", "Answer"),
    "handle": ("办理", "Handle"),
    "report": ("反馈", "Report back"),
    "visit": ("回访", "Follow up"),
    "close": ("结案", "Close"),
    "archive": ("归档", "Archive"),
}
DONE = "done"  # every step completed: the case is in the archive


def _table(*acts: Act) -> dict[str, Act]:
    return {act.name: act for act in acts}


ONCE_DISPATCHED = ("judge", "dispatch", "sign", *HANDLING)  # a part that was sent is signed for whether or not the grade has been said

ACTS: dict[str, Act] = _table(
    Act(
        "receive",
        "受理",
        "Receive",
        by=(STAFF, CUSTOMER, SYSTEM),
        said_zh="受理{channel}投诉，共 {items} 件事",
        said_en="received a complaint by {channel}, {items} item(s)",
    ),
    Act(
        "acknowledge",
        "告知受理",
        "Acknowledge",
        by=(STAFF, SYSTEM),
        said_zh="告知{customer}已受理（{channel}）",
        said_en="acknowledged to {customer} ({channel})",
    ),
    Act("judge", "定级", "Judge", "judge", said_zh="判定为{nature}，{grade}：{because}", said_en="judged {nature}, {grade}: {because}"),
    Act(
        "dispatch",
        "派单",
        "Dispatch",
        "dispatch",
        steps=("judge", "dispatch", "sign", *HANDLING),
        said_zh="派给{lead}{co}",
        said_en="dispatched to {lead}{co}",
    ),
    Act("sign", "签收", "Sign for", "sign", steps=ONCE_DISPATCHED, said_zh="{department}签收", said_en="signed for by {department}"),
    Act(
        "send_back",
        "退回",
        "Send back",
        steps=ONCE_DISPATCHED,
        said_zh="{department}退回：{reason}",
        said_en="sent back by {department}: {reason}",
    ),
    Act(
        "contact",
        "联系客户",
        "Contact",
        said_zh="联系{customer}（{channel}）：{words}",
        said_en="contacted {customer} ({channel}): {words}",
    ),
    Act(
        "investigate",
        "调查",
        "Investigate",
        steps=HANDLING,
        tasked=True,
        said_zh="记下{side}的{kind}：{words}",
        said_en="recorded {kind} from {side}: {words}",
    ),
    Act(
        "find_cause",
        "定原因",
        "Find cause",
        "investigate",
        steps=HANDLING,
        said_zh="查明原因：{cause}。{words}",
        said_en="found the cause: {cause}. {words}",
    ),
    Act("propose", "拟方案", "Propose", steps=("answer", "handle"), said_zh="提出方案：{words}", said_en="proposed: {words}"),
    Act("approve", "批准方案", "Approve", steps=("answer",), said_zh="批准方案{words}", said_en="approved the proposal{words}"),
    Act(
        "approve_level",
        "批准一级",
        "Approve a level",
        by=(SYSTEM,),
        said_zh="批准方案，还要{next_role}批{words}",
        said_en="approved; {next_role} decides next{words}",
    ),
    Act("refuse", "不批准", "Refuse", steps=("answer",), said_zh="没有批准方案：{reason}", said_en="refused the proposal: {reason}"),
    Act(
        "reply",
        "写答复",
        "Reply",
        steps=("answer",),
        said_zh="答复{customer}（{channel}）：{words}",
        said_en="replied to {customer} ({channel}): {words}",
    ),
    Act(
        "agree",
        "客户同意",
        "Customer agrees",
        "answer",
        steps=("answer",),
        by=(STAFF, CUSTOMER),
        said_zh="{customer}同意方案{words}",
        said_en="{customer} agreed{words}",
    ),
    Act(
        "decline",
        "客户不同意",
        "Customer declines",
        steps=("answer",),
        by=(STAFF, CUSTOMER),
        said_zh="{customer}不同意方案：{reason}",
        said_en="{customer} declined: {reason}",
    ),
    Act(
        "execute",
        "办好一项",
        "Carry out",
        steps=("answer", "handle"),
        said_zh="办好：{what}。{words}",
        said_en="carried out: {what}. {words}",
    ),
    Act(
        "pay",
        "付款",
        "Pay",
        closed=True,
        said_zh="付给{payee} {yuan} 元（{method}）：{what}。{words}",
        said_en="paid {payee} {yuan} yuan ({method}): {what}. {words}",
    ),
    Act(
        "reverse_payment",
        "冲回付款",
        "Reverse a payment",
        closed=True,
        said_zh="冲回付给{payee}的 {yuan} 元：{reason}",
        said_en="reversed {yuan} yuan paid to {payee}: {reason}",
    ),
    Act(
        "return",
        "交回",
        "Return the form",
        "handle",
        steps=("handle",),
        said_zh="{department}交回意见表：{words}",
        said_en="{department} returned the form: {words}",
    ),
    Act(
        "report_back",
        "反馈结果",
        "Report back",
        "report",
        steps=("report",),
        said_zh="把结果告诉{spoke_to}（{channel}）：{words}",
        said_en="told {spoke_to} the result ({channel}): {words}",
    ),
    Act(
        "visit",
        "回访",
        "Follow up",
        "visit",
        steps=("visit",),
        said_zh="第 {attempt} 次回访，{outcome}。{words}",
        said_en="follow-up no. {attempt}: {outcome}. {words}",
    ),
    Act("close", "结案", "Close", "close", steps=("close",), said_zh="结案：{words}", said_en="closed: {words}"),
    Act(
        "reopen",
        "重新办理",
        "Reopen",
        by=(STAFF, CUSTOMER, SYSTEM),
        closed=True,
        said_zh="重新办理，第 {round} 轮：{reason}",
        said_en="reopened, round {round}: {reason}",
    ),
    Act("archive", "归档", "Archive", "archive", steps=("archive",), closed=True, said_zh="归档", said_en="archived"),
    # beside the story
    Act("present", "呈报", "Present", said_zh="呈报{to}：{words}", said_en="presented to {to}: {words}"),
    Act(
        "pause",
        "暂停计时",
        "Pause",
        said_zh="暂停计时：{reason}，最晚 {until} 恢复",
        said_en="paused: {reason}, until {until} at the latest",
    ),
    Act(
        "resume",
        "恢复计时",
        "Resume",
        by=(STAFF, CUSTOMER, SYSTEM),
        said_zh="恢复计时，共暂停 {length}。{words}",
        said_en="resumed after {length}. {words}",
    ),
    Act(
        "chase",
        "提醒客户",
        "Remind the customer",
        by=(SYSTEM,),
        said_zh="第 {n} 次提醒{customer}：{words}",
        said_en="reminder no. {n} to {customer}: {words}",
    ),
    Act(
        "ask_extension",
        "申请延期",
        "Ask for an extension",
        said_zh="申请把{obligation}延到 {new_due}：{reason}",
        said_en="asked to extend {obligation} to {new_due}: {reason}",
    ),
    Act(
        "grant_extension",
        "批准延期",
        "Grant the extension",
        said_zh="批准把{obligation}延到 {new_due}",
        said_en="granted {obligation} until {new_due}",
    ),
    Act(
        "refuse_extension",
        "不准延期",
        "Refuse the extension",
        said_zh="不准{obligation}延期：{reason}",
        said_en="refused to extend {obligation}: {reason}",
    ),
    Act(
        "regrade",
        "改等级",
        "Regrade",
        by=(STAFF, SYSTEM),
        said_zh="由{before}改为{grade}{nature}：{reason}",
        said_en="regraded from {before} to {grade}{nature}: {reason}",
    ),
    Act(
        "transfer",
        "换人办",
        "Transfer",
        steps=("sign", *HANDLING),
        said_zh="{department}由{to}接着办：{reason}",
        said_en="{department}: handed to {to}: {reason}",
    ),
    Act("note", "记一笔", "Note", by=(STAFF, CUSTOMER, SYSTEM), closed=True, tasked=True, said_zh="{words}", said_en="{words}"),
    Act(
        "mark",
        "记时点",
        "Record a date",
        by=(STAFF, SYSTEM),
        closed=True,  # only what ends a clock that outlives closing
        said_zh="记下：{event}，{when}。{words}",
        said_en="recorded: {event}, {when}. {words}",
    ),
    Act("attach", "添加证据", "Attach", by=(STAFF, CUSTOMER), closed=True, tasked=True, said_zh="添加{name}", said_en="attached {name}"),
    Act("urge", "催办", "Urge", said_zh="催办{obligation}：{words}", said_en="urged {obligation}: {words}"),
    Act("ask", "问客户", "Ask the customer", said_zh="问{customer}：{words}", said_en="asked {customer}: {words}"),
    Act(
        "rate",
        "客户评价",
        "Customer rates",
        by=(CUSTOMER,),
        closed=True,
        said_zh="{customer}评价：{words}",
        said_en="{customer} rated: {words}",
    ),
    Act(
        "survey",
        "回访问卷",
        "Answer the survey",
        by=(CUSTOMER,),
        closed=True,
        said_zh="{customer}在网页上答了回访：{words}",
        said_en="{customer} answered the follow-up on their page: {words}",
    ),
    Act(
        "link_off",
        "停用链接",
        "Switch the link off",
        by=(CUSTOMER,),
        closed=True,
        said_zh="{customer}停用了进度链接",
        said_en="{customer} switched the tracking link off",
    ),
    Act(
        "withdraw",
        "撤回",
        "Withdraw",
        by=(STAFF, CUSTOMER),
        said_zh="{customer}撤回：{reason}",
        said_en="withdrawn by {customer}: {reason}",
    ),
    Act(
        "unfound",
        "不成立",
        "Mark unfounded",
        steps=("judge", "dispatch", "sign", "investigate", "answer"),
        said_zh="认定不成立：{reason}。已向{customer}说明：{words}",
        said_en="found not to stand: {reason}. Explained to {customer}: {words}",
    ),
    Act(
        "reveal",
        "看联系方式",
        "Look at contact data",
        closed=True,
        said_zh="看了{customer}的姓名、电话和住址{why}",
        said_en="looked at {customer}'s name, number and address{why}",
    ),
    # P-13: the case goes into a record of corrective and preventive action, new or one that is open (kesu.improvement)
    Act(
        "put_right",
        "立项整改",
        "Put right for good",
        closed=True,
        said_zh="转入整改 {record}：{words}",
        said_en="taken into corrective action {record}: {words}",
    ),
    Act(
        "take_out",
        "撤出整改",
        "Take out of corrective action",
        by=(SYSTEM,),
        closed=True,
        said_zh="整改 {record} 撤销了，这件不再在里面：{words}",
        said_en="corrective action {record} was withdrawn and holds this no more: {words}",
    ),
    Act(
        "package",
        "导出全卷",
        "Take out the file",
        closed=True,
        said_zh="导出了全卷：文书、证据、过程，含完整联系方式",
        said_en="took out the whole file: papers, evidence, journal, with whole contact data",
    ),
    *HANDS,
    *LETTER_ACTS,
    *DATES,
    # what the system itself writes into the journal
    Act(
        "warned",
        "预警",
        "Warning",
        by=(SYSTEM,),
        closed=True,
        said_zh="{obligation}快到时限，提醒{told}",
        said_en="{obligation} is nearly due; reminded {told}",
    ),
    Act("fell_late", "超时", "Fell late", by=(SYSTEM,), closed=True, said_zh="{obligation}超时", said_en="{obligation} fell late"),
    Act(
        "climbed",
        "逐级上报",
        "Escalated",
        by=(SYSTEM,),
        closed=True,
        said_zh="{obligation}仍未完成，报{told}",
        said_en="{obligation} still not done; reported to {told}",
    ),
    Act(
        "recalculated",
        "重算时限",
        "Recalculated",
        by=(SYSTEM,),
        closed=True,
        said_zh="{obligation}的时限由 {before} 改为 {after}：{reason}",
        said_en="{obligation} moved from {before} to {after}: {reason}",
    ),
    Act(
        "taken_over",
        "录入旧单",
        "Taken over",
        by=(SYSTEM,),
        closed=True,
        said_zh="从旧记录录入 {source} {ref}，当时没有计时",
        said_en="taken over from an old record {source} {ref}; no limits ran",
    ),  # fmt: skip
)

ACTS |= PRIVACY  # legal hold and de-identification (STANDARDS 2.3)
ACTS |= INVESTIGATION  # allegations, the people complained of, what others are asked (STANDARDS 7.6, 7.8)

# What closing may need (the pack chooses per nature and grade) and how it is said when it is missing.
CONDITIONS: dict[str, tuple[str, str]] = {
    "told": ("还没把结果告诉客户", "the customer has not been told the result"),
    "followed_up": ("还没回访", "no follow-up has been made"),
    "cause_found": ("还没查明原因", "the cause has not been found"),
    "actions_done": ("答应的事还没办完", "an agreed action is not done"),
    "money_paid": ("答应的钱还没付清", "agreed money is not paid yet"),
    "forms_returned": ("还有部门没交回意见表", "a department has not returned the form"),
    "agreed": ("客户还没同意方案", "the customer has not agreed to the proposal"),
    "approvals_answered": ("还有审批没答复", "an approval is still open"),
    "not_paused": ("还在暂停计时", "the clocks are paused"),
    "tasks_done": ("交办的事还没办完", "a task that was given is not done"),
    "clocks_done": ("还有时限没做完", "something with a time limit is not done"),
    "put_right": ("还没立项整改", "no corrective action has been opened"),
    "findings_made": ("还有事项没有结论", "an item has no finding"),
    "person_told": ("还没把结果告诉被投诉的人", "the person complained of has not been told the result"),
    "explained": ("还没向客户说明为什么不成立", "the reason has not been explained to the customer"),
}

# The acts a customer can do by the secret link.
CUSTOMER_ACTS = tuple(name for name, act in ACTS.items() if CUSTOMER in act.by)
ASKED_ACTS = tuple(name for name, act in ACTS.items() if ASKED in act.by)
STAFF_ACTS = tuple(name for name, act in ACTS.items() if STAFF in act.by)

# The act that moves a step on: what the one primary button does.
MAIN_ACT: dict[str, tuple[str, ...]] = {
    "judge": ("judge",),
    "dispatch": ("dispatch",),
    "sign": ("sign",),
    "investigate": ("find_cause", "investigate"),
    "answer": ("propose", "approve", "reply", "agree"),
    "handle": ("execute", "return"),
    "report": ("report_back",),
    "visit": ("visit",),
    "close": ("close",),
    "archive": ("archive",),
}


def step_name(step: str, language: str) -> str:
    """The step's name for people; `done` is 已归档."""
    zh, en = STEPS.get(step, ("已归档", "Archived"))
    return zh if language.startswith("zh") else en
