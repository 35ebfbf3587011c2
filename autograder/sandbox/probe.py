"""Which layers really confine a submission: found out by one that tries to get out.

A layer is missing where an attempt gets past it; where the attempts fail altogether, all are.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from . import bubblewrap
from .inside import wire
from .limits import Limits

LAYERS = {
    "files": "it sees no file of the course and can write none",
    "processes": "it sees no other process and can start none",
    "network": "it reaches no network, not even this machine",
    "landlock": "a second lock on the files (Landlock)",
    "system calls": "a filter lets ordinary system calls through only (seccomp)",
    "limits": "time, memory, threads and open files have limits",
}

ADVICE = (
    "On Linux: install bubblewrap (apt install bubblewrap), and 'pip install -r requirements.txt'. "
    "Ubuntu and containers may forbid user namespaces. On macOS and Windows: use the container of "
    "docs/teaching.md."
)

_MOST_ENTRIES = 2000
# On a busy machine a child may be late, or die of want of memory: that says nothing of the layers.
_ATTEMPTS = 3
_PATIENCE = 20
_PROBE = """
import _thread, confine, os, resource, socket, threading

def allowed(function, *args):
    try:
        function(*args)
        return True
    except (OSError, MemoryError):
        return False

def threads(most):
    done, started = threading.Event(), 0
    threading.stack_size(1 << 16)
    try:
        while started < most:
            _thread.start_new_thread(done.wait, ())
            started += 1
    except RuntimeError:
        pass
    done.set()
    return started

def probe(secret, course, devices, port):
    missing = {}
    home = os.path.expanduser("~")
    private = os.environ.get("TMPDIR")
    places = {"/tmp", "/var/tmp", "/dev/shm", "/run", os.getcwd(), home} - {private}
    written = [place for place in places if allowed(open, place + "/attention-probe", "w")]
    seen = [path for path in course if allowed(os.lstat, path) or allowed(open, path)]
    changed = [path for path in (secret, *devices) if allowed(os.chmod, path, 0o666)]
    changed += [path for path in (secret, *devices) if allowed(os.utime, path)]
    if allowed(open, secret) or allowed(os.listdir, os.path.dirname(secret)):
        missing["files"] = "it can read what the grader can"
    elif seen or allowed(os.lstat, secret):
        missing["files"] = "it can see " + (seen + [secret])[0]
    elif changed:
        missing["files"] = "it can change the mode or the times of " + changed[0]
    elif written:
        missing["files"] = "it can write in " + str(written)
    if os.getpid() != 1:
        missing["processes"] = "it lives among the other processes"
    if allowed(socket.create_connection, ("127.0.0.1", port), 1):
        missing["network"] = "it reaches this machine"
    if allowed(os.listdir, "/"):
        why = confine.missing.get("landlock", "it can look into any folder there is")
        missing["landlock"] = why
    if allowed(socket.socket) or allowed(os.kill, os.getpid(), 0) or allowed(os.pidfd_open, 1):
        missing["system calls"] = "it can open sockets or signal processes"
    if resource.getrlimit(resource.RLIMIT_AS)[0] < 0 or allowed(bytearray, 1 << 36):
        missing["limits"] = "it can take all the memory"
    elif threads(200) == 200:
        missing["limits"] = "it can start threads until the machine has no room for more"
    return missing
"""

Start = Callable[[Limits], tuple[socket.socket, object, Callable[[], object]]]


def isolation(missing: dict[str, str]) -> Literal["full", "partial"]:
    """How well a submission is confined: ``full`` if no layer is missing, else ``partial``."""
    return "partial" if missing else "full"


def missing_layers(start: Start) -> dict[str, str]:
    """Try to get out, again if the attempt itself fails; returns the missing layers.

    Args:
        start: starts a fresh child.
    """
    for _ in range(_ATTEMPTS):
        missing = _attempt(start)
        if isinstance(missing, dict):
            return {name: str(missing[name]) for name in LAYERS if name in missing}
    return dict.fromkeys(LAYERS, "the attempt itself failed")


def _attempt(start: Start) -> object:
    """What a child found missing; None if it came to no end."""
    with contextlib.ExitStack() as stack:
        channel, _, end = start(Limits())
        stack.callback(end)
        stack.callback(channel.close)
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        secret = Path(folder) / "secret"
        secret.write_text("a file of the grader's")
        cell = {"id": "probe", "code": _PROBE, "define_only": False}
        begin = {
            "verb": "begin",
            "cells": [cell],
            "replace": {},
            "earlier_work": "",
            "forbidden": [],
        }
        call = {"verb": "call", "of": "probe", "call": 1, "keep": False, "module": None}
        args = (str(secret), _to_hide(), bubblewrap.DEVICES, door.getsockname()[1])
        call |= {"args": args, "kwargs": {}, "grad": True}
        call |= {"forbidden": [], "count": False, "whole": False, "luck": None}
        try:
            wire.send(channel, begin, _PATIENCE)
            wire.receive(channel, _PATIENCE)
            wire.send(channel, call, _PATIENCE)
            return wire.receive(channel, _PATIENCE).get("value")
        except (wire.ChannelClosed, wire.ChannelTimeout):
            return None


def _to_hide() -> list[str]:
    """What lies in the course's folders and in the current one, but for what Python needs."""
    paths: list[str] = []
    for place in bubblewrap.secret_places():
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            paths += [entry.path for entry in itertools.islice(entries, _MOST_ENTRIES)]
    shown = [Path(each) for each in (*bubblewrap.needed(), *bubblewrap.DEVICES)]
    return [path for path in paths if not any(each.is_relative_to(path) for each in shown)]
