"""A server that can be killed and started again, behind a wire that can be cut: one origin for a tablet."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.browser.conftest import ROOT, _free_port, new_database
from tests.browser.tablet.faulty_wire import Wire

STARTS_WITHIN_S = 40


@dataclass
class TabletSite:
    """Database, keys and caches of its own; the built app and the collected files are the checkout's."""

    folder: Path
    database: str
    wire: Wire = field(default_factory=lambda: Wire(_free_port(), _free_port()))
    world: dict[str, Any] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.wire.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "WANGGE_DB": self.database,
            "WANGGE_VAR": str(self.folder),
            "WANGGE_CACHE": str(self.folder),
        }

    def prepare(self) -> None:
        for name in ("uploads", "keys", "backups"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "pg.socket").write_text(str(settings.DATABASES["default"]["HOST"]))
        for name in ("dist", "static"):
            (self.folder / name).symlink_to(Path(settings.VAR_DIR) / name)
        new_database(self.database)
        self._run("manage.py", "migrate", "--noinput", "-v", "0")
        self.world = self._world("draw")

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def rows(self, worker: str, *doors: str) -> dict[str, Any]:
        return self._world("rows", worker, *doors)

    def send_back(self, door: str, path: str, message: str) -> None:
        """The director sends the door's record back, with a comment on one question."""
        self._world("send_back", door, path, message)

    def _world(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._run("-m", "tests.browser.tablet.world", *arguments))
        return found

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """The server, and the wire to it."""
        place = f"127.0.0.1:{self.wire.server_port}"
        command = ["gunicorn", "gis_core.wsgi", "--bind", place, "--threads", "4", "--no-control-socket"]
        log = (self.folder / "server.log").open("a")
        self._server = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
        )
        self._wait()
        self.wire.connect()

    def _wait(self) -> None:
        for _ in range(STARTS_WITHIN_S * 4):
            assert self.is_running, "the server ended"
            try:
                address = f"http://127.0.0.1:{self.wire.server_port}/tablet/manifest.webmanifest"
                urllib.request.urlopen(address, timeout=5)  # our own address
            except OSError:
                time.sleep(0.25)
            else:
                return
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """No warning, no last answer: the network is gone and so is the server."""
        self.wire.disconnect()
        if self._server is not None:
            for child in _children(self._server.pid):
                os.kill(child, signal.SIGKILL)
            self._server.kill()
            self._server.wait(timeout=20)
            self._server = None


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
