"""生成演示公司：按规程活上几个月 · the demonstration company, made by living [--seed 7] [--months 6] [--until ISO]"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date, datetime

from kesu.config import installation

MOST_MONTHS = 24


def main(argv: list[str]) -> int:
    """Fills an empty installation and prints the logins; 1 when there is a company already, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu demo")
    parser.add_argument("--seed", type=int, default=7, help="the same seed tells the same story")
    parser.add_argument("--months", type=int, default=6, choices=range(1, MOST_MONTHS + 1), metavar=f"1…{MOST_MONTHS}")
    parser.add_argument("--until", help="the moment it ends (ISO; without a zone: China's); default: now")
    options = parser.parse_args(argv)
    try:
        until = _until(options.until)
    except ValueError:
        print(f"--until 看不懂：{options.until} / --until is no ISO time: {options.until}", file=sys.stderr)
        return 2
    installation.uses_django()
    from kesu.config import preparing

    preparing.migrate()
    return _fill(options.seed, options.months, until)


def _until(text: str | None) -> datetime:
    from zoneinfo import ZoneInfo

    from kesu.config.now import now

    if text is None:
        return now()
    until = datetime.fromisoformat(text).replace(microsecond=0)
    return until if until.tzinfo else until.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def _fill(seed: int, months: int, until: datetime) -> int:
    from kesu.procedure.refused import Refused
    from kesu.simulation import speed
    from kesu.simulation.life import fill

    started = time.monotonic()
    try:
        with speed.unsafe_but_fast():
            founded = fill(seed=seed, months=months, until=until, told_of=_progress)
    except Refused as refused:
        print(f"{refused.zh}\n{refused.en}", file=sys.stderr)
        return 1
    print(_told(time.monotonic() - started))
    print(logins(founded))
    return 0


def _progress(day: date) -> None:
    if sys.stderr.isatty():
        print(f"\r{day:%Y-%m-%d} ", end="", file=sys.stderr, flush=True)


def _told(seconds: float) -> str:
    from kesu.company.models import Person
    from kesu.complaints.models import Case, JournalEntry

    cases, entries, people = Case.objects.count(), JournalEntry.objects.count(), Person.objects.count()
    return (
        f"\n演示公司已建好：{people} 人，{cases} 件投诉，{entries} 条经过，用时 {seconds:.0f} 秒"
        f"\nThe demonstration company is ready: {people} people, {cases} complaints, {entries} journal entries, {seconds:.0f} s\n"
    )


def logins(founded) -> str:  # type: ignore[no-untyped-def]
    """The logins as a table: of each role the first person, those with most to do first; all share one password."""
    from kesu.simulation.story import told

    password = told().company["password"]
    seen: dict[str, tuple[str, ...]] = {}
    for worker in founded.workers:
        role = founded.pack.one("roles", worker.row.role)
        site = worker.site.name if worker.site else founded.company.name
        seen.setdefault(role.id, (worker.row.name, f"{role.name} / {role.name_en}", site, worker.row.login, password))
    order = [role.id for role in founded.pack.roles]
    rows = [seen[role] for role in order if role in seen]
    head = ("姓名 name", "岗位 role", "地点 site", "登录名 login", "密码 password")
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return "\n".join(_line(row, widths) for row in (head, *rows))


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(word + " " * (width - _width(word)) for word, width in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
