"""Sessions end when nobody works: the end moves on while requests come, written at most every few minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse

from kesu.config.now import now, offset_seconds

TOUCH_EVERY = 600  # seconds; a write per request would cost every page a commit
SEEN = "_seen"


class EndsWhenIdle:
    """Moves a signed-in session's end, SESSION_COOKIE_AGE after the last request (give or take TOUCH_EVERY)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        # Only a session that the view has read already: a public page must not cost a query or get a cookie.
        if session.accessed and session.session_key and not session.is_empty():
            seconds = int(now().timestamp())
            if abs(seconds - session.get(SEEN, 0)) >= TOUCH_EVERY:
                session[SEEN] = seconds
        return response


def forget_ended(at: datetime) -> int:
    """A chore: removes sessions that have ended, some at a time. Returns how many.

    Django writes the end by its own clock, which a moved one (KESU_NOW) must not overtake: everybody would be signed out.
    """
    at -= timedelta(seconds=offset_seconds())
    ended = list(Session.objects.filter(expire_date__lt=at).values_list("pk", flat=True)[:200])
    return Session.objects.filter(pk__in=ended).delete()[0] if ended else 0
