"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

FAMILIES = ("openrosa", "forms", "tablet", "rounds", "records", "sealing", "programs")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"survey.addresses.{family}")) for family in FAMILIES
]
