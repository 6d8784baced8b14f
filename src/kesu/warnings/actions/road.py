"""The one road of every act on a warning: lock, ask, do, then clock, journal and notices in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import Standing, standing
from kesu.improvement.roads import OwingRoad, Pair
from kesu.improvement.rules import after
from kesu.procedure.refused import Refused
from kesu.procedure.watching import Watch
from kesu.warnings.models import Warning, WarningEntry
from kesu.warnings.models.warnings import CLOSED
from kesu.warnings.queries.sight import answers_for, scope
from kesu.warnings.telling import title_of

DUTY = ("答复预警", "Answer the warning")


@dataclass
class WarningRoad(OwingRoad):
    """One act on a warning under way."""

    row: Warning
    entry = WarningEntry
    kind = "warning"
    letter = "w"
    names_stay = False

    @property
    def rules(self) -> Watch:
        """[warning] of the procedure whose rules the warning goes by."""
        found = pack_of(self.row.version_id).warning
        assert found is not None  # no warning is raised without
        return found

    def title(self, language: str) -> str:
        """What is unusual, where."""
        return title_of(self.row, self.standing, language)

    def owing(self) -> list[Person]:
        """Whoever took it, else the role; never nobody where anybody of the ladder is there."""
        if self.row.person_id in self.standing.people:
            return [self.standing.people[self.row.person_id]]
        return self.holders(self.row.role) or owners(self.standing, self.row.site_id, self.rules)[1]

    def duty(self) -> Pair:
        """What is owed."""
        return DUTY

    def opens(self) -> datetime:
        """Since when the answer is owed."""
        return self.row.owed_from

    def owe(self) -> None:
        """An answer is owed from now on."""
        self.row.owed_from = self.at
        self.wind(after(self.rules.answer, self.at, self.row.company.zone))

    def settle(self) -> None:
        """Nothing is owed any more."""
        self.row.next_ring_at = None


def owners(known: Standing, site: int | None, rules: Watch) -> tuple[str, list[Person]]:
    """The role that answers and who holds it: the owner, else the first role of the ladder that somebody holds there."""
    above = [role for rung in rules.ladder for role in rung.tell]
    role, people = Holders(known, site).first_of([rules.owner, *above])
    return role or rules.owner, people


@contextmanager
def begin(person: Person, warning_id: int, act: str, at: datetime) -> Iterator[WarningRoad]:
    """Lock the warning, check that this person may do it now; finish when the block ends well.

    Raises Warning.DoesNotExist for one that the person may not see, Refused otherwise.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=person.company_id)  # the order in which the scan locks, too
        row = Warning.objects.select_for_update().get(pk=warning_id)
        row.company = company
        rights = rights_of(person, at, company)
        if person.pk not in standing(company).people or not Warning.objects.filter(scope(rights), pk=row.pk).exists():
            raise Warning.DoesNotExist
        role = answers_for(rights, row)
        if role is None:
            raise Refused("not_allowed", "这条预警不由您答复", "this warning is not yours to answer")
        if row.state == CLOSED:
            raise Refused("closed", "这条预警已经关闭", "this warning is closed")
        road = WarningRoad(row, act, at, person, role)
        yield road
        road.finish()
