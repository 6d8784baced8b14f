"""A draft's rows as forms in place: each value as people type it, with what lint says of it right below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kesu.procedure.drafting import KINDS, Edit, Raw, rows, typed
from kesu.procedure.pack import Pack
from kesu.procedure.packfaults import Problem, spelt
from kesu.procedure.packfile import Checked
from kesu.procedure.packwords import Duty, Reader
from kesu.web.forms_kit import Form

TABLES = {
    "obligations": gettext_lazy("什么时候、谁、做什么"),
    "channels": gettext_lazy("各渠道多久告知受理"),
    "approvals": gettext_lazy("方案谁批"),
    "follow_up": gettext_lazy("回访"),
    "dispatching": gettext_lazy("派单"),
    "pack": gettext_lazy("这一版"),
}
LABELS = {
    "limit": gettext_lazy("时限"),
    "time": gettext_lazy("算哪些时间"),
    "role": gettext_lazy("谁"),
    "warn": gettext_lazy("提醒"),
    "ladder": gettext_lazy("上报"),
    "pauses": gettext_lazy("可暂停"),
    "extension": gettext_lazy("延期"),
    "acknowledge": gettext_lazy("多久告知"),
    "above": gettext_lazy("公司出多少元以上"),
    "up_to": gettext_lazy("到多少元为止"),
    "by": gettext_lazy("谁批"),
    "attempts": gettext_lazy("最多打几次"),
    "apart": gettext_lazy("两次至少隔多久"),
    "max_bounces": gettext_lazy("最多退回几次"),
    "version": gettext_lazy("版本号"),
}
HINTS = {
    "limit": gettext_lazy("10m 分钟，2h 小时，3d 天，2wd 工作日，3d 24:00 到第三天结束"),
    "warn": gettext_lazy("50% 用掉一半，1h before 到期前一小时"),
    "ladder": gettext_lazy("一行一级，如 4h after：岗位"),
    "extension": gettext_lazy("谁批：最多再多久，如 岗位：3d"),
    "up_to": gettext_lazy("空着就是不封顶"),
}
KINDS_OF_TIME = [
    ("always", gettext_lazy("24 小时都算")),
    ("office", gettext_lazy("只算营业时间")),
    ("official", gettext_lazy("国家的工作日")),
]


class RowForm(Form):
    """One row of a draft. `sent` is what was posted for it."""

    def __init__(self, data: Raw, table: str, id: str, row: Raw, language: str, sent: Any = None) -> None:
        super().__init__(sent, auto_id=f"{table}-{id}-%s")
        self.table, self.id, self.keys = table, id, list(KINDS[table])
        for key, kind in KINDS[table].items():
            present = typed(data, table, row, key, language)
            self.fields[key] = _field(data, key, kind, present, language)
        for made in self.fields.values():
            if not isinstance(made.widget, forms.CheckboxSelectMultiple):
                made.widget.attrs["class"] = "input"

    def edits(self) -> list[Edit]:
        """What was typed, of a valid form. Values that are as they were change nothing."""
        said = {key: self.cleaned_data[key] for key in self.keys}
        return [Edit(self.table, self.id, key, "、".join(words) if isinstance(words, list) else words) for key, words in said.items()]


def _field(data: Raw, key: str, kind: str, present: str, language: str) -> forms.Field:
    common: dict[str, Any] = {"label": LABELS[key], "required": False, "initial": present, "help_text": HINTS.get(key, "")}
    if key == "time":
        return forms.ChoiceField(choices=_with(KINDS_OF_TIME, present or "always"), **(common | {"initial": present or "always"}))
    if kind == "role":
        return forms.ChoiceField(choices=_with(_named(data, "roles", language), present), **common)
    if kind == "pauses":
        offered = _named(data, "pauses", language)
        chosen = [word for word in present.split("、") if word]
        return forms.MultipleChoiceField(
            choices=offered, widget=forms.CheckboxSelectMultiple, **(common | {"initial": chosen, "help_text": ""})
        )
    widget = forms.Textarea(attrs={"rows": 2}) if kind == "ladder" else forms.TextInput()
    return forms.CharField(widget=widget, max_length=2000, **common)


def _named(data: Raw, table: str, language: str) -> list[tuple[str, Any]]:
    name = "name" if language.startswith("zh") else "name_en"
    return [(id, str(row.get(name) or id)) for id, row in rows(data, table)]


def _with(choices: list[tuple[str, Any]], present: str) -> list[tuple[str, Any]]:
    """The choices, and what stands there now even when it is none of them: a draft may be wrong."""
    return choices if present in dict(choices) else [(present, present or "–"), *choices]


@dataclass(frozen=True)
class Remark:
    """What lint says: `wrong` keeps the draft from being published, otherwise it is to think about."""

    wrong: bool
    words: str


@dataclass
class DraftRow:
    """One row of the draft as the page shows it."""

    table: str
    id: str
    name: str
    form: RowForm
    duty: Duty | None = None
    limit: str = ""
    remarks: dict[str, list[Remark]] = field(default_factory=dict)  # by key; "" is the row as a whole

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"{self.table}-{self.id}"

    @property
    def wrong(self) -> int:
        """How many things must be mended here."""
        return sum(remark.wrong for remarks in self.remarks.values() for remark in remarks)

    @property
    def fields(self) -> list[tuple[Any, list[Remark]]]:
        """Each field with what lint says of it."""
        return [(self.form[key], self.remarks.get(key, [])) for key in self.form.keys]

    @property
    def whole(self) -> list[Remark]:
        """What lint says of the row, or of what cannot be changed here."""
        return [remark for key, remarks in self.remarks.items() if key not in self.form.keys for remark in remarks]


def draft_rows(data: Raw, checked: Checked, language: str, sent: Any = None) -> tuple[list[tuple[Any, list[DraftRow]]], list[Problem]]:
    """The rows that can be changed, by table, and the problems that belong to none of them. `sent` fills the row that it names."""
    problems = [(problem, True) for problem in checked.problems] + [(problem, False) for problem in checked.warnings]
    placed: set[int] = set()
    tables = []
    for table, heading in TABLES.items():
        found = []
        for n, (id, row) in enumerate(rows(data, table)):
            if table == "channels" and "acknowledge" not in row:
                continue
            mine = sent if sent is not None and (sent.get("table"), sent.get("id")) == (table, id) else None
            made = DraftRow(table, id, _row_name(data, table, id, row, language), RowForm(data, table, id, row, language, mine))
            made.limit = str(row.get("limit") or row.get("acknowledge") or "")
            made.duty = _duty(checked.pack, table, id, language)
            made.remarks = _remarks(problems, spelt((table, n) if isinstance(data[table], list) else (table,)), placed, language)
            found.append(made)
        if found:
            tables.append((heading, found))
    return tables, [problem for problem, _wrong in problems if id_of(problem) not in placed]


def id_of(problem: Problem) -> int:
    """Tells problems apart that say the same of different places."""
    return id(problem)


def _remarks(problems: Iterable[tuple[Problem, bool]], path: str, placed: set[int], language: str) -> dict[str, list[Remark]]:
    found: dict[str, list[Remark]] = {}
    for problem, wrong in problems:
        if problem.key == path or problem.key.startswith((f"{path}.", f"{path}[")):
            key = problem.key[len(path) :].lstrip(".").partition(".")[0].partition("[")[0]
            found.setdefault(key, []).append(Remark(wrong, problem.zh if language.startswith("zh") else problem.en))
            placed.add(id_of(problem))
    return found


def _duty(pack: Pack | None, table: str, id: str, language: str) -> Duty | None:
    row = pack.obligation(id) if pack and table == "obligations" else None
    return Reader(pack, language).duty(row) if pack and row else None


def _row_name(data: Raw, table: str, id: str, row: Raw, language: str) -> str:
    if table == "approvals":
        grades = dict(_named(data, "grades", language))
        ids = row.get("grades")
        named = [str(grades.get(str(one), one)) for one in ids] if isinstance(ids, list) else []
        return f"{id}　" + ("、" if language.startswith("zh") else ", ").join(named)
    name = row.get("name" if language.startswith("zh") else "name_en")
    return str(name or id or TABLES[table])
