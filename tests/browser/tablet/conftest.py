"""One mortal server for the tablet's tests, and photos to take at the doors."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser.conftest import own_database
from tests.browser.tablet.driver import Tablet
from tests.browser.tablet.site import TabletSite


@pytest.fixture(scope="session")
def mortal_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TabletSite]:
    """Running when a test gets it; the test may kill and start it as it likes."""
    made = TabletSite(tmp_path_factory.mktemp("tablet"), own_database("_tablet"))
    made.prepare()
    yield made
    made.kill()


@pytest.fixture
def running(mortal_site: TabletSite) -> TabletSite:
    if not mortal_site.is_running:
        mortal_site.start()
    return mortal_site


@pytest.fixture
def tablets(chromium: Browser, running: TabletSite, tmp_path: Path) -> Iterator[Callable[..., Tablet]]:
    """`tablets(size="upright")` switches a new tablet on; all are switched off at the end."""
    made: list[Tablet] = []

    def make(*, size: str = "tablet", language: str = "zh-CN") -> Tablet:
        profile = tmp_path / f"profile-{len(made)}"
        made.append(Tablet(chromium.browser_type, running.url, profile, size=size, language=language))
        made[-1].start()
        return made[-1]

    yield make
    for tablet in made:
        tablet.stop()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A stairwell of 2400 × 1800 with the camera's notes in it, place included."""
    picture = Image.effect_mandelbrot((2400, 1800), (-2.0, -1.2, 1.0, 1.2), 60).convert("RGB")
    notes = Image.Exif()
    notes[0x010F] = "Camera"
    notes.get_ifd(0x8825)[1] = "N"
    path = tmp_path / "stairwell.jpg"
    picture.save(path, exif=notes)
    return path
