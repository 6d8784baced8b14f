"""Telephone calls: the door that exchanges call, one call, calling back."""
