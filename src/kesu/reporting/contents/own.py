"""The company's own layout (STANDARDS part 6): the period beside the one before and last year's, everything by which it can be steered."""

from __future__ import annotations

from kesu.insights.tables import asked, breakdown, money, outside, overview, steps
from kesu.insights.tables.look import Look
from kesu.performance.tables import thanked
from kesu.reporting.contents.content import Part
from kesu.reporting.contents.focus import focus
from kesu.reporting.contents.improving import measures
from kesu.reporting.contents.rates import rates

OF_COMPANY = ("site", "department", "category", "handler", "channel", "hour")
OF_SITE = OF_COMPANY[1:]


def parts(look: Look) -> list[Part]:
    """Every part of the layout."""
    tongue = look.tongue
    one_site = look.cover.site is not None
    return [
        Part(
            "sum",
            tongue("总体", "Overall"),
            [overview.compared(look), overview.months(look)],
            asks=tongue("和上期、去年比，怎么看", "What the comparison says"),
        ),
        Part("where", tongue("按地方、人、渠道、时段", "By place, person, channel, hour"), _by(look, OF_SITE if one_site else OF_COMPANY)),
        Part("rates", tongue("投诉率和控制限", "Rates and control limits"), [rates(look)]),
        Part(
            "kept",
            tongue("及时、办结、满意、回访、重复", "On time, closed, content, followed up, again"),
            [*steps.tables(look), *asked.tables(look)],
        ),
        Part(
            "late",
            tongue("超时清单", "What was late"),
            [steps.late(look)],
            asks=tongue("为什么超时，怎么补上", "Why, and what is done about it"),
        ),
        Part("outside", tongue("外部投诉和再来的", "Outside, and again"), outside.tables(look)),
        Part("money", tongue("补偿成本", "Cost of remedies"), money.tables(look)),
        Part(
            "causes",
            tongue("根本原因", "Root causes"),
            breakdown.tables(look, "cause"),
            asks=tongue("主要原因和对策", "The main causes and what is done"),
        ),
        Part("measures", tongue("整改", "Corrective action"), measures(look)),
        *([Part("thanked", tongue("表扬", "Recognition"), praise)] if (praise := thanked(look, words=False)) else []),
        Part(
            "focus",
            tongue("下期重点", "Focus for the next period"),
            words=focus(look),
            asks=tongue("下期抓什么，谁，什么时候", "What is taken up, by whom, by when"),
        ),
    ]


def _by(look: Look, dimensions: tuple[str, ...]) -> list[breakdown.Table]:
    return [table for dimension in dimensions for table in breakdown.tables(look, dimension)]
