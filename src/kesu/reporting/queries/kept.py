"""Approved reports as they were frozen, and the file that is kept of each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kesu.company.models import Company, Site
from kesu.complaints.files import stored
from kesu.insights.periods import Period
from kesu.reporting.contents.composing import digest_of
from kesu.reporting.models import APPROVED, Report
from kesu.reporting.sheets import Standing


class Altered(Exception):
    """What is kept of a report is not what was approved any more."""


@dataclass(frozen=True)
class Kept:
    """A frozen report: its values in a language, how it came about."""

    report: Report
    content: dict[str, Any]
    standing: Standing

    def file(self) -> bytes:
        """The kept PDF in the content's language, byte for byte (the Chinese one where there is no other). Raises Altered when the file was
        changed, FileNotFoundError when it is gone."""
        sha256 = self.report.sha256_en if self.content["language"] == "en" and self.report.sha256_en else self.report.sha256
        data = stored(sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Altered(self.report.number)
        return data


def kept_of(company: Company, site: Site | None, period: Period, language: str) -> Kept | None:
    """The approved report of these days, if there is one."""
    rows = Report.objects.filter(company=company, site=site, first=period.first, last=period.last, state=APPROVED)
    report = rows.select_related("company", "approved_by", "submitted_by").order_by("-pk").first()
    return Kept(report, report.content[language], standing_of(report)) if report else None


def standing_of(report: Report) -> Standing:
    """How far it has come, in lines for its head."""
    zone = ZoneInfo(report.company.zone)
    lines = []
    if report.submitted_by and report.submitted_at:
        lines.append((_("写评语"), f"{report.submitted_by.name}　{report.submitted_at.astimezone(zone):%Y-%m-%d %H:%M}"))
    if report.approved_by and report.approved_at:
        lines.append((_("批准"), f"{report.approved_by.name}　{report.approved_at.astimezone(zone):%Y-%m-%d %H:%M}"))
    return Standing(tuple(lines), report.comments, report.digest)


def holds(report: Report) -> bool:
    """Whether what is stored is still what was approved: values, comments, files."""
    if digest_of(report.content, report.figures, report.corrections, report.comments) != report.digest:
        return False
    return all(
        stored(sha256).is_file() and hashlib.sha256(stored(sha256).read_bytes()).hexdigest() == sha256
        for sha256 in (report.sha256, *report.kept[1:])
    )
