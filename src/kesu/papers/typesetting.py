"""A sheet as PDF/A: set by typst from local files only. The same sheet gives the same bytes on the same machine.

A character that no font has is shown as its number in brackets, 〔U+4DAE〕, and named in a note at the end: nothing is lost.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import segno

from kesu.papers.fonts import Case, case
from kesu.papers.pictures import dressed
from kesu.papers.sheet import Sheet

if TYPE_CHECKING:
    import typst

LAYOUT = Path(__file__).with_name("layout.typ")
STANDARD: Literal["a-2b"] = "a-2b"  # for long keeping; refuses what it cannot show
_lock = threading.Lock()  # one press for the process: a second sheet waits some milliseconds
_presses: dict[int, typst.Compiler] = {}
_shown: dict[tuple[int, str], bool] = {}  # (fonts, character) → whether it can be shown

ONE = b"#set document(date: auto)\n#set text(font: json(bytes(sys.inputs.fonts)))\n#sys.inputs.letter"


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF/A-2b. Raises fonts.NoFont."""
    made = _set(sheet, "pdf")
    assert isinstance(made, bytes)
    return made


def pictures(sheet: Sheet, ppi: float = 110) -> list[bytes]:
    """Each page as PNG."""
    made = _set(sheet, "png", ppi)
    return made if isinstance(made, list) else [made]


def _set(sheet: Sheet, kind: Literal["pdf", "png"], ppi: float | None = None) -> Any:
    fonts = case()
    import typst

    try:
        return _press(fonts, sheet, kind, ppi)
    except typst.TypstError as refused:
        missing = without_glyph(sheet, fonts)
        if not missing:
            raise refused
    return _press(fonts, spelled_out(sheet, missing), kind, ppi)


def _press(fonts: Case, sheet: Sheet, kind: Literal["pdf", "png"], ppi: float | None) -> Any:
    import typst

    given = {"sheet": json.dumps(_drawn(sheet, fonts.families), ensure_ascii=False), "fonts": json.dumps(fonts.families)}
    stamp = int(sheet.stamp.timestamp())
    with _lock:
        press = _presses.setdefault(id(fonts), typst.Compiler(LAYOUT, root=LAYOUT.parent, font_paths=fonts.fonts, ignore_system_fonts=True))
        if kind == "png":  # knows nothing of missing glyphs: the PDF asks first
            press.compile(format="pdf", sys_inputs=given, pdf_standards=STANDARD, timestamp=stamp)
            return press.compile(format="png", ppi=ppi, sys_inputs=given)
        return press.compile(format="pdf", sys_inputs=given, pdf_standards=STANDARD, timestamp=stamp)


def _drawn(sheet: Sheet, families: Sequence[str]) -> dict[str, Any]:
    """The sheet's values, QR codes drawn, drawings dressed for paper."""
    plain = sheet.plain()
    for block in plain["blocks"]:
        if block["kind"] == "code":
            block["svg"] = segno.make(block["link"], error="m", micro=False).svg_inline(border=0)
        elif block["kind"] == "picture":
            block["svg"] = dressed(block["svg"], families)
    return plain


def letters(value: Any) -> set[str]:
    """Every character that stands anywhere in a plain value."""
    if isinstance(value, str):
        return set(value)
    if isinstance(value, dict):
        return set().union(*map(letters, value.values()))
    return set().union(*map(letters, value)) if isinstance(value, list | tuple) else set()


def without_glyph(sheet: Sheet, fonts: Case) -> list[str]:
    """The characters of the sheet that no font of this machine can show, in order of their numbers."""
    return [letter for letter in sorted(letters(sheet.plain()) - {"\n", " ", "　"}) if not _can_show(letter, fonts)]


def _can_show(letter: str, fonts: Case) -> bool:
    key = (id(fonts), letter)
    if key not in _shown:
        import typst

        given = {"letter": letter, "fonts": json.dumps(fonts.families)}
        try:
            typst.compile(
                ONE, font_paths=fonts.fonts, ignore_system_fonts=True, format="pdf", sys_inputs=given, pdf_standards=STANDARD, timestamp=0
            )
            _shown[key] = True
        except typst.TypstError:
            _shown[key] = False
    return _shown[key]


def spelled_out(sheet: Sheet, missing: list[str]) -> Sheet:
    """The sheet with those characters as numbers in brackets, and a note that says so."""
    numbers = {ord(letter): f"〔U+{ord(letter):04X}〕" for letter in missing}
    named = "、".join(numbers.values()) if sheet.zh else ", ".join(numbers.values())
    note = (
        f"这台机器的字体里没有这些字，文中按编码写出：{named}。电子记录里是原字。"
        if sheet.zh
        else f"No font of this machine has these characters, so their numbers stand here: {named}. The electronic record has them."
    )
    changed = _translated(sheet, numbers)
    return replace(changed, notes=(*changed.notes, note))


def _translated(value: Any, numbers: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(numbers)
    if isinstance(value, tuple):
        return tuple(_translated(part, numbers) for part in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{name: _translated(getattr(value, name), numbers) for name in value.__dataclass_fields__})
    return value
