"""What every request meets: the first-run page, refusals and troubles in plain words, forms that were sent."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kesu.company.models import Company, Department, Grant, Person, ProcedureDraft, ProcedureVersion, Site
from kesu.complaints.actions.reading import forget_draft
from kesu.complaints.models import Case, Notice
from kesu.exchange.models import Token
from kesu.improvement.models import Capa
from kesu.procedure.refused import Refused
from kesu.web.shell import errors

Respond = Callable[[HttpRequest], HttpResponse]
SENT_COOKIE = "kesu_sent"
NOT_THEIRS = tuple(
    model.DoesNotExist for model in (Case, Capa, Site, Department, Person, Grant, ProcedureDraft, ProcedureVersion, Notice, Token)
)
OPEN_BEFORE_FOUNDING = ("/start/", "/healthz", "/api/", "/static/", "/language/", "/theme/")


class RefusedMiddleware:
    """A refusal that no view has caught becomes a 409 page; a full disk or a busy database a page that says what to do."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None leaves the exception to Django (404, 403, and 500 for what nobody foresaw)."""
        if isinstance(exception, Refused):
            return errors.refused(request, exception)
        if isinstance(exception, NOT_THEIRS):
            return errors.not_found(request, exception)
        return errors.trouble(request, exception)


class FirstRunMiddleware:
    """Leads to the first-run page while there is no company. Once there is one, it is never asked again."""

    founded = False

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN_BEFORE_FOUNDING) and not self._has_company():
            return HttpResponseRedirect(reverse("start"))
        return self.get_response(request)

    @classmethod
    def _has_company(cls) -> bool:
        if not cls.founded:
            cls.founded = Company.objects.exists()
        return cls.founded


class SentFormsMiddleware:
    """A form that names its draft and is answered by going elsewhere was taken: its draft is forgotten here and in the browser."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and _went_on(response) and (form := request.POST.get("_draft")):
            self._forget(request, response, form[:80])
        return response

    def _forget(self, request: HttpRequest, response: HttpResponse, form: str) -> None:
        if isinstance(request.user, Person):
            forget_draft(request.user, form)
        response.set_cookie(SENT_COOKIE, form, max_age=3600, samesite="Lax")


def _went_on(response: HttpResponse) -> bool:
    target = response.headers.get("HX-Redirect") or (response.headers.get("Location", "") if response.status_code in (302, 303) else "")
    return bool(target) and not target.startswith(reverse("login"))
