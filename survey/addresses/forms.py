"""Forms, work list, notices: under /settings/ and the preview."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
