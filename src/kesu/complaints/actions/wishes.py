"""How customers want to be told, and in which language: kept with the case, and with the customer for the next time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kesu.complaints.models import Case
from kesu.customers.models import Customer
from kesu.procedure.refused import Refused
from kesu.procedure.telling import WISHES

LANGUAGES = ("zh-hans", "en")


def check(tell_by: str, language: str) -> None:
    """Refused for what nobody can wish."""
    if tell_by and tell_by not in WISHES:
        raise Refused("tell_by", "没有这种通知方式", "there is no such way to be told", field="tell_by")
    if language and language not in LANGUAGES:
        raise Refused("language", "请选中文或英文", "choose Chinese or English", field="language")


def remember(cases: Iterable[Case]) -> None:
    """The customers of these cases as they wish now; nothing is asked of the database where nobody said anything."""
    for case in cases:
        said = {name: value for name, value in (("tell_by", case.tell_by), ("language", case.language)) if value}
        if said and case.customer_id:
            Customer.objects.filter(pk=case.customer_id).update(**said)


def wish(case_id: int, *, tell_by: str, language: str = "", at: datetime) -> Case:
    """The customer says on their page how they want to be told from now on. "" leaves it to the procedure. Raises Refused."""
    check(tell_by, language)
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
        if case.erased_at is not None:
            raise Refused("erased", "这件投诉的个人信息已经去除", "the personal data of this complaint are gone", field="tell_by")
        case.tell_by, case.language = tell_by, language or case.language
        Case.objects.filter(pk=case_id).update(tell_by=case.tell_by, language=case.language)
        if case.customer_id:
            Customer.objects.filter(pk=case.customer_id).update(tell_by=tell_by, **({"language": language} if language else {}))
    return case


def reads(case: Case, language: str) -> None:
    """The language in which they read their page, where they have not said one."""
    if language in LANGUAGES and not case.language and not (case.customer and case.customer.language):
        Case.objects.filter(pk=case.pk, language="").update(language=language)
