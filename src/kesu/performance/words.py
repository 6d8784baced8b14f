"""Self-reviews in words: titles, duties, what their journal says."""

from __future__ import annotations

from kesu.company.procedures import pack_of
from kesu.performance.models import Review
from kesu.procedure.lintperforming import row_of

DUTIES: dict[str, tuple[str, str]] = {"write": ("写自查", "Write the self-review"), "answer": ("答复自查", "Answer the self-review")}
ENTRIES: dict[str, tuple[str, str]] = {
    "opened": ("开出来", "opened"),
    "write": ("写好，交给上级", "written and handed in"),
    "answer": ("答复", "answered"),
    "add": ("补充", "added to"),
    "warned": ("快到时限，提醒", "nearly due; reminded"),
    "fell_late": ("超时", "fell late"),
    "lapsed": ("本人已离职，不用写了", "has left: no longer owed"),
    "climbed": ("仍没有办，逐级上报", "still not done; reported upwards"),
}
STATES: dict[str, tuple[str, str]] = {
    "owed": ("待写", "to be written"),
    "written": ("待答复", "to be answered"),
    "answered": ("已答复", "answered"),
}


def title_of(row: Review, language: str) -> str:
    """2026-10 处理人月度自查 马强."""
    rule = row_of(pack_of(row.version_id), row.kind)
    return " ".join(filter(None, [str(row.period), rule.label(language) if rule else row.kind, whose(row)]))


def whose(row: Review) -> str:
    """The person's or the department's name."""
    if row.person_id:
        return str(row.person.name) if row.person else ""
    place = row.site.name if row.site else ""
    return " ".join(filter(None, [place, row.department.name if row.department else ""]))
