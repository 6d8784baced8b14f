"""Reports of a month, quarter, year: drafted by themselves, commented, approved by another person, frozen, sent, kept."""
