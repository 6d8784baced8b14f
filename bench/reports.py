"""Reports: putting one together, and setting it in each format; its PDF grown to fifty pages by the list of what was late."""

from __future__ import annotations

import time
from typing import Any

from bench.places import step

PAGES = 50


def measure(env: dict[str, str]) -> dict[str, Any]:
    """Seconds for the last year's report of the company that was built."""
    return step(env, "reports")


def times() -> dict[str, Any]:
    """The same, in this process: the report of the year in which most was received."""
    from io import BytesIO

    from django.db.models import Count
    from django.utils import timezone, translation
    from pypdf import PdfReader

    from kesu.company.models import Company
    from kesu.insights.models import CaseFact
    from kesu.insights.periods import Period
    from kesu.reporting.actions.counting import count
    from kesu.reporting.contents.composing import compose
    from kesu.reporting.formats import made

    found: dict[str, Any] = {}

    def timed(name: str, work: Any) -> Any:
        began = time.perf_counter()
        answer = work()
        found[name] = round(time.perf_counter() - began, 2)
        return answer

    company, at = Company.objects.get(), timezone.now()
    timed("counting every case", lambda: count(company, at))
    years = CaseFact.objects.filter(company=company).values("received_day__year").annotate(n=Count("id")).order_by("-n")
    period = Period.read(str(years[0]["received_day__year"]))
    assert period is not None
    found["cases of the year"] = years[0]["n"]
    with translation.override("zh-hans"):
        content = timed("putting together, both languages", lambda: compose(company, None, period, at).content)["zh-hans"]
        made(content, "pdf")  # warm: fonts are read
        for form in ("pdf", "docx", "xlsx", "html", "json"):
            data = timed(form, lambda form=form: made(content, form))
            if form == "pdf":
                found["pages"] = len(PdfReader(BytesIO(data)).pages)
        grown = timed("growing to fifty pages", lambda: _grown(content, found["pages"]))
        data = timed("fifty pages", lambda: made(grown, "pdf"))
        found["pages of it"] = len(PdfReader(BytesIO(data)).pages)
    return found


def _grown(content: dict[str, Any], pages: int) -> dict[str, Any]:
    """The report with its parts once more until it has so many pages."""
    from io import BytesIO

    from pypdf import PdfReader

    from kesu.reporting.formats import made

    parts, one = list(content["parts"]), content["parts"]
    while pages < PAGES:
        parts += one
        pages = len(PdfReader(BytesIO(made(content | {"parts": parts}, "pdf"))).pages)
    return content | {"parts": parts}
