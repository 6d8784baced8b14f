"""What came in through the doors: what waits for a person, the message as it came, and what became of it."""
