"""Self-reviews for the pages to be looked at: one to write, one to answer, one answered with a word added; a colleague was thanked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kesu.complaints.models import Case, Part
from kesu.performance import actions
from kesu.performance.actions.road import ReviewRoad
from kesu.performance.models import Recognition, Review, ReviewCase, ReviewWords
from tests.cast import Cast

WORDS = ("当天都到场，住户说人客气。", "晚上的单先回电话。", "多配一把机房钥匙。", "钥匙本周配。", "钥匙收到了。", "一直陪到电梯修好。")


def reviewed(cast: Cast, at: datetime) -> dict[str, Review]:
    """By what comes next: write, answer, read. Opens them once: asked again it finds them."""
    if not Review.objects.filter(company=cast.company).exists():
        _open(cast, at)
    rows = Review.objects.filter(company=cast.company).select_related("company", "person", "department", "site")
    return {{"owed": "write", "written": "answer", "answered": "read"}[row.state]: row for row in rows}


def _open(cast: Cast, at: datetime) -> None:
    cases = list(Case.objects.filter(site=cast.site, parts__handler=cast.zhou_hai).order_by("pk").distinct()[:4])
    rows = [_one(cast, month, about, cases, at) for month, about in ((8, "person"), (9, "person"), (10, "department"))]
    actions.write(cast.ma_qiang, rows[0].pk, well=WORDS[0], change=WORDS[1], help=WORDS[2], at=at - timedelta(hours=3))
    actions.answer(cast.zhou_hai, rows[0].pk, said=WORDS[3], at=at - timedelta(hours=2))
    actions.add(cast.ma_qiang, rows[0].pk, said=WORDS[4], at=at - timedelta(hours=1))
    actions.write(cast.ma_qiang, rows[1].pk, well=WORDS[0], change=WORDS[1], at=at - timedelta(hours=1))
    part = Part.objects.filter(case__site=cast.site, handler=cast.zhou_hai).first()
    assert part is not None
    actions.recognise(cast.he_wei, part.case_id, who=cast.zhou_hai.pk, words=WORDS[5], at=at - timedelta(hours=1))


def _one(cast: Cast, month: int, about: str, cases: list[Case], at: datetime) -> Review:
    own, since = about == "person", at - timedelta(days=2)
    last = date(2026, month + 1, 1) - timedelta(days=1)
    figures = [
        {"measure": "handling", "n": 31, "observed": 9, "word": "worse", "expected": 4.2, "interval": [1.1, 3.9]},
        {"measure": "solved", "n": 12, "observed": 1, "word": "few", "expected": None, "interval": None},
        {"measure": "sent_back", "n": 34, "observed": 1, "word": "untold", "expected": 2.0, "interval": [0.02, 2.6]},
    ]
    row = Review(
        company=cast.company, version=cast.version, kind="handler_review" if own else "department_review", number=f"{about} {month}",
        first=date(2026, month, 1), last=last, person=cast.ma_qiang if own else None, department=cast.engineering, site=cast.site,
        about=about, figures=figures, opened_at=since, owed_from=since,
    )  # fmt: skip
    row.save()
    row.company = cast.company
    for n, case in enumerate(cases):
        ReviewCase.objects.create(review=row, case=case, wrong=["handling", "solved"][: n % 3])
    road = ReviewRoad(row, "opened", since)
    road.owe(since)
    road.journal()
    road.finish()
    return row


def written() -> list[str]:
    """What stays as it was written, in any language."""
    kept = [words for row in ReviewWords.objects.values_list("words", flat=True) for words in row.values()]
    return [*kept, *Recognition.objects.values_list("words", flat=True)]
