"""What is stored about corrective and preventive action, one file per noun of the trade."""

from kesu.improvement.models.capa import Capa, CapaNumber, Origin, Recurrence
from kesu.improvement.models.clocks import CapaClock
from kesu.improvement.models.journal import CapaEntry
from kesu.improvement.models.measures import Measure, MeasureExtension, Proof

__all__ = ["Capa", "CapaClock", "CapaEntry", "CapaNumber", "Measure", "MeasureExtension", "Origin", "Proof", "Recurrence"]
