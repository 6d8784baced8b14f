"""What the table [privacy] says of other tables, and settings by which a secret would not be kept."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.privacy import Privacy
from kesu.procedure.privacyacts import CONSENTS, PRIVACY

LISTS = ("names", "addresses", "confidential", "looks")


def idle(pack: Pack) -> set[str]:
    """The acts that never come up in a procedure that says nothing about personal data."""
    if pack.privacy is None:
        return set(PRIVACY)
    return set() if pack.privacy.consents() else set(CONSENTS)


def _consents(pack: Pack, privacy: Privacy) -> Faults:
    """Unknown facts, matters and roles of what is asked separately; a question that nothing leads to; a child's without health data."""
    for matter, rule in privacy.consents().items():
        yield from check.known(pack, ("privacy", matter, "facts"), "facts", rule.facts)
        yield from check.known(pack, ("privacy", matter, "categories"), "categories", rule.categories)
        if not rule.facts and not rule.categories:
            yield Fault(
                ("privacy", matter),
                "没写哪些问题、哪些类别涉及它：加 facts 或 categories",
                "says of no fact and no category that it touches this; add facts or categories",
            )
    if privacy.health:
        yield from check.known(pack, ("privacy", "health", "roles"), "roles", privacy.health.roles)
    elif privacy.minors:
        yield Fault(
            ("privacy", "minors"),
            "监护人同意是为孩子的健康情况问的：先写 [privacy.health]",
            "a guardian is asked about a child's health data; write [privacy.health] first",
        )


def references(pack: Pack) -> Faults:
    """Unknown roles; a role of a department that would learn who complained of it."""
    if pack.privacy is None:
        return
    for key in LISTS:
        yield from check.known(pack, ("privacy", key), "roles", getattr(pack.privacy, key))
    yield from _consents(pack, pack.privacy)
    for role in pack.privacy.confidential:
        row = pack.find("roles", role)
        if row and row.level == "department":
            yield Fault(
                ("privacy", "confidential"),
                f"{role} 是部门的岗位：客户要求保密时，被投诉的部门不能知道是谁",
                f"{role} is a role of a department; the department complained of must not know who a customer is who asked for secrecy",
            )
