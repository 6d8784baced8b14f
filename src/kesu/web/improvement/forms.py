"""The forms of a record's acts: for each its fields and how it is done, in one table. Views, templates and tests read `RECORD_FORMS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kesu.company.models import Person
from kesu.complaints.files import Upload
from kesu.improvement import actions
from kesu.improvement.actions import Owner
from kesu.improvement.models import Measure
from kesu.improvement.queries.record_page import RecordPage
from kesu.procedure.improving import KINDS, VERDICTS
from kesu.web.case.fields import Group, choose, files, moment, pick, words

Values = dict[str, Any]
Pairs = list[tuple[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """A record's page and the measure that the address asks for (?measure=)."""

    page: RecordPage
    asked: str = ""

    def pair(self, table: dict[str, tuple[str, str]]) -> Pairs:
        """(id, name) of a table of the code."""
        return [(key, names[0 if self.page.language.startswith("zh") else 1]) for key, names in table.items()]

    def measures(self, act: str) -> Pairs:
        """The measures on which this person may do the act."""
        return [(str(row.pk), _short(row)) for row in self.page.targets(act)]

    def measure(self, act: str) -> forms.Field:
        """The choice of a measure, the one that was asked for first chosen."""
        rows = self.measures(act)
        known = [value for value, _name in rows]
        return choose(_("哪条措施"), rows, initial=self.asked if self.asked in known else next(iter(known), ""))

    def owners(self) -> Pairs:
        """People and departments at the record's sites, and those of the whole company."""
        known, sites = self.page.standing, {site.pk for site in self.page.sites}
        people = {grant.person_id: grant.person.name for grant in known.grants if grant.site_id is None or grant.site_id in sites}
        departments = [row for row in known.departments.values() if row.site_id in sites]
        many = len(sites) > 1
        named = [(f"d{row.pk}", f"{known.sites[row.site_id].name} {row.name}" if many else row.name) for row in departments]
        return [
            (_now("人"), [(f"p{pk}", name) for pk, name in sorted(people.items(), key=lambda row: row[1])]),
            (_now("部门"), named),
        ]

    def causes(self) -> Pairs:
        """The pack's tree of causes as groups."""
        rows, found = self.page.pack.causes, []
        for top in (row for row in rows if not row.parent):
            label = top.label(self.page.language)
            below = [(row.id, row.label(self.page.language)) for row in rows if row.parent == top.id]
            found.append((label, [(top.id, label), *below]) if below else (top.id, label))
        return found


def _short(row: Measure) -> str:
    what = row.what if len(row.what) <= 40 else row.what[:39] + "…"
    return _now("第 %(n)s 条　%(what)s") % {"n": row.n, "what": what}


@dataclass(frozen=True)
class RecordForm:
    """An act's form: its fields for a record, what it does with them, and a line said above it."""

    act: str
    groups: Callable[[Sheet], list[Group]]
    do: Callable[[Person, int, Values, datetime], Any]
    hint: Any = ""


def _one(**fields: forms.Field) -> list[Group]:
    return [Group(fields)]


def owner_of(typed: str) -> Owner:
    """ "p12" is a person, "d5" a department, anything else nobody."""
    number = int(typed[1:]) if typed[1:].isascii() and typed[1:].isdecimal() and len(typed) < 19 else 0
    return Owner(person=number) if typed[:1] == "p" else Owner(department=number) if typed[:1] == "d" else Owner()


def _id(values: Values) -> int:
    typed = values["measure"]
    return int(typed) if typed and typed.isdecimal() else 0


def _owner(sheet: Sheet) -> forms.Field:
    return choose(_("谁负责"), sheet.owners(), hint=_("一个人或一个部门；会马上通知"))


def _uploads(values: Values) -> list[Upload]:
    return [Upload(row.name or "", row.size or 0, row.chunks()) for row in values["files"]]


