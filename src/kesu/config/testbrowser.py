"""A real Chromium for the browser tests, and Chinese fonts for pages and papers: the system's, installed where that is possible.

KESU_CHROMIUM  the program to use instead
"""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FONTS = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "fonts-noto-cjk"]
INSTALL = [*FONTS, "chromium"]


def chromium() -> str | None:
    """The path of a Chromium, or None."""
    wanted = os.environ.get("KESU_CHROMIUM")
    return next(filter(None, map(shutil.which, [wanted] if wanted else NAMES)), None)


def has_chinese_font() -> bool:
    """Whether a page's Chinese can be drawn: without a font it is boxes."""
    if not shutil.which("fc-list"):
        return True
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def ensure() -> bool:
    """Installs what is missing when allowed to; says what to do when not."""
    if chromium() and has_chinese_font():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install("Chromium 与中文字体 / Chromium and Chinese fonts", INSTALL)
    if chromium():
        return True
    print(
        "没有找到 Chromium，浏览器测试无法运行。Debian/Ubuntu 请运行：apt install chromium fonts-noto-cjk\n"
        "No Chromium was found, so the browser tests cannot run. On Debian/Ubuntu: apt install chromium fonts-noto-cjk",
        flush=True,
    )
    return False


def ensure_fonts() -> bool:
    """A Chinese font, without which no paper can be printed; installed when allowed to, else said what to do."""
    if _can_print():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install("中文字体 / Chinese fonts", FONTS)
    if there := _can_print():
        return there
    print(
        "没有中文字体，打印的测试无法运行。Debian/Ubuntu 请运行：apt install fonts-noto-cjk\n"
        "There is no Chinese font, so the tests of printing cannot run. On Debian/Ubuntu: apt install fonts-noto-cjk",
        flush=True,
    )
    return False


def _can_print() -> bool:
    from kesu.papers.fonts import NoFont, case

    try:
        case()
    except NoFont:
        return False
    return True


def _install(what: str, packages: list[str]) -> None:
    print(f"正在安装 / Installing: {what} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], packages):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip()[-800:], flush=True)
