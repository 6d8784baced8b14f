"""Drafts of the written procedure: started from a version, changed value by value or whole, published by somebody else or dropped.

Whoever changes a draft says which change they have seen (`seen`); when somebody else was quicker, nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from kesu.company.actions.asking import allowed, needed
from kesu.company.actions.publishing import publish_text
from kesu.company.models import Grant, Person, ProcedureDraft, ProcedureVersion
from kesu.company.rights import Rights
from kesu.procedure.drafting import Edit, put
from kesu.procedure.packtext import LARGEST
from kesu.procedure.refused import Refused

MOST_DRAFTS = 20  # at a time; each is a whole procedure


@transaction.atomic
def start_draft(person: Person, version_id: int, name: str, at: datetime) -> ProcedureDraft:
    """A new draft with the text of a version. Raises Refused without a name and when there are too many drafts."""
    allowed(person, at)
    version = ProcedureVersion.objects.get(pk=version_id, company_id=person.company_id)
    return _new(person, name, version.text, version, at)


@transaction.atomic
def upload_draft(person: Person, text: str, name: str, at: datetime) -> ProcedureDraft:
    """A new draft with the text of a file, right or wrong; somebody else approves it as any other.

    Raises Refused without a name, for an empty text or one too long, and when there are too many drafts.
    """
    allowed(person, at)
    return _new(person, name, _readable(text, "file"), None, at)


def _new(person: Person, name: str, text: str, based_on: ProcedureVersion | None, at: datetime) -> ProcedureDraft:
    name = needed(name, "name", "给草稿起个名字", "give the draft a name", longest=60)
    if ProcedureDraft.objects.filter(company_id=person.company_id).count() >= MOST_DRAFTS:
        raise Refused("many", f"最多 {MOST_DRAFTS} 份草稿，先丢掉不用的", f"at most {MOST_DRAFTS} drafts: drop one first", field="name")
    return ProcedureDraft.objects.create(
        company_id=person.company_id, name=name, based_on=based_on, text=text,
        created_by=person, created_at=at, changed_by=person, changed_at=at,
    )  # fmt: skip


@transaction.atomic
def change_draft(person: Person, draft_id: int, edits: Iterable[Edit], *, seen: int, at: datetime) -> None:
    """Change these values of a draft, all or none. Raises Refused beside the value that cannot be written, and when `seen` is not the
    draft's present change."""
    draft = _own(person, draft_id, at)
    text = draft.text
    for edit in edits:
        try:
            text = put(text, edit)
        except ValueError as wrong:
            raise Refused("no_toml", "这份文字读不懂，先在“整份文字”里改好", "the text cannot be read; mend it as a whole first") from wrong
    _write(draft, text, person, seen, at)


@transaction.atomic
def replace_draft(person: Person, draft_id: int, text: str, *, seen: int, at: datetime) -> None:
    """Put a whole text in a draft's place, right or wrong. Raises Refused when it is empty or too long, or when `seen` is outdated."""
    draft = _own(person, draft_id, at)
    _write(draft, _readable(text, "text"), person, seen, at)


def _readable(text: str, field: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if not text.strip():
        raise Refused("missing", "这里要填", "fill this in", field=field)
    if len(text.encode(errors="replace")) > LARGEST:
        raise Refused("too_long", f"超过 {LARGEST // 1000} KB，不像是规程", f"bigger than {LARGEST // 1000} KB: no procedure", field=field)
    return text if text.endswith("\n") else text + "\n"


@transaction.atomic
def drop_draft(person: Person, draft_id: int, at: datetime) -> None:
    """Throw a draft away."""
    _own(person, draft_id, at).delete()


@transaction.atomic
def publish_draft(person: Person, draft_id: int, *, effective: date, seen: int, at: datetime) -> ProcedureVersion:
    """Approve a draft and put it in force from a day on; the draft is gone then.

    Raises PackError while anything in it is wrong; Refused for whoever changed it last where somebody else can approve, when `seen` is
    outdated, and for what `publish_text` refuses.
    """
    draft = _own(person, draft_id, at)
    if draft.changes != seen:
        raise _meanwhile(draft)
    others = approvers(allowed(person, at), draft.changed_by)
    if draft.changed_by_id == person.pk and others:
        names = [other.name for other in others]
        raise Refused(
            "own_draft",
            f"最后改的人不能自己批准，请{'、'.join(names)}来发布",
            f"whoever changed it last cannot approve it: ask {', '.join(names)}",
            field="effective",
        )
    version = publish_text(person, draft.text, file=draft.name, effective=effective, at=at, drafted_by=draft.changed_by)
    draft.delete()
    return version


def approvers(rights: Rights, writer: Person) -> list[Person]:
    """Who beside whoever changed a draft last may open set-up and so approve it."""
    roles = [role.id for role in rights.pack.roles if "setup" in role.pages]
    held = Grant.objects.filter(role__in=roles, person__company_id=writer.company_id, person__is_active=True)
    found = Person.objects.filter(grants__in=held).exclude(pk=writer.pk)
    return list(found.distinct().order_by("pk"))


def _own(person: Person, draft_id: int, at: datetime) -> ProcedureDraft:
    allowed(person, at)
    return ProcedureDraft.objects.select_related("changed_by").get(pk=draft_id, company_id=person.company_id)


def _write(draft: ProcedureDraft, text: str, person: Person, seen: int, at: datetime) -> None:
    """Only when nobody has changed it since `seen`: asked and written in one statement, so that of two one comes too late."""
    if draft.changes == seen and text == draft.text:
        return
    fresh = ProcedureDraft.objects.filter(pk=draft.pk, changes=seen)
    if not fresh.update(text=text, changed_by=person, changed_at=at, changes=F("changes") + 1):
        raise _meanwhile(draft)


def _meanwhile(draft: ProcedureDraft) -> Refused:
    return Refused(
        "meanwhile",
        f"{draft.changed_by.name}刚改过这份草稿，您写的还在，看过后再存一次",
        f"{draft.changed_by.name} has changed this draft meanwhile; what you typed is still here: look and save again",
    )
