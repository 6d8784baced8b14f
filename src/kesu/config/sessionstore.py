"""Where sessions are kept: Django's own table, read by a question kept ready (every page asks it first)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from kesu.company.prepared import ask


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        found: list[Session] = ask(_living, key=None, session=self.session_key or "", at=timezone.now())  # noqa: TID251  # Django writes the end by this clock
        if not found:
            self._session_key = None
        return found[0] if found else None


def _living(*, session: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=session, expire_date__gt=at)
