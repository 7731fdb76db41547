"""Addresses of placements: the draw, and what follows it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
