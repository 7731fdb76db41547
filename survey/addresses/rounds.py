"""Rounds, assignment and progress, below /rounds/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
