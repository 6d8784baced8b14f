"""What a reader's figures are over: the cases of which the reader may see every one, whole sites or what whole departments lead.

A figure over anything else would either hide part of its cases from the list behind it or betray how many hidden ones there are.
Cases that somebody sees only because they were once given a task in them are in no figure of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from kesu.company.models import Company
from kesu.company.rights import Rights
from kesu.company.standing import standing


@dataclass(frozen=True)
class Coverage:
    """The whole company, or these sites and what these departments lead; cut further by `site` and `department` where they are named."""

    company: Company
    whole: bool
    sites: frozenset[int] = frozenset()
    departments: frozenset[int] = frozenset()
    site: int | None = None
    department: int | None = None

    @classmethod
    def of(cls, reader: Rights | Company) -> Coverage:
        """What this reader may be told of; the company itself may be told of everything."""
        if isinstance(reader, Company):
            return cls(reader, True)
        if reader.company_wide():
            return cls(reader.company, True)
        return cls(reader.company, False, frozenset(reader.site_ids()), frozenset(reader.department_ids()))

    def at(self, site: int | None = None, department: int | None = None) -> Coverage:
        """Only this site, only what this department leads. What is not the reader's stays out: the figure is then of nothing."""
        return Coverage(self.company, self.whole, self.sites, self.departments, site or self.site, department or self.department)

    @classmethod
    def of_place(cls, company: Company, site: int | None) -> Coverage:
        """What a paper about this place is over (None: the whole company), whoever reads it: what lies elsewhere is hidden from it too."""
        return cls(company, site is None, frozenset([site] if site else []), site=site)

    @property
    def nothing(self) -> bool:
        """Whether the reader may be told of no case."""
        return not (self.whole or self.sites or self.departments)

    def rows(self) -> Q:
        """The condition on facts; it always names the company."""
        return Q(company_id=self.company.pk) & self.places()

    def places(self, site: str = "site_id", department: str = "department_id") -> Q:
        """The condition on a table with these columns, for a question that names the company itself."""
        found = self.reach(site, department)
        if self.site:
            found &= Q(**{site: self.site})
        if self.department:
            found &= Q(**{department: self.department})
        return found

    def reach(self, site: str = "site_id", department: str = "department_id") -> Q:
        """The condition for everything of which the reader may be told, however it is cut further."""
        if self.whole:
            return Q()
        return Q(**{f"{site}__in": sorted(self.sites)}) | Q(**{f"{department}__in": sorted(self.departments)})

    def tallies(self) -> Q:
        """The condition on roll-ups; the question names the company in each of its parts, for they lead to the index."""
        return self.places("site", "department")

    def site_ids(self) -> list[int]:
        """The sites that a rate is over: all of the company's or the reader's whole ones; one department has no exposure of its own."""
        known = standing(self.company).sites
        found = list(known) if self.whole else [pk for pk in known if pk in self.sites]
        return [pk for pk in found if self.site in (None, pk)]

    @property
    def exposed(self) -> bool:
        """Whether what is looked after is known for just these cases: not for a department within a site."""
        return self.department is None and (self.whole or bool(self.sites) and not self.departments)
