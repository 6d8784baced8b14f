"""Unfinished forms of signed-in people, kept for their other devices."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from kesu.complaints.actions import reading
from kesu.complaints.models import Draft
from kesu.config.now import now
from kesu.web.staff import StaffRequest


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def draft(request: StaffRequest, form: str) -> HttpResponse:
    """GET: what was typed (204: nothing). POST: keep the JSON list of [name, value] pairs. DELETE: forget it."""
    if request.method == "POST":
        return _keep(request, form)
    if request.method == "DELETE":
        reading.forget_draft(request.user, form)
        return HttpResponse(status=204)
    row = Draft.objects.filter(person=request.user, form=form).first()
    if row is None:
        return HttpResponse(status=204)
    return JsonResponse(
        {"fields": row.data.get("fields", []), "saved": int(row.saved_at.timestamp() * 1000)}, headers={"Cache-Control": "no-store"}
    )


def _keep(request: StaffRequest, form: str) -> HttpResponse:
    try:
        fields = json.loads(request.body)
        pairs = [[str(name), str(value)] for name, value in fields]
    except (ValueError, TypeError):
        return HttpResponse(status=400)
    kept = reading.keep_draft(request.user, form, pairs, now())
    return HttpResponse(status=204 if kept else 413)
