"""Questionnaires: a workbook becomes a checked, immutable version of a form.

workbook bytes → sheets.py (rows) → checks (words, roles, identity) → converting.py (pyxform) → XForm
XForm → outline.py: what it asks, in plain JSON; everything that interprets a submission reads that.
"""
