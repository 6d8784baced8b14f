"""What is stored of figures: facts per case, roll-ups per day and month, what complaints are set against."""

from kesu.insights.models.exposure import Exposure, Wall
from kesu.insights.models.facts import CaseFact, ClockFact, RemedyFact, StepFact, VisitFact
from kesu.insights.models.tallies import Keeping, Mark, Tally

__all__ = ["CaseFact", "ClockFact", "Exposure", "Keeping", "Mark", "RemedyFact", "StepFact", "Tally", "VisitFact", "Wall"]
