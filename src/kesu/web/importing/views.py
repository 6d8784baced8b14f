"""Importing a file: give it, say what its columns are, try it, take it in, download what was not taken."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.exchange.actions import imports as actions
from kesu.exchange.columns import KINDS, fields_of
from kesu.exchange.faults import fault_rows
from kesu.exchange.models import Import
from kesu.exchange.tables import Table
from kesu.procedure.refused import Refused
from kesu.web.forms_kit import Form, attempt, offer
from kesu.web.staff import StaffRequest

SHOWN, SAMPLE = 20, 3  # earlier imports; rows shown for the columns


class FileForm(Form):
    """Which kind, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("导入什么"))
    file = forms.FileField(label=gettext_lazy("文件"), help_text=gettext_lazy("CSV、Excel（.xlsx）或 JSONL，第一行是表头"))


class SettledForm(Form):
    """What counts for every row where the file does not say it."""

    site = forms.ChoiceField(label=gettext_lazy("服务点"), required=False, help_text=gettext_lazy("文件里没有这一列，就都算这里的"))
    channel = forms.ChoiceField(label=gettext_lazy("来路"), required=False)
    source = forms.CharField(
        label=gettext_lazy("原单号是哪里的"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("如 12315、12345、微信支付；同一来源同一单号只收一次"),
    )

    def __init__(self, *args: Any, rights: Rights, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        sites = standing(rights.company).sites.values()
        offer(self, "site", [("", _("看文件里写的")), *((site.code, site.name) for site in sites)])
        offer(self, "channel", [("", _("看文件里写的")), *((row.id, row.label(language)) for row in rights.pack.channels)])
        if kind != "cases":
            del self.fields["channel"], self.fields["source"]


def _rights(request: Any) -> tuple[Rights, list[str]]:
    rights = rights_of(request.user, now())
    kinds = actions.kinds_for(rights)
    if not kinds:
        raise Http404
    return rights, kinds


def _kind_name(kind: str) -> str:
    zh, en, _fields = KINDS[kind]
    return zh if (get_language() or "zh-hans").startswith("zh") else en


@login_required
def imports(request: StaffRequest) -> HttpResponse:
    """Give a file; what was imported before."""
    rights, kinds = _rights(request)
    form = FileForm(request.POST or None, request.FILES or None)
    offer(form, "kind", [(kind, _kind_name(kind)) for kind in kinds])
    made: list[Import] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if attempt(form, lambda: made.append(actions.prepare(request.user, form.cleaned_data["kind"], file.name, file.chunks(), now()))):
            return redirect("import", whole=made[0].pk)
    rows = Import.objects.filter(company=rights.company, kind__in=kinds).select_related("person").order_by("-id")[:SHOWN]
    return render(request, "web/importing/imports.html", {"form": form, "rows": [(row, _kind_name(row.kind)) for row in rows]})


@login_required
def one(request: StaffRequest, whole: int) -> HttpResponse:
    """One file: its columns while it is not under way; progress; what came of it."""
    rights, row, table = _opened(request, whole)
    settled = SettledForm(request.POST or None, rights=rights, kind=row.kind, initial=row.settled)
    which = request.POST.get("which", "")
    if (
        which in ("try", "take")
        and row.state != "running"
        and settled.is_valid()
        and attempt(settled, lambda: _begin(request, row, table, settled))
    ):
        messages.success(request, _("开始试，不会存") if which == "try" else _("开始导入"))
        return redirect("import", whole=row.pk)
    return render(request, "web/importing/one.html", _context(request, row, table, settled))


def _opened(request: StaffRequest, whole: int) -> tuple[Rights, Import, Table]:
    rights, kinds = _rights(request)
    row = Import.objects.filter(pk=whole, company=rights.company, kind__in=kinds).select_related("person").first()
    if row is None:
        raise Http404
    try:
        return rights, row, actions.table_of(row)
    except Refused as fault:
        raise Http404 from fault


def _begin(request: StaffRequest, row: Import, table: Table, settled: SettledForm) -> None:
    columns = {heading: request.POST.get(f"column-{n}", "") for n, heading in enumerate(table.headings)}
    actions.map_columns(request.user, row.pk, columns, settled.cleaned_data, now())
    actions.start(request.user, row.pk, now(), dry=request.POST.get("which") == "try")


def _context(request: StaffRequest, row: Import, table: Table, settled: SettledForm) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    sample = [cells for _, (_number, cells) in zip(range(SAMPLE), table.rows(), strict=False)]
    sent = request.method == "POST"
    columns = [
        {
            "n": n,
            "heading": heading,
            "field": request.POST.get(f"column-{n}", "") if sent else row.columns.get(heading, ""),
            "sample": [cells[n] for cells in sample if cells[n]],
        }
        for n, heading in enumerate(table.headings)
    ]
    fields = [(field.id, field.label(language), field.needed) for field in fields_of(row.kind)]
    why = row.why[0 if language.startswith("zh") else 1] if row.why else ""
    context = {"row": row, "kind": _kind_name(row.kind), "columns": columns, "fields": fields, "form": settled, "why": why}
    return context | {"faults": [(fault, fault.zh if language.startswith("zh") else fault.en) for fault in row.faults.all()[:SHOWN]]}


@login_required
def faults(request: StaffRequest, whole: int) -> HttpResponseBase:
    """The refused rows as CSV that Excel opens (UTF-8 with BOM)."""
    _rights_found, row, _table = _opened(request, whole)
    language = get_language() or "zh-hans"
    response = StreamingHttpResponse(_csv(row, language), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="faults-{row.pk}.csv"'
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv(row: Import, language: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for cells in fault_rows(row, language):
        yield writer.writerow(cells)
