"""Addresses of placements, in the order of the steps."""

from grids.pages.placement import check_urls, draw_urls, list_urls

urlpatterns = [*list_urls.urlpatterns, *check_urls.urlpatterns, *draw_urls.urlpatterns]
