"""Whose performance a reader sees: people's for those who make reports or answer self-reviews, over what they see whole; always one's
own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kesu.company.rights import Rights
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import scope
from kesu.insights.coverage import Coverage
from kesu.performance.fair import Item
from kesu.performance.queries.items import PERSON, Read


def leads(rights: Rights) -> bool:
    """Whether the person reads other people's figures at all: makes reports, or is somebody's superior by the pack."""
    rules = rights.pack.performance
    if rules is None:
        return False
    return rights.page("reports") or any(grant.role == row.superior for row in rules.reviews for grant in rights.grants)


@dataclass(frozen=True)
class Sight:
    """What one reader sees of items. `own_cases`: of the reader's own those that are still theirs to open; `me`: None for the company."""

    cover: Coverage
    me: int | None
    others: bool
    own_cases: frozenset[int] = frozenset()

    def of(self, of: str) -> Callable[[Item], bool]:
        """Whether an item of people or departments is seen."""
        return lambda item: self._covers(item.place) and (self.others or of != PERSON or item.unit == self.me) or self._own(of, item)

    def _own(self, of: str, item: Item) -> bool:
        return of == PERSON and item.unit == self.me and item.case in self.own_cases and self._within(item.place)

    def _covers(self, place: tuple[int, int]) -> bool:
        site, department = place
        inside = self.cover.whole or site in self.cover.sites or department in self.cover.departments
        return inside and self._within(place)

    def _within(self, place: tuple[int, int]) -> bool:
        return self.cover.site in (None, place[0]) and self.cover.department in (None, place[1])

    def place(self, of: str, unit: int, place: tuple[int, int]) -> bool:
        """Whether what somebody had in hand there is seen."""
        return self._covers(place) and (self.others or of != PERSON or unit == self.me) or (of == PERSON and unit == self.me)


def sight_of(rights: Rights | None, cover: Coverage, read: Read) -> Sight:
    """The sight of this reader; of the company itself where there is none."""
    if rights is None:
        return Sight(cover, None, True)
    me = rights.person.pk
    mine = {item.case for (_, of), rows in read.items.items() if of == PERSON for item in rows if item.unit == me}
    kept = Case.objects.filter(scope(rights), pk__in=mine).values_list("pk", flat=True) if mine else ()
    return Sight(cover, me, leads(rights), frozenset(kept))
