"""Addresses below /api/v1/."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from grids.api import areas, generations, lookups, mix, places, runs

router = SimpleRouter()
router.register("towns", areas.Towns, basename="api_town")
router.register("areas", areas.Areas, basename="api_area")
router.register("grid-plans", areas.GridPlans, basename="api_grid_plan")
router.register("grids", areas.Grids, basename="api_grid")
router.register("networks", generations.Networks, basename="api_network")
router.register("stocks", generations.Stocks, basename="api_stock")
router.register("inventories", generations.Inventories, basename="api_inventory")
router.register("estates", places.Estates, basename="api_estate")
router.register("buildings", places.Buildings, basename="api_building")
router.register("dwellings", places.Dwellings, basename="api_dwelling")
router.register("facilities", places.Facilities, basename="api_facility")
router.register("profiles", lookups.CityProfiles, basename="api_profile")
router.register("walking-profiles", lookups.WalkingProfiles, basename="api_walking_profile")
router.register("coverage/runs", runs.Runs, basename="api_run")

urlpatterns: list[URLPattern | URLResolver] = [
    path("categories/", lookups.Categories.as_view(), name="api_categories"),
    path("search/", lookups.Search.as_view(), name="api_search"),
    path("mix/sources/", mix.MixSources.as_view(), name="api_mix_sources"),
    path("mix/figures/", mix.MixFigures.as_view(), name="api_mix_figures"),
    path("mix/split/", mix.MixSplit.as_view(), name="api_mix_split"),
    path("mix/exposure/", mix.MixExposure.as_view(), name="api_mix_exposure"),
    path("mix/profile/", mix.MixProfile.as_view(), name="api_mix_profile"),
    path("mix/area/", mix.MixArea.as_view(), name="api_mix_area"),
    path("mix/trend/", mix.MixTrend.as_view(), name="api_mix_trend"),
    path("mix/budget/", mix.MixBudget.as_view(), name="api_mix_budget"),
    *router.urls,
]
