"""The settings that ODK Collect reads from a QR code: where the server is, and what this device may do."""

import base64
import json
import zlib

from survey.models import Device, Round


def collect_settings(round_: Round, device: Device, token: str, url: str) -> str:
    """The text of the code. `url` is the site's root; whoever has this text can act as the device."""
    wanted = {
        "general": {
            "protocol": "odk_default",
            "server_url": f"{url.rstrip('/')}/openrosa/key/{token}",
            "username": device.user.username,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "delete_send": True,
        },
        "admin": {},
        "project": {"name": round_.name[:40], "icon": "网", "color": "#1f6f5c"},
    }
    packed = zlib.compress(json.dumps(wanted, ensure_ascii=False).encode())
    return base64.b64encode(packed).decode()
