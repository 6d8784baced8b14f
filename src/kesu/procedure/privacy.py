"""The shape of the pack's table [privacy]: who sees whom, how long personal data are kept, how fast a person's request is answered."""

from __future__ import annotations

from kesu.procedure.packrows import Id, Part


class Privacy(Part):
    """[privacy]: what handling needs of personal data, and no more (STANDARDS 2.3; S-19).

    A role with `reveals` sees names, numbers and addresses; the lists here give single pieces to others. Without the table only
    telephone numbers are masked, and a customer who asked for secrecy is named to everybody who sees the case.
    """

    names: list[Id] = []  # roles that see the customer's name
    addresses: list[Id] = []  # roles that see the whole address, not just the building
    confidential: list[Id] = []  # roles that may know who a customer is who asked for secrecy; never one of a department
    looks: list[Id] = []  # roles that see who looked at whole contact data, and why
    histories_years: int | None = None  # how long earlier complaints against a person are shown; none: as long as the case is kept
    source: str = ""
