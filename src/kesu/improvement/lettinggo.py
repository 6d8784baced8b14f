"""What records of corrective action keep of people (STANDARDS 2.3): when a case is de-identified its customer goes out of the words of the
records that hold it; the words themselves go when the record's own time is over and all its cases have gone. Chain and figures stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from kesu.company.models import ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.complaints import chain, erasing, files
from kesu.complaints.models import Attachment, Case, FormerStaff, Notice
from kesu.complaints.spelling import Remains
from kesu.customers.masks import flat_pattern, home_pattern, name_pattern, phone_pattern
from kesu.improvement.models import Capa, CapaEntry, Measure, MeasureExtension, Origin, Proof
from kesu.procedure.acts import SYSTEM
from kesu.procedure.keeping import closed_before

BATCH = 20  # records of one chore; each in a transaction of its own
INSTEAD = "**"
WORDS: tuple[tuple[type[models.Model], str, tuple[str, ...]], ...] = (  # table, where its record stands, what people wrote there
    (Capa, "pk", ("title", "problem", "cause_words", "same_against", "judged_words")),
    (Measure, "capa", ("what", "ended_words", "dropped_why")),
    (MeasureExtension, "measure__capa", ("reason", "words")),
    (Proof, "measure__capa", ("name",)),
)


def let_go(case: Case) -> set[str]:
    """Take the customer of a case that is being de-identified out of the records that hold it. No file goes: none belongs to one case."""
    rules = list(_rules(case))
    held = models.Q(origins__case=case) | models.Q(recurrences__case=case)
    for capa_id in Capa.objects.filter(held, erased_at__isnull=True).order_by("pk").values_list("pk", flat=True).distinct():
        capa = Capa.objects.select_for_update().get(pk=capa_id)
        _cover_rows(capa, rules)
        changed = [entry for entry in CapaEntry.objects.filter(capa=capa).order_by("n") if _cover_entry(entry, rules)]
        if changed:
            _answer_for(capa, changed, case.erased_at)
    return set()


def let_go_due(at: datetime) -> int:
    """A chore: the words of records that were closed so long ago as the pack keeps cases, and none of whose cases is kept any more."""
    done = 0
    for capa_id in _due(at):
        with transaction.atomic():
            capa = Capa.objects.select_for_update().get(pk=capa_id)
            if capa.erased_at is None:
                _erase(capa, at)
                done += 1
    for capa_id in _naming():
        with transaction.atomic():
            _unname(Capa.objects.select_for_update().get(pk=capa_id), at)
            done += 1
    return done


def _naming() -> list[int]:
    """Records without words whose journals still name somebody who left and was let go of."""
    ids = list(FormerStaff.objects.values_list("person_id", flat=True))
    rows = CapaEntry.objects.filter(person__in=ids, capa__erased_at__isnull=False).exclude(name="") if ids else CapaEntry.objects.none()
    return list(rows.order_by("capa_id").values_list("capa_id", flat=True).distinct()[:BATCH])


def _unname(capa: Capa, at: datetime) -> None:
    ids = set(FormerStaff.objects.values_list("person_id", flat=True))
    named = [entry for entry in CapaEntry.objects.filter(capa=capa).order_by("n") if entry.person_id in ids and entry.name]
    for entry in named:
        entry.name = ""
    _answer_for(capa, named, at)


def _due(at: datetime) -> list[int]:
    found: list[int] = []
    kept = Origin.objects.filter(capa=models.OuterRef("pk"), case__erased_at__isnull=True)
    for version in ProcedureVersion.objects.select_related("company").order_by("id"):
        zone = ZoneInfo(version.company.zone)
        before = closed_before(at.astimezone(zone).date(), pack_of(version.pk).pack.retention_years)
        over = Capa.objects.filter(version=version, erased_at__isnull=True, closed_at__lt=datetime.combine(before, time.min, zone))
        found += over.exclude(models.Exists(kept)).order_by("closed_at").values_list("pk", flat=True)[: BATCH - len(found)]
    return found


def _rules(case: Case) -> Iterator[re.Pattern[str]]:
    """What finds the customer in running text, the longest name first."""
    customer, home = case.customer, case.home
    names = {case.contact_name, customer.name if customer else ""}
    phones = {case.contact_phone, customer.phone if customer else ""}
    labels = {home.label} if home else set()
    patterns = [phone_pattern(phone) for phone in sorted(phones)]
    patterns += [pattern(label) for label in labels for pattern in (home_pattern, flat_pattern)]
    patterns += [name_pattern(name) for name in sorted(names, key=len, reverse=True)]
    yield from (re.compile(pattern) for pattern in patterns if pattern)


def _covered(value: Any, rules: list[re.Pattern[str]]) -> Any:
    if isinstance(value, str) and not erasing.TIME.fullmatch(value):
        for rule in rules:
            value = rule.sub(INSTEAD, value)
    if isinstance(value, list):
        return [_covered(one, rules) for one in value]
    return {key: _covered(one, rules) for key, one in value.items()} if isinstance(value, dict) else value


def _cover_rows(capa: Capa, rules: list[re.Pattern[str]]) -> None:
    for table, path, columns in WORDS:
        for row in table._default_manager.filter(**{path: capa.pk}):
            words = {name: _covered(getattr(row, name), rules) for name in columns}
            if any(words[name] != getattr(row, name) for name in columns):
                table._default_manager.filter(pk=row.pk).update(**words)
    for notice in Notice.objects.filter(case=None, company_id=capa.company_id, data__record=capa.number):
        said = _covered(notice.data, rules)
        if said != notice.data:
            Notice.objects.filter(pk=notice.pk).update(data=said)


def _cover_entry(entry: CapaEntry, rules: list[re.Pattern[str]]) -> bool:
    said = _covered(entry.data, rules)
    if said == entry.data:
        return False
    entry.data = said
    return True


def _erase(capa: Capa, at: datetime) -> None:
    """Everything that anybody wrote in the record; what it was about, its times, owners and figures stay."""
    gone = set(Proof.objects.filter(measure__capa=capa).values_list("sha256", flat=True))
    for table, path, columns in WORDS:
        table._default_manager.filter(**{path: capa.pk}).update(**dict.fromkeys(columns, ""))
    Notice.objects.filter(case=None, company_id=capa.company_id, data__record=capa.number).delete()
    Proof.objects.filter(measure__capa=capa).delete()
    entries = list(CapaEntry.objects.filter(capa=capa).order_by("n"))
    for entry in entries:
        entry.data = {}
    capa.erased_at = at
    title = pack_of(capa.version_id).label("categories", capa.same_category) if capa.same_category else capa.number
    Capa.objects.filter(pk=capa.pk).update(erased_at=at, title=title)
    _answer_for(capa, entries, at)
    transaction.on_commit(lambda: _remove(gone))


def _answer_for(capa: Capa, changed: list[CapaEntry], at: datetime | None) -> None:
    """Write what is left of these entries past the journal's lock, and an entry that answers for all that were ever changed so."""
    assert at is not None  # the case says since when
    remains, by_n = Remains(), {entry.n: entry for entry in changed}
    for stored in CapaEntry.objects.filter(capa=capa).order_by("n"):
        entry = by_n.get(stored.n, stored)
        if entry.n in by_n or entry.act == "deidentify":  # the sums of before held other words
            entry.salt, entry.erased = "", True
            erasing.overwrite(entry)
        if entry.erased:
            remains.take(chain.said(entry, capa.number), entry.hash)
    capa = Capa.objects.get(pk=capa.pk)
    data = {"erased": remains.n, "left": remains.sum}
    answer = CapaEntry(capa=capa, at=at, written_at=at, round=capa.round, act="deidentify", actor=SYSTEM, data=data)
    chain.link(capa, answer)
    answer.save()
    Capa.objects.filter(pk=capa.pk).update(journal_n=capa.journal_n, journal_head=capa.journal_head)


def _remove(gone: set[str]) -> None:
    """Files that nothing needs any more."""
    needed = set(Proof.objects.filter(sha256__in=gone).values_list("sha256", flat=True))
    needed |= set(Attachment.objects.filter(sha256__in=gone, case__erased_at__isnull=True).values_list("sha256", flat=True))
    for sha256 in gone - needed:
        files.stored(sha256).unlink(missing_ok=True)
