"""A request of somebody who is signed in: what views behind `login_required` and `setup_page` may rely on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.config.now import now

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """`user` is a person; `rights` is set on set-up pages."""

    user: Person
    rights: Rights


def site_asked_for(rights: Rights, text: str) -> int | None:
    """The site that an address asks for; None when it names none. Http404 for one that the reader has nothing to do with."""
    if not text:
        return None
    found = next((site.pk for site in rights.sites() if str(site.pk) == text), None)
    if found is None:
        raise Http404
    return found


def for_receivers(view: View) -> View:
    """Only for those who receive complaints somewhere; times on the company's clock."""

    @login_required
    @wraps(view)
    def within(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rights_of(request.user, now()).ever("receive"):
            raise Http404
        with timezone.override(ZoneInfo(request.user.company.zone)):
            return view(request, *args, **kwargs)

    return within
