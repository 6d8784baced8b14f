"""The acts of finding out: a finding for each allegation, the people complained of, what is asked of them and of experts.

STANDARDS part 1, 7.6 and 7.8; H-8, H-9, B-10. Joined to the one table of `procedure.acts`.
"""

from __future__ import annotations

from kesu.procedure.act import Act

ASKED = "asked"  # done by whoever was asked, whatever their role: by their own name, never by a right on the case

_UNTIL_CLOSED = ("investigate", "answer", "handle", "report", "visit", "close")

INVESTIGATION: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "find",
            "下结论",
            "Record a finding",
            steps=_UNTIL_CLOSED,
            said_zh="第 {item} 件{before}{finding}：{reason}{evidence}",
            said_en="item {item}{before} {finding}: {reason}{evidence}",
        ),
        Act(
            "name_person",
            "记被投诉人",
            "Name the person complained of",
            said_zh="被投诉的是{who}{words}",
            said_en="the person complained of is {who}{words}",
        ),
        Act(
            "drop_person",
            "撤下被投诉人",
            "Take a person off",
            said_zh="{who}不是被投诉人：{reason}",
            said_en="{who} is not complained of: {reason}",
        ),
        Act(
            "ask_statement",
            "请当事人说明",
            "Ask for a statement",
            said_zh="请{who}说明{due}：{words}",
            said_en="asked {who} for a statement{due}: {words}",
        ),
        Act(
            "ask_expert",
            "请专业人员看",
            "Ask an expert",
            said_zh="请{who}鉴定{due}：{words}",
            said_en="asked {who} for an assessment{due}: {words}",
        ),
        Act("state", "说明情况", "Give the statement", by=(ASKED,), said_zh="说明：{words}{files}", said_en="stated: {words}{files}"),
        Act(
            "tell_person",
            "告知当事人结果",
            "Tell the person the result",
            closed=True,
            said_zh="把结果告诉{who}（{channel}）：{words}",
            said_en="told {who} the result ({channel}): {words}",
        ),
        Act(
            "redact",
            "遮盖照片",
            "Black out a picture",
            closed=True,
            said_zh="遮盖了{name}上的 {boxes} 处，原图另存",
            said_en="blacked out {boxes} place(s) on {name}; the original is kept",
        ),
    )
}

# What nobody does in a case in which they are complained of themselves (nobody investigates himself).
IMPARTIAL = frozenset(
    (
        "judge", "regrade", "sign", "investigate", "find", "find_cause", "propose", "approve", "refuse", "reply", "report_back", "visit",
        "close", "unfound", "grant_extension", "refuse_extension", "name_person", "drop_person", "ask_statement", "ask_expert",
        "tell_person", "redact", "reveal", "draft_letter", "pass_letter", "return_letter", "send_letter",
    )
)  # fmt: skip
