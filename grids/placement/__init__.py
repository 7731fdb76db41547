"""Check a placement before it happens, draw fairly, let anyone verify; dwellings and receipt numbers only."""
