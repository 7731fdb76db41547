"""People for tests: a person with one duty, and a browser signed in as that person."""

from datetime import date

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis_core.models import Duty, User

PASSWORD = "correct-horse-battery"
BEFORE_EVERY_TEST = date(2020, 1, 1)


def make_person(
    username: str,
    role: str | None,
    *,
    area_code: str = "",
    grid_code: str = "",
    building_code: str = "",
    valid_from: date = BEFORE_EVERY_TEST,
    valid_until: date | None = None,
    language: str = "zh-hans",
    password: str | None = None,
) -> User:
    """A person with one duty (none when `role` is None), by default in area 99, without end."""
    if not (area_code or grid_code or building_code):
        area_code = "99"
    home_code = area_code or (grid_code or building_code)[:12]
    user = User.objects.create_user(
        username, password, display_name=username, language=language, home_code=home_code
    )
    if role is not None:
        Duty.objects.create(
            user=user,
            role=role,
            area_code=area_code,
            grid_code=grid_code,
            building_code=building_code,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    return user


def client_for(user: User) -> Client:
    """A client signed in as this person, the one-time code already given."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="app", confirmed=True)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
