"""Exercises whose text has changed since the learner's copy of it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .. import course


def sentences() -> list[str]:
    """One for each notebook of the workspace that has exercises of an older text."""
    said = []
    for unit in course.units().values():
        names = _changed(_cells(unit.released), _cells(unit.workspace_notebook))
        if names:
            said.append(
                f"Changed since your copy was made: {', '.join(names)}. The new text is in "
                f"exercises/{unit.name}/{unit.released.name}; your notebook stays as it is."
            )
    return said


def _cells(notebook: Path) -> list[dict]:
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        for each in cells:
            _mark(each, "grade_id"), each["cell_type"]
        return cells
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _changed(released: list[dict], own: list[dict]) -> list[str]:
    """Ids of exercises with another task, or another text to begin from.

    A released cell's id comes from its text, and nbgrader's checksum from the text to begin from;
    neither changes with what a learner writes.
    """
    ids, marks = {each.get("id") for each in own}, {}
    for each in own:
        marks[_mark(each, "grade_id")] = _mark(each, "checksum")
    # A task that is gone without another in its place was deleted by the learner.
    strangers = _tasks(own) - _tasks(released)
    changed, tasks = [], set()
    for cell in released:
        name = _mark(cell, "grade_id")
        if cell["cell_type"] == "markdown":
            tasks.add(cell.get("id"))
        elif _mark(cell, "solution"):
            other = marks.get(name) != _mark(cell, "checksum") or (strangers and tasks - ids)
            if name in marks and other:
                changed.append(name)
            tasks = set()
    return changed


def _tasks(cells: list[dict]) -> set[str | None]:
    return {each.get("id") for each in cells if each["cell_type"] == "markdown"}


def _mark(cell: dict, name: str) -> Any:
    return cell["metadata"].get("nbgrader", {}).get(name)
