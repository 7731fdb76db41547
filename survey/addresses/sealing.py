"""Sealing a round, below /rounds/; the officer's list below /settings/; contacts of cases that went on."""

from django.urls import URLPattern, URLResolver, path

from survey.pages import sealing_contacts, sealing_views

ONE = "rounds/<uuid:uid>/sealing/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(ONE, sealing_views.sealing_page, name="sealing"),
    path(f"{ONE}prepare/", sealing_views.sealing_prepare, name="sealing_prepare"),
    path(f"{ONE}confirm/", sealing_views.sealing_confirm, name="sealing_confirm"),
    path(f"{ONE}table/", sealing_views.sealing_table, name="sealing_table"),
    path("settings/sealing/", sealing_views.sealings_page, name="sealings"),
    path("requests/<uuid:uid>/contact/", sealing_contacts.case_contact, name="case_contact"),
]
