"""Reading pictures of paper, by a program of its own with limits on time and memory, beside the worker's chores.

KESU_OCR_PYTHON  an interpreter that has rapidocr (requirements-ocr.lock), where it is not installed beside Kesu
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connection

from kesu.channels.models import PaperPage
from kesu.channels.paper.fields import labels_of
from kesu.channels.paper.placing import boxes, proposed
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.files import SHOWN_INLINE, stored

PROGRAM = Path(__file__).with_name("ocr.py")
PATIENCE = 90.0  # seconds for one page, on a machine that has other things to do
ROUND = 2.0  # seconds between looks
READABLE = (*SHOWN_INLINE, "application/pdf")

log = logging.getLogger("kesu.paper")


def program() -> str | None:
    """The interpreter that can read pictures; None where that is not installed."""
    if wanted := os.environ.get("KESU_OCR_PYTHON"):
        return wanted
    return sys.executable if find_spec("rapidocr") else None


def watch(over: threading.Event, now: Callable[[], datetime]) -> None:
    """Until `over`: reads pages as they come."""
    while not over.is_set():
        try:
            close_old_connections()
            while program() and not over.is_set() and read_next(now()):
                pass
        except Exception:
            log.exception("pages could not be read")
            connection.close()
        over.wait(ROUND)
    connection.close()


def read_next(at: datetime) -> bool:
    """Read the oldest page of what is not filed yet that nobody has begun; False when there is none. A page is begun once: what cannot be
    read, people read."""
    waiting = PaperPage.objects.filter(read_at=None, kind__in=READABLE, arrival__state="waiting")
    page = waiting.select_related("arrival__company").order_by("id").first()
    if page is None:
        return False
    if PaperPage.objects.filter(pk=page.pk, read_at=None).update(read_at=at):
        found = read_picture(stored(page.sha256))
        pack = pack_of(standing(page.arrival.company).version_at(at))
        PaperPage.objects.filter(pk=page.pk).update(said=proposed(boxes(found or []), labels_of(pack)))
    return True


def read_picture(path: Path) -> list[Mapping[str, object]] | None:
    """The boxes of words; None when it took too long, was no picture, or needed more memory than it may have."""
    interpreter = program()
    if interpreter is None:
        return None
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    limits: dict[str, Any] = {"capture_output": True, "timeout": PATIENCE, "check": False, "env": keep, "stdin": subprocess.DEVNULL}
    try:
        done = subprocess.run([interpreter, "-I", str(PROGRAM), str(path)], **limits)
    except (OSError, subprocess.TimeoutExpired) as problem:
        log.warning("a page could not be read: %s", type(problem).__name__)
        return None
    if done.returncode:
        log.warning("a page could not be read: exit %s", done.returncode)
        return None
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return None
    return found if isinstance(found, list) else None
