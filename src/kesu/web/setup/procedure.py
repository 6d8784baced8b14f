"""Set-up: the written procedure in force, readable as a table; its versions; publishing another."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesu.company import actions
from kesu.company.actions.drafting import approvers
from kesu.company.models import ProcedureDraft, ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import LARGEST
from kesu.procedure.packwords import Reader
from kesu.procedure.remedies import levels
from kesu.web.forms_kit import Form, attempt
from kesu.web.setup.frame import setup_page, show, today
from kesu.web.setup.picture import picture
from kesu.web.staff import StaffRequest


class UploadForm(Form):
    """A file that becomes a draft, and what the draft is called."""

    file = forms.FileField(label=gettext_lazy("规程文件（.toml）"))
    name = forms.CharField(label=gettext_lazy("草稿的名字"), required=False, max_length=60, help_text=gettext_lazy("不写就用文件名"))


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
        " → ".join(reader.pack.label("roles", role, reader.language) for role in levels(row)),
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
    """Upload a file: it becomes a draft, which says what is wrong in it and is approved by somebody else like any other."""
    form = UploadForm(request.POST or None, request.FILES or None)
    made = _upload(request, form) if request.method == "POST" and form.is_valid() else None
    if made:
        messages.success(request, _("存成草稿了，还没起用"))
        return redirect("setup_draft", made.pk)
    return show(request, "publish", {"form": form, "alone": not approvers(request.rights, request.user)}, "procedure")


def _upload(request: StaffRequest, form: UploadForm) -> ProcedureDraft | None:
    sent, made = form.cleaned_data["file"], []
    try:
        raw = sent.read(LARGEST + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        form.add_error("file", _("不是 UTF-8 文字，请另存为 UTF-8"))
        return None
    name = form.cleaned_data["name"] or PurePath(sent.name).stem[:60]
    attempt(form, lambda: made.append(actions.upload_draft(request.user, raw, name, now())))
    return made[0] if made else None


@setup_page
@require_POST
def withdraw(request: StaffRequest, version: int) -> HttpResponse:
    """Take back a version that has not begun."""
    actions.withdraw_version(request.user, version, now())
    messages.success(request, _("撤回了"))
    return redirect("setup_procedure")
