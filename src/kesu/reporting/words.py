"""Reports in words: what they are called, where they stand, what was done to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kesu.company.procedures import pack_of
from kesu.improvement.words import when_words
from kesu.reporting.models import APPROVED, DRAFT, SUBMITTED, Report

STATES: dict[str, tuple[str, str]] = {
    DRAFT: ("写评语", "Being commented"),
    SUBMITTED: ("等批准", "Waits for approval"),
    APPROVED: ("已批准", "Approved"),
}
DUTIES: dict[str, tuple[str, str]] = {"comment": ("写报表评语", "Comment on the report"), "approve": ("批准报表", "Approve the report")}
ACTS: dict[str, tuple[str, str]] = {
    "drafted": ("起草：{due} 前写好评语", "Drafted: comments are due by {due}"),
    "recounted": ("重新统计", "Counted anew"),
    "commented": ("写了评语：{part}", "Commented: {part}"),
    "submitted": ("交去批准：{due} 前批", "Handed in: approval is due by {due}"),
    "returned": ("退回：{words}", "Returned: {words}"),
    "approved": ("批准，数字冻结，发给 {told}", "Approved, figures frozen, sent to {told}"),
    "warned": ("提醒了 {told}", "{told} reminded"),
    "fell_late": ("超时，告诉了 {told}", "Late; {told} told"),
    "climbed": ("超时，报给 {told}", "Late; reported to {told}"),
}  # fmt: skip


def title_of(report: Report, language: str) -> str:
    """月度投诉统计分析 2026-10　榕砚里."""
    row = pack_of(report.version_id).find("reports", report.kind)
    name = row.label(language) if row else report.kind
    where = report.site.name if report.site else "全公司" if language.startswith("zh") else "the whole company"
    return f"{name} {report.period}　{where}"


def say(act: str, data: dict[str, Any], language: str, zone: str) -> str:
    """A sentence of the journal, without the name of who did it."""
    zh = language.startswith("zh")
    nobody = "（没有人）" if zh else "nobody"
    words = {
        key: (("、" if zh else ", ").join(map(str, value)) or nobody) if isinstance(value, list) else str(value)
        for key, value in data.items()
    }
    if "due" in data:
        words["due"] = when_words(datetime.fromisoformat(data["due"]), zone, language)
    if "part" in data:
        words["part"] = str(data["part"] if zh else data.get("part_en", data["part"]))
    return ACTS[act][0 if zh else 1].format_map(words)
