"""What people do to a report: count it anew, comment, hand in, return, approve. Approved, it is frozen, kept and sent at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import translation

from kesu.company.models import Person
from kesu.complaints.files import stored, written
from kesu.procedure.refused import Refused
from kesu.reporting.actions.counting import count
from kesu.reporting.actions.road import ReportRoad, approves, begin, comments
from kesu.reporting.contents.composing import LANGUAGES, Composed, compose, digest_of
from kesu.reporting.formats import made
from kesu.reporting.models import APPROVED, DRAFT, SUBMITTED, Report
from kesu.reporting.queries.kept import standing_of
from kesu.reporting.queries.sight import visible_to

LONGEST = 4000  # letters of a comment


def counted(row: Report, at: datetime) -> Composed:
    """The report as of `at`. Reads for a second or so: before the transaction, never in it."""
    return compose(row.company, row.site, row.period, at, row.kind)


def fill(row: Report, found: Composed, at: datetime) -> None:
    """Put in what was counted. The row is not saved."""
    row.content, row.figures, row.corrections, row.counted_at = found.content, found.figures, found.corrections, at
    row.entries = found.entries
    row.digest = found.digest(row.comments)


def recount(person: Person, report: int, at: datetime) -> Report:
    """Count a draft anew: what was done since is in it."""
    found = counted(_seen(person, report, at), at)
    with begin(person, report, "recounted", at, (DRAFT,), comments) as road:
        fill(road.row, found, at)
        road.journal()
    return road.row


def _seen(person: Person, report: int, at: datetime) -> Report:
    count(person.company, at)
    return visible_to(person, at).get(pk=report)


def comment(person: Person, report: int, words: Mapping[str, str], at: datetime) -> Report:
    """Write what is said about parts (part → words; "" takes it back). Refused for a part that the report does not have."""
    with begin(person, report, "commented", at, (DRAFT,), comments) as road:
        row = road.row
        known = [{part["id"]: part["title"] for part in row.content[language]["parts"]} for language in LANGUAGES]
        for part, said in words.items():
            if part not in known[0]:
                raise Refused("part", "报表里没有这一段", "the report has no such part", field=part)
            if len(said) > LONGEST:
                raise Refused("too_long", f"评语最多 {LONGEST} 字", f"at most {LONGEST} letters", field=part)
            if said.strip() != row.comments.get(part, ""):
                row.comments = {key: text for key, text in (row.comments | {part: said.strip()}).items() if text}
                road.journal(part=known[0][part], part_en=known[1][part])
        if road.entries:
            row.commented_by = sorted({*row.commented_by, person.pk})
            row.digest = digest_of(row.content, row.figures, row.corrections, row.comments)
    return road.row


def submit(person: Person, report: int, at: datetime) -> Report:
    """Hand it in for approval."""
    with begin(person, report, "submitted", at, (DRAFT,), comments) as road:
        row = road.row
        if not row.comments:
            raise Refused("no_comment", "还没有评语，至少写一段", "there is no comment yet: write at least one")
        row.state, row.submitted_by, row.submitted_at = SUBMITTED, person, at
        road.owe()
        road.journal(due=row.approve_due.isoformat(), digest=row.digest)
        road.tell(road.owing(), "report_submitted", due=row.approve_due.isoformat())
    return road.row


def send_back(person: Person, report: int, words: str, at: datetime) -> Report:
    """Return it to whoever comments, with the reason. Time to comment begins anew, time to approve does not."""
    with begin(person, report, "returned", at, (SUBMITTED,), approves) as road:
        row = road.row
        if not words.strip():
            raise Refused("missing", "写明为什么退回", "say why it is returned", field="words")
        row.state, row.comment_from = DRAFT, at
        road.owe()
        road.journal(words=words.strip()[:LONGEST])
        road.tell([*road.owing(), *([row.submitted_by] if row.submitted_by else [])], "report_returned", words=words.strip()[:200])
    return road.row


def approve(person: Person, report: int, digest: str, at: datetime) -> Report:
    """Approve what was seen (`digest`): frozen, kept as PDF in both languages under their hashes, sent to those whom the pack names.

    Refused where it was changed since, and for whoever commented. Raises papers.fonts.NoFont.
    """
    paper = _paper(visible_to(person, at).get(pk=report), person, at)
    with begin(person, report, "approved", at, (SUBMITTED,), approves) as road:
        row = road.row
        if digest != row.digest or paper.digest != row.digest:
            raise Refused("changed", "报表在您看的时候变了，请再看一遍", "the report changed while you were reading: look again")
        row.state, row.approved_by, row.approved_at = APPROVED, person, at
        row.sha256, row.sha256_en = (_keep(data) for data in paper.files)
        road.settle()
        told = _sent(road)
        road.journal(told=told, digest=row.digest, sha256=row.sha256, sha256_en=row.sha256_en)
    return road.row


@dataclass(frozen=True)
class _Paper:
    """The PDFs, one for each of LANGUAGES, and what they were made of."""

    digest: str
    files: tuple[bytes, ...]


def _paper(row: Report, person: Person, at: datetime) -> _Paper:
    """The PDFs as they will be kept: made before the transaction, which checks that nothing changed in between."""
    if row.state != SUBMITTED:
        return _Paper(row.digest, ())  # the transaction says why not
    row.approved_by, row.approved_at = person, at
    files = []
    for language in LANGUAGES:
        with translation.override(language):
            files.append(made(row.content[language], "pdf", standing_of(row)))
    return _Paper(row.digest, tuple(files))


def _keep(data: bytes) -> str:
    """The bytes on disk under their hash."""
    path, sha256, _size = written([data], Path(settings.DATA) / "files")
    final = stored(sha256)
    final.parent.mkdir(parents=True, exist_ok=True)
    Path(path).replace(final)
    return sha256


def _sent(road: ReportRoad) -> list[str]:
    people = [person for role in road.rules.tell for person in road.holders(role)]
    if road.row.submitted_by_id in road.standing.people:
        people.append(road.standing.people[road.row.submitted_by_id])
    return road.tell(people, "report_approved")
