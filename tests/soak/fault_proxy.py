"""A bad line: an HTTP proxy in front of the server that drops, delays, doubles, reorders and cuts requests.

One request a connection, read whole before anything happens to it. What befalls each is drawn from a seeded
source, so a schedule can be run again.
"""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

FAULTS = ("drop", "drop_answer", "cut_body", "cut_answer", "delay", "double", "late_double", "reorder")
HELD_MOST_S = 0.4


@dataclass
class Request:
    head: bytes
    body: bytes

    @property
    def is_upload(self) -> bool:
        return self.head.startswith(b"POST /openrosa/submission")


@dataclass
class FaultProxy:
    """`chance_of_fault` per request; `on_answer` is called after the server, before the client."""

    server_port: int
    chance: random.Random = field(default_factory=random.Random)
    chance_of_fault: float = 0.0
    on_answer: Callable[[Request], None] | None = None
    seen: Counter[str] = field(default_factory=Counter)
    port: int = 0

    def start(self) -> None:
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._held: list[asyncio.Event] = []

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            server = self._loop.run_until_complete(
                asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**26)
            )
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            self._loop.run_forever()

        threading.Thread(target=run, daemon=True).start()
        started.wait()

    def stop(self) -> None:
        async def end() -> None:
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._loop.stop()

        asyncio.run_coroutine_threadsafe(end(), self._loop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            if request is not None:
                writer.write(await self._answer(request))
                await writer.drain()
        except asyncio.IncompleteReadError:
            self.seen["client_away"] += 1  # it gave up, or closed a connection it had kept
        except OSError:
            self.seen["server_away"] += 1
        finally:
            writer.close()

    async def _answer(self, request: Request) -> bytes:
        fault = self.chance.choice(FAULTS) if self.chance.random() < self.chance_of_fault else ""
        if fault:
            self.seen[fault] += 1
        if fault == "drop":
            return b""
        if fault == "cut_body":
            await self._forward(request, share=self.chance.random())
            return b""
        if fault == "delay":
            await asyncio.sleep(self.chance.uniform(0.02, 0.3))
        if fault == "reorder":
            await self._wait_for_another()
        answer = await self._forward(request)
        self._let_go()
        if fault == "double":
            answer = await self._forward(request)
        if fault == "late_double":
            delay = self.chance.uniform(0.1, 1.0)
            self._loop.call_later(delay, lambda: asyncio.ensure_future(self._again(request)))
        if fault == "drop_answer":
            return b""
        return answer[: len(answer) // 2] if fault == "cut_answer" else answer

    async def _again(self, request: Request) -> None:
        try:
            await self._forward(request)
        except OSError:
            self.seen["server_away"] += 1

    async def _wait_for_another(self) -> None:
        """Let a later request overtake this one; alone on the line it goes after a moment."""
        turn = asyncio.Event()
        self._held.append(turn)
        try:
            await asyncio.wait_for(turn.wait(), HELD_MOST_S)
        except TimeoutError:
            self._held.remove(turn)

    def _let_go(self) -> None:
        while self._held:
            self._held.pop().set()

    async def _forward(self, request: Request, *, share: float = 1.0) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            writer.write(request.head + request.body[: int(len(request.body) * share)])
            await writer.drain()
            if share < 1.0:
                return b""
            answer = await reader.read(-1)
        finally:
            writer.close()
        if self.on_answer is not None:
            await self._loop.run_in_executor(None, self.on_answer, request)
        if not answer:
            raise OSError("the server went away")
        return answer


async def _read(reader: asyncio.StreamReader) -> Request | None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    facts = {name.lower(): value.strip() for name, _colon, value in (line.partition(b":") for line in lines)}
    if b"chunked" in facts.get(b"transfer-encoding", b"").lower():
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(facts.get(b"content-length", b"0")))
    return Request(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n", body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """The chunks as they came, their frames included."""
    found = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        found += line + await reader.readexactly(size + 2)
        if size == 0:
            return found
