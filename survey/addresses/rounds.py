"""Rounds, assignment and progress, below /rounds/; tablets and other clients below /settings/devices/."""

from django.urls import URLPattern, URLResolver, path

from survey.pages import rounds_assign, rounds_devices, rounds_progress, rounds_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("rounds/", rounds_views.rounds_page, name="rounds"),
    path("rounds/new/", rounds_views.round_new, name="round_new"),
    path("rounds/<uuid:uid>/", rounds_progress.round_page, name="round"),
    path("rounds/<uuid:uid>/progress.json", rounds_progress.round_progress_json, name="round_progress_json"),
    path("rounds/<uuid:uid>/export/", rounds_progress.round_export, name="round_export"),
    path("rounds/<uuid:uid>/edit/", rounds_views.round_edit, name="round_edit"),
    path("rounds/<uuid:uid>/open/", rounds_views.round_open, name="round_open"),
    path("rounds/<uuid:uid>/close/", rounds_views.round_close, name="round_close"),
    path("rounds/<uuid:uid>/discard/", rounds_views.round_discard, name="round_discard"),
    path("rounds/<uuid:uid>/assign/", rounds_assign.round_assign, name="round_assign"),
    path("rounds/<uuid:uid>/assign.json", rounds_assign.round_assign_json, name="round_assign_json"),
    path("rounds/<uuid:uid>/assign/change/", rounds_assign.round_assign_change, name="round_assign_change"),
    path("rounds/<uuid:uid>/assign/undo/", rounds_assign.round_assign_undo, name="round_assign_undo"),
    path("rounds/<uuid:uid>/collect/", rounds_devices.round_collect, name="round_collect"),
    path("settings/devices/", rounds_devices.devices_page, name="devices"),
    path("settings/devices/<uuid:uid>/revoke/", rounds_devices.device_revoke, name="device_revoke"),
]
