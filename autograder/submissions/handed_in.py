"""What was handed in: the notebook in a folder, whatever its name, rebuilt on the release.

A learner makes the folder: links, pipes, modes and names in it may be traps. That something may not
be read is no fault of the submission, and passes as ``OSError``.

Between nbgrader's steps a rebuilt submission is a notebook file; what was odd about it stands in
the notebook's metadata then.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from ..course import Unit
from ..grading.record import ErrorRecord
from ..grading.render import safe
from .read import Rebuilt, Unreadable, read_notebook, rebuild, released

# What nbgrader's exchange writes beside a submission, over a learner's own files of these names.
TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
_MOST_BYTES = {TIMESTAMP: 100, SECRET: 200}
_NAMED = 3


def read_handed_in(unit: Unit, path: Path) -> Rebuilt:
    """The submission that lies at ``path``, or beside it under another name.

    Raises:
        OSError: if it may not be read.
    """
    try:
        found = _find(path)
        rebuilt = rebuild(unit, read_notebook(found, _open_its_own))
    except Unreadable as problem:
        error = ErrorRecord(problem.kind, safe.one_line(problem.message))
        return Rebuilt(released(unit), error=error)
    notices = [_renamed(found, path), time_handed_in(path.parent)[1]]
    return dataclasses.replace(rebuilt, notices=(*rebuilt.notices, *filter(None, notices)))


def _renamed(found: Path, path: Path) -> str:
    return f"the file was called {safe.name(found.name)}, not {path.name}" if found != path else ""


def _find(path: Path) -> Path:
    """The submitted file, also where it was renamed."""
    for folder in (path.parent.parent, path.parent):
        if folder.is_symlink():
            raise _not_its_own(folder)
    try:
        others = sorted(name for name in os.listdir(path.parent) if name.endswith(".ipynb"))
    except (FileNotFoundError, NotADirectoryError):
        others = []
    if path.name not in others and len(others) != 1:
        raise Unreadable(
            "missing_file",
            f"{path.name} is missing; this was handed in: {_listed(others)}; hand it in.",
        )
    found = path if path.name in others else path.parent / others[0]
    if not stat.S_ISREG(found.lstat().st_mode):
        raise _not_its_own(found)
    os.close(_open_its_own(str(found), os.O_RDONLY))
    return found


def _open_its_own(path: str, flags: int) -> int:
    """Open a file, but no link or pipe that came in place of it or of the folders meanwhile."""
    if os.open not in os.supports_dir_fd:
        return os.open(path, flags)
    file = Path(path)
    try:
        with contextlib.ExitStack() as opened:
            folder = None
            for each in (file.parent.parent, file.parent.name):
                folder = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                opened.callback(os.close, folder)
            descriptor = os.open(file.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, path) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_its_own(file)
    return descriptor


def _not_its_own(path: Path) -> Unreadable:
    return Unreadable(
        "missing_file",
        f"{safe.name(path.name)} is not a file or folder of its own; hand in the notebook itself.",
    )


def _listed(names: list[str]) -> str:
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*map(safe.name, names[:_NAMED]), *more]) or "no notebook"


def time_handed_in(folder: Path) -> tuple[datetime | None, str]:
    """When a submission was handed in, in UTC, and a notice if its file does not say so.

    The file proves nothing: it is the learner's own where whoever collects does not write it anew.
    But a learner gains nothing by it, as nbgrader takes a submission without a time to be in time.
    """
    text = _small_text(folder / TIMESTAMP)
    if text is None:
        return None, ""
    tomorrow = datetime.now(UTC) + timedelta(1)
    with contextlib.suppress(ValueError, OverflowError):
        when = _in_utc(text.strip())
        if datetime(2000, 1, 1, tzinfo=UTC) <= when <= tomorrow:
            return when.replace(tzinfo=None), ""
    return None, f"{TIMESTAMP} holds no time at which this can have been handed in"


def _in_utc(text: str) -> datetime:
    """A time as nbgrader writes it; as for nbgrader, it is UTC where the zone is not known."""
    *parts, zone = text.split(" ") if text.count(" ") == 2 else (text, "UTC")
    offset = zone if zone.startswith(("+", "-")) else ""
    when = datetime.fromisoformat(" ".join(parts) + offset)
    if when.tzinfo or zone in time.tzname:
        return when.astimezone(UTC)
    try:
        return when.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, ValueError, OSError):
        return when.replace(tzinfo=UTC)


def carry_along(source: Path, target: Path) -> None:
    """Copy what nbgrader's exchange has written beside a submission, and nothing else."""
    for name in (TIMESTAMP, SECRET):
        text = _small_text(source / name)
        if text:
            target.mkdir(parents=True, exist_ok=True)
            (target / name).unlink(missing_ok=True)
            (target / name).write_text(text, encoding="utf-8")


def _small_text(path: Path) -> str | None:
    """What a small file of its own holds; empty if it is anything else, None if there is none."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return ""
        with open(path, "rb", opener=_open_its_own) as file:
            text = file.read(_MOST_BYTES[path.name] + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, Unreadable):
        return ""
    return text.decode("ascii", "replace") if len(text) <= _MOST_BYTES[path.name] else ""


def to_notebook(rebuilt: Rebuilt) -> dict:
    """The rebuilt notebook with all else that is known of the submission in its metadata."""
    state: dict = {"missing": list(rebuilt.missing), "notices": list(rebuilt.notices)}
    if rebuilt.error:
        state["error"] = msgspec.to_builtins(rebuilt.error)
    metadata = rebuilt.notebook["metadata"] | {"autograder": state}
    return rebuilt.notebook | {"metadata": metadata}


def of_notebook(notebook: dict) -> Rebuilt:
    """The inverse of ``to_notebook``."""
    state = notebook["metadata"].get("autograder", {})
    error = ErrorRecord(**state["error"]) if "error" in state else None
    return Rebuilt(
        notebook, tuple(state.get("missing", ())), tuple(state.get("notices", ())), error
    )
