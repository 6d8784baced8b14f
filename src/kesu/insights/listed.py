"""What stands in tables and is no KPI, with the cases behind it: limits that were extended or wait, steps left, answers, money proposed.

Records like KPIs, so that a list says what its cases are. Nothing is measured by them: the tables read roll-ups.
"""

from __future__ import annotations

from kesu.insights.kpis import DATED, DUE, Kpi, Pair

_ONCE: Pair = ("一张单有几次也只列一次", "a case with several of them is listed once")
LISTED: dict[str, Kpi] = {
    row.id: row
    for row in (
        Kpi(
            "extended",
            ("延过期的时限", "Limits that were extended"),
            "count",
            ("延过期的", "extended"),
            ("", ""),
            DUE,
            _ONCE,
            "clock",
            ("extended",),
        ),
        Kpi(
            "owing",
            ("到期还没做的", "Fell due, not done yet"),
            "count",
            ("到期、还没做的", "fell due and not done"),
            ("", ""),
            DUE,
            _ONCE,
            "clock",
            ("ended_at__isnull",),
        ),
        Kpi(
            "left",
            ("走完的环节", "Steps left"),
            "count",
            ("走完这一步的", "left this step"),
            ("", ""),
            ("本期离开那一步的", "left it in the period"),
            _ONCE,
            "step",
        ),
        Kpi(
            "answers",
            ("回访里答的", "Answers"),
            "count",
            ("这样答的", "answered so"),
            ("", ""),
            ("本期答了回访的", "whose follow-up was answered in the period"),
            _ONCE,
            "asked",
        ),
        Kpi(
            "proposed",
            ("提出的补偿", "Proposed"),
            "fen",
            ("方案里提出的钱", "money in proposals"),
            ("", ""),
            DATED,
            _ONCE,
            "money",
            ("proposed",),
        ),
    )
}
