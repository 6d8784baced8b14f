"""The door for programs that push e-mail: a message per request, signed as the standard web hooks are."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kesu.channels.arriving import arrive
from kesu.channels.models import Mailbox
from kesu.channels.out import reports
from kesu.channels.settingup import is_signed
from kesu.config.now import now

LARGEST = 60_000_000  # bytes of one message
UNKNOWN = 401


@csrf_exempt
@require_POST
def push(request: HttpRequest, mailbox: int) -> HttpResponse:
    """200 once the message is on disk, new or known; 401 without a good signature, for a mailbox that is not there too; 413 too large."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > LARGEST:
        return JsonResponse({"error": "too_large", "most": LARGEST}, status=413)
    data, at = request.read(), now()
    found = Mailbox.objects.filter(pk=mailbox, active=True).first()
    id, stamp, signatures = (request.headers.get(f"webhook-{name}", "")[:2000] for name in ("id", "timestamp", "signature"))
    if found is None or not is_signed(found, id, stamp, signatures, data, at):
        return JsonResponse({"error": "signature"}, status=UNKNOWN)
    return JsonResponse({"new": arrive(found, [(data, None)], at)})


@csrf_exempt
@require_POST
def report(request: HttpRequest, account: int, token: str) -> HttpResponse:
    """What a provider of text messages reports, in the words that it waits for; 404 for whoever does not know the address, 400 for what
    cannot be read, 413 too large."""
    found = reports.account_called(account, token)
    if found is None:
        raise Http404
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > reports.LARGEST:
        return JsonResponse({"error": "too_large", "most": reports.LARGEST}, status=413)
    answer = reports.take(found, request.read(), now())
    return JsonResponse(answer if answer is not None else {"error": "unread"}, status=200 if answer is not None else 400)
