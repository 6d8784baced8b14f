"""Who holds a role where: the people that a dispatch, an approval or a ladder means."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from kesu.company.models import Grant, Person


class Holders:
    """The holders of roles at one site (and company-wide), read in one query."""

    def __init__(self, company_id: int, site_id: int | None) -> None:
        self.company_id, self.site_id = company_id, site_id
        self._grants: list[Grant] | None = None

    def _all(self) -> list[Grant]:
        if self._grants is None:
            here = Q(site__isnull=True) | Q(site_id=self.site_id)
            self._grants = list(
                Grant.objects.filter(here, person__company_id=self.company_id, person__is_active=True).select_related("person").order_by("id")
            )
        return self._grants

    def of(self, role: str, department_id: int | None = None) -> list[Person]:
        """Who holds the role for this department (or, without one, for the site); the company-wide holders when nobody here does.

        The head of one department never answers for another.
        """
        rows = [grant for grant in self._all() if grant.role == role and grant.department_id in (None, department_id)]
        nearest = [grant for grant in rows if grant.site_id is not None] or rows
        return list({grant.person_id: grant.person for grant in nearest}.values())

    def first_of(self, roles: Iterable[str], department_id: int | None = None) -> tuple[str, list[Person]]:
        """The first role of the list that somebody holds, and who; ("", []) when nobody holds any."""
        for role in roles:
            people = self.of(role, department_id)
            if people:
                return role, people
        return "", []
