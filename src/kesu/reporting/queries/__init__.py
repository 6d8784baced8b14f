"""Who sees which reports, and what is owed on them."""
