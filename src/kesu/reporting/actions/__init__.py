"""What happens to reports: drafted, counted anew, commented, handed in, returned, approved."""

from kesu.reporting.actions.working import approve, comment, recount, send_back, submit

__all__ = ["approve", "comment", "recount", "send_back", "submit"]
