"""What is stored of early warning: warnings and the cases behind them, their journal, daily scans, changes whose effect is asked."""

from kesu.warnings.models.changes import Change
from kesu.warnings.models.scans import Scan
from kesu.warnings.models.warnings import Warning, WarningAnswer, WarningCase, WarningEntry

__all__ = ["Change", "Scan", "Warning", "WarningAnswer", "WarningCase", "WarningEntry"]
