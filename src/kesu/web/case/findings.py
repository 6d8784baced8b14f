"""What was found out, for the case's page: evidence with whether it still is what was recorded, the people complained of, experts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kesu.complaints.models import Attachment, Case, Complained, Evidence, Inquiry
from kesu.complaints.proofs import fault_of, fault_on_disk
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.queries.originals import newest_copies
from kesu.complaints.redaction import FORMATS


@dataclass(frozen=True)
class File:
    """A file as this person sees it: what is wrong with it on disk, whether it is a blacked-out copy or an original that has one."""

    row: Attachment
    fault: str
    covered: bool = False
    has_copy: bool = False
    may_cover: bool = False


@dataclass(frozen=True)
class Piece:
    """A piece of evidence, with its file as this person may see it."""

    row: Evidence
    fault: str
    file: File | None


@dataclass(frozen=True)
class Concerned:
    """A person complained of: what they were asked last, and earlier complaints against them (None: not for this person to see)."""

    row: Complained
    asked: Inquiry | None
    late: bool
    earlier: list[Case] | None


@dataclass
class Findings:
    """The sections of finding out. `due`: something in them waits, so the section stands open."""

    pieces: list[Piece] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    people: list[Concerned] = field(default_factory=list)
    experts: list[tuple[Inquiry, bool]] = field(default_factory=list)
    may: frozenset[str] = frozenset()
    due: bool = False


def findings(page: CasePage) -> Findings:
    """Everything that the sections show."""
    may = frozenset([*page.next.others, *([page.next.mine.act] if page.next.mine else [])])
    found = Findings(may=may)
    shown = {file.pk: _file(page, file, "redact" in may) for file in page.files}
    found.files = list(shown.values())
    copies = newest_copies(page.attachments)
    found.pieces = [_piece(row, shown, copies) for row in page.evidence]
    found.people = [_concerned(page, row) for row in page.complained]
    found.experts = [(row, _late(page, row)) for row in page.inquiries if row.kind == "assessment"]
    waiting = [row for row in page.inquiries if row.answered_at is None]
    found.due = page.case.is_open and bool(waiting or any(row.told_at is None for row in page.complained))
    return found


def _file(page: CasePage, row: Attachment, may_cover: bool) -> File:
    copies = newest_copies(page.attachments)
    can = may_cover and row.kind in FORMATS
    return File(row, fault_on_disk(row), covered=row.original_id is not None, has_copy=row.pk in copies, may_cover=can)


def _piece(row: Evidence, shown: Mapping[int, File], copies: Mapping[int, Attachment]) -> Piece:
    """The evidence's file itself; its blacked-out copy for those who may not see the original."""
    file = shown.get(row.attachment_id or 0)
    copy = copies.get(row.attachment_id or 0)
    if file is None and copy is not None:
        file = shown.get(copy.pk)
    return Piece(row, fault_of(row), file)


def _concerned(page: CasePage, row: Complained) -> Concerned:
    asked = next((one for one in reversed(page.inquiries) if one.complained_id == row.pk), None)
    return Concerned(row, asked, bool(asked and _late(page, asked)), page.histories.get(row.person_id or 0))


def _late(page: CasePage, row: Inquiry) -> bool:
    return row.answered_at is None and row.due_at is not None and row.due_at <= page.at
