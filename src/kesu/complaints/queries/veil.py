"""Who the customer is, as far as the reader needs to know it: names, numbers and addresses are covered before any page sees them (S-19).

Covering happens on the rows that were read, never on what is stored; a covered row cannot be saved (complaints.storing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints.models import Case, Complained
from kesu.customers.masks import building, flat_pattern, home_pattern, masked_name, masked_phone, name_pattern, phone_pattern
from kesu.customers.models import Customer, Home
from kesu.procedure.pack import Pack

COVERED = "_covered"  # set on rows whose values are not the stored ones
KEPT = frozenset(  # never words
    ("number", "token", "filed_key", "journal_head", "step", "channel", "nature", "grade", "category", "cause", "outcome", "marks")
    + (
        "whole_marks",
        "facts",
        "grade_because",
        "categories",
        "consents",
        "act",
        "actor",
        "before",
        "hash",
        "sha256",
        "digest",
        "kind",
        "side",
        "state",
    )
)
LETTERS = ("draft_letter", "pass_letter", "send_letter")
TIME = re.compile(r"\d{4}-\d\d-\d\dT")
NAMES = ("contact_name", "contact_phone", "contact_tail", "reach")


@dataclass(frozen=True)
class Sight:
    """What one person sees of one customer. `secret`: the customer asked that nobody learns who it was, and this person may not."""

    name: bool = True
    phone: bool = True
    home: bool = True
    secret: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing has to be covered."""
        return self.name and self.phone and self.home


WHOLE, SECRET = Sight(), Sight(False, False, False, secret=True)
UNKNOWN_TO_ALL = Sight(False, False, False)


def sight(rights: Rights, pack: Pack, case: Case, *, concerned: bool = False) -> Sight:
    """What these rights show. Whoever is complained of sees nothing of who complained; a secret one is known to the pack's roles alone."""
    rules = pack.privacy
    if rules is None:
        return Sight(phone=rights.reveals() and not concerned)
    if case.confidential and (concerned or not may_know(rights, pack, case)):
        return SECRET
    if concerned:
        return Sight(False, False, False)
    clear = rights.reveals()
    return Sight(
        name=clear or _holds(rights, rules.names, case),
        phone=clear,
        home=clear or _holds(rights, rules.addresses, case),
    )


def may_know(rights: Rights, pack: Pack, case: Case) -> bool:
    """Whether a role of theirs may know who asked for secrecy (pack: privacy.confidential)."""
    return pack.privacy is None or _holds(rights, pack.privacy.confidential, case)


def _holds(rights: Rights, roles: Iterable[str], case: Case) -> bool:
    wanted = set(roles)
    return any(grant.role in wanted and grant.site_id in (None, case.site_id) for grant in rights.grants)