RECORD_FORMS: dict[str, RecordForm] = {
    row.act: row
    for row in (
        RecordForm(
            "measure",
            lambda sheet: _one(
                kind=pick(_("哪一种"), sheet.pair(KINDS), hint=_("先止住眼前的；纠正打到原因；预防别处也不发生")),
                what=words(_("做什么"), rows=2, hint=_("写到看得出办没办好")),
                owner=_owner(sheet),
                due_at=moment(_("哪天办完"), needed=True),
            ),
            lambda person, capa_id, values, at: actions.measure(
                person,
                capa_id,
                kind=values["kind"],
                what=values["what"],
                owner=owner_of(values["owner"]),
                due_at=values["due_at"],
                at=at,
            ),
        ),
        RecordForm(
            "plan",
            lambda sheet: _one(
                cause=choose(_("根本原因"), sheet.causes(), initial=sheet.page.capa.cause),
                words=words(_("为什么会发生"), hint=_("一层层往下问到能改的那一层")),
            ),
            lambda person, capa_id, values, at: actions.plan(person, capa_id, cause=values["cause"], words=values["words"], at=at),
            hint=_("定下后措施开始办；之后还可以加措施"),
        ),
        RecordForm(
            "end",
            lambda sheet: _one(
                measure=sheet.measure("end"),
                words=words(_("做了什么"), hint=_("怎么看得出办好了：数量、地点、谁验收的")),
                files=files(_("凭据"), hint=_("照片、录像或 PDF，每个最大 20 MB；可以不传")),
            ),
            lambda person, capa_id, values, at: actions.end(
                person, capa_id, measure_id=_id(values), words=values["words"], uploads=_uploads(values), at=at
            ),
        ),
        RecordForm(
            "ask_extension",
            lambda sheet: _one(
                measure=sheet.measure("ask_extension"),
                new_due=moment(_("延到"), needed=True),
                reason=words(_("为什么要延"), rows=2),
            ),
            lambda person, capa_id, values, at: actions.ask_extension(
                person, capa_id, measure_id=_id(values), new_due=values["new_due"], reason=values["reason"], at=at
            ),
            hint=_("到期前申请、到期前批；新旧两个日子都留着"),
        ),
        RecordForm(
            "grant_extension",
            lambda sheet: _one(measure=sheet.measure("grant_extension"), words=words(_("说明"), needed=False, rows=2)),
            lambda person, capa_id, values, at: actions.grant_extension(
                person, capa_id, measure_id=_id(values), words=values["words"], at=at
            ),
        ),
        RecordForm(
            "refuse_extension",
            lambda sheet: _one(measure=sheet.measure("refuse_extension"), reason=words(_("为什么不准"), rows=2)),
            lambda person, capa_id, values, at: actions.refuse_extension(
                person, capa_id, measure_id=_id(values), reason=values["reason"], at=at
            ),
        ),
        RecordForm(
            "hand",
            lambda sheet: _one(measure=sheet.measure("hand"), owner=_owner(sheet), reason=words(_("为什么换人"), rows=2)),
            lambda person, capa_id, values, at: actions.hand(
                person, capa_id, measure_id=_id(values), owner=owner_of(values["owner"]), reason=values["reason"], at=at
            ),
        ),
        RecordForm(
            "drop",
            lambda sheet: _one(measure=sheet.measure("drop"), reason=words(_("为什么取消"), rows=2)),
            lambda person, capa_id, values, at: actions.drop(person, capa_id, measure_id=_id(values), reason=values["reason"], at=at),
        ),
        RecordForm(
            "judge",
            lambda sheet: _one(
                verdict=pick(_("效果"), sheet.pair(VERDICTS), hint=_("没有效果的回到定计划，再来一轮")),
                words=words(_("凭什么这样评"), hint=_("同样的投诉多了还是少了，现场看过什么")),
            ),
            lambda person, capa_id, values, at: actions.judge(person, capa_id, verdict=values["verdict"], words=values["words"], at=at),
        ),
        RecordForm(
            "close",
            lambda sheet: _one(words=words(_("结项说明"), needed=False, rows=2, hint=_("以后谁接着看；可以不写"))),
            lambda person, capa_id, values, at: actions.close(person, capa_id, words=values["words"], at=at),
        ),
        RecordForm(
            "reopen",
            lambda sheet: _one(reason=words(_("为什么要再整改"), rows=2)),
            lambda person, capa_id, values, at: actions.reopen(person, capa_id, reason=values["reason"], at=at),
            hint=_("回到定计划；前一轮的措施和评价都留着"),
        ),
        RecordForm(
            "withdraw",
            lambda sheet: _one(reason=words(_("为什么立错了"), rows=2)),
            lambda person, capa_id, values, at: actions.withdraw(person, capa_id, reason=values["reason"], at=at),
            hint=_("立错了才撤销：不评效果就结束，里面的投诉放出来，该整改的重新等着立项。记录和理由都留着"),
        ),
        RecordForm(
            "note",
            lambda sheet: _one(words=words(_("要记的事"))),
            lambda person, capa_id, values, at: actions.note(person, capa_id, words=values["words"], at=at),
        ),
    )
}
