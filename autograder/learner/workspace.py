"""The workspace: ``workspace/``, where lessons are worked through and exercises solved.

Nothing there is ever overwritten; ``lessons/`` and ``exercises/`` are only copied from. What a
learner wrote is kept in every case: where it must give way, it stays beside the notebook
(``old_answers/scores-1.py``, ``01_single_head.broken-1.ipynb``).
"""

from __future__ import annotations

import copy
import itertools
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import course
from ..course import CourseError, Unit, grade_id
from . import copies

_NEW_ENTRY = {"points": 0.0, "max_points": 0.0, "hints": 0}
# What could not be written, so that hints go on where workspace/ is read-only.
_unsaved: dict[str, dict] = {}


@dataclass(frozen=True)
class Reset:
    """What ``reset`` did: the notebook, the files that keep what stood there, and a sentence."""

    notebook: Path
    kept: tuple[Path, ...]
    message: str


def prepare() -> list[Path]:
    """Copy the lessons and exercises that are not in the workspace yet; returns the new copies.

    Where the learner's copy is of an older text of the lesson, the new one comes beside it.
    """
    course.WORKSPACE.mkdir(parents=True, exist_ok=True)
    new = []
    for thing in copies.things():
        if not thing.is_there:
            path = thing.copy
            if path.exists():
                path = free(path.parent, f"{path.stem}-", path.suffix, first=2)
            write(path, copies.content_of(thing))
            new.append(path)
    # What assistants look for in the folder where they are asked.
    rules = Path(__file__).with_name("tutor.md").read_bytes()
    pointer = b"Read AGENTS.md in this folder and keep to it.\n\n@AGENTS.md\n"
    for name, text in (("AGENTS.md", rules), ("CLAUDE.md", pointer)):
        if not (course.WORKSPACE / name).exists():
            write(course.WORKSPACE / name, text)
    return new


def described(new: Path) -> str:
    """A sentence on a copy that ``prepare`` made."""
    if "-" in new.stem:
        yours = f"{new.stem.rpartition('-')[0]}{new.suffix}"
        return f"A lesson has changed: {_name(new)} is new, your {yours} stays as it is."
    return f"New in your workspace: {_name(new)}"


def reset(exercise_id: str) -> Reset:
    """Bring one answer in the learner's notebook back to the released text; the old one is kept.

    Raises:
        CourseError: no such exercise, or no released notebook, or the learner's cannot be used.
    """
    unit = course.unit(course.exercise(exercise_id).unit)
    release = release_of(unit, exercise_id)
    try:
        return _reset(unit, exercise_id, release)
    except OSError as problem:
        raise CourseError(
            f"{problem.filename or unit.workspace_notebook}: {problem.strerror}"
        ) from problem


def _reset(unit: Unit, exercise_id: str, release: dict) -> Reset:
    notebook = unit.workspace_notebook
    if not notebook.exists():
        _lay_out(unit)
        return Reset(notebook, (), f"{_name(notebook)} was not there; it is now, as released.")
    content = _parse(notebook.read_bytes())
    if content is None:
        broken = free(notebook.parent, f"{notebook.stem}.broken-", ".ipynb")
        notebook.rename(broken)
        _lay_out(unit)
        message = (
            f"{_name(notebook)} could not be read as a notebook, so all its exercises start anew; "
            f"the unreadable file is kept as {_name(broken)}."
        )
        return Reset(notebook, (broken,), message)
    released = next(cell for cell in release["cells"] if grade_id(cell) == exercise_id)
    kept = _keep_answers(content, released, notebook.parent / "old_answers")
    _put_back(content, released, release)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    # A lone surrogate, which no encoding has, becomes its JSON escape again.
    write(notebook, (text + "\n").encode(errors="backslashreplace"))
    beside = f" The old answer is in {', '.join(map(_name, kept))}." if kept else ""
    message = (
        f"'{exercise_id}' is as released again in {_name(notebook)}.{beside} If the notebook is "
        "open in Jupyter, choose File > Reload Notebook from Disk."
    )
    return Reset(notebook, kept, message)


def _lay_out(unit: Unit) -> None:
    notebook = unit.workspace_notebook
    write(notebook, copies.content_of(copies.Thing(unit.released, notebook)))


def release_of(unit: Unit, exercise_id: str) -> dict:
    """The released notebook, known to have the exercise's answer cell."""
    if unit.is_lesson:
        lesson = _name(unit.workspace_notebook)
        raise CourseError(
            f"'{exercise_id}' is answered in {lesson}: give that file another name, and 'make lab' "
            "lays out a new one"
        )
    if not unit.released.exists():
        raise CourseError(
            f"{_name(unit.released)} is missing; make it with: python -m autograder build"
        )
    release = _parse(unit.released.read_bytes())
    if release is None or all(grade_id(cell) != exercise_id for cell in release["cells"]):
        raise CourseError(
            f"{_name(unit.released)} has no answer cell for '{exercise_id}'; make the notebook "
            "again with: python -m autograder build"
        )
    return release


def _parse(content: bytes) -> dict | None:
    """The notebook, or None if it is none.

    Plain JSON rather than nbformat: whatever else a notebook holds stays as it is.
    """
    try:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            _text(cell), grade_id(cell)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return notebook


def _text(cell: dict) -> str:
    return "".join(cell["source"])


