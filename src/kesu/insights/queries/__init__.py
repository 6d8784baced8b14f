"""What is asked of facts and roll-ups."""
