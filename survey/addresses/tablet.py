"""Sign-in of tablets, day packs, and the app itself."""

from django.urls import URLPattern, URLResolver, path

from survey.api import devices, packs, receipts_api
from survey.pages import outbox_import, tablet_app

urlpatterns: list[URLPattern | URLResolver] = [
    path("tablet/", tablet_app.shell, name="tablet"),
    path("tablet/sw.js", tablet_app.worker, name="tablet_worker"),
    path("tablet/manifest.webmanifest", tablet_app.web_manifest, name="tablet_manifest"),
    path("rounds/<uuid:uid>/outbox-file/", outbox_import.outbox_import, name="outbox_import"),
    path("api/v1/devices/", devices.DeviceList.as_view(), name="api_devices"),
    path("api/v1/devices/<uuid:uid>/", devices.DeviceDetail.as_view(), name="api_device"),
    path("api/v1/packs/", packs.PackList.as_view(), name="api_packs"),
    path("api/v1/packs/<uuid:uid>/manifest.json", packs.PackManifest.as_view(), name="api_pack"),
    path("api/v1/packs/<uuid:uid>/<str:kind>/<str:sha256>/", packs.PackPart.as_view(), name="api_pack_part"),
    path("api/v1/receipts/", receipts_api.ReceiptList.as_view(), name="api_receipts"),
]
