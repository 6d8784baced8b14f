"""Looking at a whole telephone number: allowed by the pack, and always on record (P-1 confidentiality, personal data)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import begin


def reveal(person: Person, case_id: int, *, at: datetime) -> str:
    """The customer's whole number; the journal says who looked. Raises Refused when the person's role may not."""
    with begin(person, case_id, "reveal", at) as road:
        road.moves_clocks = False
        road.journal()
        return road.case.contact_phone
