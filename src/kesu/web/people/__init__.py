"""People and their work: one's own figures, self-reviews and their answers, recognition, the cases behind a comparison."""
