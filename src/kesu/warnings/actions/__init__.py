"""Everything that writes warnings."""

from kesu.warnings.actions.changes import add_change, drop_change
from kesu.warnings.actions.handling import answer, close, hand, open_capa, take
from kesu.warnings.actions.recording import record

__all__ = ["add_change", "answer", "close", "drop_change", "hand", "open_capa", "record", "take"]
