"""Which case a letter belongs to. A secret address or a message id of ours proves it; a number in the subject only from the customer's own
address, because anybody can guess a number."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kesu.channels.mail.letter import Letter
from kesu.channels.models import Answer, Arrival
from kesu.channels.sealing import is_token, token
from kesu.complaints.models import Case

PURPOSE = "reply"
_PLUS = re.compile(r"\+k([0-9a-z]{1,13})-([a-z2-7]{20})@", re.I)
_NUMBER = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+){1,4}|[A-Z]{1,6}\d{6,20}|\d{8,20}")
MOST_NUMBERS = 20


def reply_address(address: str, case_id: int) -> str:
    """The address of a case: whoever writes to it writes to that case. Letters and digits, whatever the case."""
    local, _, domain = address.rpartition("@")
    return f"{local}+k{_base36(case_id)}-{token(PURPOSE, str(case_id))}@{domain}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


@dataclass(frozen=True)
class Belongs:
    """`case`: to which; `guessed`: the number of a case from somebody who is not its customer."""

    case: Case | None = None
    guessed: Case | None = None


def belongs(letter: Letter, company_id: int) -> Belongs:
    """The case of a letter, if it has one that may be joined by it."""
    if (case_id := _by_address(letter)) and (case := Case.objects.filter(pk=case_id, company_id=company_id).first()):
        return Belongs(case)
    if case := _by_references(letter, company_id):
        return Belongs(case)
    return _by_number(letter, company_id)


def _by_address(letter: Letter) -> int | None:
    everybody = [*(address for _, address in [*letter.to, *letter.copies]), *letter.delivered_to]
    for address in everybody:
        if (found := _PLUS.search(address)) and is_token(found[2], PURPOSE, str(int(found[1], 36))):
            return int(found[1], 36)
    return None


def _by_references(letter: Letter, company_id: int) -> Case | None:
    """An answer to a letter of ours, whose id nobody else knows; or to one of their own that is in a case."""
    ids = ids_meant(letter)
    if not ids:
        return None
    answer = Answer.objects.filter(message_id__in=ids, case__company_id=company_id).select_related("case").order_by("-id").first()
    if answer:
        return answer.case
    sender = letter.sender[1].lower()
    before = Arrival.objects.filter(company_id=company_id, message_id__in=ids, case__isnull=False, sender=sender).exclude(sender="")
    row = before.select_related("case").order_by("-id").first()
    return row.case if row else None


def ids_meant(letter: Letter) -> list[str]:
    """The message ids that the letter answers, the nearest first."""
    return [one for one in [letter.in_reply_to, *reversed(letter.references)] if one][:50]


def _by_number(letter: Letter, company_id: int) -> Belongs:
    numbers = [one.upper() for one in _NUMBER.findall(letter.subject) if any(sign.isdigit() for sign in one)][:MOST_NUMBERS]
    if not numbers:
        return Belongs()
    cases = list(Case.objects.filter(company_id=company_id, number__in=numbers).order_by("-id")[:MOST_NUMBERS])
    for case in cases:
        if is_theirs(case, letter.sender[1]):
            return Belongs(case)
    return Belongs(guessed=cases[0] if cases else None)


def is_theirs(case: Case, address: str) -> bool:
    """Whether the case's customer writes from this address: they have done so before, or gave it to us."""
    address = address.lower()
    if not address:
        return False
    given = address in re.split(r"[\s,;，；、（）()<>]+", case.reach.lower())
    return given or Arrival.objects.filter(case=case, sender=address, state__in=["filed", "joined"]).exists()
