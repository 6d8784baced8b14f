"""What an act is: one row of the fixed vocabulary (procedure.acts)."""

from __future__ import annotations

from dataclasses import dataclass

STAFF, CUSTOMER, SYSTEM = "staff", "customer", "system"
HANDLING = ("investigate", "answer", "handle")


@dataclass(frozen=True)
class Act:
    """One thing that can be done to a case."""

    name: str
    zh: str  # the verb on a button
    en: str
    completes: str | None = None  # the step it completes when what the step needs is there
    steps: tuple[str, ...] = ()  # may only happen while the case stands at one of these; empty: while it is open
    by: tuple[str, ...] = ("staff",)  # staff, customer, system
    closed: bool = False  # may also happen after closing
    tasked: bool = False  # may also be done by the department that has a task in the case
    said_zh: str = ""  # the journal's sentence; {names} come from the entry's data
    said_en: str = ""
