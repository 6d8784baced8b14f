"""The rows that were not taken, as a table: their own words with the row's number and the reason; mended, it can be imported as it is."""

from __future__ import annotations

from collections.abc import Iterator

from kesu.exchange.actions.imports import table_of
from kesu.exchange.models import Import, ImportFault
from kesu.exchange.tables import harmless

HEADINGS = {"zh": ["行号", "没收的原因"], "en": ["Row", "Why it was not taken"]}


def fault_rows(whole: Import, language: str) -> Iterator[list[str]]:
    """The headings, then every refused row."""
    zh = language.startswith("zh")
    yield [*table_of(whole).headings, *HEADINGS["zh" if zh else "en"]]
    for row in ImportFault.objects.filter(whole=whole).iterator(chunk_size=500):
        yield [*(harmless(cell) for cell in row.words), str(row.row), row.zh if zh else row.en]
