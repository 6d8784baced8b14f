"""Set-up: the written procedure in force, readable as a table; its versions; publishing another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesu.company import actions
from kesu.company.models import ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure import acts
from kesu.procedure.limits import parse_limit
from kesu.procedure.moments import read_moment
from kesu.procedure.pack import Obligation, Pack
from kesu.procedure.packfaults import PackError, Problem
from kesu.procedure.packfile import LARGEST, examine
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.frame import setup_page, show, today
from kesu.web.staff import StaffRequest

NOT_ACTS = {"heard": ("住户说起", "the customer says so"), "fact": ("答“是”", "yes to"), "step": ("走完", "step done:")}
FROM_ELSEWHERE = {"own-date": ("约定的日期", "the agreed date"), "before-expiry": ("原到期之前", "before it expires")}


@dataclass(frozen=True)
class Duty:
    """An obligation in words."""

    row: Obligation
    name: str
    begins: str
    until: str
    limit: str
    office: bool
    role: str
    applies: str
    warnings: str
    ladder: list[tuple[str, str]]
    extension: str
    pauses: str
    note: str


class UploadForm(Form):
    """A new version: the file and the day from which it counts."""

    file = forms.FileField(label=gettext_lazy("规程文件（.toml）"))
    effective = forms.DateField(
        label=gettext_lazy("从哪天起用"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("这天起受理的按新版本办，之前的不变"),
    )


class Reader:
    """Turns ids of a pack into words of the reader's language."""

    def __init__(self, pack: Pack, language: str) -> None:
        self.pack, self.language, self.zh = pack, language, language.startswith("zh")

    def names(self, table: str, ids: list[str]) -> str:
        """The names of these rows, joined."""
        return self.joined([self.pack.label(table, id, self.language) for id in ids])

    def joined(self, words: list[str]) -> str:
        """Words in a list of the language."""
        return ("、" if self.zh else ", ").join(words)

    def act(self, name: str) -> str:
        """An act of the vocabulary, with what stands behind its colon: present:general_manager → 呈报总经理."""
        act, _colon, detail = name.partition(":")
        row = acts.ACTS.get(act)
        pair = (row.zh, row.en) if row else NOT_ACTS.get(act, (act, act))
        words = pair[0 if self.zh else 1]
        return f"{words} {self._detail(act, detail)}".strip() if detail else words

    def _detail(self, act: str, detail: str) -> str:
        if act == "fact":
            return detail  # the questions are long; their ids stand in the procedure's own list
        if act == "step":
            return acts.step_name(detail, self.language)
        role = self.pack.find("roles", detail)
        return role.label(self.language) if role else detail

    def limit(self, text: str) -> str:
        """A limit in words."""
        if text in FROM_ELSEWHERE:
            return FROM_ELSEWHERE[text][0 if self.zh else 1]
        return parse_limit(text).words(self.language)

    def moment(self, spec: str) -> str:
        """75%, 1h before, 20m after in words."""
        kind, number, unit = read_moment(spec)
        units = {"s": ("秒", "s"), "m": ("分钟", "min"), "h": ("小时", "h"), "d": ("天", "d")}
        if kind == "share":
            return f"用掉 {number}%" if self.zh else f"{number}% used"
        if not number:
            return "一超时" if self.zh else "when late"
        amount = f"{number} {units[unit][0 if self.zh else 1]}"
        if self.zh:
            return f"到期前 {amount}" if kind == "before" else f"超时 {amount}"
        return f"{amount} before" if kind == "before" else f"{amount} late"

    def duty(self, row: Obligation) -> Duty:
        """One line of the table."""
        return Duty(
            row=row,
            name=row.label(self.language),
            begins=self.begins(row),
            until=self.joined([self.act(name) for name in row.until]),
            limit=self.limit(row.limit),
            office=row.time == "office",
            role=self.pack.label("roles", row.role, self.language),
            applies=self._applies(row),
            warnings=self.joined([self.moment(spec) for spec in row.warn]),
            ladder=[(self.moment(rung.at), self.names("roles", rung.tell)) for rung in row.ladder],
            extension=self._extension(row),
            pauses=self.names("pauses", row.pauses),
            note=row.note if self.zh else row.note_en,
        )

    def begins(self, row: Obligation) -> str:
        """What starts the clock; several questions answered yes are said once."""
        facts = [name.partition(":")[2] for name in row.begins if name.startswith("fact:")]
        others = [self.act(name) for name in row.begins if not name.startswith("fact:")]
        asked = [f"{self.joined(facts)} 答“是”" if self.zh else f"yes to {self.joined(facts)}"] if facts else []
        return self.joined([*others, *asked])

    def _applies(self, row: Obligation) -> str:
        tables = [("grades", row.grades), ("natures", row.natures), ("channels", row.channels), ("categories", row.categories)]
        words = [self.names(table, list(ids)) for table, ids in tables if ids]
        if row.facts and not any(name.startswith("fact:") for name in row.begins):
            words.append(self.joined(list(row.facts)))
        return ("；" if self.zh else "; ").join(words)

    def _extension(self, row: Obligation) -> str:
        if row.extension is None:
            return ""
        who, longest = self.pack.label("roles", row.extension.approver, self.language), self.limit(row.extension.longest)
        return f"{who}批，最多再 {longest}" if self.zh else f"by {who}, at most {longest} more"


