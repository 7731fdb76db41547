"""Addresses of this room, one file a family; `survey/urls.py` joins them."""
