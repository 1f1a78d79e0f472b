"""A mail server on loopback that keeps what it is given: the outside, for the outbox."""

from __future__ import annotations

import contextlib
import email
import socketserver
import threading
from collections import Counter


class Sink:
    """`seen`: Message-ID → how many times it came."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # the sender was killed
                    sink._talk(self.rfile, self.wfile)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, source, target) -> None:
        target.write(b"220 sink\r\n")
        while line := source.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                target.write(b"354 go on\r\n")
                self._keep(source, target)
            elif word == b"QUIT":
                target.write(b"221 bye\r\n")
                return
            else:
                target.write(b"250 ok\r\n")

    def _keep(self, source, target) -> None:
        body = b""
        while (line := source.readline()) not in (b".\r\n", b""):
            body += line
        if line == b"":
            return  # the sender died in the middle: nothing was delivered
        number = str(email.message_from_bytes(body)["Message-ID"])
        with self._lock:
            self.seen[number] += 1
        target.write(b"250 kept\r\n")
