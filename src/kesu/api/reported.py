"""Reports by the interface: listed, read with their figures, and one route per thing that is done to them."""

# No `from __future__ import annotations`: ninja reads the types that each route is made with.

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from ninja import Field, NinjaAPI, Schema

from kesu.api import chained
from kesu.api.fields import LARGEST
from kesu.api.shown import Row
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.reporting import actions
from kesu.reporting.models import DRAFT, SUBMITTED, Report
from kesu.reporting.queries import sight
from kesu.reporting.words import title_of

Id = Annotated[int, Field(ge=1, le=LARGEST)]
HEAVY = ("content", "figures", "corrections")
DOABLE: dict[str, tuple[str, Callable[..., Any]]] = {
    "comment": ("Comment on parts 写评语", actions.comment),
    "recount": ("Count anew 重新统计", actions.recount),
    "submit": ("Hand in for approval 交去批准", actions.submit),
    "approve": ("Approve: frozen, kept, sent 批准", actions.approve),
    "send_back": ("Return it 退回", actions.send_back),
}
DOES = {"comment": ("comment", "recount", "submit"), "approve": ("approve", "send_back"), "": ()}  # by what is owed


class BriefReport(Schema):
    """A report in a list."""

    number: int
    kind: str
    title: str
    title_en: str
    site: int | None = Field(description="null: the whole company")
    first: str
    last: str
    state: str
    opened_at: str
    due_at: str | None
    submitted_by: int | None
    approved_by: int | None
    approved_at: str | None
    n: int = Field(description="How many entries its journal has; also the ETag")


class WholeReport(BriefReport):
    """A report with what it says."""

    counted_at: str
    digest: str = Field(description="Of what it says now; `approve` takes the one that was read")
    sha256: str = Field(description="Of the kept PDF, once approved")
    comments: dict[str, str] = Field(description="Part → what was written about it")
    content: dict[str, Row] = Field(description="Language → its parts with their tables")
    corrections: list[Row] = Field(description="Figures of earlier reports that have changed since")
    may: list[str] = Field(description="Acts that are this person's now")


class Reports(Schema):
    """A page of reports; `next` is the cursor of the following one."""

    reports: list[BriefReport]
    next: str | None


def add_routes(api: NinjaAPI) -> None:
    """The list, one, and every act."""
    acts = {name: (title, None, do) for name, (title, do) in DOABLE.items()}
    titles = ("A report 报表", "Reports, newest first 报表")
    kind = chained.Chained(
        "/reports", "report", titles, Reports, WholeReport, sight.visible_to, brief, told, key="pk", kind=Id, heavy=HEAVY, acts=acts
    )
    chained.add_routes(api, kind)


def brief(row: Report, person: Person, at: datetime) -> dict[str, Any]:
    """The report in a list."""
    return {
        "number": row.pk,
        "kind": row.kind,
        "title": title_of(row, "zh-hans"),
        "title_en": title_of(row, "en"),
        "site": row.site_id,
        "first": row.first.isoformat(),
        "last": row.last.isoformat(),
        "state": row.state,
        "opened_at": row.opened_at.isoformat(),
        "due_at": row.due_at and row.due_at.isoformat(),
        "submitted_by": row.submitted_by_id,
        "approved_by": row.approved_by_id,
        "approved_at": row.approved_at and row.approved_at.isoformat(),
        "n": row.journal_n,
    }


def told(row: Report, person: Person, at: datetime) -> dict[str, Any]:
    """The report with its figures."""
    owes = sight.owes(rights_of(person, at), row) if row.state in (DRAFT, SUBMITTED) else ""
    return brief(row, person, at) | {
        "counted_at": row.counted_at.isoformat(),
        "digest": row.digest,
        "sha256": row.sha256,
        "sha256_en": row.sha256_en,
        "comments": row.comments,
        "content": row.content,
        "corrections": row.corrections,
        "may": list(DOES[owes]),
    }
