"""The app's shell, the same for everyone, and what wants a tablet's token; see test_device_access.py."""

from django.urls import reverse

from tests.grids.access_rows import Kind, Path, Row, at
from tests.survey.access_rows_rounds import of_round

UID = "00000000-0000-4000-8000-000000000000"


def of_nothing(name: str, /, **more: str) -> Path:
    """The desk's session must not even learn whether it exists."""
    return lambda world, user: reverse(name, kwargs={"uid": UID, **more})


ROWS = [
    Row("tablet", Kind.OPEN, at("tablet")),
    Row("tablet_worker", Kind.OPEN, at("tablet_worker")),
    Row("tablet_manifest", Kind.OPEN, at("tablet_manifest")),
    Row("api_devices", Kind.OPEN, at("api_devices"), method="post", ok=(400,)),
    Row("api_device", Kind.DEVICE, of_nothing("api_device"), method="delete"),
    Row("api_packs", Kind.DEVICE, at("api_packs")),
    Row("api_pack", Kind.DEVICE, of_nothing("api_pack")),
    Row("api_pack_part", Kind.DEVICE, of_nothing("api_pack_part", kind="places", sha256="0" * 64)),
    Row("api_receipts", Kind.DEVICE, at("api_receipts")),
    Row("outbox_import", Kind.OBJECT, of_round("outbox_import"), action="plan_rounds"),
]
