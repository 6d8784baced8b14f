"""查投诉：case list [--stage S] [--limit N]，case 编号 · look at complaints; --json for machines

`--as LOGIN` shows it as that person may read it.
`case list --json` gives one JSON object a line, `case NUMBER --json` the whole case: record, clocks with why, journal.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from kesu.config import installation

COLUMNS = (("number", "编号 number", 15), ("stage", "步骤 stage", 12), ("grade", "等级 grade", 10), ("received_at", "受理 received", 17),
           ("next_due_at", "下一时限 next due", 17), ("title", "标题 title", 40))  # fmt: skip


def main(argv: list[str]) -> int:
    """Lists cases or shows one; 1 when there is no such case, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu case", epilog="kesu case list --json --limit 20;  kesu case NUMBER --json")
    parser.add_argument("what", metavar="list|NUMBER")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--stage", help="only cases that stand at this step (judge … archive, done)")
    parser.add_argument("--limit", type=int, help="at most so many, the newest first")
    parser.add_argument("--as", dest="login", metavar="LOGIN", help="one case as this person may read it")
    options = parser.parse_args(argv)
    installation.uses_django()
    return _list(options) if options.what == "list" else _show(options)


def _list(options: argparse.Namespace) -> int:
    from kesu.config.now import now
    from kesu.papers.caseview import rows
    from kesu.procedure.acts import DONE, STEPS

    if options.stage and options.stage not in {*STEPS, DONE}:
        known = ", ".join([*STEPS, DONE])
        print(f"没有这个步骤：{options.stage}。可以写 {known} / no such stage; choose one of {known}", file=sys.stderr)
        return 2
    if options.limit is not None and options.limit < 1:
        print("--limit 要是正数 / --limit must be positive", file=sys.stderr)
        return 2
    found = rows(now(), stage=options.stage, limit=options.limit)
    if options.json:
        for row in found:
            print(json.dumps(row, ensure_ascii=False))
    else:
        print("  ".join(_padded(head, width) for _, head, width in COLUMNS).rstrip())
        for row in found:
            print(_line(row))
    return 0


def _line(row: dict[str, Any]) -> str:
    short = {**row, "received_at": row["received_at"][:16], "next_due_at": (row["next_due_at"] or "")[:16]}
    return "  ".join(_padded(str(short[key]), width) for key, _, width in COLUMNS).rstrip() + ("  超时 late" if row["late"] else "")


def _padded(text: str, width: int) -> str:
    """Chinese characters take two columns."""
    return text + " " * max(0, width - sum(2 if ord(letter) > 0x2E7F else 1 for letter in text))


def _show(options: argparse.Namespace) -> int:
    from kesu.complaints.models import Case
    from kesu.config.now import now
    from kesu.papers.caseview import whole

    case = Case.objects.select_related("site__company", "handler", "received_by", "department", "home").filter(number=options.what).first()
    if options.login:
        return _show_as(options)
    if case is None:
        print(f"没有编号为 {options.what} 的投诉 / there is no complaint numbered {options.what}", file=sys.stderr)
        return 1
    seen = whole(case, now())
    print(json.dumps(seen, ensure_ascii=False, indent=2) if options.json else _told(seen))
    return 0


def _show_as(options: argparse.Namespace) -> int:
    from kesu.company.models import Person
    from kesu.complaints.models import Case
    from kesu.config.now import now
    from kesu.papers.caseview import whole_for

    person = Person.objects.select_related("company").filter(login=options.login, is_active=True).first()
    if person is None:
        print(f"没有人用 {options.login} 登录 / nobody signs in as {options.login}", file=sys.stderr)
        return 1
    try:
        seen = whole_for(person, options.what, now())
    except Case.DoesNotExist:
        print(f"{person.name} 看不到 {options.what} / {person.name} sees no complaint {options.what}", file=sys.stderr)
        return 1
    print(json.dumps(seen, ensure_ascii=False, indent=2) if options.json else _told(seen))
    return 0


def _told(seen: dict[str, Any]) -> str:
    record = seen["record"]
    lines = [f"{record['number']}  {record['stage_name']}  {record['title']}", ""]
    lines += [f"  {n}. {item['words']}" for n, item in enumerate(seen["items"], 1)]
    lines += ["", "时限 clocks"]
    lines += [f"  {clock['name']}  {clock['due_at'][:16]}  {clock['words']}" for clock in seen["clocks"] if clock["state"] != "void"]
    lines += ["", "经过 journal"]
    for entry in seen["journal"]:
        lines.append(f"  {entry['n']:>3}  {entry['at'][:16]}  {entry['name'] or entry['actor']}  {entry['sentence']['zh']}")
    return "\n".join(lines)
