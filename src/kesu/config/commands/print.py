"""打印表单：print --list，print 编号 表单 --out F.pdf [--blank] · papers of a case as PDF or Word; blank ones for the pen

`print --list` gives the names, one a line. The case is read as the company's auditor reads it; telephone numbers are masked.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kesu.config import installation

if TYPE_CHECKING:
    from kesu.complaints.queries.case_page import CasePage
    from kesu.papers.sheet import Sheet
    from kesu.procedure.pack import Pack

KINDS = (".pdf", ".docx")


def main(argv: list[str]) -> int:
    """Lists the papers, or writes one. 1 when there is no such case or paper or no font, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="kesu print",
        epilog="kesu print --list;  kesu print NUMBER record --out record.pdf;  kesu print record --blank --out blank.pdf",
    )
    parser.add_argument("what", metavar="NUMBER FORM", nargs="*", help="the case and the paper; with --blank the paper alone is enough")
    parser.add_argument("--list", action="store_true", help="the names of the papers, one a line")
    parser.add_argument("--titles", action="store_true", help="with --list: their titles beside them")
    parser.add_argument("--blank", action="store_true", help="nothing filled in: to write on by hand")
    parser.add_argument("--out", type=Path, help="the file to write: .pdf or .docx")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="zh or en")
    options = parser.parse_args(argv)
    wanted = 0 if options.list else 2
    if len(options.what) != wanted and not (options.blank and len(options.what) == 1):
        parser.error("要写编号和表单 / name the case and the paper")
    if not options.list and (options.out is None or options.out.suffix.lower() not in KINDS):
        parser.error("--out 要写 .pdf 或 .docx 文件 / --out names a .pdf or .docx file")
    installation.uses_django()
    return _list(options) if options.list else _print(options)


def _list(options: argparse.Namespace) -> int:
    from kesu.papers.forms import offered

    for paper in offered(_pack()):
        print(f"{paper.id}\t{paper.title(options.lang)}" if options.titles else paper.id)
    return 0


def _pack() -> Pack:
    """The procedure in force; before there is a company, the first one that ships."""
    from kesu.company.models import Company
    from kesu.company.procedures import pack_of, shipped_packs
    from kesu.company.standing import standing
    from kesu.config.now import now
    from kesu.procedure.packfile import load

    company = Company.objects.order_by("pk").first()
    if company is None:
        return load(next(path for path in shipped_packs() if path.stem == "property")).pack
    return pack_of(standing(company).version_at(now()))


def _print(options: argparse.Namespace) -> int:
    from django.utils import translation

    from kesu.config import messages
    from kesu.papers.fonts import NoFont

    messages.compile_stale()
    language = "zh-hans" if options.lang == "zh" else "en"
    with translation.override(language):
        sheet = _sheet(options, language)
        if sheet is None:
            return 1
        try:
            data = _bytes(sheet, options.out.suffix.lower())
        except NoFont as missing:
            print(missing, file=sys.stderr)
            return 1
    options.out.write_bytes(data)
    return 0


def _bytes(sheet: Sheet, kind: str) -> bytes:
    from kesu.papers.typesetting import pdf
    from kesu.papers.wordfile import docx

    return pdf(sheet) if kind == ".pdf" else docx(sheet)


def _sheet(options: argparse.Namespace, language: str) -> Sheet | None:
    """The sheet that was asked for; None after saying what there is not."""
    from kesu.config.now import now
    from kesu.papers import forms

    at = now()
    page = _page(options.what[0] if len(options.what) == 2 else "", language, at, blank=options.blank)
    if page is None:
        return None
    paper = forms.find(page.pack, options.what[-1])
    if paper is None:
        there = ", ".join(row.id for row in forms.offered(page.pack))
        print(f"没有这种表单：{options.what[-1]}。有 {there} / no such paper; there are {there}", file=sys.stderr)
        return None
    return forms.sheet(page, paper, forms.Occasion(link=_link(page)))


def _page(number: str, language: str, at: datetime, *, blank: bool) -> CasePage | None:
    """The case, or an empty one; None after saying that there is no such case."""
    from kesu.company.models import Company
    from kesu.company.procedures import pack_of
    from kesu.complaints.models import Case
    from kesu.papers import reading

    case = Case.objects.select_related(*reading.WITH).filter(number=number).first() if number else None
    if number and case is None:
        print(f"没有编号为 {number} 的投诉 / there is no complaint numbered {number}", file=sys.stderr)
        return None
    if case is None:
        company = Company.objects.order_by("pk").first() or Company(name="", zone="Asia/Shanghai")
        return reading.empty(company, None, _pack(), at, language)
    pack = pack_of(case.version_id)
    return reading.empty(case.site.company, case.site, pack, at, language) if blank else reading.audited(case, pack, at, language)


def _link(page: CasePage) -> str:
    """The customer's secret link, where KESU_BASE_URL says under which address they reach us."""
    from django.conf import settings
    from django.urls import reverse

    return settings.BASE_URL + reverse("track", args=[page.case.token]) if settings.BASE_URL and page.case.token else ""
