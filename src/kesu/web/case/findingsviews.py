"""Pages of finding out that are no act form: answering what one was asked, blacking out a picture."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_GET, require_http_methods

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Attachment, Case, Inquiry
from kesu.complaints.queries import asked, cases
from kesu.complaints.queries.case_page import CasePage, open_page
from kesu.complaints.queries.next_step import obstacle
from kesu.complaints.queries.originals import may_see
from kesu.complaints.redaction import FORMATS, WHOLE, Box
from kesu.config.now import now
from kesu.procedure.refused import Refused
from kesu.web.case import fields
from kesu.web.staff import StaffRequest

CELLS = 12  # the picture is blacked out cell by cell, so many across and down: large enough for a finger
REFUSED, FORBIDDEN, CONFLICT = 422, 403, 409


def openable(person: Person, number: str, attachment: int, at: datetime) -> Attachment:
    """A file that this person may open; 404 for others, also for the original of a picture that was blacked out."""
    try:
        case = cases.get(person, number, at)
        found = case.attachments.get(pk=attachment)
    except (Case.DoesNotExist, Attachment.DoesNotExist):
        raise Http404 from None
    if not may_see(rights_of(person, at), pack_of(case.version_id), case, found):
        raise Http404
    return found


class StatementForm(forms.Form):
    """What one knows, with photographs or papers."""

    words = fields.words(later("您知道的经过"), rows=8, hint=later("几点、在哪里、做了什么、看到什么；只写事实"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("可以不传；照片、录音、录像或 PDF，每个最大 20 MB")
        self.fields["files"] = fields.files(_("照片或单据"), hint=hint)  # not as an attribute: `files` is what a form was sent


@login_required
@require_GET
def mine(request: StaffRequest) -> HttpResponse:
    """What I was asked, and what I was told came of it."""
    with timezone.override(ZoneInfo(request.user.company.zone)):
        at = now()
        rows = asked.discreet(list(asked.asked_of(request.user)[: asked.SHOWN]), request.user, at)
        owed = [row for row in rows if row.answered_at is None and row.case.is_open]
        context = {
            "owed": owed,
            "given": [row for row in rows if row.answered_at],
            "told": asked.discreet(asked.told_to(request.user), request.user, at),
        }
        context["at"] = at
        return render(request, "web/case/findings_mine.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: StaffRequest, inquiry: int) -> HttpResponse:
    """One question that I was asked: my answer, or what I answered. Nothing else of the case is shown."""
    row = asked.asked_of(request.user).filter(pk=inquiry).first()
    if row is None:
        raise Http404
    asked.discreet([row], request.user, now())
    with timezone.override(ZoneInfo(request.user.company.zone)):
        return _answer(request, row)


def _answer(request: StaffRequest, row: Inquiry) -> HttpResponse:
    at, status, refused = now(), 200, None
    form = StatementForm(request.POST, request.FILES, label_suffix="") if request.method == "POST" else StatementForm(label_suffix="")
    if request.method == "POST" and form.is_valid():
        uploads = [Upload(file.name or "", file.size or 0, file.chunks()) for file in form.cleaned_data["files"]]
        try:
            actions.state(request.user, row.pk, words=form.cleaned_data["words"], uploads=uploads, at=at)
            messages.success(request, _("说明已交上去"))
            return redirect("asked_one", row.pk)
        except Case.DoesNotExist:
            raise Http404 from None
        except Refused as error:
            reason = error.reason(get_language() or "zh-hans")
            form.add_error(error.field if error.field in form.fields else None, reason)
            refused, status = None if error.field in form.fields else error, REFUSED
    elif request.method == "POST":
        status = REFUSED
    late = row.answered_at is None and row.due_at is not None and row.due_at <= at
    return render(request, "web/case/findings_answer.html", {"row": row, "form": form, "refused": refused, "late": late}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: StaffRequest, number: str, attachment: int) -> HttpResponse:
    """A picture under a grid: what is ticked becomes black in a copy."""
    at = now()
    file = openable(request.user, number, attachment, at)
    page = open_page(request.user, number, at, get_language() or "zh-hans")
    hindrance = obstacle(page.situation, "redact") or _no_picture(file)
    if hindrance:
        status = FORBIDDEN if hindrance.code == "not_allowed" else CONFLICT
        return _grid(request, page, file, hindrance, status)
    if request.method != "POST":
        return _grid(request, page, file, None, 200)
    try:
        actions.redact(request.user, page.case.pk, attachment_id=file.pk, boxes=list(_boxes(request.POST.getlist("cell"))), at=at)
    except Refused as error:
        return _grid(request, page, file, error, REFUSED)
    messages.success(request, _("遮盖好了，原图另存"))
    return redirect(reverse("case", args=[number]))


def _no_picture(file: Attachment) -> Refused | None:
    return None if file.kind in FORMATS else Refused("no_picture", "只有照片能遮盖", "only pictures can be blacked out")


def _grid(request: HttpRequest, page: CasePage, file: Attachment, refused: Refused | None, status: int) -> HttpResponse:
    ticked = set(request.POST.getlist("cell"))
    rows = [[(f"{row}-{column}", f"{row}-{column}" in ticked, row + 1, column + 1) for column in range(CELLS)] for row in range(CELLS)]
    context = {"page": page, "case": page.case, "file": file, "rows": rows, "refused": refused, "open": status in (200, REFUSED)}
    return render(request, "web/case/findings_redact.html", context, status=status)


def _boxes(cells: Iterable[str]) -> Iterable[Box]:
    """Ticked cells (“row-column”) as boxes, neighbours in a row joined; what no page gave out is left out."""
    found = sorted({(int(row), int(column)) for row, _dash, column in (cell.partition("-") for cell in cells) if _cell(row, column)})
    for row, cells_of_row in groupby(found, key=lambda cell: cell[0]):
        columns = [column for _row, column in cells_of_row]
        for _run, run in groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0]):
            across = [column for _n, column in run]
            yield _share(across[0]), _share(row), _share(across[-1] + 1), _share(row + 1)


def _cell(row: str, column: str) -> bool:
    return all(text.isdecimal() and len(text) < 3 and int(text) < CELLS for text in (row, column))


def _share(cells: int) -> int:
    return cells * WHOLE // CELLS
