"""Self-reviews that are owed, as rows of the work page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.performance.models import Review
from kesu.performance.models.reviews import OWED
from kesu.performance.words import DUTIES, title_of
from kesu.web.work.rows import Reader, Row, bar


def review_rows(found: Iterable[Review], reader: Reader) -> list[Row]:
    """The rows of what is owed on self-reviews."""
    return [_row(row, reader) for row in found if row.due_at]


def _row(row: Review, reader: Reader) -> Row:
    assert row.due_at is not None
    writing, url = row.state == OWED, reverse("self_review", args=[row.pk])
    return Row(
        id=f"p{row.pk}",
        bucket=reader.bucket(row.due_at),
        due=row.due_at,
        view=bar(row.owed_from, row.due_at, reader),
        pack=None,
        grade="",
        title=title_of(row, reader.language),
        number="",
        about="",
        duty=DUTIES["write" if writing else "answer"][0 if reader.zh else 1],
        note="",
        url=url,
        button=_("写自查") if writing else _("答复自查"),
        button_url=url,
    )
