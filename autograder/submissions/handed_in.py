"""What was handed in: the notebook in a folder, whatever its name, rebuilt on the release.

A learner makes the folder: links, pipes, modes and names in it may be traps. That something may not
be read is no fault of the submission, and passes as ``OSError``.

Between nbgrader's steps a rebuilt submission is a notebook file; what was odd about it stands in
the notebook's metadata then.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import itertools
import os
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from ..course import Unit, grade_id
from ..grading.record import ErrorRecord
from ..grading.render import safe
from .read import (
    Cell,
    Rebuilt,
    Unreadable,
    answered_units,
    from_rebuilt,
    read_notebook,
    rebuild,
    released,
)

# What nbgrader's exchange writes beside a submission, over a learner's own files of these names.
TIMESTAMP, SECRET = "timestamp.txt", "submission_secret.txt"
_MOST_BYTES = {TIMESTAMP: 100, SECRET: 200}
_NAMED = 3
_MOST_FILES, _MOST_FOLDERS, _MOST_DEEP = 8, 20, 2  # that are looked into
_MOST_ENTRIES = 2000  # of a folder


def read_handed_in(unit: Unit, path: Path) -> Rebuilt:
    """The submission that lies at ``path``, or near it under another name.

    Of several files that is taken which holds the most answers.

    Raises:
        OSError: if it may not be read.
    """
    try:
        found, rebuilt = _chosen(unit, path)
    except Unreadable as problem:
        error = ErrorRecord(problem.kind, safe.one_line(problem.message))
        return Rebuilt(released(unit), error=error)
    odd = [_renamed(found, path), time_handed_in(path.parent)[1]]
    return dataclasses.replace(rebuilt, notices=(*rebuilt.notices, *filter(None, odd)))


def _renamed(found: Path, path: Path) -> str:
    if found == path:
        return ""
    place = "/".join(found.relative_to(path.parent).parts)
    return f"the file was called {safe.name(place)}, not {path.name}"


def _chosen(unit: Unit, path: Path) -> tuple[Path, Rebuilt]:
    """The file to grade, and what it says."""
    files = _files(path)
    if not files or (path not in files and len(files) > _MOST_FILES):
        raise _missing(path, files)
    answers: dict[Path, int] = {}
    rebuilt: dict[Path, Rebuilt] = {}
    problems: list[Unreadable] = []
    for file in files[:_MOST_FILES]:
        try:
            answers[file], rebuilt[file] = _read_one(unit, file, path.parent.parent)
        except Unreadable as problem:
            problems.append(problem)
            continue
        if file == path and answers[file]:
            break
    if not answers:
        raise problems[0]
    best = max(answers, key=answers.__getitem__)
    rivals = [each for each in answers if answers[each] == answers[best]]
    rivals = [each for each in rivals if _kind(each) == _kind(best)]
    if best != path and any(rebuilt[each] != rebuilt[best] for each in rivals):
        says = (
            f"several files hold different answers: {_listed(rivals)}; hand in {path.name} alone."
        )
        raise Unreadable("missing_file", says)
    return best, rebuilt[best]


def _read_one(unit: Unit, file: Path, home: Path) -> tuple[int, Rebuilt]:
    """How many answers a file holds, and what it says."""
    if not stat.S_ISREG(file.lstat().st_mode):
        raise _not_its_own(file)
    opener = functools.partial(_open_its_own, home)
    cells, notices = read_notebook(file, opener, unit.name)
    rebuilt = rebuild(unit, cells)
    exercises = [each.id for each in unit.exercises]
    blank = _texts(rebuild(unit, []), exercises)
    missing = from_rebuilt(rebuilt, unit).missing
    texts = _texts(rebuilt, exercises)
    found = [each for each in exercises if each not in missing]
    if not found:
        raise _of_another(unit, file, cells)
    answered = sum(each in rebuilt.missing or texts[each] != blank[each] for each in found)
    return answered, dataclasses.replace(rebuilt, notices=(*notices, *rebuilt.notices))


def _texts(rebuilt: Rebuilt, exercises: list[str]) -> dict[str | None, str]:
    cells = rebuilt.notebook["cells"]
    return {
        mark: "".join(cell["source"]) for cell in cells if (mark := grade_id(cell)) in exercises
    }


def _of_another(unit: Unit, file: Path, cells: list[Cell]) -> Unreadable:
    others = answered_units(cell.grade_id for cell in cells)
    says = f"is {others[0].name}" if others else f"holds no exercise of {unit.name}"
    return Unreadable("foreign", f"{safe.name(file.name)} {says}; hand in {unit.name}.ipynb.")


def _files(path: Path) -> list[Path]:
    """What may be the submission: its own name first, then by kind and name.

    Folders in its folder are looked into where it holds no notebook itself.
    """
    for folder in (path.parent.parent, path.parent):
        if folder.is_symlink():
            raise _not_its_own(folder)
    found, folders = _listing(path.parent)
    if path not in found and os.path.lexists(path):  # beyond what is looked at
        found.append(path)
    for _ in range(_MOST_DEEP):
        if any(_kind(file) == 0 for file in found):
            break
        listings = [_listing(folder) for folder in folders[:_MOST_FOLDERS]]
        found += [file for files, _ in listings for file in files]
        folders = [folder for _, inner in listings for folder in inner]
    return sorted(found, key=lambda file: (file != path, _kind(file), file))


def _listing(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files of a folder that may hold answers, and its folders; nothing that is hidden.

    Of what a folder holds beyond ``_MOST_ENTRIES``, nothing.
    """
    try:
        with os.scandir(folder) as entries:
            seen = itertools.islice(entries, _MOST_ENTRIES)
            shown = [each for each in seen if not each.name.startswith((".", "__"))]
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    files = [Path(each) for each in shown if _kind(Path(each)) is not None]
    folders = [Path(each) for each in shown if each.is_dir(follow_symlinks=False)]
    return files, sorted(folders)


