"""The work list's script says time left in the very words of the procedure (procedure.duewords)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kesu.procedure.due import left_words

SCRIPT = Path(__file__).parents[2] / "src/kesu/web/static/js/work.js"
MINUTE, HOUR, DAY = 60, 3600, 86_400
MINUTES = [0, MINUTE, 2 * MINUTE, HOUR, HOUR + MINUTE, DAY - MINUTE]
EDGES = [*MINUTES, DAY, DAY + HOUR, 2 * DAY, 3 * DAY, 10 * DAY, 12_345, 99_999, 200_000]
SECONDS = sorted({sign * (edge + by) for edge in EDGES for by in (-1, 0, 1) for sign in (1, -1)})


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_the_script_says_what_the_server_says(chromium: Browser, language: str) -> None:
    page = chromium.new_page()
    module = "data:text/javascript;base64," + base64.b64encode(SCRIPT.read_bytes()).decode()
    page.set_content(f'<html lang="{language}"></html>')
    said = page.evaluate("async ([url, all]) => { const { words } = await import(url); return all.map(words); }", [module, SECONDS])
    page.close()
    at = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
    assert said == [left_words(at + timedelta(seconds=left), at, language.lower()) for left in SECONDS]
