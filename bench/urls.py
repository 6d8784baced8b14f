"""The product's addresses, and two to compare with: `/bare/BYTES`, a signed-in page that does nothing but answer with so many bytes, and
`/bare-insert`, which stores the rows of one complaint again and does nothing else."""

from __future__ import annotations

import copy
import json
import threading
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from kesu.complaints.models import Case, CaseItem, Clock, JournalEntry, Notice
from kesu.complaints.storing import insert
from kesu.config.urls import urlpatterns as product


@login_required
def bare(request: HttpRequest, size: int) -> HttpResponse:
    """The least that any page of ours does: the same middleware, the signed-in person, a body of the same size."""
    request.user.pk  # noqa: B018  # the person is looked up, as every page does
    return HttpResponse(b"x" * size)


_lock = threading.Lock()
_template: list[list[Model]] = []


@csrf_exempt
def bare_insert(request: HttpRequest) -> HttpResponse:
    """The rows that one complaint consists of, copied: the same tables, the same columns, one transaction."""
    json.loads(request.body)
    with _lock:
        if not _template:
            case = Case.objects.filter(parts__isnull=True, closed_at=None).order_by("-id").first() or Case.objects.latest("id")
            own = [list(table.objects.filter(case=case)) for table in (CaseItem, Clock, JournalEntry, Notice)]
            _template.extend([[case], *own])
    mark = uuid.uuid4().hex
    with transaction.atomic():
        (case,) = _copies(_template[0], number=mark[:20], token=mark, filed_key=None)
        insert([case])
        for n, rows in enumerate(_template[1:]):
            insert(_copies(rows, case_id=case.pk, **({"key": mark} if n == 3 else {})))
    return HttpResponse(json.dumps({"number": mark}), status=201, content_type="application/json")


def _copies(rows: list[Model], **changes: object) -> list[Any]:
    made = [copy.copy(row) for row in rows]
    for n, row in enumerate(made):
        row.pk = None
        for name, value in changes.items():
            setattr(row, name, f"{value}{n}" if name == "key" else value)
    return made


urlpatterns = [path("bare/<int:size>", bare), path("bare-insert", bare_insert), *product]
