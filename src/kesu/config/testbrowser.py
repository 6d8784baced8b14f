"""A real Chromium for the browser tests: the system's, installed where that is possible.

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
INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"]


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
        _install()
    if chromium():
        return True
    print(
        "没有找到 Chromium，浏览器测试无法运行。Debian/Ubuntu 请运行：apt install chromium fonts-noto-cjk\n"
        "No Chromium was found, so the browser tests cannot run. On Debian/Ubuntu: apt install chromium fonts-noto-cjk",
        flush=True,
    )
    return False


def _install() -> None:
    print("正在安装 Chromium 与中文字体… / Installing Chromium and Chinese fonts…", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], INSTALL):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip()[-800:], flush=True)
