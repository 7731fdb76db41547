"""The OpenRosa endpoints, below /openrosa/ and, with a device's token in the address, /openrosa/key/."""

from django.urls import URLPattern, URLResolver, path, re_path

from survey import openrosa

KEY = "openrosa/key/<str:token>/"
ENDPOINTS = [
    ("formList", openrosa.form_list, "form_list"),
    ("submission", openrosa.submission, "submission"),
    ("forms/<int:pk>/form.xml", openrosa.form_xml, "form"),
    ("forms/<int:pk>/manifest", openrosa.manifest, "manifest"),
    ("forms/<int:pk>/dwellings.csv", openrosa.entities_csv, "entities"),
    ("forms/<int:pk>/integrity", openrosa.integrity, "integrity"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"openrosa/{address}", view, name=f"openrosa_{name}") for address, view, name in ENDPOINTS),
    *(path(f"{KEY}{address}", view, name=f"openrosa_key_{name}") for address, view, name in ENDPOINTS),
    re_path(r"^openrosa/", openrosa.unknown, name="openrosa_unknown"),
]
