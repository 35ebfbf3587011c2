"""Practice: an exercise once more, on a blank page of its own and by the clock.

``.practice.json`` in the workspace knows how each exercise went, and which one is being practised.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .. import course
from ..course import CourseError, Exercise
from . import copies, workspace

ENOUGH = 90 * 60  # seconds after which a clock tells nothing but that somebody went away


@dataclass
class Log:
    """What is known of practice.

    Attributes:
        failed: failed checks of each exercise, since it was last practised with success.
        checked: when each was last checked, in seconds since 1970.
        exercise, notebook, began: what is being practised, where, and since when.
    """

    failed: dict[str, int] = field(default_factory=dict)
    checked: dict[str, float] = field(default_factory=dict)
    exercise: str = ""
    notebook: str = ""
    began: float = 0.0


def start(exercise_id: str | None = None) -> Path:
    """Lay out an exercise anew, beside the old answer, and start the clock.

    Args:
        exercise_id: by default the one that failed most often, or else was checked longest ago.

    Returns:
        The new notebook. Nothing in the learner's own one changes.

    Raises:
        CourseError: if there is no such exercise, or it is prose, or none has been tried yet.
    """
    log = _read()
    exercise = course.exercise(exercise_id or _due(log))
    if exercise.by_hand:
        raise CourseError(f"'{exercise.id}' is prose, which no check and no clock can judge")
    unit = course.unit(exercise.unit)
    release = workspace.release_of(unit, exercise.id)
    folder = course.WORKSPACE / "practice"
    notebook = workspace.free(folder, f"{exercise.id}-", ".ipynb")
    old = workspace.free(folder, f"{notebook.stem}_old-", ".py")
    answer = workspace.answer(unit, exercise.id)
    blank = next(cell for cell in release["cells"] if course.grade_id(cell) == exercise.id)
    kept = bool(answer) and answer != "".join(blank["source"])
    if answer and kept:
        workspace.write(old, answer.encode(errors="backslashreplace"))
    cells = list(_cells(exercise, copies.of_the_course(release), old.name if kept else None))
    release["metadata"]["language_info"] = copies.language_info()
    text = json.dumps(release | {"cells": cells}, ensure_ascii=False, indent=1, sort_keys=True)
    workspace.write(notebook, (text + "\n").encode())
    log.exercise, log.notebook, log.began = exercise.id, str(notebook), time.time()
    _keep(log)
    return notebook


def checked(exercise_id: str, status: str, path: Path | None = None) -> str:
    """Note how a check went; what the clock says, if it was of what is being practised.

    Args:
        exercise_id, status: of the verdict.
        path: the notebook that was checked; by default the one that this kernel belongs to.
    """
    log = _read()
    passed = status == "passed"
    here = path or Path(os.environ.get("JPY_SESSION_NAME", log.notebook))
    practised = exercise_id == log.exercise and here.name == Path(log.notebook).name
    said = _clock(log) if practised else ""
    if status == "not_started":
        return said
    log.checked[exercise_id] = time.time()
    log.failed[exercise_id] = log.failed.get(exercise_id, 0) + (not passed)
    if practised and passed:
        log.failed[exercise_id] = 0
        log.exercise = ""
    _keep(log)
    return said


def practised_in(path: Path) -> str:
    """Id of the exercise that is being practised in this notebook; nothing if none is."""
    log = _read()
    return log.exercise if path.resolve() == Path(log.notebook).resolve() else ""


def clock() -> str:
    """What is being practised and for how long, in a sentence; nothing if nothing is."""
    return _clock(_read())


def _clock(log: Log) -> str:
    seconds = round(time.time() - log.began)
    if log.exercise not in course.exercises() or seconds > ENOUGH:
        return ""
    minutes = course.exercise(log.exercise).minutes
    used = f"{seconds // 60} min {seconds % 60} s"
    return f"Practice of {log.exercise}: {used} so far; the first time, {minutes} min are meant."


def _due(log: Log) -> str:
    """The exercise that failed most often; among equals, the one that was checked longest ago."""
    tried = [each for each in workspace.progress() if _can_be_practised(each)]
    if not tried:
        raise CourseError("there is nothing to practise yet: try an exercise first")
    return min(tried, key=lambda each: (-log.failed.get(each, 0), log.checked.get(each, 0.0)))


def _can_be_practised(exercise_id: str) -> bool:
    known = course.exercises().get(exercise_id)
    return known is not None and course.unit(known.unit).released.exists()


def _cells(exercise: Exercise, released: list[dict], old: str | None) -> Iterator[dict]:
    """The notebook: what it is, the unit's imports, earlier work, and the exercise as released."""
    ids = [course.grade_id(cell) for cell in released]
    unit = course.unit(exercise.unit).exercises
    number = [each.id for each in unit].index(exercise.id)
    before = ids.index(unit[0].id)
    imports = [i for i in range(before) if released[i]["cell_type"] == "code"]
    begin = ids.index(unit[number - 1].check_id) if number else max(imports)
    beside = f" Your old answer is in [{old}]({old})." if old else ""
    yield _cell("markdown", f"# Practice: {exercise.title}\n\nThe clock is running.{beside}")
    yield from (released[i] for i in imports)
    here = {each.id for each in unit}
    earlier = [each for each in course.prerequisites_of(exercise.id) if each in here]
    if earlier:
        asked = ", ".join(f'"{each}"' for each in earlier)
        yield _cell("code", f"from autograder import mine\n\n{', '.join(earlier)} = mine({asked})")
    yield from released[begin + 1 : ids.index(exercise.check_id) + 1]


def _cell(kind: str, text: str) -> dict:
    cell = {"cell_type": kind, "id": f"practice-{kind}", "metadata": {}, "source": [text]}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _file() -> Path:
    return course.WORKSPACE / ".practice.json"


def _read() -> Log:
    """The log; a new one where there is none that can be read."""
    try:
        known = json.loads(_file().read_bytes())
        return Log(
            failed={str(name): int(count) for name, count in known["failed"].items()},
            checked={str(name): float(when) for name, when in known["checked"].items()},
            exercise=str(known["exercise"]),
            notebook=str(known["notebook"]),
            began=float(known["began"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Log()


def _keep(log: Log) -> None:
    """Write the log. Where ``workspace/`` cannot be written it is forgotten."""
    try:
        workspace.write(_file(), json.dumps({"schema": 1, **asdict(log)}, indent=1).encode())
    except OSError:
        return
