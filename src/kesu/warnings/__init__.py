"""Early warning (B-21) and "did it work" (B-18): what is unusual among complaints, who answers for it by when, what a change brought."""
