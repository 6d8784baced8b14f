"""The cover of the archived case (卷宗封面) with the list of what lies inside; long keeping by the pack (P-12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kesu.papers.filling import Filler
from kesu.papers.laying import laid_out, signatures
from kesu.papers.reports import HASH_SHOWN
from kesu.papers.sheet import Block, Cell, Plate, Table
from kesu.procedure.keeping import last_day

PEN_CONTENTS = 8  # rows of the list on a form for the pen


def cover(filler: Filler, titles: Sequence[str]) -> tuple[Block, ...]:
    """The cover; `titles` are the papers that lie inside."""
    case = filler.case
    outcomes = {"resolved": _("已解决"), "unfounded": _("不成立"), "withdrawn": _("已撤回")}
    facts = laid_out(
        [
            Cell(filler.customer.capitalize(), case.contact_name),
            Cell(_("地点"), filler.home()),
            Cell(_("受理时间"), filler.text("heard_at")),
            Cell(_("结案时间"), filler.time(case.closed_at)),
            Cell(_("归档时间"), filler.text("archived_at")),
            Cell(_("结果"), outcomes.get(case.outcome, "")),
            Cell(_("性质"), "" if filler.blank else filler.label("natures", case.nature)),
            Cell(_("等级"), "" if filler.blank else filler.label("grades", case.grade)),
            Cell(_("主办部门"), case.department.name if case.department else ""),
            Cell(_("经办人"), case.handler.name if case.handler else ""),
            Cell(_("保管期限"), _years(filler)),
            Cell(_("保管到"), _until(filler)),
        ]
    )
    return (
        Plate(((_("投诉档案"), case.title), (_("编号"), case.number))),
        facts,
        _contents(filler, titles),
        signatures(_("立卷人"), _("检查人")),
    )


def _years(filler: Filler) -> str:
    return _("结案后 %(n)s 年") % {"n": filler.page.pack.pack.retention_years}


def _until(filler: Filler) -> str:
    closed: datetime | None = filler.case.closed_at
    if closed is None:
        return ""
    there = closed.astimezone(filler.zone)
    last = last_day(there.date(), filler.page.pack.pack.retention_years)
    return filler.day(there.replace(year=last.year, month=last.month, day=last.day))


def _contents(filler: Filler, titles: Sequence[str]) -> Table:
    if filler.blank:
        rows: list[tuple[str, str, str]] = []
    else:
        rows = [(str(n), title, "") for n, title in enumerate(titles, 1)]
        rows += [
            (str(n), file.name, f"SHA-256 {file.sha256[:HASH_SHOWN]}…") for n, file in enumerate(filler.page.attachments, len(rows) + 1)
        ]
        rows.append((str(len(rows) + 1), _("过程（电子）"), _("共 %(n)s 条") % {"n": filler.case.journal_n}))
    return Table((_("序号"), _("名称"), _("说明")), tuple(rows), (10, 60, 30), _("卷内目录"), pen=0 if rows else PEN_CONTENTS)
