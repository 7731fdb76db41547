"""A network between tablet and server that can be cut: a small HTTP proxy on a fixed port.

The tablet's app, its worker and its storage belong to one origin, port included; so the proxy is the
origin, and the server behind it may die and come back. `faults` are spent one by one on uploads.
"""

import socket
import socketserver
import threading
from dataclasses import dataclass, field

UPLOAD = b"POST /openrosa/"
HEAD_END = b"\r\n\r\n"
FAULTS = ("drop", "cut_body", "lose_answer", "double")
READ_BYTES = 65536
PATIENCE_S = 200  # longer than the app's own: a slow answer is not a fault of the wire


@dataclass
class Wire:
    """`port` is what the tablet sees, `server_port` where gunicorn answers."""

    port: int
    server_port: int
    faults: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    _listening: socketserver.ThreadingTCPServer | None = None

    def connect(self) -> None:
        wire = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                wire.carry(self.request)

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._listening = Listener(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._listening.serve_forever, daemon=True).start()

    def disconnect(self) -> None:
        if self._listening is not None:
            self._listening.shutdown()
            self._listening.server_close()
            self._listening = None

    def carry(self, tablet: socket.socket) -> None:
        """One request, one connection: what follows comes on a new one."""
        tablet.settimeout(PATIENCE_S)
        try:
            request = _read_message(tablet)
            if request:
                self._answer(tablet, request)
        except OSError:
            return  # either side went away: that is what a network does

    def _answer(self, tablet: socket.socket, request: bytes) -> None:
        fault = self.faults.pop(0) if self.faults and request.startswith(UPLOAD) else ""
        if fault:
            self.spent.append(fault)
        if fault == "drop":
            return
        if fault == "cut_body":
            self._ask(request[: len(request) - 100], is_whole=False)
            return
        if fault == "double":
            self._ask(request)
        answer = self._ask(request)
        if fault != "lose_answer":
            tablet.sendall(answer)

    def _ask(self, request: bytes, *, is_whole: bool = True) -> bytes:
        head, _, body = request.partition(HEAD_END)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=PATIENCE_S) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close"]) + HEAD_END + body)
            if not is_whole:
                return b""
            answer = b""
            while part := server.recv(READ_BYTES):
                answer += part
            return answer


def _read_message(source: socket.socket) -> bytes:
    found = b""
    while HEAD_END not in found:
        part = source.recv(READ_BYTES)
        if not part:
            return b""
        found += part
    head, _, body = found.partition(HEAD_END)
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        part = source.recv(min(READ_BYTES, missing))
        if not part:
            return b""
        found += part
        missing -= len(part)
    return found