def answer(unit: Unit, exercise_id: str) -> str:
    """What stands in the learner's notebook as the answer; nothing if it cannot be read."""
    cells = cells_of(unit.workspace_notebook)
    return next((_text(cell) for cell in cells if grade_id(cell) == exercise_id), "")


def cells_of(notebook: Path) -> list[dict]:
    """The cells of a notebook; none if it cannot be read."""
    try:
        content = _parse(notebook.read_bytes())
    except OSError:
        content = None
    return content["cells"] if content else []


def _keep_answers(notebook: dict, released: dict, folder: Path) -> tuple[Path, ...]:
    """Write the answers that differ from the released text to files of their own."""
    texts = [_text(cell) for cell in notebook["cells"] if grade_id(cell) == grade_id(released)]
    kept = []
    for text in texts:
        if text.strip() and text != _text(released):
            folder.mkdir(exist_ok=True)
            suffix = ".md" if released["cell_type"] == "markdown" else ".py"
            path = free(folder, f"{grade_id(released)}-", suffix)
            with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text if text.endswith("\n") else text + "\n")
            kept.append(path)
    return tuple(kept)


def _put_back(notebook: dict, released: dict, release: dict) -> None:
    """Make the released cell the only one with its ``grade_id``, at its place."""
    cells = notebook["cells"]
    places = [i for i, cell in enumerate(cells) if grade_id(cell) == grade_id(released)]
    place = places[0] if places else _place_for(released, release["cells"], cells)
    for i in reversed(places):
        del cells[i]
    fresh = copy.deepcopy(released)
    if any(cell.get("id") == fresh.get("id") for cell in cells):
        fresh["id"] = next(_free_ids(fresh["id"], cells))
    cells.insert(place, fresh)


def _free_ids(wanted: str, cells: list[dict]) -> Iterator[str]:
    used = {cell.get("id") for cell in cells}
    return (new for n in itertools.count(1) if (new := f"{wanted[:58]}-{n}") not in used)


def _place_for(released: dict, release: list[dict], cells: list[dict]) -> int:
    """Where a missing cell belongs: after the nearest released cell that is still there."""
    before = release[: release.index(released)]
    for neighbour in reversed(before):
        for i, cell in enumerate(cells):
            if _is_same(cell, neighbour):
                return i + 1
    return 0 if before else len(cells)


def _is_same(cell: dict, released: dict) -> bool:
    """Whether the learner's cell came from the released one."""
    if grade_id(released):
        return grade_id(cell) == grade_id(released)
    return cell.get("id", 0) == released.get("id") or _text(cell) == _text(released)


def progress() -> dict[str, dict]:
    """Best points and hints so far: ``{exercise id: {"points", "max_points", "hints"}}``."""
    return {**_stored(), **_unsaved}


def record(exercise_id: str, points: float, max_points: float) -> None:
    """Note the points of a check; the best ones stay. Never fails."""
    if not (math.isfinite(points) and math.isfinite(max_points)):
        return
    old = progress().get(exercise_id, _NEW_ENTRY)
    if max_points == old["max_points"]:
        points = max(points, old["points"])
    _store(exercise_id, old, points=float(points), max_points=float(max_points))


def hint_given(exercise_id: str) -> int:
    """Count one more hint for this exercise; returns how many it has had now. Never fails."""
    old = progress().get(exercise_id, _NEW_ENTRY)
    _store(exercise_id, old, hints=old["hints"] + 1)
    return old["hints"] + 1


def _progress_file() -> Path:
    return course.WORKSPACE / ".progress.json"


def _stored() -> dict[str, dict]:
    """What the file says; a broken file is set aside."""
    try:
        content = _progress_file().read_bytes()
    except OSError:
        return {}
    try:
        exercises = json.loads(content)["exercises"]
        return {str(name): _entry(**entry) for name, entry in exercises.items()}
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        _set_aside(_progress_file())
        return {}


def _entry(points: float, max_points: float, hints: int) -> dict:
    """A checked entry of the progress file."""
    if not (math.isfinite(points) and math.isfinite(max_points)):
        raise ValueError("points are finite numbers")
    return {"points": float(points), "max_points": float(max_points), "hints": int(hints)}


def _set_aside(path: Path) -> None:
    try:
        path.rename(free(path.parent, f"{path.stem}.broken-", path.suffix))
    except OSError:
        return


def _store(exercise_id: str, old: dict, **changes: float) -> None:
    """Write the changed entry, or keep it in memory where ``workspace/`` cannot be written."""
    new = {**old, **changes}
    if new == old and exercise_id not in _unsaved:
        return
    _unsaved[exercise_id] = new
    text = json.dumps({"schema": 1, "exercises": progress()}, indent=1)
    try:
        write(_progress_file(), text.encode())
    except OSError:
        return
    _unsaved.clear()


def _name(path: Path) -> str:
    """The path as a learner sees it: from the course's folder."""
    inside = path.is_relative_to(course.ROOT)
    return (path.relative_to(course.ROOT) if inside else path).as_posix()


def free(folder: Path, start: str, end: str, first: int = 1) -> Path:
    """The first path ``start<n>end`` that does not exist, counted from ``first``."""
    paths = (folder / f"{start}{n}{end}" for n in itertools.count(first))
    return next(path for path in paths if not path.exists())


def write(path: Path, content: bytes) -> None:
    """Write a file in one go: a reader finds the old content or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
