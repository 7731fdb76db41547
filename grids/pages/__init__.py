"""The desk pages of this room."""
