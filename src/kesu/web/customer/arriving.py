"""Where the customer's pages send photographs piece by piece, so that a lost connection costs a piece and not the photograph."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from kesu.complaints import coming
from kesu.complaints.files import Upload
from kesu.procedure.refused import Refused
from kesu.web.customer.discreet import open_door

GAP, REFUSED_STATUS, TOO_LARGE = 409, 422, 413
MOST_KEYS = 50  # of one form; how many files are taken is the form's own rule


@open_door
@require_http_methods(["GET", "POST"])
def piece(request: HttpRequest, key: str) -> JsonResponse:
    """GET: {"got"}, how many bytes are here. POST `?offset=&size=&name=` with the bytes: {"got"}; 409 with {"got"} when they do not follow
    on that, 422 {"error"} for a file that is not taken, 413 for too large a piece."""
    try:
        if request.method == "GET":
            return JsonResponse({"got": coming.got(key)})
        if _number(request.META.get("CONTENT_LENGTH") or "0") > coming.LARGEST_PIECE:
            return JsonResponse({"error": "too large"}, status=TOO_LARGE)
        name = request.GET.get("name", "")[:200]
        return JsonResponse(
            {"got": coming.take(key, name, _number(request.GET.get("size", "")), _number(request.GET.get("offset", "")), request.read())}
        )
    except KeyError:
        return JsonResponse({"error": "key"}, status=404)
    except coming.Elsewhere as elsewhere:
        return JsonResponse({"got": elsewhere.got}, status=GAP)
    except Refused as refused:
        return JsonResponse({"error": refused.reason(get_language() or "zh-hans")}, status=REFUSED_STATUS)


def _number(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 12 else -1


def sent_files(request: HttpRequest) -> list[Upload]:
    """The files of a form: those within it, and those that came before it piece by piece. Raises Refused when one of these is not whole."""
    within = [Upload(sent.name or "", sent.size or 0, sent.chunks()) for sent in request.FILES.getlist("files")]
    return within + coming.uploads(request.POST.getlist("upload")[:MOST_KEYS])
