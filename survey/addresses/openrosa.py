"""The OpenRosa endpoints, below /openrosa/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
