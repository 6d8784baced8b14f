"""What the table [privacy] says of other tables, and settings by which a secret would not be kept."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.privacyacts import PRIVACY

LISTS = ("names", "addresses", "confidential", "looks")


def idle(pack: Pack) -> set[str]:
    """The acts that never come up in a procedure that says nothing about personal data."""
    return set() if pack.privacy else set(PRIVACY)


def references(pack: Pack) -> Faults:
    """Unknown roles; a role of a department that would learn who complained of it."""
    if pack.privacy is None:
        return
    for key in LISTS:
        yield from check.known(pack, ("privacy", key), "roles", getattr(pack.privacy, key))
    for role in pack.privacy.confidential:
        row = pack.find("roles", role)
        if row and row.level == "department":
            yield Fault(
                ("privacy", "confidential"),
                f"{role} 是部门的岗位：客户要求保密时，被投诉的部门不能知道是谁",
                f"{role} is a role of a department; the department complained of must not know who a customer is who asked for secrecy",
            )
