"""Addresses of the public verify page, and of the two files that only the official in charge takes."""

from django.urls import path

from grids.pages import draw_files, verify_views

urlpatterns = [
    path("verify/<uuid:uid>/", verify_views.verify_page, name="verify"),
    path("verify/<uuid:uid>/print/", verify_views.verify_print, name="verify_print"),
    path("verify/<uuid:uid>/without-us/", verify_views.verify_without_us, name="verify_without_us"),
    path("verify/<uuid:uid>/files/<str:name>", verify_views.verify_file, name="verify_file"),
    path("placement/draws/<uuid:uid>/full-archive/", draw_files.draw_full_archive, name="draw_full_archive"),
    path("placement/draws/<uuid:uid>/slips/", draw_files.draw_slips, name="draw_slips"),
]
