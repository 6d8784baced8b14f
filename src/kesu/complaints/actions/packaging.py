"""Taking the whole file of a case out of the house: papers, evidence, journal, with every name and number. Always on record."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.revealing import check_secret
from kesu.complaints.actions.road import begin
from kesu.complaints.models import Case


def package(person: Person, case_id: int, *, at: datetime) -> Case:
    """The journal says who took the file out; the package itself is made afterwards (papers.dossier). Raises Refused."""
    with begin(person, case_id, "package", at) as road:
        check_secret(road)
        road.moves_clocks = False
        road.journal()
    return road.case
