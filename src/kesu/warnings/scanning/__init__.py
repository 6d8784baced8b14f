"""The scan: from what was received, and what it is set against, to what is unusual. Plain Python; the pack's [warning] says how."""
