"""Follow-ups as work: the list of calls, and the summary report."""
