"""Bytes to plain rows. No tables, and no guess about a coordinate system.

Every reader works on a local file, decides what it is from its content, reads all of it
or refuses, and names the row or object that it could not read.
"""
