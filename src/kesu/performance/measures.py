"""What is compared: each measure with its words. Counted are always the cases that went wrong, so a ratio below 1 is better."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True)
class Measure:
    """One measure. `out_of` and `wrong`: what the two counts are; `blames`: False where what went wrong may be somebody else's doing."""

    id: str
    name: Pair
    out_of: Pair
    wrong: Pair
    counts: Pair
    blames: bool = True

    def told(self, language: str) -> list[tuple[str, str]]:
        """The definition, line by line."""
        n = 0 if language.startswith("zh") else 1
        return [
            (("没做到的", "Went wrong")[n], self.wrong[n]),
            (("例数", "Cases")[n], self.out_of[n]),
            (("说明", "Notes")[n], self.counts[n]),
        ]


_TIME: Pair = (
    "等客户、等约定的日子不算超时；暂停的恢复后再算；批准的延期按新时限；到期前取消的不算。一件里有一个超时就算这件没按时",
    "waiting for the customer or an agreed date is not late; paused limits count once they run again; leave granted counts by the new "
    "date; what was lifted in time does not count. One late limit makes the case late",
)
MEASURES: dict[str, Measure] = {
    row.id: row
    for row in (
        Measure(
            "first_reply",
            ("首次响应", "First reply"),
            ("首次响应的时限在本期到期的投诉单", "cases whose first reply fell due in the period"),
            ("超时的", "late"),
            _TIME,
        ),
        Measure(
            "handling",
            ("办理时限", "Handling limits"),
            (
                "查明、答复、办理的时限在本期到期的投诉单",
                "cases in which a limit of finding out, answering or handling fell due in the period",
            ),
            ("有超时的", "with a late one"),
            _TIME,
        ),
        Measure(
            "solved",
            ("解决", "Solved"),
            ("主办、本期交回、现在已有结果的投诉单", "cases led and returned in the period whose end is known"),
            ("交回以后又重新办理的", "handled anew afterwards"),
            ("重开的不算解决；还没结案的先不算；帮忙的不算在里面", "reopened is not solved; open ones do not count yet, nor does helping"),
        ),
        Measure(
            "satisfied",
            ("满意", "Satisfied"),
            ("主办、本期回访有答复的投诉单", "cases led whose follow-up was answered in the period"),
            ("答不满意的", "answered not content"),
            ("没联系上、没评的不在里面", "not reached and unrated ones are not in it"),
        ),
        Measure(
            "sent_back",
            ("退回", "Sent back"),
            ("本期派来的投诉单", "cases sent to them in the period"),
            ("退回重派的", "sent back to be sent elsewhere"),
            (
                "退回可能是派错了，不一定是推；只比多少，看单再说",
                "it may have been sent to the wrong place: only how many is compared; look at the cases",
            ),
            blames=False,
        ),
        Measure(
            "pace",
            ("办得慢", "Slow"),
            ("本期交回的投诉单", "cases returned in the period"),
            ("比四分之三的单都慢的", "slower than three quarters"),
            (
                "从签收到交回，和全公司本期交回的单比；按上班时间算，减去等客户、等审批、等别的部门的时间",
                "from signing to returning, beside all that the company returned in the period; in opening hours, less the time spent "
                "waiting for customers, approvals and other departments",
            ),
        ),
    )
}
