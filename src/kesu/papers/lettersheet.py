"""A letter to the customer as a sheet: its words as they were written, nothing in them read as markup."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from kesu.complaints.models import Case, Letter
from kesu.papers.fonts import case as fonts_here
from kesu.papers.sheet import Prose, Sheet
from kesu.papers.typesetting import pdf, without_glyph
from kesu.procedure.letterwords import CUSTOMER, filled

GREETING = re.compile(r"^.{1,40}[：:,，]$")
USUAL = re.compile(r"[\x20-\x7e\u00a0-\u00ff\u2000-\u206f\u3000-\u303f\u4e00-\u9fa5\uff00-\uffef\n]")  # every Chinese font has these


def sheet(case: Case, letter: Letter) -> Sheet:
    """The letter as it stands. The page's language is the letter's, whoever prints it."""
    with translation.override(letter.language):
        site = case.site
        there = letter.at.astimezone(ZoneInfo(site.company.zone))
        day = f"{there:%Y-%m-%d}" if not letter.language.startswith("zh") else f"{there.year} 年 {there.month} 月 {there.day} 日"
        known = {CUSTOMER: case.contact_name}  # left open by a writer who may not know it
        blocks = [part.strip("\n") for part in re.split(r"\n\s*\n", filled(letter.text, known)) if part.strip()]
        greeting = blocks.pop(0).strip() if blocks and GREETING.match(blocks[0].strip()) else ""
        lines = tuple(line for block in blocks for line in block.split("\n") if line.strip())
        return Sheet(
            form="letter",
            title=filled(letter.title, known),
            house="　".join(name for name in (site.company.name, site.name) if name),
            number=case.number,
            number_name=_("编号"),
            language=letter.language,
            stamp=letter.at,
            blocks=(Prose(lines, greeting=greeting, close=(site.company.name, site.name, day)),),
            style="letter",
        )


def as_pdf(case: Case, letter: Letter) -> bytes:
    """The letter as PDF. Raises fonts.NoFont."""
    return pdf(sheet(case, letter))


def not_shown(letter: Letter) -> list[str]:
    """The characters of the letter that no font here can show. Raises fonts.NoFont."""
    rare = USUAL.sub("", letter.title + letter.text)
    if not rare:
        return []
    blank = Sheet("letter", rare, "", "", letter.language, letter.at, ())
    return without_glyph(blank, fonts_here())
