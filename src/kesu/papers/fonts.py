"""Which of this machine's fonts the papers are set in. No font is shipped: without a Chinese one, printing says what to install.

KESU_FONTS  a directory of fonts to use instead of the system's
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

# The first of these that the machine has: Song for paper, else a sans.
CHINESE = (
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "Songti SC", "STSong", "SimSun", "NSimSun",
    "AR PL SungtiL GB", "AR PL UMing CN", "FandolSong",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Heiti SC", "Hiragino Sans GB",
    "Microsoft YaHei", "SimHei", "DengXian", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback",
)  # fmt: skip
PACKAGE = "fonts-noto-cjk"


class NoFont(Exception):
    """This machine has no Chinese font; says so in both languages, and what to install."""

    zh = f"这台机器没有中文字体，印不出来。Debian/Ubuntu 请运行：apt install {PACKAGE}；也可以把字体放进一个目录，用 KESU_FONTS 指明"
    en = (
        f"This machine has no Chinese font, so nothing can be printed. On Debian/Ubuntu: apt install {PACKAGE}; "
        "or name a directory of fonts with KESU_FONTS"
    )

    def __init__(self) -> None:
        super().__init__(f"{self.zh} / {self.en}")

    def reason(self, language: str) -> str:
        """What to do, in the reader's language."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Case:
    """The fonts at hand (a printer's case) and the families to set in, the best first."""

    fonts: typst.Fonts
    families: tuple[str, ...]


def case() -> Case:
    """The fonts of this machine. Raises NoFont."""
    return _read(os.environ.get("KESU_FONTS", ""))


@lru_cache(maxsize=2)
def _read(place: str) -> Case:
    import typst  # seven megabytes, for those who print

    fonts = typst.Fonts(include_system_fonts=not place, include_embedded_fonts=False, font_paths=[place] if place else [])
    there = set(fonts.families())
    families = tuple(name for name in CHINESE if name in there)
    if not families:
        raise NoFont
    return Case(fonts, families)
