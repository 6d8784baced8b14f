"""The telephone: what the exchange tells us of calls, and the calls that nobody answered."""
