"""The formats in which a report goes out: what each is called, its media type, how it is made of the same values."""

from __future__ import annotations

import json
from typing import Any

from kesu.reporting.contents.content import Plain
from kesu.reporting.pagefile import html
from kesu.reporting.sheets import Standing, sheet
from kesu.reporting.workbook import xlsx

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


def made(content: Plain, form: str, standing: Standing | None = None, more: dict[str, Any] | None = None) -> bytes:
    """The report in this format. `more` goes into JSON beside it. Raises papers.fonts.NoFont for a PDF on a machine without a font."""
    standing = standing or Standing()
    if form == "xlsx":
        return xlsx(content, standing.comments)
    if form == "html":
        return html(content, standing).encode()
    if form == "json":
        said = content | {"comments": standing.comments or {}, "digest": standing.digest} | (more or {})
        return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    if form == "docx":
        from kesu.papers.wordfile import docx

        return docx(sheet(content, standing))
    from kesu.papers.typesetting import pdf

    return pdf(sheet(content, standing))
