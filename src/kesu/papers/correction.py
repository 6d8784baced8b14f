"""The form of corrective and preventive action (P-13, ISO 10002 7.7): its data are handed in; without them it is a form for the pen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kesu.papers.filling import Filler
from kesu.papers.laying import laid_out, signatures
from kesu.papers.reports import cause
from kesu.papers.sheet import Block, Cell, Table

PEN_ROWS = 2  # rows for measures of each kind on a form for the pen
KINDS = ("contain", "correct", "prevent")


@dataclass(frozen=True)
class Measure:
    """One measure: what kind (contain, correct, prevent), what, who, by when, what came of it and what proves it."""

    kind: str
    what: str
    owner: str = ""
    due_at: datetime | None = None
    done: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Correction:
    """Everything that a filled-in form says. `effective` is None until somebody has judged it."""

    fact: str = ""
    department: str = ""
    raised_by: str = ""
    raised_at: datetime | None = None
    cause: str = ""
    measures: tuple[Measure, ...] = ()
    effect_plan: str = ""
    effective: bool | None = None
    effect_words: str = ""
    recurrence: str = ""
    judged_by: str = ""
    judged_at: datetime | None = None


def from_case(filler: Filler) -> Correction:
    """What the case itself already says: the facts and the cause."""
    lead = filler.case.department
    return Correction(fact=filler.text("story"), department=lead.name if lead else "", cause=cause(filler))


def correction(filler: Filler, data: Correction | None = None) -> tuple[Block, ...]:
    """The form, with what is known of it."""
    known = data or from_case(filler)
    return (
        laid_out(
            [
                Cell(_("责任部门"), known.department),
                Cell(_("提出人"), known.raised_by),
                Cell(_("提出日期"), filler.day(known.raised_at)),
                Cell(_("所属类别"), filler.label("categories", filler.case.category)),
                Cell(_("不合格事实"), known.fact, pen=2, wide=True),
                Cell(_("原因分析"), known.cause, pen=2, wide=True),
            ]
        ),
        *(_measures(filler, known, kind) for kind in KINDS),
        laid_out(
            [
                Cell(_("验证办法"), known.effect_plan, pen=1, wide=True),
                Cell(
                    _("验证结果"),
                    ticks=((_("措施有效"), known.effective is True), (_("措施无效，重新制定"), known.effective is False)),
                    wide=True,
                ),
                Cell(_("验证情况"), known.effect_words, pen=1, wide=True),
                Cell(_("之后是否再发生"), known.recurrence, pen=1, wide=True),
                Cell(_("验证人"), known.judged_by),
                Cell(_("验证日期"), filler.day(known.judged_at)),
            ],
            _("有效性验证"),
        ),
        signatures(_("拟定人"), _("批准人")),
    )


def _measures(filler: Filler, known: Correction, kind: str) -> Table:
    titles = {"contain": _("应急措施（先止住）"), "correct": _("纠正措施（消除原因）"), "prevent": _("预防措施（不再发生）")}
    rows = tuple(
        (str(n), row.what, row.owner, filler.short_until(row.due_at), "\n".join(text for text in (row.done, row.proof) if text))
        for n, row in enumerate((row for row in known.measures if row.kind == kind), 1)
    )
    names = (_("序号"), _("措施"), _("负责人"), _("完成时限"), _("完成情况与凭据"))
    return Table(names, rows, (8, 40, 13, 17, 22), titles[kind], pen=0 if rows else PEN_ROWS)
