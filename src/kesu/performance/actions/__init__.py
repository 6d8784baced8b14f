"""What happens with self-reviews and recognition: the only code of this wing that writes."""

from kesu.performance.actions.opening import open_due
from kesu.performance.actions.recognising import recognise
from kesu.performance.actions.working import add, answer, write

__all__ = ["add", "answer", "open_due", "recognise", "write"]
