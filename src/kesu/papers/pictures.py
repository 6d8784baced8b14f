"""Drawings on paper: the SVG of a page, dressed in black and grey for print, and as PNG for Word, which cannot take it as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence

from kesu.papers.fonts import Case

INK = (
    (".grid", "fill:none;stroke:#bbb;stroke-width:.6"),
    (".run", "fill:none;stroke:#111;stroke-width:1.6"),
    (".cum", "fill:none;stroke:#111;stroke-width:1.6"),
    (".span", "fill:none;stroke:#111;stroke-width:1.2"),
    (".dot", "fill:#111"),
    ("rect", "fill:#8a8a8a"),
    (".bad", "fill:#333"),
    (".late", "fill:#333"),
    ("text", "font-size:12px;fill:#222"),
    (".say", "font-weight:bold"),
)
ONE = (
    b"#set page(width: auto, height: auto, margin: 0pt)\n#set document(date: auto)\n"
    b'#image(bytes(sys.inputs.svg), format: "svg", width: 170mm)'
)
PPI = 144


def dressed(svg: str, families: Sequence[str]) -> str:
    """The drawing with its colours for paper, in the fonts of the sheet; it stands alone as a file."""
    family = ", ".join(f"'{name}'" for name in families)
    rules = "".join(f"{which}{{{look}}}" for which, look in INK) + f"text{{font-family:{family}}}"
    named = svg if "xmlns=" in svg.partition(">")[0] else svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    head, sign, rest = named.partition(">")
    return f"{head}{sign}<style>{rules}</style>{rest}"


def png(svg: str, fonts: Case) -> bytes:
    """The drawing as PNG, 170 mm wide."""
    import typst

    made = typst.compile(
        ONE,
        font_paths=fonts.fonts,
        ignore_system_fonts=True,
        format="png",
        ppi=float(PPI),
        sys_inputs={"svg": dressed(svg, fonts.families), "fonts": json.dumps(fonts.families)},
    )
    assert isinstance(made, bytes)
    return made
