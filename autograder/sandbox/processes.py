"""The processes in which submissions run: started, forked or spawned, and ended.

Imports nothing heavy, so that the server can load torch while the grader does the same.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

_SERVER = Path(__file__).with_name("server.py")
_START_SECONDS = 60
_ORDER_SECONDS = 10


@dataclass(frozen=True)
class Limits:
    """What one exercise of a submission may use.

    Attributes:
        seconds: time the grader waits for it, all answers together.
        megabytes: memory beyond that of a bare process with torch.
    """

    seconds: float = 10.0
    megabytes: int = 2048


class ServerFailed(Exception):
    """The server process did not start, or is gone."""


_UNKNOWN_END = {"killed": True, "signal": None, "exit": None}


def _environment() -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return environment | dict.fromkeys(threads, "1") | {"PYTHONDONTWRITEBYTECODE": "1"}


class _ForkServer:
    """One server process for the life of the grader; children are forked from it."""

    def __init__(self):
        ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self._control = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-s", str(_SERVER), "--control", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                cwd=_SERVER.parent,
            )
        self._ready = False

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        self._control.settimeout(_START_SECONDS)
        try:
            self._ready = self._control.recv(5) == b"ready"
        except OSError:
            self._ready = False
        if not self._ready:
            self.close(patience=0)
            raise ServerFailed(
                "the grading process did not start; run 'python -m pip install -r requirements.txt'"
                f" and try again (exit code {self._process.returncode})"
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def start(self, limits: Limits):
        """Fork a child; returns its channel and a function that ends it."""
        ours, theirs = socket.socketpair()
        order = {"verb": "fork", "megabytes": limits.megabytes, "seconds": limits.seconds}
        with theirs:
            reply = self._order(order, [theirs.fileno()])
        return ours, functools.partial(self._end, reply["pid"])

    def _end(self, pid: int) -> dict:
        try:
            return self._order({"verb": "end", "pid": pid}, [])
        except ServerFailed:  # nobody is left to reap it, but it must not run on
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            return _UNKNOWN_END

    def _order(self, order: dict, descriptors: list[int]) -> dict:
        with self._lock:
            self._wait_until_ready()
            self._control.settimeout(_ORDER_SECONDS)
            try:
                socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
                data = self._control.recv(4096)
            except OSError:
                data = b""
            if not data:
                self.close(patience=0)
                raise ServerFailed("the grading process ended unexpectedly; run the command again")
        return json.loads(data)

    def close(self, patience: float = 5) -> None:
        """End the server, which ends its children; kill it if it takes longer than ``patience``."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self._process.kill()
        self._process.wait()


class _SpawnServer:
    """Where fork is missing: a fresh process for each exercise, over a loopback connection."""

    alive = True

    def start(self, limits: Limits):
        """Spawn a process; returns its channel and a function that ends it."""
        token = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as door:
            door.settimeout(_START_SECONDS)
            process = subprocess.Popen(
                [
                    *(sys.executable, "-s", str(_SERVER), "--connect"),
                    *(str(door.getsockname()[1]), str(limits.megabytes), str(limits.seconds)),
                ],
                env=_environment() | {"AUTOGRADER_TOKEN": token},
                stdin=subprocess.DEVNULL,
                cwd=_SERVER.parent,
                start_new_session=True,
            )
            try:
                channel, _ = door.accept()
                channel.settimeout(_START_SECONDS)
                answer = channel.recv(len(token))
            except OSError:
                self._end(process)
                raise ServerFailed("the grading process did not start") from None
        if answer != token.encode():
            channel.close()
            self._end(process)
            raise ServerFailed("another program answered in place of the grading process")
        return channel, functools.partial(self._end, process)

    @staticmethod
    def _end(process) -> dict:
        killed = False
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
        if process.returncode is None:
            killed = True
            process.kill()
            process.wait()
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        crashed = -process.returncode if process.returncode < 0 and not killed else None
        return {"killed": killed, "signal": crashed, "exit": process.returncode}

    def close(self, patience: float = 0) -> None:
        """Nothing to close: every process ended with its exercise."""


_server = None
_server_lock = threading.Lock()


def the_server():
    """The one server of this process; started at the first call, without waiting for it."""
    global _server
    with _server_lock:
        if _server is None or not _server.alive:
            forks = hasattr(os, "fork") and hasattr(socket, "send_fds")
            spawn = not forks or os.environ.get("AUTOGRADER_SPAWN") == "1"
            _server = _SpawnServer() if spawn else _ForkServer()
            atexit.register(_server.close)
        return _server


def start(limits: Limits):
    """Start a process for one exercise; returns its channel and a function that ends it.

    A server that died since the last one is replaced.

    Raises:
        ServerFailed: if a new one does not start either.
    """
    try:
        return the_server().start(limits)
    except ServerFailed:
        return the_server().start(limits)
