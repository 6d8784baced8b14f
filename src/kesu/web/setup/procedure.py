"""Set-up: the written procedure in force, readable as a table; its versions; publishing another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesu.company import actions
from kesu.company.models import ProcedureDraft, ProcedureVersion
from kesu.company.procedures import beside_shipped, pack_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.procedure.packfaults import PackError, Problem
from kesu.procedure.packfile import LARGEST, examine
from kesu.procedure.packwords import Reader
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.frame import setup_page, show, today
from kesu.web.setup.picture import picture
from kesu.web.staff import StaffRequest


class UploadForm(Form):
    """A new version: the file and the day from which it counts."""

    file = forms.FileField(label=gettext_lazy("规程文件（.toml）"))
    effective = forms.DateField(
        label=gettext_lazy("从哪天起用"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("这天起受理的按新版本办，之前的不变"),
    )


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
        ProcedureVersion.objects.filter(company=rights.company)
        .defer("text")
        .select_related("published_by", "drafted_by")
        .order_by("-effective", "-id")
    )
    shown, reader = pack_of(version_id), _reader(pack_of(version_id))
    site = next(iter(standing(rights.company).sites.values()))
    context = {
        "picture": picture(shown, site, request.GET, today(rights), reader.language),
        "drafts": ProcedureDraft.objects.filter(company=rights.company).defer("text").select_related("changed_by").order_by("-changed_at"),
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
    for problem in examine(raw, file, beside_shipped()).warnings:
        messages.warning(request, problem.words(get_language() or "zh-hans"))


@setup_page
@require_POST
def withdraw(request: StaffRequest, version: int) -> HttpResponse:
    """Take back a version that has not begun."""
    actions.withdraw_version(request.user, version, now())
    messages.success(request, _("撤回了"))
    return redirect("setup_procedure")
