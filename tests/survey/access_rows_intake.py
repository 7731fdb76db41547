"""The OpenRosa endpoints. They know devices, not sessions: each answers strangers itself, with 401 or 403.

What a device's person may see there is tried in tests/survey/intake.
"""

from tests.grids.access_rows import Kind, Row

ADDRESSES = {
    "form_list": "formList",
    "submission": "submission",
    "form": "forms/1/form.xml",
    "manifest": "forms/1/manifest",
    "entities": "forms/1/dwellings.csv",
    "integrity": "forms/1/integrity",
}
KEY = "0" * 64

ROWS = [
    *(
        Row(f"openrosa_{name}", Kind.OPEN, lambda world, user, at=at: f"/openrosa/{at}")
        for name, at in ADDRESSES.items()
    ),
    *(
        Row(f"openrosa_key_{name}", Kind.OPEN, lambda world, user, at=at: f"/openrosa/key/{KEY}/{at}")
        for name, at in ADDRESSES.items()
    ),
    Row("openrosa_unknown", Kind.OPEN, lambda world, user: "/openrosa/nowhere"),
]
