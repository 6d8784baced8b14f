"""启动网页与后台，首次启动自动准备一切 · start pages and worker, preparing everything [--demo] [--port 8000] [--host 127.0.0.1]"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys

from kesu.config import door as doors
from kesu.config import freshness, now, supervisor
from kesu.config.supervisor import python, say

FILLED = 3  # as `preparing --empty` answers


def main(argv: list[str]) -> int:
    """Serves until SIGTERM or Ctrl-C. 1 when the port is taken or the preparation failed."""
    parser = argparse.ArgumentParser(prog="kesu serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true", help="fill an empty installation with the demonstration company")
    options = parser.parse_args(argv)
    try:
        now.offset_seconds()
        door = doors.open_door(options.host, options.port)
    except (doors.DoorShut, ValueError, OSError) as problem:
        say(str(problem))
        return 1
    if not _prepare(options.demo):
        return 1
    return supervisor.run(door, lambda: _announce(doors.address_of(door)))


def _prepare(demo: bool) -> bool:
    if not (demo or freshness.is_stale()):
        return True
    code = _call("-m", "kesu.config.preparing", *(["--empty"] if demo else []))
    if code not in {0, FILLED}:
        say("准备数据库或静态文件失败，原因见上。 / Preparing the database or the static files failed; see above.")
        return False
    return _fill() if demo and code == 0 else True


def _fill() -> bool:
    say("正在生成演示公司… / Making the demonstration company…")
    if _call("-m", "kesu", "demo") == 0:
        return True
    say("演示公司没有做成，什么都没留下，再启动一次就重新做。 / The demonstration was not finished and left nothing: start again.")
    return False


def _call(*words: str) -> int:
    """The exit code. Whoever ends us meanwhile ends the helper too: it would go on filling what a next start fills anew."""
    asked: list[int] = []
    known = False

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        if known:  # else the helper may have begun, but nobody could end it yet
            sys.exit(128 + number)

    ended = signal.signal(signal.SIGTERM, end)
    helper = subprocess.Popen(python(*words))
    try:
        known = True
        if asked:
            sys.exit(128 + asked[0])
        return helper.wait()
    finally:
        if helper.poll() is None:
            helper.terminate()
            helper.wait()
        signal.signal(signal.SIGTERM, ended)


def _announce(address: str) -> None:
    print(f"客诉已启动 / Kesu is up: {address}\n按 Ctrl-C 停止 / Ctrl-C stops it", flush=True)
    sys.stdout.flush()
