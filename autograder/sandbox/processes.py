"""The processes in which submissions run: started, forked or spawned, and ended.

Imports nothing heavy, so that the server can load torch while the grader does the same.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import functools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypedDict, TypeVar

from . import bubblewrap
from .limits import Limits

_SERVER = Path(__file__).parent / "inside" / "server.py"
_START_SECONDS = 60
_ORDER_SECONDS = 10
_READY = b"ready"
# Before each try to get a process; what the machine is short of may be there again soon.
_PAUSES = (0, 0.3, 2)
# What the system never allows, unlike what it is short of.
_FOR_GOOD = (errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOSPC, errno.EUSERS)


class ServerFailed(Exception):
    """There is no process for a submission: says nothing about the submission."""


class _Forbidden(ServerFailed):
    """The system does not allow this confinement."""


class Ending(TypedDict):
    """How the process of a submission ended.

    Attributes:
        signal: the signal that ended it, if one did.
        seconds: CPU time it used, where that is known.
    """

    signal: int | None
    seconds: float


class Started(NamedTuple):
    """A process that serves one submission.

    Attributes:
        channel: the way to talk to it.
        worked: gives the CPU time that it has had, in seconds, 0 where that is not known.
        end: ends it.
    """

    channel: socket.socket
    worked: Callable[[], float]
    end: Callable[[], Ending]


class Server(Protocol):
    """What gives each submission a process."""

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""

    def lend(self) -> socket.socket | None:
        """What another process makes its own server of; None if there is nothing to lend."""

    def missing_layers(self) -> dict[str, str]:
        """The missing layers, each with what a submission can do for want of it."""

    def start(self, limits: Limits) -> Started:
        """Start a process for one submission."""

    def close(self, patience: float = ...) -> None:
        """End the server and with it all that it started."""


# Python's memory in few large pages: a fork copies a table of them, and takes a third of the time.
_LARGE_PAGES = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
_UNKNOWN_END: Ending = {"signal": None, "seconds": 0}


def _environment() -> dict[str, str]:
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    threads = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return environment | dict.fromkeys(threads, "1") | {"PYTHONDONTWRITEBYTECODE": "1"}


class _ForkServer:
    """One server process for the life of the grader; children are forked from it.

    Args:
        lender: the control socket of another process's server. A twin of that server is this one's,
            instead of one that has to import torch for itself.
    """

    def __init__(self, lender: socket.socket | None = None):
        self._control, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self._start_lock = threading.Lock()
        self._bwrap = bubblewrap.usable()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._missing: dict[str, str] | None = None
        with theirs:
            if lender:
                with contextlib.suppress(OSError):  # a lender that is gone
                    order = json.dumps({"verb": "twin"}).encode()
                    socket.send_fds(lender, [order], [theirs.fileno()])
                    return
            arguments = ["--control", str(theirs.fileno())]
            how: dict[str, Any] = {
                "pass_fds": [theirs.fileno()],
                "env": _environment() | _LARGE_PAGES,
                "stdin": subprocess.DEVNULL,
                "cwd": _SERVER.parent,
            }
            if self._bwrap:
                how["env"] |= bubblewrap.ENVIRONMENT
                two_users = bubblewrap.separates_users()
                line = bubblewrap.command(self._bwrap, arguments, two_users)
                self._process = bubblewrap.started(line, two_users, **how)
            else:
                line = [sys.executable, "-s", str(_SERVER), *arguments]
                self._process = subprocess.Popen(line, start_new_session=True, **how)

    def lend(self) -> socket.socket:
        """What another process makes its own server of."""
        return self._control

    def missing_layers(self) -> dict[str, str]:
        """The missing layers, each with what a submission can do for want of it."""
        with self._start_lock:
            if self._missing is None:
                self._wait_until_ready()
                self._missing = self._confine()
            return self._missing

    def _wait_until_ready(self) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            ready = self._control.recv(len(_READY)) == _READY
        except OSError:
            ready = False
        if not ready:
            self.close(patience=0)
            code = self._process.returncode if self._process else "of another process"
            raise ServerFailed(
                "the grading process did not start; run 'python -m pip install -r requirements.txt'"
                f" and try again (exit code {code})"
            )

    def _confine(self) -> dict[str, str]:
        """Tell the server how to confine children; returns the layers that are missing then."""
        from . import probe, syscalls

        try:
            program = syscalls.program()
        except (ImportError, OSError, RuntimeError):
            program = b""
        order = {
            "verb": "layers",
            "filter": program.hex(),
            "readable": self._readable(),
            "private": bubblewrap.PRIVATE if self._bwrap else None,
            "devices": bubblewrap.DEVICES,
        }
        other = bubblewrap.NOBODY if self._bwrap and bubblewrap.separates_users() else None
        for namespaces, user in dict.fromkeys([(True, other), (True, None), (False, None)]):
            self._order(order | {"namespaces": namespaces, "user": user}, [])
            with contextlib.suppress(_Forbidden):
                return probe.missing_layers(self._fork)
        raise ServerFailed("a submission cannot be given a process here")

    def _readable(self) -> list[str]:
        place = bubblewrap.INSIDE if self._bwrap else str(_SERVER.parent)
        return [*bubblewrap.readable(), place, *bubblewrap.DEVICES, "/proc/cpuinfo"]

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._closed and (self._process is None or self._process.poll() is None)

    def start(self, limits: Limits) -> Started:
        """Fork a child that serves one submission; it is confined when this returns."""
        self.missing_layers()
        return self._fork(limits)

    def _fork(self, limits: Limits) -> Started:
        ours, theirs = socket.socketpair()
        order = {"verb": "fork", "megabytes": limits.megabytes, "seconds": limits.seconds}
        with theirs:
            reply = self._order(order, [theirs.fileno()])
        problem = reply.get("problem") or _problem(ours)
        end = functools.partial(self._end, reply["pid"], limits.seconds)
        if problem:
            number, text = problem
            ours.close()
            end()
            kind = _Forbidden if number in _FOR_GOOD else ServerFailed
            raise kind(f"a submission could not be given a process ({text}); try again")
        return Started(ours, functools.partial(self._worked, reply["pid"]), end)

    def _worked(self, pid: int) -> float:
        return self._order({"verb": "worked", "pid": pid}, [])["seconds"]

    def _end(self, pid: int, seconds: float) -> Ending:
        if not pid:
            return _UNKNOWN_END
        try:
            ending = self._order({"verb": "end", "pid": pid}, [])
        except ServerFailed:  # it took its children with it, or they were told to end by it
            return _UNKNOWN_END
        # The first of a pid namespace cannot kill itself, and too much work was not it: the machine
        # was out of memory, or somebody else did it. What came of that is worth no more.
        if ending["signal"] == signal.SIGKILL and ending["seconds"] <= seconds:
            self.close(patience=0)
        return ending

    def _order(self, order: dict[str, Any], descriptors: list[int]) -> Any:
        """The server's reply to an order."""
        with self._lock:
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
        self._closed = True
        self._control.close()
        if not self._process:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        with contextlib.suppress(OSError):  # its group: bubblewrap, and the server within
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _problem(channel: socket.socket) -> tuple[int, str] | None:
    """Why a child cannot serve a submission, None if it is ready to."""
    channel.settimeout(_ORDER_SECONDS)
    try:
        said = channel.recv(4096)
    except OSError:
        said = b""
    if said == _READY:
        return None
    return json.loads(said) if said else (0, "it ended before it was confined")


