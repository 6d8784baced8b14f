"""The one table of papers: what can be printed of a case, and how each becomes a sheet."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from kesu.complaints.queries.case_page import CasePage
from kesu.papers import packforms
from kesu.papers.correction import Correction, correction
from kesu.papers.cover import cover
from kesu.papers.filling import Filler
from kesu.papers.letters import letter, receipt
from kesu.papers.reports import investigation, remedy_approval
from kesu.papers.sheet import Block, Sheet
from kesu.procedure.pack import Pack
from kesu.procedure.packsayings import Form

STANDARD = Path(__file__).parent / "standard.toml"


@dataclass(frozen=True)
class Occasion:
    """What a sheet is printed for: whole telephone numbers or not, the customer's secret link, who prints, data handed in."""

    reveals: bool = False
    link: str = ""
    printed: str = ""
    correction: Correction | None = None


Build = Callable[[CasePage, Filler, Occasion], tuple[Block, ...]]


@dataclass(frozen=True)
class Paper:
    """One paper: its id, its names, how its content is made. `word`: people edit it, so it is offered as a Word file first."""

    id: str
    zh: str
    en: str
    build: Build
    style: Literal["form", "letter", "cover"] = "form"
    landscape: bool = False
    word: bool = False

    def title(self, language: str) -> str:
        """The name in the reader's language."""
        return self.zh if language.startswith("zh") else self.en


BUILT: tuple[Paper, ...] = (
    Paper("receipt", "投诉受理回执", "Receipt of a complaint", lambda page, filler, now: receipt(filler, now.link)),
    Paper("investigation", "投诉调查报告", "Investigation report", lambda page, filler, now: investigation(filler), word=True),
    Paper("remedy_approval", "补救方案审批单", "Approval of a remedy", lambda page, filler, now: remedy_approval(filler)),
    Paper("letter", "投诉答复函", "Letter of reply", lambda page, filler, now: letter(filler), style="letter", word=True),
    Paper("capa", "纠正与预防措施表", "Corrective and preventive action", lambda page, filler, now: correction(filler, now.correction)),
    Paper(
        "cover",
        "投诉档案封面",
        "Archive cover",
        lambda page, filler, now: cover(filler, [row.title(page.language) for row in offered(page.pack) if row.id != "cover"]),
        style="cover",
    ),
)


def of_pack(form: Form) -> Paper:
    """The paper of a form that a pack describes."""
    landscape = packforms.is_table(form)
    return Paper(form.id, form.name, form.name_en, lambda page, filler, now: packforms.blocks(form, filler), landscape=landscape)


@lru_cache(maxsize=1)
def standard() -> tuple[Form, ...]:
    """The forms that stand in where a pack has none of that id or name."""
    return tuple(Form(**row) for row in tomllib.loads(STANDARD.read_text(encoding="utf-8"))["forms"])


def offered(pack: Pack) -> list[Paper]:
    """Every paper of a procedure: its own forms first, then the standard ones and the reports that it does not describe itself."""
    own = [of_pack(form) for form in pack.forms]
    ids, names = {row.id for row in own}, {row.zh for row in own}
    further = [*(of_pack(form) for form in standard()), *BUILT]
    return [*own, *(row for row in further if row.id not in ids and row.zh not in names)]


def find(pack: Pack, name: str) -> Paper | None:
    """The paper with this id or name, in either language; 《》 may stand around it."""
    wanted = name.strip("《》 ")
    return next((row for row in offered(pack) if wanted in (row.id, row.zh, row.en)), None)


def sheet(page: CasePage, paper: Paper, occasion: Occasion) -> Sheet:
    """The paper filled in from the case; for a page without a number, the form to fill in by hand. The page's journal must be whole."""
    filler, case = Filler(page, occasion.reveals), page.case
    site = case.site
    stamp = max([entry.written_at for entry in page.journal], default=page.at)
    foot = _("过程 %(n)s 条，校验码 %(head)s") % {"n": case.journal_n, "head": case.journal_head} if case.number else ""
    return Sheet(
        form=paper.id,
        title=paper.title(page.language),
        house="　".join(name for name in (site.company.name, site.name) if name),
        number=case.number,
        number_name=_("编号"),
        language=page.language,
        stamp=stamp,
        blocks=paper.build(page, filler, occasion),
        foot=foot,
        printed=occasion.printed,
        style=paper.style,
        landscape=paper.landscape,
    )
