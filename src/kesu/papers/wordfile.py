"""A sheet as a Word file, for papers that people go on editing: the same content as the PDF, in Word's own tables and paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from kesu.papers.fonts import case
from kesu.papers.pictures import png
from kesu.papers.sheet import Block, Cell, Code, Cut, Entry, Grid, Heading, Picture, Plate, Prose, Sheet, Table

FONT = "SimSun"  # the name under which Word finds Song type on every Chinese system; others put their own in its place
WIDTH, LENGTH, MARGIN = 210, 297, 17  # mm
TWIPS = 56.7  # to a millimetre
SIDES = (17.5, 32.5, 17.5, 32.5)  # names and values, two to a row
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # characters that XML cannot hold
FRAMED = '<w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
TICKED, OPEN = "☑", "☐"


def docx(sheet: Sheet) -> bytes:
    """The sheet as .docx."""
    return _Writer(sheet).bytes()


@dataclass(frozen=True)
class _Place:
    """A place of a table: what stands in it, over how many columns."""

    words: str
    bold: bool = False
    span: int = 1


class _Writer:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.file = sheet, Document()
        self._page()
        self._head()
        for block in sheet.blocks:
            self._block(block)
        for words in sheet.notes or ("",):  # Word wants a paragraph after the last table
            self._line(words, size=9)

    def bytes(self) -> bytes:
        kept = BytesIO()
        self.file.save(kept)
        return kept.getvalue()

    def _page(self) -> None:
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(10.5)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        style.paragraph_format.space_after = Pt(0)
        page = self.file.sections[0]
        page.page_width, page.page_height = (Mm(LENGTH), Mm(WIDTH)) if self.sheet.landscape else (Mm(WIDTH), Mm(LENGTH))
        page.orientation = WD_ORIENT.LANDSCAPE if self.sheet.landscape else WD_ORIENT.PORTRAIT
        page.left_margin = page.right_margin = Mm(25 if self.sheet.style == "letter" else MARGIN)
        page.top_margin, page.bottom_margin = Mm(16), Mm(18)
        about = self.file.core_properties
        about.title, about.author = _fit(f"{self.sheet.title} {self.sheet.number}".strip()), _fit(self.sheet.house)
        about.created = about.modified = self.sheet.stamp.replace(tzinfo=None)
        self._foot(page.footer.paragraphs[0])

    def _foot(self, line: Any) -> None:
        words = "　".join(part for part in (self.sheet.number, self.sheet.printed, self.sheet.foot) if part)
        before, between, after = ("第 ", " 页，共 ", " 页") if self.sheet.zh else ("Page ", " of ", "")
        for part in (f"{words}　{before}", "PAGE", between, "NUMPAGES", after):
            run = line.add_run("" if part.isupper() and part.isascii() else _fit(part))
            run.font.size = Pt(7.5)
            if part in ("PAGE", "NUMPAGES"):
                _counted(run, part)

    def _head(self) -> None:
        sheet = self.sheet
        if sheet.style == "letter":
            self._line(sheet.house, size=20, bold=True, middle=True)
        self._line(sheet.title, size=18, bold=True, middle=True, after=6)
        number = f"{sheet.number_name}　{sheet.number or '＿' * 10}"
        self._line(number if sheet.style == "letter" else f"{sheet.house}　　{number}", right=sheet.style == "letter", after=4)

    def _block(self, block: Block) -> None:
        if isinstance(block, Grid):
            self._grid(block)
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Prose):
            self._prose(block)
        elif isinstance(block, Code):
            for words in (*block.words, block.link):
                self._line(words)
        elif isinstance(block, Cut):
            self._line("- " * 40, middle=True)
            self._line(block.title, bold=True, middle=True)
        elif isinstance(block, Picture):
            self.file.add_picture(BytesIO(png(block.svg, case())), width=Mm(165))
            self._line(block.said, size=9, after=4)
        elif isinstance(block, Heading):
            self._line(block.title, size=14 if block.rank == 1 else 11.5, bold=True, before=8, after=4)
        else:
            self._plate(block)

    def _plate(self, block: Plate) -> None:
        for name, value in block.lines:
            self._line(f"{name}　{value}".strip(), size=14, middle=True, after=6)

    def _grid(self, block: Grid) -> None:
        if block.title:
            self._line(block.title, bold=True, before=4)
        rows = []
        for row in block.rows:
            places = [place for cell in row for place in (_Place(cell.name, bold=True), _Place(self._said(cell)))]
            rows.append([places[0], _Place(places[1].words, span=3)] if len(row) == 1 else places)
        self._frame(SIDES, rows)

    def _said(self, cell: Cell) -> str:
        if cell.sign:
            return "\n　　　　　　　　　　　　年　　月　　日" if self.sheet.zh else "\n____________________  ____________"
        words = "\n".join(part for part in (_ticks(cell.ticks), cell.text) if part)
        return words or "\n" * (cell.pen - 1 if cell.wide else 0)

    def _table(self, block: Table) -> None:
        if block.title:
            self._line(block.title, bold=True, before=4)
        rows = [[_Place(name, bold=True) for name in block.columns]]
        rows += [[_Place(_entry(value)) for value in row] for row in (*block.rows, *(block.blank_row for _ in range(block.pen)))]
        self._frame(tuple(block.widths), rows, head=True)

    def _frame(self, shares: tuple[float, ...], rows: list[list[_Place]], *, head: bool = False) -> None:
        """A table, written as Word's own markup at once: row by row through python-docx takes ten times as long."""
        whole = TWIPS * ((LENGTH if self.sheet.landscape else WIDTH) - 2 * MARGIN)
        widths = [round(whole * share / sum(shares)) for share in shares]
        table = parse_xml(_markup(widths, rows, head=head))
        self.file.element.body.insert_element_before(table, "w:sectPr")

    def _prose(self, block: Prose) -> None:
        if block.title:
            self._line(block.title, bold=True, before=8, after=4)
        if block.greeting:
            self._line(block.greeting, size=11, after=4)
        for words in block.paragraphs:
            self._line(words, size=11, indent=self.sheet.zh, after=4)
        for _ in range(block.pen):
            self._line("", size=11, after=8)
        for n, words in enumerate(word for word in block.close if word):
            self._line(words, size=11, right=True, before=24 if n == 0 else 2)

    def _line(
        self, words: str, *, size: float = 10.5, bold: bool = False, middle: bool = False, right: bool = False, indent: bool = False,
        before: float = 0, after: float = 0,
    ) -> None:  # fmt: skip
        line = self.file.add_paragraph()
        run = line.add_run(_fit(words))
        run.font.size, run.bold = Pt(size), bold
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(after)
        if indent:
            line.paragraph_format.first_line_indent = Pt(2 * size)
        if middle or right:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.RIGHT


