"""A small procedure to be written out in a test: one road, two grades, and the clocks that the test is about."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import loads
from kesu.procedure.packtimes import times_of
from kesu.procedure.playing import Times

PACKS = Path(__file__).parents[2] / "packs"
DAYS = OfficialDays.read(PACKS / "calendars" / "cn.csv")
ZONE = ZoneInfo("Asia/Shanghai")

HEAD = """
[pack]
id = "small"
name = "小"
name_en = "Small"
sector = "salon"
version = "1"
effective = 2026-01-01
retention_years = 3
[hours.week]
mon = [["09:00", "18:00"]]
tue = [["09:00", "18:00"]]
wed = [["09:00", "18:00"]]
thu = [["09:00", "18:00"]]
fri = [["09:00", "18:00"]]
[dispatching]
max_bounces = 2
arbiter = "head"
nobody = ["head"]
[follow_up]
attempts = 3
apart = "4h"
[[roles]]
id = "head"
name = "店长"
name_en = "Head"
sees = "site"
pages = ["board"]
may = ["receive", "acknowledge", "judge", "dispatch", "sign", "send_back", "contact", "investigate", "find_cause", "propose", "approve",
  "refuse", "reply", "agree", "decline", "execute", "return", "report_back", "close", "reopen", "archive", "present", "pause", "resume",
  "ask_extension", "grant_extension", "refuse_extension", "regrade", "transfer", "mark", "note", "attach", "urge", "ask", "withdraw",
  "unfound"]
[[roles]]
id = "caller"
name = "回访员"
name_en = "Caller"
sees = "site"
may = ["visit", "reveal"]
[[channels]]
id = "phone"
name = "电话"
name_en = "Phone"
receiver = "head"
customer = true
[[natures]]
id = "valid"
name = "有效"
name_en = "Valid"
steps = ["judge", "dispatch", "sign", "investigate", "answer", "handle", "report", "visit", "close", "archive"]
[[grades]]
id = "light"
name = "轻"
name_en = "Light"
rank = 1
weight = "light"
default = true
[[grades]]
id = "grave"
name = "重"
name_en = "Grave"
rank = 2
weight = "grave"
[[grades.when]]
all = ["hurt"]
because = "有人受伤"
because_en = "somebody is hurt"
source = "t"
[[closing]]
outcomes = ["withdrawn"]
needs = ["not_paused"]
[[closing]]
needs = ["told"]
"""
REST = """
[[departments]]
id = "shop"
name = "店面"
name_en = "Shop"
[[categories]]
id = "hair"
name = "美发"
name_en = "Hair"
first = "shop"
[[facts]]
id = "hurt"
question = "受伤了吗"
question_en = "Is anybody hurt?"
urgency = "urgent"
[[approvals]]
by = "head"
[[causes]]
id = "skill"
name = "手艺"
name_en = "Skill"
[[remedies]]
id = "redo"
name = "重做"
name_en = "Redo"
[[forms]]
id = "form"
name = "意见表"
name_en = "Form"
fields = []
[[ratings]]
id = "speed"
question = "快不快"
question_en = "Fast?"
choices = ["快", "一般", "慢"]
choices_en = ["fast", "fair", "slow"]
[[scripts.reception]]
title = "问好"
title_en = "Greet"
say = "您好"
say_en = "Hello"
"""


def clock(id: str, begins: str, until: str, limit: str, *more: str) -> str:
    """One obligation. `begins` and `until`: acts with blanks between; `more`: further keys as TOML, over what is there."""
    keys = {
        "id": f'"{id}"', "name": f'"{id}"', "name_en": f'"{id}"', "source": '"t"', "begins": str(begins.split()),
        "until": str(until.split()), "limit": f'"{limit}"', "role": '"head"', "extension": '{ approver = "head", longest = "2d" }',
    }  # fmt: skip
    keys |= dict(row.split(" = ", 1) for row in more)
    return "[[obligations]]\n" + "\n".join(f"{key} = {value}" for key, value in keys.items())


def text(*clocks: str, changes: tuple[tuple[str, str], ...] = (), more: str = "") -> str:
    """The procedure's text with these clocks; `changes` are replaced in the head."""
    head = HEAD
    for old, new in changes:
        assert old in head, old
        head = head.replace(old, new, 1)
    return head + REST + more + "\n".join(("", *clocks))


def pack(*clocks: str, changes: tuple[tuple[str, str], ...] = (), more: str = "") -> Pack:
    """The procedure, which must be without errors."""
    return loads(text(*clocks, changes=changes, more=more)).pack


def times(of: Pack) -> Times:
    """Its kinds of time on the calendar that ships."""
    return times_of(of, DAYS)
