"""How long work says what it is doing: in memory, in the terminal, or on the job's row."""

import sys
import threading
import time
from typing import TextIO


class Cancelled(Exception):  # noqa: N818 — somebody's wish, not an error
    """The owner asked the job to stop, or another worker has taken it over."""


class Progress:
    """What a piece of work says about itself. This one only remembers it.

    `step` names what is being done now and how many things it has; `advance` counts them;
    `check_cancelled` is called between things that may be interrupted.
    """

    def __init__(self) -> None:
        self.sentence = ""
        self.done_count = 0
        self.total_count = 0
        self.result_url = ""

    def step(self, sentence: str, total: int = 0) -> None:
        self.check_cancelled()
        self.sentence, self.done_count, self.total_count = str(sentence), 0, total
        self.changed()

    def advance(self, n: int = 1) -> None:
        self.done_count += n
        self.changed()

    def result(self, url: str) -> None:
        self.result_url = url

    def check_cancelled(self) -> None:
        """Raise `Cancelled` when the work should stop."""

    def changed(self) -> None:
        """Called after every step and count."""


class NoProgress(Progress):
    """For callers that nobody watches."""


class TerminalProgress(Progress):
    """A bar in the terminal; lines instead of a bar where the output is not a terminal."""

    WIDTH = 30

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self.stream = stream or sys.stderr
        self.is_terminal = self.stream.isatty()
        self._drawn_at = 0.0
        self._line_is_open = False

    def step(self, sentence: str, total: int = 0) -> None:
        self.finish()
        super().step(sentence, total)
        if not self.is_terminal:
            self.stream.write(f"{self.sentence}\n")

    def changed(self) -> None:
        is_last = self.total_count and self.done_count >= self.total_count
        if self.is_terminal and (is_last or time.monotonic() - self._drawn_at > 0.1):
            self._drawn_at = time.monotonic()
            self._line_is_open = True
            self.stream.write(f"\r\033[K{self._bar()}{self.sentence}")
            self.stream.flush()

    def _bar(self) -> str:
        if not self.total_count:
            return f"{self.done_count:,}  " if self.done_count else ""
        share = min(1.0, self.done_count / self.total_count)
        full = round(share * self.WIDTH)
        return f"{'█' * full}{'░' * (self.WIDTH - full)} {share:4.0%}  "

    def finish(self) -> None:
        if self._line_is_open:
            self._line_is_open = False
            self.stream.write("\n")
            self.stream.flush()


class WatchedProgress(Progress):
    """Progress that another thread writes down (`gis_core/jobs.py`): no database work here.

    The work may run inside one long transaction whose own writes nobody would see, so the row is
    written by the heartbeat's connection instead.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_changed = threading.Event()
        self.is_stopped = threading.Event()

    def changed(self) -> None:
        self.is_changed.set()

    def check_cancelled(self) -> None:
        if self.is_stopped.is_set():
            raise Cancelled

    def advance(self, n: int = 1) -> None:
        super().advance(n)
        self.check_cancelled()