class _SpawnServer:
    """Where fork is missing: a fresh process for each exercise, over a loopback connection."""

    alive = True
    """Always: there is no server that could end."""

    @staticmethod
    def lend() -> None:
        """There is nothing to lend."""

    @staticmethod
    def missing_layers() -> dict[str, str]:
        """All of them: there is no namespace, lock or filter, and no limit holds for threads."""
        from . import probe

        return dict.fromkeys(probe.LAYERS, "a process like any other of yours; see doctor")

    def start(self, limits: Limits) -> Started:
        """Spawn a process that serves one submission."""
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
            says = "another program answered in place of it" if answer else "it ended at once"
            raise ServerFailed(f"the grading process did not start: {says}")
        return Started(channel, lambda: 0.0, functools.partial(self._end, process))

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> Ending:
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
        code = process.returncode
        crashed = -code if code < 0 and not killed else None
        return {"signal": crashed, "seconds": 0}

    def close(self, patience: float = 0) -> None:
        """Nothing to close: every process ended with its exercise."""


_server: Server | None = None
_server_lock = threading.Lock()
_Answer = TypeVar("_Answer")


def the_server(lender: socket.socket | None = None) -> Server:
    """The one server of this process; started at the first call, without waiting for it.

    Args:
        lender: what ``lend`` of another process's server gave, to start from.

    Raises:
        ServerFailed: if the system has no process for it.
    """
    global _server
    with _server_lock:
        if _server is None or not _server.alive:
            forks = hasattr(os, "fork") and hasattr(socket, "send_fds")
            spawn = not forks or os.environ.get("AUTOGRADER_SPAWN") == "1"
            try:
                _server = _SpawnServer() if spawn else _ForkServer(lender)
            except OSError as problem:
                raise ServerFailed(f"no grading process could be started: {problem}") from problem
            atexit.register(_server.close)
        return _server


def missing_layers() -> dict[str, str]:
    """The missing layers of this machine, each with what a submission can do; see ``probe``.

    Raises:
        ServerFailed: if no server starts.
    """
    return _asked(lambda server: server.missing_layers())


def start(limits: Limits) -> Started:
    """Start a process for one exercise.

    Raises:
        ServerFailed: if there is no process for it.
    """
    return _asked(lambda server: server.start(limits))


def by_one_server(work: Callable[[], _Answer]) -> _Answer:
    """What comes of work with submissions, done again if the server is gone when it is done.

    What ended with a server was not ended by a submission.

    Raises:
        ServerFailed: if no server lasts.
    """
    for _ in _PAUSES:
        missing_layers()
        server = the_server()
        answer = work()
        if server.alive:
            return answer
    raise ServerFailed("the grading process ended again and again; run the command again")


def _asked(question: Callable[[Server], _Answer]) -> _Answer:
    """What the server answers; one that is gone is replaced."""
    failed: Exception | None = None
    for pause in _PAUSES:
        time.sleep(pause)
        try:
            return question(the_server())
        except (ServerFailed, OSError) as problem:
            failed = problem
    raise ServerFailed(str(failed)) from failed
