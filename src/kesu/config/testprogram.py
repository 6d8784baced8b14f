"""Servers that tests talk to: the system's program, or one installed where that is possible. One process installs at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
PLACES = "/usr/sbin:/usr/local/sbin"  # not on everybody's PATH


def program(wanted: str, package: str) -> str | None:
    """The path of the program, its Debian package installed when allowed to and missing; None without one."""
    if (path := _found(wanted)) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return path
    with (Path(tempfile.gettempdir()) / "kesu-installing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt refuses a second one at the same time
        if _found(wanted) is None:
            print(f"正在安装 / Installing: {package} …", flush=True)
            for command in (["apt-get", "update", "-qq"], [*INSTALL, package]):
                subprocess.run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, check=False)
    return _found(wanted)


def _found(wanted: str) -> str | None:
    return shutil.which(wanted) or shutil.which(wanted, path=PLACES)
