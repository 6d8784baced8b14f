"""The acts about personal data: what customers ask of us, legal hold, de-identification (STANDARDS 2.3). Joined to `procedure.acts`."""

from __future__ import annotations

from kesu.procedure.act import CUSTOMER, STAFF, SYSTEM, Act

# What customers may ask about their data (PIPL arts 45 and 47): how it is said.
WISHES: dict[str, tuple[str, str]] = {
    "access": ("查看、拿一份个人信息", "to see and have a copy of their data"),
    "deletion": ("删除个人信息", "to have their data deleted"),
}
# What is asked separately (PIPL arts 29 and 31): what it is called.
MATTERS: dict[str, tuple[str, str]] = {
    "health": ("记录健康情况", "keeping health data"),
    "minors": ("监护人同意记录孩子的健康情况", "a guardian's consent to keeping a child's health data"),
}
CONSENTS = ("ask_consent", "withdraw_consent")

PRIVACY: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "ask_data",
            "要查或要删个人信息",
            "Ask for or about personal data",
            by=(STAFF, CUSTOMER),
            closed=True,
            said_zh="{customer}要求{wish}{words}",
            said_en="{customer} asked {wish}{words}",
        ),
        Act(
            "answer_data",
            "答复个人信息请求",
            "Answer about personal data",
            closed=True,
            said_zh="答复{customer}（{channel}），照办：{wish}{words}",
            said_en="answered {customer} ({channel}), granted: {wish}{words}",
        ),
        Act(
            "refuse_data",
            "不能照办个人信息请求",
            "Refuse about personal data",
            closed=True,
            said_zh="没有照办“{wish}”（{channel}告知）：{reason}",
            said_en="refused {wish} (told by {channel}): {reason}",
        ),
        Act(
            "ask_consent",
            "问单独同意",
            "Ask for separate consent",
            by=(STAFF, CUSTOMER),
            closed=True,
            said_zh="{customer}{given}：{matter}（{asked}，文字第 {version} 版）",
            said_en="{customer} {given} {matter} ({asked}, wording no. {version})",
        ),
        Act(
            "withdraw_consent",
            "撤回单独同意",
            "Withdraw separate consent",
            by=(STAFF, CUSTOMER),
            closed=True,
            said_zh="{customer}撤回同意：{matter}。标为健康资料的从现在起都不再显示",
            said_en="{customer} withdrew consent to {matter}; what is marked as health data is hidden from now on",
        ),
        Act(
            "mark_health",
            "标为健康资料",
            "Mark as health data",
            closed=True,
            said_zh="标为健康资料（第 {entries} 条里的）：只给规程指定的岗位看",
            said_en="marked as health data what stands in entry {entries}: shown to the procedure's roles alone",
        ),
        Act("hold", "暂缓删除", "Legal hold", closed=True, said_zh="暂缓去标识化：{reason}", said_en="put under legal hold: {reason}"),
        Act(
            "lift_hold",
            "解除暂缓",
            "Lift the hold",
            closed=True,
            said_zh="解除暂缓，可以去标识化：{reason}",
            said_en="lifted the legal hold: {reason}",
        ),
        Act(
            "deidentify",
            "去标识化",
            "De-identify",
            by=(STAFF, SYSTEM),
            closed=True,
            said_zh="去标识化：抹去 {erased} 条经过的内容和 {files} 个附件，类别、等级、时间、金额留作统计",
            said_en="de-identified: erased the words of {erased} entries and {files} file(s); category, grade, times and amounts stay",
        ),
    )
}
