"""What is owed on reports, as rows of the work page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.reporting.models import DRAFT, Report
from kesu.reporting.words import DUTIES, title_of
from kesu.web.work.rows import Reader, Row, bar


def report_rows(found: Iterable[Report], reader: Reader) -> list[Row]:
    """The rows of what is owed on reports."""
    return [_row(report, reader) for report in found if report.due_at]


def _row(report: Report, reader: Reader) -> Row:
    assert report.due_at is not None
    commenting, url = report.state == DRAFT, reverse("report", args=[report.pk])
    since = report.comment_from if commenting else report.submitted_at or report.opened_at
    return Row(
        id=f"r{report.pk}",
        bucket=reader.bucket(report.due_at),
        due=report.due_at,
        view=bar(since, report.due_at, reader),
        pack=None,
        grade="",
        title=title_of(report, reader.language),
        number="",
        about="",
        duty=DUTIES["comment" if commenting else "approve"][0 if reader.zh else 1],
        note="",
        url=url,
        button=_("写评语") if commenting else _("看报表"),
        button_url=url,
    )
