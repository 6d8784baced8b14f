"""Who holds a role where: the people that a dispatch, an approval or a ladder means."""

from __future__ import annotations

from collections.abc import Iterable

from kesu.company.models import Person
from kesu.company.standing import Standing


class Holders:
    """The holders of roles at one site (and company-wide)."""

    def __init__(self, company: Standing, site_id: int | None) -> None:
        self._grants = [grant for grant in company.grants if grant.site_id in (None, site_id)]

    def of(self, role: str, department_id: int | None = None) -> list[Person]:
        """Who holds the role for this department (or, without one, for the site); the company-wide holders when nobody here does.

        The head of one department never answers for another.
        """
        rows = [grant for grant in self._grants if grant.role == role and grant.department_id in (None, department_id)]
        nearest = [grant for grant in rows if grant.site_id is not None] or rows
        return list({grant.person_id: grant.person for grant in nearest}.values())

    def first_of(self, roles: Iterable[str], department_id: int | None = None) -> tuple[str, list[Person]]:
        """The first role of the list that somebody holds, and who; ("", []) when nobody holds any."""
        for role in roles:
            people = self.of(role, department_id)
            if people:
                return role, people
        return "", []
