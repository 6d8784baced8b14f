"""The shape of the pack's table [investigation]: how far finding out must go, and who may see what comes of it."""

from __future__ import annotations

from kesu.procedure.duties import TimeKind
from kesu.procedure.packrows import Id, Part


class Demand(Part):
    """Cases of these natures and grades; an empty list means all of them."""

    natures: list[Id] = []
    grades: list[Id] = []

    def fits(self, nature: str, grade: str) -> bool:
        """Whether a case of this nature and grade is meant."""
        return (not self.natures or nature in self.natures) and (not self.grades or grade in self.grades)


class Investigation(Part):
    """[investigation]: depth by seriousness (STANDARDS 7.6), the people complained of, experts, pictures."""

    findings_first: list[Demand] = []  # here every item needs its finding before the cause may be found
    statement: str | None = None  # a limit: how long the person complained of has to answer; none: no due time
    assessment: str | None = None  # the same for an expert
    time: TimeKind = "office"  # in which time both run
    originals: list[Id] = []  # roles that may see a picture as it was before it was blacked out
    histories: list[Id] = []  # roles that see earlier complaints against the same person

    def wants_findings(self, nature: str, grade: str) -> bool:
        """Whether the cause of such a case may be found only once every item has its finding."""
        return any(row.fits(nature, grade) for row in self.findings_first)
