"""The board: what is open, late and nearly late, and who is waited for."""
