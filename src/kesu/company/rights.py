"""Who may see and do what: one place that asks the person's grants and the pack's table of roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Company, Grant, Person, Site
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.procedure.pack import Pack, Role


@dataclass
class Rights:
    """A person's grants read against the pack in force."""

    person: Person
    company: Company
    pack: Pack
    grants: list[Grant]

    def roles(self) -> list[str]:
        """The ids of the roles held, without repeats, in the pack's order."""
        held = {grant.role for grant in self.grants}
        return [role.id for role in self.pack.roles if role.id in held]

    def _role(self, grant: Grant) -> Role | None:
        return self.pack.find("roles", grant.role)

    def by_role(self, act: str, *, site_id: int | None, departments: Iterable[int] = ()) -> str | None:
        """The role by which the person may do `act` there; None when they may not."""
        inside = set(departments)
        for grant in self.grants:
            if grant.site_id is not None and grant.site_id != site_id:
                continue
            if grant.department_id is not None and grant.department_id not in inside:
                continue
            if self.pack.may(grant.role, act):
                return grant.role
        return None

    def ever(self, act: str) -> bool:
        """Whether some grant allows the act anywhere: for navigation, never for deciding."""
        return any(self.pack.may(grant.role, act) for grant in self.grants)

    def holds(self, role: str, *, site_id: int | None, departments: Iterable[int] = ()) -> bool:
        """Whether the person holds `role` for this site (and, if granted for a department, that department)."""
        inside = set(departments)
        return any(
            grant.role == role and grant.site_id in (None, site_id) and (grant.department_id is None or grant.department_id in inside)
            for grant in self.grants
        )

    def page(self, page: str) -> bool:
        """Whether a role of the person opens this page (reception, board, setup, reports)."""
        return any(page in role.pages for role in map(self._role, self.grants) if role)

    def reveals(self) -> bool:
        """Whether whole telephone numbers are shown."""
        return any(role.reveals for role in map(self._role, self.grants) if role)

    def company_wide(self) -> bool:
        """Whether the person sees every case of the company."""
        return any(grant.site_id is None and role.sees in ("company", "site") for grant, role in self._pairs())

    def site_ids(self) -> set[int]:
        """Sites of which the person sees every case."""
        return {
            grant.site_id for grant, role in self._pairs() if grant.site_id and role.sees in ("company", "site") and not grant.department_id
        }

    def department_ids(self) -> set[int]:
        """Departments of whose cases the person sees every one (those their department has or had a part in)."""
        return {grant.department_id for grant, role in self._pairs() if grant.department_id and role.sees != "own"}

    def _pairs(self) -> list[tuple[Grant, Role]]:
        return [(grant, role) for grant in self.grants if (role := self._role(grant))]

    def sites(self) -> list[Site]:
        """The sites the person works at (all active ones of the company for company-wide grants), by code."""
        own = {grant.site_id for grant in self.grants}
        return [site for site in standing(self.company).sites.values() if None in own or site.pk in own]


def rights_of(person: Person, at: datetime, company: Company | None = None) -> Rights:
    """The person's rights under the procedure in force at that moment. `company`: the freshly read row; default: the person's own,
    as fresh as the person. Somebody who has left has no grants."""
    company = company or person.company
    found = standing(company)
    state = (company.changes, found.version_at(at))
    held: tuple[tuple[int, int], Rights] | None = person.__dict__.get("_rights")
    if held is None or held[0] != state:
        held = (state, Rights(person, company, pack_of(state[1]), found.grants_of(person.pk)))
        person.__dict__["_rights"] = held
    return held[1]