def _fit(words: str) -> str:
    """Without the characters that XML cannot hold: written as their numbers."""
    return UNFIT.sub(lambda found: f"〔U+{ord(found.group()):04X}〕", words)


def _ticks(row: Any) -> str:
    return "　".join(f"{TICKED if on else OPEN} {name}" for name, on in row)


def _entry(value: Entry) -> str:
    return value if isinstance(value, str) else _ticks(value)


def _markup(widths: list[int], rows: list[list[_Place]], *, head: bool) -> str:
    """The table in WordprocessingML; the head stands again on every page."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(_row(widths, row, again=head and n == 0) for n, row in enumerate(rows))
    return f"<w:tbl {nsdecls('w')}><w:tblPr>{FRAMED}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>"


def _row(widths: list[int], row: list[_Place], *, again: bool) -> str:
    told, column = [], 0
    for place in row:
        width = sum(widths[column : column + place.span])
        span = f'<w:gridSpan w:val="{place.span}"/>' if place.span > 1 else ""
        told.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>{_paragraph(place)}</w:tc>')
        column += place.span
    return f"<w:tr>{'<w:trPr><w:tblHeader/></w:trPr>' if again else ''}{''.join(told)}</w:tr>"


def _paragraph(place: _Place) -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _fit(place.words).split("\n"))
    bold = "<w:b/>" if place.bold else ""
    look = f'<w:rPr>{bold}<w:sz w:val="20"/></w:rPr>'
    return f'<w:p><w:pPr><w:spacing w:before="60" w:after="60"/></w:pPr><w:r>{look}{lines}</w:r></w:p>'


def _counted(run: Any, what: str) -> None:
    """A field that Word counts itself: PAGE, NUMPAGES."""
    for kind, text in (("begin", ""), ("", what), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
