"""A request of somebody who is signed in: what views behind `login_required` and `setup_page` may rely on."""

from __future__ import annotations

from django.http import HttpRequest

from kesu.company.models import Person
from kesu.company.rights import Rights


class StaffRequest(HttpRequest):
    """`user` is a person; `rights` is set on set-up pages."""

    user: Person
    rights: Rights
