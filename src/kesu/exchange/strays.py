"""Files that were taken in: after the pack's days the file and the rows that were refused go; who took in what, and how many, stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kesu.company.models import Company
from kesu.complaints import strays
from kesu.exchange.actions.imports import file_of
from kesu.exchange.models import Import, ImportFault

BATCH = 50  # files of one company and one round


def forget_due(at: datetime) -> int:
    """A chore: imports that were over, or never begun, so long ago. Returns how many."""
    return strays.forget("imports", _delete, at)


@transaction.atomic
def _delete(company: Company, before: datetime) -> int:
    over = Q(state__in=["done", "failed"], done_at__lt=before) | Q(state__in=["ready", "failed"], done_at__isnull=True, at__lt=before)
    old = dict(Import.objects.filter(over, company=company).exclude(sha256="").order_by("pk").values_list("pk", "sha256")[:BATCH])
    ImportFault.objects.filter(whole__in=old).delete()
    Import.objects.filter(pk__in=old, state="ready").update(
        state="failed", why=["存放到期，文件已删", "kept long enough: the file was deleted"]
    )
    Import.objects.filter(pk__in=old).update(sha256="")
    transaction.on_commit(lambda: _remove(set(old.values())))
    return len(old)


def _remove(gone: set[str]) -> None:
    """Files that no other import needs."""
    for sha256 in gone - set(Import.objects.filter(sha256__in=gone).values_list("sha256", flat=True)):
        file_of(sha256).unlink(missing_ok=True)
