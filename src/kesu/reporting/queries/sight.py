"""Who sees a report, who comments, who approves: those who see every complaint of its site or of the company, and open reports at all."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.procedure.reporting import Report as Rule
from kesu.reporting.models import DRAFT, SUBMITTED, Report


def scope(rights: Rights) -> Q:
    """The reports that these rights show: nobody reads a total of cases that they do not see one by one."""
    company = Q(company_id=rights.person.company_id)
    if not rights.page("reports"):
        return Q(pk__in=())
    return company if rights.company_wide() else company & Q(site_id__in=rights.site_ids())


def sees_any(rights: Rights) -> bool:
    """Whether there may be something to see: for navigation."""
    return rights.page("reports") and bool(rights.pack.reports) and (rights.company_wide() or bool(rights.site_ids()))


def visible_to(person: Person, at: datetime) -> QuerySet[Report]:
    """Every report that the person may see, the newest first."""
    rows = Report.objects.filter(scope(rights_of(person, at))).select_related("company", "site", "submitted_by", "approved_by")
    return rows.order_by("-last", "-first", "site_id", "pk")


def rule_of(report: Report) -> Rule:
    """The row of the pack by which it goes. KeyError for a report whose version does not know it: there is none."""
    rule: Rule = pack_of(report.version_id).one("reports", report.kind)
    return rule


def comments(rights: Rights, report: Report) -> bool:
    """Whether the person comments on it: holds the role for its site, or for the company."""
    return _holds(rights, report, rule_of(report).commenter)


def approves(rights: Rights, report: Report) -> bool:
    """Whether the person approves it: holds the role, and wrote nothing in it."""
    return _holds(rights, report, rule_of(report).approver) and not wrote(rights.person, report)


def wrote(person: Person, report: Report) -> bool:
    """Whether the person commented on it or handed it in."""
    return person.pk in report.commented_by or person.pk == report.submitted_by_id


def owes(rights: Rights, report: Report) -> str:
    """What the person owes on it now: comment, approve, or "" for nothing."""
    if report.state == DRAFT and comments(rights, report):
        return "comment"
    return "approve" if report.state == SUBMITTED and approves(rights, report) else ""


def _holds(rights: Rights, report: Report, role: str) -> bool:
    return rights.holds(role, site_id=report.site_id)


def owed(person: Person, at: datetime) -> list[Report]:
    """The reports on which the person owes something, what falls due first first."""
    rights = rights_of(person, at)
    if not rights.pack.reports or not rights.page("reports"):
        return []
    rows = Report.objects.filter(scope(rights), state__in=(DRAFT, SUBMITTED)).defer("content", "figures", "corrections")
    return [row for row in rows.select_related("company", "site").order_by("due_at", "pk") if owes(rights, row)]


def sign(rows: list[Report]) -> str:
    """Changes when what is owed on reports does."""
    return ".".join(f"{row.pk}:{row.journal_n}" for row in rows)
