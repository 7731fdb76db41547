"""Estates, buildings, dwellings: drafts, estimates, registers."""
