"""What `kesu procedure show|diff|try|replay` say. The words and figures come from `procedure`; here they are only printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kesu.config.installation import ROOT
from kesu.procedure import bench, comparing
from kesu.procedure.instants import TimeRefused
from kesu.procedure.pack import Pack
from kesu.procedure.packfaults import PackError
from kesu.procedure.packfile import load
from kesu.procedure.packtimes import read_calendar, times_of
from kesu.procedure.packwords import Reader
from kesu.procedure.playing import Times
from kesu.procedure.refused import Refused
from kesu.procedure.replaying import History, Replay, history, replay, shifts

MOST_SHOWN = 40  # lines of a list on a screen
CALENDARS = ROOT / "packs" / "calendars"


def run(argv: list[str]) -> int:
    """One of the commands below. 0 done (for diff: nothing differs), 1 a difference or a file that cannot be used, 2 wrong usage."""
    try:
        return COMMANDS[argv[0]](argv[1:])
    except PackError as error:
        print(error.words("zh"), error.words("en"), sep="\n", file=sys.stderr)
    except Refused as refused:
        print(f"{refused.zh} / {refused.en}", file=sys.stderr)
    except TimeRefused as refused:
        print(f"{refused.reason_zh} / {refused.reason_en}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"{error.filename}：打不开，{error.strerror} / cannot be opened: {error.strerror}", file=sys.stderr)
    return 1


def _parser(name: str, about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"kesu procedure {name}", description=about)
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="zh or en")
    return parser


def _times(pack: Pack) -> Times:
    return times_of(pack, read_calendar(CALENDARS, pack.pack.calendar))


def show(argv: list[str]) -> int:
    """Every obligation of a procedure in words."""
    parser = _parser("show", "一条一条说出规程 / a procedure in words")
    parser.add_argument("file")
    options = parser.parse_args(argv)
    pack = load(options.file).pack
    reader = Reader(pack, options.lang)
    duties = [reader.duty(row) for row in pack.owed()]
    if options.json:
        rows = [{**{key: getattr(duty, key) for key in DUTY_KEYS}, "id": duty.row.id, "source": duty.row.source} for duty in duties]
        print(json.dumps({"pack": pack.pack.model_dump(mode="json"), "obligations": rows}, ensure_ascii=False, indent=2))
        return 0
    print(f"{pack.pack.name if reader.zh else pack.pack.name_en}  {pack.pack.version}  {pack.pack.effective}\n")
    for duty in duties:
        kind = {
            "always": "",
            "office": _say(reader.zh, "（营业时间）", " (office hours)"),
            "official": _say(reader.zh, "（工作日）", " (working days)"),
        }
        print(f"{duty.name}  {duty.limit}{kind[duty.row.time]}  {duty.role}  [{duty.row.id}  {duty.row.source}]")
        for label, text in _lines(reader.zh, duty):
            if text:
                print(f"    {label}{text}")
    return 0


TIMES = {"always": ("", ""), "office": ("（营业时间）", " (office hours)"), "official": ("（工作日）", " (working days)")}
DUTY_KEYS = ("name", "procedure", "begins", "until", "limit", "role", "applies", "warnings", "ladder", "extension", "pauses", "note")


def _say(zh: bool, chinese: str, english: str) -> str:
    return chinese if zh else english


def _lines(zh: bool, duty: Any) -> list[tuple[str, str]]:
    ladder = ("；" if zh else "; ").join(f"{at} {who}" for at, who in duty.ladder)
    words = (("从 ", "from ", f"{duty.begins} → {duty.until}"), ("适用 ", "for ", duty.applies), ("依据 ", "rule of ", duty.procedure),
             ("预警 ", "warns ", duty.warnings), ("上报 ", "escalates ", ladder), ("延期 ", "extension ", duty.extension),
             ("可暂停 ", "may pause for ", duty.pauses), ("说明 ", "note ", duty.note))  # fmt: skip
    return [(chinese if zh else english, text) for chinese, english, text in words]


def diff(argv: list[str]) -> int:
    """What differs between two procedures, in words."""
    parser = _parser("diff", "两版规程哪里不同 / what differs between two procedures")
    parser.add_argument("old")
    parser.add_argument("new")
    options = parser.parse_args(argv)
    found = comparing.changes(load(options.old).pack, load(options.new).pack, options.lang)
    if options.json:
        rows = [
            {"kind": row.kind, "table": row.table, "id": row.id, "name": row.name[0], "name_en": row.name[1], "key": row.key,
             "before": row.before, "after": row.after} for row in found
        ]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        print("\n".join(row.words(options.lang) for row in found) or _say(options.lang == "zh", "没有不同", "nothing differs"))
    return 1 if found else 0


def trial(argv: list[str]) -> int:
    """A complaint received then: what would be due when, and why."""
    parser = _parser("try", "假如一件投诉这时受理：各项什么时候到期 / a complaint received then: what is due when, and why")
    parser.add_argument("file")
    parser.add_argument("--received", required=True, metavar="TIME", help="2026-11-20T14:22")
    parser.add_argument("--heard", metavar="TIME", help="when the customer was heard; default: received")
    parser.add_argument("--channel", default="")
    parser.add_argument("--nature", default="")
    parser.add_argument("--grade", default="")
    parser.add_argument("--category", action="append", default=[])
    parser.add_argument("--fact", action="append", default=[], help="answered yes; may be repeated")
    parser.add_argument("--wanted", metavar="TIME", help="the customer's own date")
    parser.add_argument("--act", action="append", default=[], metavar="ACT@TIME", help="sign@2026-11-20T14:30; may be repeated")
    options = parser.parse_args(argv)
    pack = load(options.file).pack
    zone = ZoneInfo(pack.pack.zone)
    made = bench.Trial(
        received=_moment(options.received, zone),
        heard=_moment(options.heard, zone) if options.heard else None,
        channel=options.channel,
        nature=options.nature,
        grade=options.grade,
        categories=tuple(options.category),
        facts=tuple(options.fact),
        customer_date=_moment(options.wanted, zone) if options.wanted else None,
        acts=tuple(_act(text, zone) for text in options.act),
    )
    rows = bench.shown(bench.tried(pack, _times(pack), made), options.lang)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(
            f"{row['due'][:16].replace('T', ' ')}  {row['name']}  {row['role_name']}"
            + (f"  [{row['procedure']}]" if row["procedure"] else "")
        )
        print("\n".join(f"    {line}" for line in row["why_words"]))
    return 0


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise Refused(
            "time", f"看不懂时间“{text}”，写成 2026-11-20T14:22", f"cannot read the time {text!r}; write 2026-11-20T14:22"
        ) from wrong
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _act(text: str, zone: ZoneInfo) -> tuple[str, datetime]:
    act, at, time = text.partition("@")
    if not at:
        raise Refused("act", f"“{text}”要写成 动作@时间", f"write {text!r} as ACT@TIME")
    return act, _moment(time, zone)


def again(argv: list[str]) -> int:
    """Past cases under another version: what would have been late, who would have been told, how the load moves."""
    parser = _parser("replay", "用另一版规程重算过去的投诉 / past cases under another version")
    parser.add_argument("new", help="the version to try")
    parser.add_argument("--against", metavar="FILE", help="compare with this version; default: the one each case was received under")
    parser.add_argument(
        "--cases", metavar="FILE", help="JSON lines as `kesu case NUMBER --json` prints them; default: this installation's own"
    )
    parser.add_argument("--since", metavar="DATE", help="only cases received from this day on")
    options = parser.parse_args(argv)
    new = load(options.new).pack
    old = load(options.against).pack if options.against else None
    if options.cases:
        if old is None:
            parser.error("--cases needs --against: imported cases have no version here")
        found = list(_imported(Path(options.cases), new))
        was, now = replay(old, found), replay(new, found)
    else:
        was, now = _own(new, old, options.since)
    print(json.dumps(_figures(was, now), ensure_ascii=False, indent=2) if options.json else _told(was, now, new, options.lang))
    return 0


def _imported(path: Path, pack: Pack) -> Iterator[tuple[History, Times]]:
    times = _times(pack)
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _read(line, number, path, pack), times


def _read(line: str, number: int, path: Path, pack: Pack) -> History:
    """One case as `kesu case NUMBER --json` prints it (on one line); `record` may also stand at the top level."""
    zone = ZoneInfo(pack.pack.zone)
    try:
        seen = json.loads(line)
        record, entries = seen.get("record", seen), seen["journal"]
        until = max(_moment(str(entry["at"]), zone) for entry in entries)
        wanted = record.get("wanted_by")
        return history(
            str(record["number"]),
            [{**entry, "at": _moment(str(entry["at"]), zone)} for entry in entries],
            heard_at=_moment(str(record["heard_at"]), zone),
            until=_moment(str(record["until"]), zone) if record.get("until") else until,
            channel=str(record.get("channel", "")),
            customer_date=_moment(str(wanted), zone) if wanted else None,
        )
    except (Refused, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Refused(
            "line", f"{path.name} 第 {number} 行读不懂：{wrong}", f"{path.name}, line {number} cannot be read: {wrong!r}"
        ) from wrong


def _own(new: Pack, old: Pack | None, since: str | None) -> tuple[Replay, Replay]:
    from kesu.config import installation

    installation.uses_django()
    from kesu.complaints.models import Case
    from kesu.complaints.queries.histories import replay_both
    from kesu.config.now import now

    cases = Case.objects.all()
    if since:
        cases = cases.filter(received_at__gte=_moment(since, ZoneInfo(new.pack.zone)))
    return replay_both(cases, new, old, now())


def _figures(was: Replay, now: Replay) -> dict[str, Any]:
    moved = shifts(was, now)
    return {
        "cases": now.cases,
        "unreadable": [{"number": number, "why": why} for number, why in now.unreadable],
        "late_cases": {"before": len(was.late_cases), "after": len(now.late_cases)},
        "obligations": {
            id: {"owed": [was.owed[id], now.owed[id]], "late": [was.late[id], now.late[id]]} for id in sorted({*was.owed, *now.owed})
        },
        "roles": {
            role: {"owed": [was.load[role], now.load[role]], "late": [was.load_late[role], now.load_late[role]],
                   "told": [was.told[role], now.told[role]]} for role in sorted({*was.load, *now.load, *was.told, *now.told})
        },
        "shifts": [
            {"number": row.number, "obligation": row.obligation, "before": row.before.isoformat() if row.before else None,
             "after": row.after.isoformat() if row.after else None, "now_late": row.now_late} for row in moved
        ],
    }  # fmt: skip


def _told(was: Replay, now: Replay, new: Pack, lang: str) -> str:
    zh, reader = lang == "zh", Reader(new, lang)
    moved = shifts(was, now)
    worse, better = sum(row.now_late for row in moved), sum(not row.now_late for row in moved)
    ago, then = len(was.late_cases), len(now.late_cases)
    lines = [
        _say(zh, f"重算 {now.cases} 件；有超时的 {ago} 件 → {then} 件；新超时 {worse} 项，不再超时 {better} 项",
             f"{now.cases} cases; with something late {ago} → {then}; newly late {worse}, no longer late {better}"),
        _say(zh, "做事的时间按当时的算：换了规程，人做事的快慢也会变，这里看不出来。",
             "Acts stay when they were: how people would have worked under it is not shown."), "",
        _say(zh, "时限：件数、超时", "obligations: owed, late"),
    ]  # fmt: skip
    for id in sorted({*was.owed, *now.owed}):
        lines.append(f"  {_name(new, id, lang)}  {was.owed[id]} → {now.owed[id]}    {was.late[id]} → {now.late[id]}")
    lines += ["", _say(zh, "岗位：要办、超时、被提醒和上报", "roles: owed, late, told")]
    for role in sorted({*was.load, *now.load, *was.told, *now.told}):
        lines.append(
            f"  {reader.names('roles', [role])}  {was.load[role]} → {now.load[role]}    {was.load_late[role]} → {now.load_late[role]}"
            f"    {was.told[role]} → {now.told[role]}"
        )
    if moved:
        lines += ["", _say(zh, "变化的时限", "what changes")]
        lines += [f"  {row.number}  {_name(new, row.obligation, lang)}  {_at(row.before)} → {_at(row.after)}" for row in moved[:MOST_SHOWN]]
        if len(moved) > MOST_SHOWN:
            lines.append(_say(zh, f"  … 共 {len(moved)} 项，全部用 --json", f"  … {len(moved)} in all; --json has them"))
    if now.unreadable:
        lines += ["", _say(zh, f"读不懂 {len(now.unreadable)} 件：", f"{len(now.unreadable)} could not be read:")]
        lines += [f"  {number}：{why}" for number, why in now.unreadable[:10]]
    return "\n".join(lines)


def _name(pack: Pack, id: str, lang: str) -> str:
    """The obligation's name with its id, which tells apart what has the same name."""
    row = pack.obligation(id)
    return f"{row.label(lang)} [{id}]" if row else id


def _at(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "–"


COMMANDS: dict[str, Callable[[list[str]], int]] = {"show": show, "diff": diff, "try": trial, "replay": again}
