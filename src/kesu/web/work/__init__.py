"""My work: what I owe, by what falls due first."""
