"""A request of somebody who is signed in: what views behind `login_required` and `setup_page` may rely on."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from kesu.company.models import Person
from kesu.company.rights import Rights


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
