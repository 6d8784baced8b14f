"""`kesu due` as others run it: a process with pipes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kesu.config.commands import due

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}
DUE = [sys.executable, "-P", "-m", "kesu", "due"]
OPEN = b'{"id": %d, "zone": "Asia/Shanghai", "hours": "24x7", "at": "2026-11-20T10:00"}\n'

pytestmark = pytest.mark.once


def run(given: bytes, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*DUE, *words], input=given, capture_output=True, env=ENVIRONMENT | more, timeout=60)


def test_lines_in_lines_out_whatever_the_terminal_speaks() -> None:
    done = run(b"\xef\xbb\xbf" + OPEN % 1 + b"\n  \r\nnonsense\n\xff\xfe\x00\n" + OPEN.strip() % 2, LC_ALL="C", PYTHONIOENCODING="ascii")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, b"")
    assert [(row["id"], row.get("open"), row.get("code")) for row in rows] == [
        (1, True, None),
        (None, None, "json"),
        (None, None, "utf-8"),
        (2, True, None),
    ]
    assert "这一行".encode() in done.stdout


def test_nothing_in_nothing_out() -> None:
    assert (run(b"").stdout, run(b"\n \n").stdout) == (b"", b"")


def test_a_file_that_is_not_there_does_not_stop_the_others(tmp_path: Path) -> None:
    here = tmp_path / "in.jsonl"
    here.write_bytes(OPEN % 5)
    done = run(OPEN % 6, str(tmp_path / "none.jsonl"), str(here), "-", str(tmp_path))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [5, 6]
    assert done.returncode == 1 and b"none.jsonl" in done.stderr and b"Traceback" not in done.stderr


def test_whoever_asks_may_wait_for_each_answer() -> None:
    with subprocess.Popen(DUE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as asking:
        assert asking.stdin and asking.stdout
        for number in range(3):
            asking.stdin.write(OPEN % number)
            asking.stdin.flush()
            assert json.loads(asking.stdout.readline()) == {"id": number, "open": True}
        asking.stdin.close()
        assert asking.wait(20) == 0


def test_a_large_file_is_answered_on_all_cores_in_order(tmp_path: Path) -> None:
    large, number = tmp_path / "large.jsonl", 60_000
    with large.open("wb") as stream:
        stream.writelines(OPEN % n for n in range(number))
        stream.write(b"no JSON")
    assert large.stat().st_size > due.LARGE
    with large.open("rb") as stream:
        done = subprocess.run(DUE, stdin=stream, capture_output=True, env=ENVIRONMENT, timeout=60)
    *rows, last = map(json.loads, done.stdout.splitlines())
    assert rows == [{"id": n, "open": True} for n in range(number)]
    assert (last["code"], done.returncode, done.stderr) == ("json", 0, b"")
    with (
        large.open("rb") as stream,
        subprocess.Popen(DUE, stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as left,
    ):
        assert left.stdout and left.stderr and left.stdout.readline()
        left.stdout.close()
        assert left.stderr.read() == b"" and left.wait(20) == 0


def test_a_reader_who_leaves_is_no_error() -> None:
    with subprocess.Popen(DUE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as asking:
        assert asking.stdin and asking.stdout and asking.stderr
        asking.stdout.close()
        try:
            asking.stdin.write(b"".join(OPEN % number for number in range(20_000)))
            asking.stdin.close()
        except BrokenPipeError:
            pass
        assert asking.stderr.read() == b"" and asking.wait(20) == 0


def test_it_starts_without_anything_heavy() -> None:
    code = (
        "import sys, kesu.config.commands.due as due; due.main(['/dev/null']); "
        "print([m for m in sys.modules if m.split('.')[0] in {'django', 'multiprocessing', 'pydantic', 'babel'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_help_is_given() -> None:
    assert b"--words" in run(b"", "--help").stdout
    assert run(b"", "--words", "fr").returncode == 2
