"""`kesu test`: the machine keeps the house rules. Lint, import directions, then the tests: pure, on SQLite, on PostgreSQL, in a browser.

KESU_TEST_DATABASE_URL  a PostgreSQL server whose user may create databases; without it one is started for the run
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kesu.config import testbrowser, testpostgres
from kesu.config.installation import ROOT

TESTS = ROOT / "tests"
APART = ("pure", "browser")  # directories with a stage of their own
PYTEST = [sys.executable, "-m", "pytest", "--no-header", "-q"]
TWO = ["-n", "2", "--dist", "loadscope"]
Stage = tuple[str, Callable[[], int]]


def run(argv: list[str]) -> int:
    """Every stage, or one pytest when arguments are given. 0 only when all passed."""
    os.chdir(ROOT)
    # What pytest makes of the tests is kept, though nothing else may be here: both workers of every stage would make all of it again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return one(argv) if argv else everything()


def one(argv: list[str]) -> int:
    """One pytest; on PostgreSQL with --pg."""
    testbrowser.ensure_fonts()
    if any("browser" in word for word in argv):
        testbrowser.ensure()
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if "--pg" in argv:
        return on_postgres([word for word in argv if word != "--pg"])
    return call([*PYTEST[:-1], *argv])


def everything() -> int:
    """All stages to the end, so that one run tells everything. The last line is pytest's own unless something failed."""
    testbrowser.ensure_fonts()
    failed = [name for name, stage in stages() if not _passed(name, stage)]
    if failed:
        print(f"\n未通过 / Failed: {'; '.join(failed)}", flush=True)
    return 1 if failed else 0


def stages() -> list[Stage]:
    """What is run, in order."""
    return [
        ("ruff check", lambda: call([sys.executable, "-m", "ruff", "check", "--output-format=concise", "."])),
        ("ruff format", lambda: call([sys.executable, "-m", "ruff", "format", "--check", "--output-format=concise", "."])),
        ("import directions", imports),
        ("pure tests", lambda: call([*PYTEST, *TWO, "-p", "no:django", "-W", "ignore::pytest.PytestConfigWarning", "tests/pure"])),
        ("tests on PostgreSQL", lambda: on_postgres([*TWO, "-m", "not once", *with_database()])),
        ("tests on SQLite", lambda: call([*PYTEST, *TWO, *with_database()])),
        *([("browser tests", browser)] if any((TESTS / "browser").glob("test_*.py")) else []),
    ]


def with_database() -> list[str]:
    """pytest's arguments for all tests that have no stage of their own."""
    return ["tests", *(f"--ignore=tests/{name}" for name in APART)]


def imports() -> int:
    """The contracts of pyproject.toml. import-linter paints a banner: kept for when it has something to say."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"], **_quiet()
    )
    if done.returncode:
        print(done.stdout)
    return done.returncode


def _quiet() -> dict:
    source = {"PYTHONPATH": str(ROOT / "src")}
    return {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "env": os.environ | source, "check": False}


def on_postgres(arguments: list[str]) -> int:
    """pytest with KESU_DATABASE_URL set to a real PostgreSQL server."""
    with testpostgres.server() as url:
        return call([*PYTEST, *arguments], KESU_DATABASE_URL=url)


def browser() -> int:
    """The tests of `tests/browser`, in a real Chromium. 1 when there is none and none can be installed."""
    if not testbrowser.ensure():
        return 1
    # Playwright's own loop runs in the test's thread; the tests talk to the database beside it.
    # Two houses, each with a browser, share the pages between them.
    return call([*PYTEST, "-n", "2", "--dist", "load", "tests/browser"], DJANGO_ALLOW_ASYNC_UNSAFE="true")


def call(command: list[str], **environment: str) -> int:
    """Runs a command in the checkout, in sight."""
    return subprocess.call(command, cwd=Path(ROOT), env=os.environ | environment)


def _passed(name: str, stage: Callable[[], int]) -> bool:
    print(f"\n── {name}", flush=True)
    began = time.monotonic()
    try:
        code = stage()
    except testpostgres.NoServer as problem:
        print(problem)
        code = 1
    if code:
        print(f"✗ {name}: {time.monotonic() - began:.1f} s, exit {code}", flush=True)
    return code == 0
