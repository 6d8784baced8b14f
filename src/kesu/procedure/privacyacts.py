"""The acts of keeping and letting go of personal data: legal hold, de-identification (STANDARDS 2.3). Joined to `procedure.acts`."""

from __future__ import annotations

from kesu.procedure.act import STAFF, SYSTEM, Act

PRIVACY: dict[str, Act] = {
    act.name: act
    for act in (
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
