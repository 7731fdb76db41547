"""What every test stands on: files kept out of the working folders, people by role."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from gis_core.models import User
from tests.people import make_person


@pytest.fixture(autouse=True)
def own_folders(settings: LazySettings, tmp_path: Path) -> None:
    """Files that the product makes go to the test's own folder; static files need no collecting."""
    for name in ("ARRAYS_DIR", "TILES_DIR", "BACKUPS_DIR", "KEYS_DIR", "MEDIA_ROOT", "FILE_UPLOAD_TEMP_DIR"):
        folder = tmp_path / name.lower()
        folder.mkdir(exist_ok=True)
        setattr(settings, name, folder)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """`person("planner", "99", …)` makes a person with that role and a user name of its own."""
    made: list[User] = []

    def make(role: str | None, area_code: str = "", **fields: Any) -> User:
        username = fields.pop("username", f"{role}-{len(made)}")
        made.append(make_person(username, role, area_code=area_code, **fields))
        return made[-1]

    return make
