"""Addresses of placements: projects, flats, applicants, rules."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
