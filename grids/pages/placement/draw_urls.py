"""Addresses of placements: the draw and its five steps, and what is written down after it."""

from django.urls import path

from grids.pages.placement import draw_views, result_views

DRAW = "placement/<uuid:uid>/draw/"
RESULT = "placement/<uuid:uid>/result/"

urlpatterns = [
    path(DRAW, draw_views.placement_draw, name="placement_draw"),
    path(f"{DRAW}close/", draw_views.placement_draw_close, name="placement_draw_close"),
    path(f"{DRAW}commit/", draw_views.placement_draw_commit, name="placement_draw_commit"),
    path(f"{DRAW}reveal/", draw_views.placement_draw_reveal, name="placement_draw_reveal"),
    path(f"{DRAW}run/", draw_views.placement_draw_run, name="placement_draw_run"),
    path(f"{DRAW}publish/", draw_views.placement_draw_publish, name="placement_draw_publish"),
    path(f"{DRAW}stop/", draw_views.placement_draw_stop, name="placement_draw_stop"),
    path(f"{DRAW}again/", draw_views.placement_draw_again, name="placement_draw_again"),
    path(RESULT, result_views.placement_result, name="placement_result"),
    path(f"{RESULT}offers/<int:pk>/<str:step>/", result_views.placement_offer, name="placement_offer"),
    path(f"{RESULT}next/", result_views.placement_offer_next, name="placement_offer_next"),
    path(f"{RESULT}appeals/", result_views.placement_appeal, name="placement_appeal"),
    path(
        f"{RESULT}appeals/<int:pk>/",
        result_views.placement_appeal_answer,
        name="placement_appeal_answer",
    ),
]
