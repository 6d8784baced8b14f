"""The form of corrective and preventive action (P-13, ISO 10002 7.7): its data are handed in; without them it is a form for the pen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kesu.improvement.models import Capa
from kesu.improvement.models import Measure as Stored
from kesu.improvement.queries.sight import visible_to
from kesu.papers.filling import Filler
from kesu.papers.laying import laid_out, signatures
from kesu.papers.reports import HASH_SHOWN, cause
from kesu.papers.sheet import Block, Cell, Table

PEN_ROWS = 2  # rows for measures of each kind on a form for the pen
KINDS = ("contain", "correct", "prevent")
SHORT = {"containment": "contain", "corrective": "correct", "preventive": "prevent"}  # procedure.improving.KINDS → these


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

    number: str = ""  # of the record
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


def of_case(filler: Filler) -> Capa | None:
    """The last record that the case went into and the reader may see; an auditor (no person) sees every one."""
    page = filler.page
    if filler.blank or "put_right" not in page.case.whole_marks:
        return None
    rows = visible_to(page.rights.person, page.at) if page.rights.person.pk else Capa.objects.all()
    return rows.filter(origins__case=page.case).select_related("opened_by", "judged_by").order_by("-id").first()


def from_record(filler: Filler, capa: Capa) -> Correction:
    """What the record of corrective action says, of its present round."""
    rows = capa.measures.filter(round=capa.round, dropped_at__isnull=True).select_related("person", "department").prefetch_related("proofs")
    again = list(capa.recurrences.select_related("case").order_by("id"))
    departments = {row.department.name: None for row in rows if row.department}
    lead = filler.case.department
    cases = "、" if filler.half == 0 else ", "
    numbers = cases.join(capa.origins.order_by("id").values_list("case__number", flat=True))
    return Correction(
        number=capa.number,
        fact="\n".join([capa.problem, _("来自投诉：%(numbers)s") % {"numbers": numbers}]),
        department=cases.join(departments) or (lead.name if lead else ""),
        raised_by=capa.opened_by.name,
        raised_at=capa.opened_at,
        cause="\n".join(text for text in (filler.label("causes", capa.cause), capa.cause_words) if text),
        measures=tuple(_measure(filler, row) for row in rows),
        effect_plan=_watching(filler, capa),
        effective={"effective": True, "not_effective": False}.get(capa.verdict),
        effect_words=_counted(capa),
        recurrence=cases.join(row.case.number for row in again) or (_("没有") if capa.judged_at else ""),
        judged_by=capa.judged_by.name if capa.judged_by else "",
        judged_at=capa.judged_at,
    )


def _measure(filler: Filler, row: Stored) -> Measure:
    done = "　".join(text for text in (filler.short(row.ended_at), row.ended_words) if text) if row.ended_at else ""
    proof = "\n".join(f"[{file.name}　SHA-256 {file.sha256[:HASH_SHOWN]}…]" for file in row.proofs.all())
    return Measure(SHORT.get(row.kind, row.kind), row.what, row.owner_name, row.due_at, done, proof)


def _watching(filler: Filler, capa: Capa) -> str:
    if capa.watch_until is None:
        return ""
    return _("措施办完后看到 %(at)s，和以前一样长的时间比同样的投诉有几件") % {"at": filler.day(capa.watch_until)}


def _counted(capa: Capa) -> str:
    """The judge's words and the numbers that lay before the judge."""
    seen = capa.counted
    if not capa.judged_at:
        return ""
    numbers = (
        _("前 %(before_days)s 天 %(before)s 件，后 %(after_days)s 天 %(after)s 件") % {key: f"{value:g}" for key, value in seen.items()}
        if seen
        else ""
    )
    return "\n".join(text for text in (capa.judged_words, numbers) if text)


def correction(filler: Filler, data: Correction | None = None) -> tuple[Block, ...]:
    """The form, with what is known of it: what is handed in, else the case's record, else the case itself."""
    capa = of_case(filler) if data is None else None
    known = data or (from_record(filler, capa) if capa else from_case(filler))
    return (
        laid_out(
            [
                *([Cell(_("整改编号"), known.number)] if known.number else []),
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
