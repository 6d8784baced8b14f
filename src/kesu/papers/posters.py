"""Posters with the code that opens a site's door: one page for each place, which is filled in for whoever scans it there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import segno

from kesu.papers.fonts import case

LAYOUT = Path(__file__).with_name("poster.typ")
WORDS = {
    "title": ("有不满意，告诉我们", "Not content? Tell us"),
    "how": ("扫一扫，写三样就行，随时看进度", "Scan it, fill in three things, follow it at any time"),
    "call": ("也可以打", "Or call"),
    "danger": ("有人受伤或被困，直接打电话", "Somebody hurt or trapped: call at once"),
}


def posters(house: str, site: str, phone: str, link: str, places: Sequence[tuple[str, str]], *, zh: bool) -> bytes:
    """A PDF. `places`: (what stands under the code, "" for none; the address in the code); `link`: to be typed by hand. Raises NoFont."""
    fonts = case()
    import typst

    drawn = [
        {"spot": spot, "svg": segno.make(address, error="m", micro=False).svg_inline(border=0, omitsize=True)} for spot, address in places
    ]
    words = {name: pair[0 if zh else 1] for name, pair in WORDS.items()}
    given = {**words, "house": house, "site": site, "phone": phone, "link": link, "zh": zh, "places": drawn}
    inputs = {"posters": json.dumps(given, ensure_ascii=False), "fonts": json.dumps(fonts.families)}
    return typst.compile(LAYOUT, root=LAYOUT.parent, font_paths=fonts.fonts, ignore_system_fonts=True, format="pdf", sys_inputs=inputs)
