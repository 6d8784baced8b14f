"""The shape of the pack's table [privacy]: who sees whom, how long personal data are kept, how fast a person's request is answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import Field

from kesu.procedure.packrows import FactId, Id, Part, Text

GIVEN, REFUSED, WITHDRAWN = "given", "refused", "withdrawn"  # how a question of consent stands in a case


class Consent(Part):
    """What is asked separately, in which words, and which answers and matters touch it (PIPL arts 28 to 31).

    A changed wording is a new version: the journal keeps the number of the one that was asked.
    """

    version: int = Field(ge=1)
    wording: Text
    wording_en: Text
    facts: list[FactId] = []
    categories: list[Id] = []

    def words(self, language: str) -> str:
        """The wording in the reader's language."""
        return self.wording if language.startswith("zh") else self.wording_en

    def touched(self, facts: Mapping[str, bool], categories: Collection[str]) -> bool:
        """Whether an answer or a matter of the complaint comes near it."""
        return any(facts.get(fact) for fact in self.facts) or not set(self.categories).isdisjoint(categories)


class Health(Consent):
    """[privacy.health]: `roles` alone see what is marked as health data."""

    roles: list[Id] = Field(min_length=1)


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
    staff_years: int = Field(default=3, ge=0, le=30)  # how long the account of somebody who left is kept, from the day they left
    stray_days: int = Field(default=180, ge=1, le=3650)  # how long letters that became no complaint and files taken in are kept
    health: Health | None = None  # separate consent for health data; none: nothing can be marked as such
    minors: Consent | None = None  # a guardian's, where a child under 14 is concerned
    source: str = ""

    def consents(self) -> dict[str, Consent]:
        """What this procedure asks separately, by matter (keys of procedure.privacyacts.MATTERS)."""
        return {matter: rule for matter, rule in (("health", self.health), ("minors", self.minors)) if rule}

    def health_allowed(self, consents: Mapping[str, str], facts: Mapping[str, bool], categories: Collection[str]) -> bool:
        """Whether health data may be used now: consent given and not withdrawn, a guardian's too where a child is concerned."""
        if self.health is None or consents.get("health") != GIVEN:
            return False
        asked = self.minors is not None and ("minors" in consents or self.minors.touched(facts, categories))
        return not asked or consents.get("minors") == GIVEN
