"""How a warning may be answered, and what its journal says, in both languages."""

from __future__ import annotations

from kesu.procedure.act import SYSTEM, Act

OUTCOMES: dict[str, tuple[str, str]] = {
    "measures": ("确有问题，已采取措施", "There is a problem; measures are taken"),
    "known": ("原因已知，不用另外处理", "The reason is known; nothing else is needed"),
    "chance": ("查过了，看不出共同原因", "Looked into; no common cause was found"),
}
ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "raised",
            "预警",
            "Warned",
            by=(SYSTEM,),
            said_zh="发出预警，通知{told}，{due} 前答复",
            said_en="warned; told {told}, answer due {due}",
        ),
        Act(
            "grew", "变多", "Grew", by=(SYSTEM,), said_zh="又来了 {more} 件，现在 {observed} 件", said_en="{more} more came, now {observed}"
        ),
        Act("take", "我来处理", "Take it", said_zh="接手", said_en="took it"),
        Act("hand", "换人", "Hand over", said_zh="交给 {to}", said_en="handed to {to}"),
        Act("answer", "答复预警", "Answer", said_zh="答复：{outcome}", said_en="answered: {outcome}"),
        Act("capa", "立项整改", "Open corrective action", said_zh="由此立项整改 {record}", said_en="opened corrective action {record}"),
        Act("close", "关闭预警", "Close", said_zh="关闭", said_en="closed"),
        Act("calmed", "回到平常", "Calmed", by=(SYSTEM,), said_zh="回到平常，自动关闭", said_en="back to what is usual; closed"),
        Act(
            "warned",
            "快到时限",
            "Nearly due",
            by=(SYSTEM,),
            said_zh="答复快到时限，提醒{told}",
            said_en="the answer is nearly due; reminded {told}",
        ),
        Act("fell_late", "超时", "Fell late", by=(SYSTEM,), said_zh="答复超时", said_en="the answer fell late"),
        Act(
            "climbed", "逐级上报", "Escalated", by=(SYSTEM,), said_zh="仍没有答复，报{told}", said_en="still no answer; reported to {told}"
        ),
    )
}
