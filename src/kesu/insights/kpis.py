"""Every figure as a record: what it is called, what is divided by what, of which cases, what counts and what does not (STANDARDS part 6).

The same word has several denominators in use; so the record is shown beside each figure and goes out with it. `measuring` fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kesu.insights.duties import REPLY

Pair = tuple[str, str]  # Chinese, English
RECEIVED: Pair = ("本期受理的", "received in the period")
CLOSED: Pair = ("本期结案的", "closed in the period")
DUE: Pair = ("本期到期的，到此刻为止", "due in the period, up to this moment")
ANSWERED: Pair = ("本期答了回访的", "whose follow-up was answered in the period")
NONE: Pair = ("没有这样的单", "none of the kind")
DATED: Pair = ("本期发生的", "dated in the period")


@dataclass(frozen=True)
class Kpi:
    """One figure. `kind` rate: a share of 0 … 1; count and fen: a sum; minutes: a percentile; exposed: per so many homes, orders, visits.

    `cells` says which columns of which roll-up it is made of (insights.cells.KINDS): the kind, those above and those below the line.
    """

    id: str
    name: Pair
    kind: Literal["rate", "count", "fen", "minutes", "exposed"]
    above: Pair
    below: Pair
    cohort: Pair
    counts: Pair  # what counts and what does not
    tally: str = ""
    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    duty: str = ""  # of clocks only those of this duty
    lasting: str = ""  # which duration
    share: float = 0.5  # which percentile
    good: Literal["more", "less", ""] = ""
    none: Pair = NONE  # why it cannot be given where nothing stands below the line

    def label(self, language: str) -> str:
        """Its name."""
        return self.name[0 if language.startswith("zh") else 1]

    def told(self, language: str) -> list[tuple[str, str]]:
        """The definition, line by line: (what, words)."""
        zh = language.startswith("zh")
        lines: list[tuple[Pair, Pair]] = [
            (("分子", "Counted"), self.above),
            (("分母", "Out of"), self.below),
            (("范围", "Which"), self.cohort),
        ]
        lines.append((("说明", "Notes"), self.counts))
        return [(what[0 if zh else 1], words[0 if zh else 1]) for what, words in lines if words[0]]


MERGED: Pair = ("并进别的单的不算，在并入的那张里算", "a merged case counts where it went on")
_COMPLAINTS: Pair = (
    "投诉件：还没定性的先算投诉；咨询、建议、表扬不算",
    "complaints: unjudged ones included; questions, suggestions, praise not",
)
_ON_TIME: Pair = (
    "到期还没做完的算没按时；批准的延期按新时限算；暂停中的恢复后再算；到期前取消的不算，超时以后取消的算没按时；等客户答复的不算",
    "overdue and open is not on time; leave granted counts by the new date; paused ones count once they run again; lifted before due: not "
    "counted, lifted when late: late; waiting for the customer: not counted",
)
_ON_TIME_FIRST: Pair = ("同上，但是延期不算数：按第一次定的时限比", "the same, but leave is not taken into account: by the first due time")
_LASTING: Pair = (
    "从客户说起那一刻算；没有答复、没有结案的还不在里面；旧记录不在里面。中位数和第 90 百分位，不用平均数",
    "from when the customer was heard; unanswered or open ones are not in it yet, nor are old records. Median and 90th percentile, no mean",
)


def _on_time(id: str, zh: str, en: str, duty: str, words: Pair) -> tuple[Kpi, Kpi]:
    below = (f"到期的{words[0]}时限", f"{words[1]} limits that fell due")
    return (
        Kpi(
            id,
            (zh, en),
            "rate",
            ("到期前做完的", "done by the due time"),
            below,
            DUE,
            _ON_TIME,
            "clock",
            ("kept",),
            ("ended", "owing"),
            duty,
            good="more",
        ),
        Kpi(
            f"{id}_first",
            (f"{zh}（不算延期）", f"{en}, without extensions"),
            "rate",
            ("第一次定的时限前做完的", "done by the first due time"),
            below,
            DUE,
            _ON_TIME_FIRST,
            "clock",
            ("kept_first",),
            ("ended", "owing"),
            duty,
            good="more",
        ),
    )


def _lasting(id: str, zh: str, en: str) -> list[Kpi]:
    found = []
    for way, way_zh, way_en in (("clock", "日历时间", "clock time"), ("work", "上班时间", "opening hours")):
        for share, of_zh, of_en in ((0.5, "中位数", "median"), (0.9, "第 90 百分位", "90th percentile")):
            found.append(
                Kpi(
                    f"{id}_{way}_{int(share * 100)}",
                    (f"{zh}{of_zh}（{way_zh}）", f"{en}, {of_en} ({way_en})"),
                    "minutes",
                    (f"{zh}的{of_zh}", f"{of_en} of {en.lower()}"),
                    ("", ""),
                    CLOSED,
                    _LASTING,
                    "hist",
                    lasting=f"{id}_{way}",
                    share=share,
                    good="less",
                )
            )
    return found


def _of_receipt(
    id: str, zh: str, en: str, column: str, above: Pair, notes: Pair, tally: str = "case", good: Literal["more", "less", ""] = "less"
) -> Kpi:
    return Kpi(id, (zh, en), "rate", above, _COMPLAINTS, RECEIVED, notes, tally, (column,), ("complaints",), good=good)


_VERDICTS: Pair = (
    "按每张单里记的外部评定，评定改过的按最后一次；没记评定的不在分母里。各市三率的权重不同，这里不合成一个数",
    "by the verdicts recorded in the cases, each as it was said last; without one a case is not in it. Cities weigh the three differently: "
    "no single figure is made of them",
)
_SETTLING: Pair = (
    "和公示平台一样，还没有结果的也在分母里；移送过去的都算受理",
    "as the public platform counts: those without a result yet are in it; all that were handed over count as accepted",
)


def _of_hotline(name: str, zh: str, en: str, above: Pair) -> Kpi:
    below: Pair = ("记了这一项评定的单，不管是不是投诉", "cases with this verdict, whatever their nature")
    none: Pair = ("单里没有记 12345 的评定", "no case has a verdict of the hotline on record")
    ids = (name,), (f"of_{name}",)
    return Kpi(f"hotline_{name}", (zh, en), "rate", above, below, RECEIVED, _VERDICTS, "judged", *ids, good="more", none=none)


def _of_settling(name: str, label: Pair, above: Pair, below: Pair, none: Pair) -> Kpi:
    return Kpi(name, label, "rate", above, below, RECEIVED, _SETTLING, "settled", (name,), (f"of_{name}",), good="more", none=none)


def _table(*rows: Kpi) -> dict[str, Kpi]:
    return {row.id: row for row in rows}


KPIS: dict[str, Kpi] = _table(
    Kpi("received", ("受理", "Received"), "count", ("受理的单", "cases received"), ("", ""), RECEIVED, MERGED, "case", ("received",)),
    Kpi("complaints", ("投诉", "Complaints"), "count", _COMPLAINTS, ("", ""), RECEIVED, MERGED, "case", ("complaints",), good="less"),
    Kpi(
        "valid",
        ("有效投诉", "Valid complaints"),
        "count",
        ("判定成立的投诉", "complaints judged to stand"),
        ("", ""),
        RECEIVED,
        ("撤回的照判定算；认定不成立的不算", "withdrawn ones count as judged; unfounded ones do not"),
        "case",
        ("valid",),
        good="less",
    ),
    Kpi(
        "closed",
        ("结案", "Closed"),
        "count",
        ("结案而且现在还是结案的投诉", "complaints closed and closed still"),
        ("", ""),
        CLOSED,
        ("重开的不算结案", "a reopened one is not closed"),
        "closed",
        ("closed",),
    ),
    *_on_time("reply_in_time", "响应及时率", "First reply on time", REPLY, ("首次响应", "first-reply")),
    *_on_time("handle_in_time", "处理及时率", "Handling on time", "handle", ("办理", "handling")),
    *_on_time("in_time", "全部及时率", "Everything on time", "", ("全部", "all")),
    _of_receipt(
        "done_rate",
        "办结率",
        "Closed share",
        "done",
        ("其中现在已经结案的", "of these, closed now"),
        ("告诉了结果还没结案的不算；重开的不算", "told but not closed does not count, nor does a reopened one"),
        good="more",
    ),
    Kpi(
        "valid_rate",
        ("有效投诉率", "Valid share"),
        "rate",
        ("判定成立的投诉", "complaints judged to stand"),
        ("已经定性的单", "cases that were judged"),
        RECEIVED,
        ("没定性的不在分母里；定性的人和理由在每张单里", "unjudged cases are not in it; who judged and why stands in each case"),
        "case",
        ("valid",),
        ("judged",),
    ),
    Kpi(
        "complaint_share",
        ("投诉占比", "Complaints of all received"),
        "rate",
        _COMPLAINTS,
        ("受理的单：投诉、求助、咨询、建议、表扬", "cases received: complaints, requests, questions, suggestions, praise"),
        RECEIVED,
        (
            "有的公司把它叫投诉率；和每万户、每千单的投诉率不是一回事",
            "some companies call it the complaint rate; it is no rate per homes or orders",
        ),
        "case",
        ("complaints",),
        ("received",),
    ),
    Kpi(
        "valid_exposed",
        ("投诉率", "Complaint rate"),
        "exposed",
        ("判定成立的投诉", "complaints judged to stand"),
        ("填报的在管户、服务单或人次", "homes, orders or visits as entered"),
        RECEIVED,
        (
            "没填就给不出来，不当作 0；存量按月平均，流量相加",
            "cannot be given where nothing was entered, and is then not 0; stocks are averaged over the months, flows added up",
        ),
        "case",
        ("valid",),
        good="less",
    ),
    Kpi(
        "satisfied",
        ("满意率", "Satisfied"),
        "rate",
        ("答满意的", "answered content"),
        ("答了满意或不满意的回访", "follow-ups answered content or not"),
        ANSWERED,
        ("没联系上、没评的不在分母里，另外列", "not reached and unrated are not in it and stand beside it"),
        "said",
        ("content",),
        ("content", "not_content"),
        good="more",
    ),
    Kpi(
        "unrated",
        ("没评的", "Unrated"),
        "rate",
        ("到期了没有答案的回访", "follow-ups due without an answer"),
        ("到期的回访", "follow-ups that fell due"),
        DUE,
        ("没打、没联系上、没评都在里面", "not tried, not reached, not rated"),
        "visit",
        ("unrated",),
        ("owed",),
        good="less",
    ),
    Kpi(
        "visited",
        ("回访率", "Followed up"),
        "rate",
        ("客户答了的回访", "follow-ups that the customer answered"),
        ("到期的回访", "follow-ups that fell due"),
        DUE,
        ("没接通的不算回访过", "not reached is not done"),
        "visit",
        ("content", "not_content"),
        ("owed",),
        good="more",
    ),
    Kpi(
        "repeated",
        ("重复投诉率", "Complained again"),
        "rate",
        (
            "规程定的天数内，同一客户同一类事又来投诉的",
            "the same customer complained of the same kind of thing again within the procedure's time",
        ),
        ("结案的投诉", "complaints closed"),
        CLOSED,
        (
            "员工连起来的也算；最近结案的还可能再来；后一件也在统计的项目、部门里才算，不限本期",
            "those tied by staff count too; recent ones may still come again; only where the later one, of whatever month, lies in the "
            "sites and departments that are counted",
        ),
        "closed",
        ("repeated",),
        ("closed",),
        good="less",
    ),
    Kpi(
        "first_time",
        ("一次解决率", "Solved first time"),
        "rate",
        ("没重开、没升级、没再投诉，回访认可的", "not reopened, not escalated, not complained of again, accepted at the follow-up"),
        ("结案的投诉", "complaints closed"),
        CLOSED,
        ("没回访到的不算认可", "not reached is not accepted"),
        "closed",
        ("first_time",),
        ("closed",),
        good="more",
    ),
    _of_receipt("reopened", "重开率", "Reopened", "reopened", ("重新办理过的", "handled anew at least once"), ("", ""), "more"),
    _of_receipt("escalated", "升级率", "Escalated", "escalated", ("有时限逐级上报过的", "a limit of which went up the ladder"), ("", "")),
    _of_receipt(
        "outside",
        "外部投诉率",
        "Outside",
        "outside",
        ("转到或来自 12345、12315、平台、法院的", "that went to or came from 12345, 12315, a platform, a court"),
        ("从规程列明的外部渠道来的也算", "those that came by the procedure's outside channels count too"),
    ),
    _of_receipt(
        "outside_first",
        "先从外部知道的",
        "Heard outside first",
        "outside_first",
        ("先找了外面的", "the customer went outside first"),
        ("就是我们自己漏掉的", "what we missed at home"),
        "more",
    ),
    _of_receipt(
        "repeats",
        "重复来的",
        "Repeats",
        "repeats",
        ("同一客户同一类事以前投诉过的", "of the same customer and kind as an earlier one"),
        (
            "前一件也在统计的项目、部门里才算，不限本期",
            "only where the earlier one, of whatever month, lies in the sites and departments that are counted",
        ),
    ),
    *_lasting("reply", "首次答复时长", "Time to first reply"),
    *_lasting("final", "办理时长", "Time to the result"),
    Kpi(
        "paid",
        ("补偿支出", "Paid"),
        "fen",
        ("付给客户的钱", "money paid to customers"),
        ("", ""),
        DATED,
        ("冲回的减掉", "reversed payments are taken off"),
        "money",
        ("paid",),
        good="less",
    ),
    Kpi(
        "agreed",
        ("答应的补偿", "Agreed"),
        "fen",
        ("客户同意了的方案里的钱", "money in proposals that were agreed"),
        ("", ""),
        DATED,
        ("", ""),
        "money",
        ("agreed",),
    ),
    _of_hotline("replied", "12345 响应率", "12345: answered in time", ("对方认定及时响应的", "found to have been answered in time")),
    _of_hotline("solved", "12345 解决率", "12345: solved", ("对方回访认定解决了的", "solved, by the hotline's own call")),
    _of_hotline("content", "12345 满意率", "12345: content", ("对方回访客户满意的", "content, by the hotline's own call")),
    _of_settling(
        "conciliated",
        ("先行和解率", "Settled on the platform"),
        ("在平台上和解了的", "settled there"),
        ("到过在线先行和解平台的单", "cases that lay on a platform for settling"),
        ("没有在线先行和解的单", "none lay on a platform for settling"),
    ),
    _of_settling(
        "mediated",
        ("调解成功率", "Mediated with success"),
        ("调解成功的", "mediated with success"),
        ("到过调解机构的单", "cases that lay with a mediator"),
        ("没有到过调解机构的单", "none lay with a mediator"),
    ),
)
