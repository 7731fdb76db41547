"""Addresses of placements: check, alternatives, comparison."""

from django.urls import path

from grids.pages.placement import check_page, compare_page, variant_files

ONE = "placement/<uuid:uid>"
VARIANT = f"{ONE}/variants/<uuid:variant>"

urlpatterns = [
    path(f"{ONE}/check/", check_page.check_page, name="placement_check"),
    path(f"{ONE}/variants/new/", check_page.variant_new, name="placement_variant_new"),
    path(f"{VARIANT}/map.json", variant_files.variant_map, name="placement_variant_map"),
    path(f"{VARIANT}/export.<str:fmt>", variant_files.variant_export, name="placement_variant_export"),
    path(f"{VARIANT}/delete/", variant_files.variant_delete, name="placement_variant_delete"),
    path(f"{ONE}/compare/", compare_page.compare_page, name="placement_compare"),
    path(f"{ONE}/frontier.json", compare_page.frontier_json, name="placement_frontier"),
]