class Veil:
    """Covers one customer's name, number and address wherever they stand in words."""

    def __init__(self, case: Case, seen: Sight) -> None:
        self.seen = seen
        self.name = _("保密") if seen.secret else masked_name(case.contact_name)
        self.phone = "" if seen.secret else masked_phone(case.contact_phone)
        self._rules = [(re.compile(pattern), instead) for pattern, instead in self._found(case)]

    def _found(self, case: Case) -> Iterable[tuple[str, str]]:
        customer = case._state.fields_cache.get("customer")
        names = {case.contact_name, customer.name if customer else ""}
        for phone in {case.contact_phone, customer.phone if customer else ""}:
            if not self.seen.phone and (pattern := phone_pattern(phone)):
                yield pattern, "****" if self.seen.secret else masked_phone(phone)
        home = case._state.fields_cache.get("home")
        if home and not self.seen.home:
            yield from _of_home(home.label, "****" if self.seen.secret else building(home.label))
        place = case.__dict__.get("place", "")
        if not home and place and not self.seen.home:  # from the customer's own page the address comes as the place
            yield from _of_home(place, building(place))
        for name in sorted(names, key=len, reverse=True):
            if not self.seen.name and (pattern := name_pattern(name)):
                yield pattern, self.name if name == case.contact_name else masked_name(name)

    def words(self, text: str) -> str:
        """The text with everything covered that this reader does not see."""
        if TIME.match(text):
            return text
        for pattern, instead in self._rules:
            text = instead.join(pattern.split(text))
        return text

    def value(self, value: Any) -> Any:
        """The same for whatever a JSON column holds."""
        if isinstance(value, str):
            return self.words(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        return {key: self.value(one) for key, one in value.items()} if isinstance(value, dict) else value

    def cover(self, rows: Iterable[Any]) -> None:
        """Cover the words of rows that belong to the case."""
        for row in rows:
            for key, value in list(row.__dict__.items()):
                if isinstance(value, str | list | dict) and not key.startswith("_") and key not in KEPT:
                    row.__dict__[key] = self.value(value)
            setattr(row, COVERED, True)


def _of_home(label: str, instead: str) -> Iterable[tuple[str, str]]:
    """The address, however it is spelled; then its flat, which people name alone as well."""
    pattern, flat = home_pattern(label), flat_pattern(label)
    return [(rule, shown) for rule, shown in ((pattern, instead), (flat, "**")) if rule]


def cover(case: Case, seen: Sight) -> Veil | None:
    """Cover the case itself; None when there is nothing to cover. Only columns that were read are looked at."""
    if seen.whole or hasattr(case, COVERED):
        return None
    veil = Veil(case, seen)
    given = {name: case.__dict__.get(name, "") for name in NAMES}
    veil.cover([case])
    if not seen.name and given["contact_name"]:
        case.contact_name = veil.name
    if not seen.phone:
        case.contact_phone, case.contact_tail = veil.phone, "" if seen.secret else given["contact_tail"]
        case.reach = "" if "reach" in case.__dict__ else case.__dict__.get("reach", "")
    _cover_related(case, veil)
    return veil


def _cover_related(case: Case, veil: Veil) -> None:
    held = case._state.fields_cache
    home, known = held.get("home"), held.get("customer")
    if home and not veil.seen.home:
        case.home = Home(pk=home.pk, site_id=case.site_id, label="" if veil.seen.secret else building(home.label), key="")
    if known:
        case.customer = Customer(
            pk=known.pk, company_id=known.company_id, site_id=known.site_id, home_id=known.home_id, created_at=known.created_at,
            name=known.name if veil.seen.name else veil.name, phone=known.phone if veil.seen.phone else veil.phone,
            good_time="" if veil.seen.secret else known.good_time, tell_by=known.tell_by, language=known.language,
        )  # fmt: skip


def discreet_title(case: Case) -> str:
    """The title as everybody may read it, whoever they are."""
    return Veil(case, UNKNOWN_TO_ALL).words(case.title)


def covered(cases: Sequence[Case], rights: Rights) -> dict[int, Veil]:
    """Cover the cases of a list as this person sees them; the veils by case. One query where somebody sees whole names, else none."""
    against = _against(cases, rights)
    found = {}
    for case in cases:
        veil = cover(case, sight(rights, pack_of(case.version_id), case, concerned=case.pk in against))
        if veil:
            found[case.pk] = veil
    return found


def found_by(text: str, cases: Sequence[Case], person: Person, at: datetime) -> list[Case]:
    """Of the cases that were found by these words those that may be shown, covered: a secret customer's case must not answer to a name
    or an address alone, or searching would give away whose it is."""
    veils = covered_for(cases, person, at)

    def by_what_is_covered(case: Case) -> bool:
        veil = veils.get(case.pk)
        return bool(veil and veil.seen.secret and veil.words(text) != text)

    return [case for case in cases if not by_what_is_covered(case)]


def veil_for(case: Case, rights: Rights) -> Veil:
    """The veil between this case and one reader; it covers nothing where they see everything."""
    concerned = case.pk in _against([case], rights)
    return Veil(case, sight(rights, pack_of(case.version_id), case, concerned=concerned))


def covered_for(cases: Sequence[Case], person: Person, at: datetime) -> dict[int, Veil]:
    """The same for a person."""
    return covered(cases, rights_of(person, at))


def _against(cases: Sequence[Case], rights: Rights) -> set[int]:
    """Those of the cases in which this person is complained of."""
    ids = [case.pk for case in cases if "name_person" in case.__dict__.get("whole_marks", ("name_person",))]
    if not ids or rights.person.pk is None:
        return set()
    return set(Complained.objects.filter(person=rights.person, case__in=ids, dropped_at__isnull=True).values_list("case_id", flat=True))


def cover_page(page: Any, *, revealed: bool = False) -> None:
    """Cover everything that a case's page has read. `revealed`: the reader has just asked for it on record (act reveal)."""
    _cover_others(page)
    seen = sight(page.rights, page.pack, page.case, concerned=page.situation.concerned)
    page.sight = WHOLE if revealed and not page.situation.concerned and not seen.secret else seen
    veil = cover(page.case, page.sight)
    if veil is None:
        return
    lists = (
        "items", "parts", "proposals", "actions", "levels", "payments", "proofs", "evidence", "attachments", "visits", "surveys", "ratings",
        "questions", "pauses", "extensions", "journal", "complained", "inquiries", "causes",
    )  # fmt: skip
    for name in lists:
        veil.cover(getattr(page, name))
    veil.cover(row.attachment for row in page.proofs)
    if not any(page.situation.role_for(act) for act in LETTERS):  # whoever writes, reads or sends letters needs their words
        veil.cover(page.letters.rows)
    veil.cover([*page.hands.tasks, *page.hands.handovers, *page.hands.references])


def _cover_others(page: Any) -> None:
    """Other cases that the page names: each as this person sees it; what would tell who a secret customer is, not at all."""
    hands = page.hands
    secret = page.case.confidential and not may_know(page.rights, page.pack, page.case)
    page.earlier = [
        row
        for row in page.earlier
        if (may_know(page.rights, page.pack, row) if row.confidential else True)
        and (not secret or row.same_as_id == page.case.pk or row.pk == page.case.same_as_id)
    ]
    others = [*page.earlier, *hands.taken_in, *hands.members, *hands.off, *hands.again]
    others += [row for row in (hands.into, hands.split_from, hands.before) if row]
    others += [row for rows in page.histories.values() for row in rows]
    covered(list({id(row): row for row in others if row.pk != page.case.pk}.values()), page.rights) if others else None