def _reader(pack: Pack) -> Reader:
    return Reader(pack, get_language() or "zh-hans")


@setup_page
def procedure(request: StaffRequest) -> HttpResponse:
    """The version in force and the list of versions."""
    rights = request.rights
    return _show(request, standing(rights.company).version_at(now()))


@setup_page
def version(request: StaffRequest, version: int) -> HttpResponse:
    """Any one version of the company's."""
    rights = request.rights
    return _show(request, ProcedureVersion.objects.only("pk").get(pk=version, company=rights.company).pk)


def _show(request: StaffRequest, version_id: int) -> HttpResponse:
    rights = request.rights
    versions = list(
        ProcedureVersion.objects.filter(company=rights.company).defer("text").select_related("published_by").order_by("-effective", "-id")
    )
    shown, reader = pack_of(version_id), _reader(pack_of(version_id))
    context = {
        "shown": next(row for row in versions if row.pk == version_id),
        "written": shown,
        "versions": versions,
        "in_force": standing(rights.company).version_at(now()),
        "today": today(rights),
        "duties": [reader.duty(row) for row in shown.owed()],
        "approvals": [_approval(reader, row) for row in shown.approvals],
        "grades": [
            (row.label(reader.language), [(clause.because if reader.zh else clause.because_en, clause.source) for clause in row.when])
            for row in shown.grades
        ],
        "roles": [(row, reader.joined([reader.act(act) for act in row.may])) for row in shown.roles],
    }
    return show(request, "procedure", context, "procedure")


def _approval(reader: Reader, row: Any) -> tuple[str, int | None, int | None, bool, str, str]:
    """(grades, above, up to, also without cost, by whom, source)."""
    return (
        reader.names("grades", list(row.grades)),
        row.above,
        row.up_to,
        row.always,
        reader.pack.label("roles", row.by, reader.language),
        row.source,
    )


@setup_page
def text(request: StaffRequest, version: int) -> HttpResponse:
    """The version's file as it was published, to edit and publish again."""
    rights = request.rights
    row = ProcedureVersion.objects.get(pk=version, company=rights.company)
    response = HttpResponse(row.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.pack_id}-{row.pk}.toml"'
    return response


@setup_page
def publish(request: StaffRequest) -> HttpResponse:
    """Upload a version. Every fault is shown with file, line and key; warnings of a usable one are shown after publishing."""
    rights = request.rights
    form = UploadForm(request.POST or None, request.FILES or None, initial={"effective": today(rights)})
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        problems, done = _publish(request, form)
        if done:
            return redirect("setup_procedure")
    words = [problem.words(get_language() or "zh-hans") for problem in problems]
    return show(request, "publish", {"form": form, "problems": words}, "procedure")


def _publish(request: StaffRequest, form: UploadForm) -> tuple[list[Problem], bool]:
    sent = form.cleaned_data["file"]
    try:
        raw = sent.read(LARGEST + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        form.add_error("file", _("不是 UTF-8 文字，请另存为 UTF-8"))
        return [], False
    try:
        done = attempt(
            form, lambda: actions.publish_text(request.user, raw, file=sent.name, effective=form.cleaned_data["effective"], at=now())
        )
    except PackError as error:
        return error.problems, False
    if done:
        _say_warnings(request, raw, sent.name)
    return [], done


def _say_warnings(request: StaffRequest, raw: str, file: str) -> None:
    messages.success(request, _("发布好了"))
    for problem in examine(raw, file).warnings:
        messages.warning(request, problem.words(get_language() or "zh-hans"))


@setup_page
@require_POST
def withdraw(request: StaffRequest, version: int) -> HttpResponse:
    """Take back a version that has not begun."""
    actions.withdraw_version(request.user, version, now())
    messages.success(request, _("撤回了"))
    return redirect("setup_procedure")
