"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, include, path

from grids.pages import coverage_page, mix_page, tile_views

RUN = "<uuid:run_id>/<str:scope>"
TILE = "<int:z>/<int:x>/<int:y>.mvt"
MIX = "values/mix/<uuid:stock_uid>/<str:scope>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("grids.api.routes")),
    path("", include("grids.pages.page_urls")),
    path("", include("grids.pages.placement.urls")),
    path("", include("grids.pages.verify_urls")),
    path("coverage/", coverage_page.coverage, name="coverage"),
    path("coverage/state.json", coverage_page.coverage_state, name="coverage_state"),
    path("coverage/print/", coverage_page.coverage_print, name="coverage_print"),
    path("coverage/export/", coverage_page.coverage_export, name="coverage_export"),
    path("coverage/run/", coverage_page.coverage_run, name="coverage_run"),
    path("mix/", mix_page.mix, name="mix"),
    path("mix/state.json", mix_page.mix_state, name="mix_state"),
    path("mix/print/", mix_page.mix_print, name="mix_print"),
    path(
        "values/mix/outlines/<str:slug>/<str:scope>/<str:version>/<str:level>.json",
        mix_page.outlines,
        name="mix_outlines",
    ),
    path(f"{MIX}/arrays/<str:name>.bin", mix_page.array, name="mix_array"),
    path(f"{MIX}/<str:dimension>/<str:figure>.bin", mix_page.values, name="mix_values"),
    path(f"tiles/town/<str:slug>/<str:name>/<str:scope>/{TILE}", tile_views.town_tile, name="town_tile"),
    path(f"tiles/{RUN}/{TILE}", tile_views.run_tile, name="run_tile"),
    path(f"values/{RUN}/arrays/<str:name>.bin", tile_views.array, name="run_array"),
    path(f"values/{RUN}/facilities/<str:category>.json", tile_views.facilities, name="run_facilities"),
    path(f"values/{RUN}/outlines/<str:level>.json", tile_views.outlines, name="run_outlines"),
    path(f"values/{RUN}/<str:mode>/<str:category>.bin", tile_views.values, name="run_values"),
]
