"""Cases read for paper: whole, as the company's auditor or as one person sees them; and the empty case behind a form for the pen."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Company, Person, Site
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.complaints.queries.case_page import CasePage, read
from kesu.complaints.queries.health import cover_health, stands
from kesu.complaints.queries.veil import cover_page
from kesu.procedure.pack import Pack

WITH = ("site__company", "version", "received_by", "handler", "department", "home", "customer")


def audited(case: Case, pack: Pack, at: datetime, language: str, *, health: bool = True) -> CasePage:
    """The case with its whole journal, as somebody who reads everything and does nothing; health data with consent and `health` only."""
    company = case.site.company
    reader = Person(company=company, name="")
    page = CasePage(case, pack, Rights(reader, company, pack, []), at, language)
    read(page)
    whole(page)
    cover_health(page, health and stands(pack, case))
    return page


def seen(person: Person, number: str, at: datetime, language: str, *, revealed: bool = False) -> CasePage:
    """The case with its whole journal, covered as far as the person may not see who the customer is; Case.DoesNotExist for strangers."""
    case = cases.get(person, number, at)
    page = CasePage(case, pack_of(case.version_id), rights_of(person, at), at, language)
    read(page)
    whole(page)
    cover_health(page)
    cover_page(page, revealed=revealed)
    return page


def whole(page: CasePage) -> CasePage:
    """The page with every entry of the journal, the first one first."""
    page.journal = list(page.case.journal.order_by("n"))
    return page


def last_said(case: Case) -> datetime:
    """When the journal's last entry was written: the moment up to which a package tells."""
    last = case.journal.order_by("-n").first()
    return last.written_at if last else case.received_at


def empty(company: Company, site: Site | None, pack: Pack, at: datetime, language: str) -> CasePage:
    """A case in which nothing stands, for forms to fill in by hand."""
    place = site or Site(company=company, code="", name="")
    case = Case(company=company, site=place, number="", grade="", nature="", channel="", title="", step="")
    return CasePage(case, pack, Rights(Person(company=company, name=""), company, pack, []), at, language)
