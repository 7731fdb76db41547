"""Tiles, value files, legends and what a map page starts from."""
