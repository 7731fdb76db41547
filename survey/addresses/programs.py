"""The subset of ODK Central's interface that pyodk calls, below /v1/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
