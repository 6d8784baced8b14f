"""Warnings for the pages to be looked at: one to answer with its complaints, a silent site, one answered, one closed; what is ordinary."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from kesu.complaints.models import Case
from kesu.warnings import actions
from kesu.warnings.models import Change, Scan, Warning
from kesu.warnings.scanning.signal import CLUSTER, NEAR, SILENCE, Found, Ordinary, Signal, Untold
from tests.cast import Cast

WEEKS = [1, 0, 2, 1, 0, 0, 1, 3, 1, 0, 1, 2, 0, 1, 1, 0, 2, 1, 0, 1, 1, 0, 1, 0, 3, 6]


def warn(cast: Cast, at: datetime) -> dict[str, Warning]:
    """Raises them once: asked again it finds them."""
    if not Warning.objects.filter(company=cast.company).exists():
        _raise(cast, at)
    return {row.kind if row.kind != CLUSTER else row.of: row for row in Warning.objects.filter(company=cast.company).order_by("n")}


def _raise(cast: Cast, at: datetime) -> None:
    day, site = at.date().toordinal(), cast.site.pk
    series = {"days": 7, "from": day - 26 * 7 + 1, "n": WEEKS, "usual": [0.9] * 26, "limits": [[0.0, 3.7]] * 26}
    cases = tuple(Case.objects.filter(site=cast.site, category="lift").order_by("id").values_list("pk", flat=True)[:9])
    lift = Signal(
        CLUSTER, site, "category", "lift", day - 6, day, 9, 1.1, 0.07, cases[:6], 5, (("place", "6栋"), ("text", "1")), {"series": series}
    )
    person = Signal(CLUSTER, site, "person", "n:马强", day - 27, day, 3, 0.4, 0.3, cases[6:9], 2, (), {"series": series})
    silent = Signal(SILENCE, cast.other_site.pk, "", "", day - 20, day, 0, 9.8, 0.02, (), extra={"gap": 21, "usual": 2.1, "series": series})
    near = Signal(
        NEAR, site, "customer", "c1", day - 89, day, 2, None, None, cases[3:5], 1,
        extra={"indicator": "same_customer", "limit": 3, "days": 90, "series": {}},
    )  # fmt: skip
    ordinary = [Ordinary(cast.other_site.pk, 28, 11, 9.4, 1.2, 19.8)]
    untold = [Untold(site, "exposure", {"months": ["2026-10", "2026-11"]}), Untold(cast.other_site.pk, "few", {"n": 3, "days": 40})]
    actions.record(cast.company, Found([lift, silent, person, near]), at.date(), at - timedelta(hours=8))
    rows = {row.of or row.kind: row for row in Warning.objects.filter(company=cast.company)}
    actions.answer(cast.he_wei, rows["person"].pk, outcome="known", words="他这个月一个人顶两个班，下周补人。", at=at - timedelta(hours=3))
    actions.answer(cast.he_wei, rows["customer"].pk, outcome="chance", words="两次说的不是一件事。", at=at - timedelta(hours=2))
    actions.close(cast.luo_qing, rows["customer"].pk, words="", at=at - timedelta(hours=1))
    Scan.objects.create(
        company=cast.company, day=at.date(), claimed_until=at, done_at=at - timedelta(hours=8), a_year=1.4,
        ordinary=[asdict(row) for row in ordinary], untold=[asdict(row) for row in untold],
    )  # fmt: skip


def change(cast: Cast, at: datetime) -> Change:
    """A training two months ago."""
    day = (at - timedelta(days=60)).date()
    found = Change.objects.filter(company=cast.company).first()
    return found or actions.add_change(cast.luo_qing, name="电梯困人应对培训", day=day, at=at)
