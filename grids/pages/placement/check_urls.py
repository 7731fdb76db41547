"""Addresses of placements: check, alternatives, comparison."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
