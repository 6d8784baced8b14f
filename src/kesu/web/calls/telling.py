"""The door for exchanges: one event of a call per request, signed as the standard web hooks are, or with a secret in the address."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kesu.channels.calls import lines
from kesu.channels.calls.events import read_event
from kesu.channels.calls.taking import take
from kesu.channels.models import PhoneLine
from kesu.config.now import now
from kesu.procedure.refused import Refused

LARGEST = 20_000  # bytes of one event


@csrf_exempt
@require_http_methods(["GET", "POST"])
def told(request: HttpRequest, line: int) -> HttpResponse:
    """200 with what is known of the call; 401 not from the exchange, or no such line; 413 too large; 422 not understood."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > LARGEST:
        return JsonResponse({"error": "too_large", "most": LARGEST}, status=413)
    body, at = request.body, now()
    found = PhoneLine.objects.filter(pk=line, active=True).select_related("company").first()
    id, stamp, signatures = (request.headers.get(f"webhook-{name}", "")[:2000] for name in ("id", "timestamp", "signature"))
    key = request.GET.get("key", "")[:100]
    if found is None or not (key or request.method == "POST") or not lines.is_from_exchange(found, key, (id, stamp, signatures), body, at):
        return JsonResponse({"error": "signature"}, status=401)
    try:
        call = take(found, read_event(_data(request, body), found.company.zone, at), at)
    except Refused as refused:
        PhoneLine.objects.filter(pk=found.pk).update(fault=f"{refused.field or ''}: {refused.en}"[:200])
        return JsonResponse({"error": refused.code, "field": refused.field, "words": refused.en}, status=422)
    return JsonResponse({"call": call.pk, "state": call.state, "task": call.arrival_id})


def _data(request: HttpRequest, body: bytes) -> Mapping[str, object]:
    """What the event says: the address's own words, a form, or JSON."""
    if request.method == "GET":
        return request.GET.dict()
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return request.POST.dict()
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused("unreadable", "不是 JSON 对象", "the body is no JSON object")
    return found
