"""What becomes of a row, kind by kind. Each takes a batch, writes it, and says of every row what came of it."""
