"""Check a placement before it happens, draw fairly, let anyone verify. Sees dwellings and receipt numbers only."""
