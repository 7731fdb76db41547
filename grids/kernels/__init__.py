"""Pure functions on arrays: walks, snapping, sums. No Django, no database, no files; see README.md."""
