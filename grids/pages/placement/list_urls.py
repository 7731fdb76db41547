"""Addresses of placements: projects, flats, applicants, rules."""

from django.urls import path

from grids.pages.placement import lists_page, projects_page, rules_page

OF_PROJECT = "placement/<uuid:uid>/"

urlpatterns = [
    path("placement/", projects_page.placements, name="placements"),
    path("placement/new/", projects_page.placement_new, name="placement_new"),
    path("placement/templates/<str:kind>.xlsx", lists_page.placement_template, name="placement_template"),
    path(OF_PROJECT, projects_page.placement, name="placement"),
    path(f"{OF_PROJECT}rename/", projects_page.placement_rename, name="placement_rename"),
    path(f"{OF_PROJECT}delete/", projects_page.placement_delete, name="placement_delete"),
    path(f"{OF_PROJECT}flats/", lists_page.placement_flats, name="placement_flats"),
    path(f"{OF_PROJECT}applicants/", lists_page.placement_applicants, name="placement_applicants"),
    path(
        f"{OF_PROJECT}applicants/clear/",
        lists_page.placement_forget_applicants,
        name="placement_forget_applicants",
    ),
    path(f"{OF_PROJECT}rules/", rules_page.placement_rules, name="placement_rules"),
    path(
        f"{OF_PROJECT}rules/<int:pk>/delete/",
        rules_page.placement_rules_delete,
        name="placement_rules_delete",
    ),
]
