"""What stands still between two complaints: sites, departments, people, grants and versions of a company, read once per process.

`Company.changes` is another number after every change to any of them (signals below; drawn, not counted: what a failed form rolled
back must not come to life with the next change), so whoever holds a freshly read company row holds
the stamp by which a process knows whether what it remembers still holds. Nothing here is ever changed by its readers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.signals import post_delete, post_save

from kesu.company.models import Company, Department, Grant, OfficialDay, Person, ProcedureVersion, Site

UNTOUCHED = {"last_login", "theme", "language", "password"}  # fields of a person that change nothing for others


@dataclass(frozen=True)
class Standing:
    """A company's standing data at one stamp."""

    company: Company
    sites: dict[int, Site]  # active ones, by id, in the order of their codes
    departments: dict[int, Department]  # active ones, by id
    people: dict[int, Person]  # active ones, by id
    grants: tuple[Grant, ...]  # of active people, with `person` set
    versions: tuple[tuple[date, int], ...]  # (effective, id), oldest first

    def grants_of(self, person_id: int) -> list[Grant]:
        """The grants of one person."""
        return [grant for grant in self.grants if grant.person_id == person_id]

    def attach(self, rows: Iterable[Any], *people: str, departments: Iterable[str] = ()) -> None:
        """Give the rows the people and departments that they name (by field), from what is remembered instead of by joins.

        Those who have left are read, all together. One query at most of each kind, none as a rule.
        """
        _attach(list(rows), people, self.people, Person)
        _attach(list(rows), departments, self.departments, Department)

    def version_on(self, day: date) -> int:
        """The id of the version that counts for a complaint received on this day; ProcedureVersion.DoesNotExist when there is none.

        Before the first version takes effect, the first one counts: a complaint is never without a procedure.
        """
        if not self.versions:
            raise ProcedureVersion.DoesNotExist
        return next((pk for effective, pk in reversed(self.versions) if effective <= day), self.versions[0][1])

    def version_at(self, at: datetime) -> int:
        """The same by the company's own calendar day."""
        return self.version_on(at.astimezone(ZoneInfo(self.company.zone)).date())


def _attach(rows: list[Any], fields: Iterable[str], known: Mapping[int, Any], model: type[Person] | type[Department]) -> None:
    named = [(row, field, pk) for row in rows for field in fields if (pk := getattr(row, f"{field}_id")) is not None]
    gone = {pk for _, _, pk in named if pk not in known}
    read = model.objects.in_bulk(gone) if gone else {}
    for row, field, pk in named:
        setattr(row, field, known.get(pk) or read[pk])


_known: dict[int, tuple[int, Standing]] = {}


def standing(company: Company) -> Standing:
    """The company's standing data; `company` must be freshly read (its `changes` is the stamp)."""
    stamp, found = _known.get(company.pk, (-1, None))
    if found is None or stamp != company.changes:
        found = _read(company)
        _known[company.pk] = (company.changes, found)
    return found


def forget() -> None:
    """Forget everything remembered (tests, where ids come round again)."""
    _known.clear()


def _read(company: Company) -> Standing:
    people = {person.pk: person for person in Person.objects.filter(company=company, is_active=True)}
    sites = {site.pk: site for site in Site.objects.filter(company=company, active=True).order_by("code")}
    for person in people.values():
        person.company = company
    for site in sites.values():
        site.company = company
    departments = {row.pk: row for row in Department.objects.filter(site__company=company, active=True).order_by("id")}
    grants = tuple(Grant.objects.filter(person__in=list(people)).order_by("id"))
    for grant in grants:
        grant.person = people[grant.person_id]
    versions = tuple(ProcedureVersion.objects.filter(company=company).order_by("effective", "id").values_list("effective", "id"))
    return Standing(company, sites, departments, people, grants, versions)


def changed(company_id: int) -> None:
    """Say that something standing has changed; writers that go past `save` and `delete` must call it."""
    Company.objects.filter(pk=company_id).update(changes=secrets.randbits(62))


def _company_of(row: Any) -> int | None:
    if isinstance(row, Grant):
        return Person.objects.filter(pk=row.person_id).values_list("company_id", flat=True).first()
    if isinstance(row, Department):
        return Site.objects.filter(pk=row.site_id).values_list("company_id", flat=True).first()
    found: int = row.company_id
    return found


def _on_change(instance: Any, update_fields: Any = None, **_: Any) -> None:
    if isinstance(instance, Person) and update_fields and set(update_fields) <= UNTOUCHED:
        return
    company_id = _company_of(instance)
    if company_id is not None:
        changed(company_id)


for _model in (Site, Department, Person, Grant, ProcedureVersion, OfficialDay):
    post_save.connect(_on_change, sender=_model, dispatch_uid=f"standing-save-{_model.__name__}")
    post_delete.connect(_on_change, sender=_model, dispatch_uid=f"standing-delete-{_model.__name__}")
