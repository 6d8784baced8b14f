"""Papers: each form of different cases, warm, beside a sheet with one line on it; the whole package of a case beside its proof."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.places import step

WARM = 3  # cases that only warm up: fonts are read, glyphs are outlined


def measure(env: dict[str, str], count: int = 60) -> dict[str, Any]:
    """Milliseconds per form over the `count` cases with the longest journals."""
    return step(env, "papers", count)


def times(count: int) -> dict[str, Any]:
    """The same, in this process."""
    from django.utils import translation

    from kesu.company.procedures import pack_of
    from kesu.complaints.models import Case
    from kesu.papers import forms, reading, typesetting, wordfile
    from kesu.papers.sheet import Prose, Sheet

    found: dict[str, list[float]] = {}

    def timed(name: str, work: Any) -> Any:
        began = time.perf_counter()
        made = work()
        found.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        return made

    cases = list(Case.objects.select_related(*reading.WITH).order_by("-journal_n", "-id")[: count + WARM])
    with translation.override("zh-hans"):
        for n, case in enumerate(cases):
            if n == WARM:
                found.clear()
            at = reading.last_said(case)
            page = timed("reading the case", lambda case=case, at=at: reading.audited(case, pack_of(case.version_id), at, "zh-hans"))
            bare = Sheet("bare", "表", case.number, case.number, "zh-hans", at, (Prose((case.title,)),))
            timed("one line", lambda bare=bare: typesetting.pdf(bare))
            for paper in forms.offered(page.pack):
                made = timed(f"{paper.id}: content", lambda page=page, paper=paper: forms.sheet(page, paper, forms.Occasion()))
                timed(f"{paper.id}: PDF", lambda made=made: typesetting.pdf(made))
                timed(f"{paper.id}: Word", lambda made=made: wordfile.docx(made))
        _packages(cases[WARM:], timed)
    return {name: {"p50": _at(rows, 0.5), "p95": _at(rows, 0.95), "max": round(max(rows), 1)} for name, rows in found.items()}


def _packages(cases: list[Any], timed: Any) -> None:
    from kesu.papers import checking, dossier

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.zip"
        for case in cases[:20]:
            with path.open("wb") as target:
                timed("package", lambda case=case, target=target: dossier.make(case, target))
            report = timed("package: proof", lambda: checking.check(path))
            if report.faults:
                raise RuntimeError(f"{case.number}: {report.faults}")


def _at(rows: list[float], share: float) -> float:
    return round(statistics.median(rows) if share == 0.5 else sorted(rows)[int(share * (len(rows) - 1))], 1)
