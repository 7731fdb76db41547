"""Addresses of the pages of grids, places, data and the city profile."""

from django.urls import path

from grids.pages import (
    data_views,
    grid_views,
    mix_export,
    place_views,
    profile_views,
    published_views,
    report_views,
    upload_views,
)
from grids.partition import grid_exports

urlpatterns = [
    path("grids/", grid_views.grids_page, name="grids"),
    path("grids/plan.json", grid_views.plan_json, name="grids_plan_json"),
    path("grids/make/", grid_views.grids_make, name="grids_make"),
    path("grids/export/", grid_exports.grids_export, name="grids_export"),
    path("grids/plans/<int:pk>/check/", grid_views.grids_check, name="grids_check"),
    path("grids/plans/<int:pk>/activate/", grid_views.grids_activate, name="grids_activate"),
    path("grids/plans/<int:pk>/reasons/<str:code>/", grid_views.grid_reason, name="grid_reason"),
    path("places/", place_views.places_page, name="places"),
    path("places/buildings/<int:pk>/", place_views.building_page, name="building"),
    path("places/buildings/<int:pk>/correct/", place_views.building_correct, name="building_correct"),
    path("places/on-map/<str:slug>/<int:number>/", place_views.building_by_number, name="building_by_number"),
    path("places/facilities/<int:pk>/", place_views.facility_page, name="facility"),
    path("places/facilities/<int:pk>/correct/", place_views.facility_correct, name="facility_correct"),
    path("places/corrections/<int:pk>/undo/", place_views.correction_undo, name="correction_undo"),
    path("data/", data_views.data_page, name="data"),
    path("data/activate/", data_views.activate_waiting, name="data_activate"),
    path("data/new/", upload_views.upload_page, name="data_upload"),
    path("data/uploads/<uuid:pk>/", upload_views.columns_page, name="data_columns"),
    path("data/published/", published_views.published_list, name="published"),
    path("data/published/new/", published_views.published_upload, name="published_upload"),
    path("data/published/template/", published_views.published_template, name="published_template"),
    path("data/published/uploads/<uuid:pk>/", published_views.published_columns, name="published_columns"),
    path(
        "data/published/<uuid:uid>/withdraw/", published_views.published_withdraw, name="published_withdraw"
    ),
    path("data/published/<uuid:uid>/restore/", published_views.published_restore, name="published_restore"),
    path("mix/export/", mix_export.mix_export, name="mix_export"),
    path("data/<str:kind>/<int:pk>/", report_views.generation_page, name="generation"),
    path(
        "data/<str:kind>/<int:pk>/features.json", report_views.generation_features, name="generation_features"
    ),
    path("data/<str:kind>/<int:pk>/activate/", data_views.generation_activate, name="generation_activate"),
    path("data/<str:kind>/<int:pk>/retire/", data_views.generation_retire, name="generation_retire"),
    path("data/<str:kind>/<int:pk>/discard/", data_views.generation_discard, name="generation_discard"),
    path("settings/profile/", profile_views.profile_page, name="city_profile"),
    path("settings/profile/new/", profile_views.profile_new, name="city_profile_new"),
    path("settings/profile/choose/", profile_views.profile_choose, name="city_profile_choose"),
]