def _kind(file: Path) -> int | None:
    """0 for a notebook, 1 for a zip, 2 for Python, None for anything else, by the name."""
    name = file.name.lower()
    if ".ipynb" in name:
        return 0
    return {".zip": 1, ".py": 2}.get(file.suffix.lower())


def _open_its_own(home: Path, path: str, flags: int) -> int:
    """Open a file, but no link or pipe that came in place of it or of the folders meanwhile.

    ``home`` is the folder from which on nothing may be a link.
    """
    if os.open not in os.supports_dir_fd:
        return os.open(path, flags)
    file = Path(path)
    try:
        with contextlib.ExitStack() as opened:
            folder = None
            for each in (str(home), *file.parent.relative_to(home).parts):
                folder = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
                opened.callback(os.close, folder)
            descriptor = os.open(file.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.ENOTDIR):
            raise _not_its_own(file) from None
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


def _missing(path: Path, files: list[Path]) -> Unreadable:
    listed = _listed(files or _any_files(path.parent))
    return Unreadable(
        "missing_file", f"{path.name} is missing; this was handed in: {listed}; hand it in."
    )


def _listed(files: list[Path]) -> str:
    more = [f"{len(files) - _NAMED} more"] if len(files) > _NAMED else []
    return ", ".join([*(safe.name(file.name) for file in files[:_NAMED]), *more]) or "nothing"


def _any_files(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        names = [each.name for each in itertools.islice(entries, _MOST_ENTRIES)]
        return sorted(folder / name for name in names if name not in _MOST_BYTES)
    return []


def time_handed_in(folder: Path) -> tuple[datetime | None, str]:
    """When a submission was handed in, in UTC, and a notice if its file leaves that in doubt.

    The file proves nothing: it is the learner's own where whoever collects does not write it anew.
    But a learner gains nothing by it, as nbgrader takes a submission without a time to be in time.
    """
    text = _small_text(folder / TIMESTAMP)
    if text is None:
        return None, ""
    tomorrow = datetime.now(UTC) + timedelta(1)
    with contextlib.suppress(ValueError, OverflowError):
        when, doubt = _in_utc(text.strip())
        if datetime(2000, 1, 1, tzinfo=UTC) <= when <= tomorrow:
            return when.replace(tzinfo=None), doubt
    return None, f"{TIMESTAMP} holds no time at which this can have been handed in"


def _in_utc(text: str) -> tuple[datetime, str]:
    """A time as nbgrader writes it, and a notice if its zone is not known: it is UTC then."""
    *parts, zone = text.split(" ") if text.count(" ") == 2 else (text, "UTC")
    offset = zone if zone.startswith(("+", "-")) else ""
    when = datetime.fromisoformat(" ".join(parts) + offset)
    if when.tzinfo or zone in time.tzname:
        return when.astimezone(UTC), ""
    try:
        return when.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), ""
    except (KeyError, ValueError, OSError):
        doubt = f"{TIMESTAMP} names a zone that is not known here; it was taken for UTC"
        return when.replace(tzinfo=UTC), doubt


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
        opener = functools.partial(_open_its_own, path.parent.parent)
        with open(path, "rb", opener=opener) as file:
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
