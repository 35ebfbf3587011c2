"""Exercises whose text has changed since the learner's copy of it was made."""

from __future__ import annotations

from typing import Any

from .. import course
from . import workspace


def sentences() -> list[str]:
    """One for each notebook of the workspace that has exercises of an older text."""
    said = []
    for unit in course.units().values():
        names = _changed(*map(workspace.cells_of, (unit.released, unit.workspace_notebook)))
        if names:
            said.append(
                f"Changed since your copy was made: {', '.join(names)}. The new text is in "
                f"exercises/{unit.name}/{unit.released.name}; your notebook stays as it is."
            )
    return said


def _changed(released: list[dict], own: list[dict]) -> list[str]:
    """Ids of exercises with another task, or another text to begin from.

    A released cell's id comes from its text, and nbgrader's checksum from the text to begin from;
    neither changes with what a learner writes.
    """
    ids, marks = {each.get("id") for each in own}, {}
    for each in own:
        marks[course.grade_id(each)] = _mark(each, "checksum")
    # A task that is gone without another in its place was deleted by the learner.
    strangers = _tasks(own) - _tasks(released)
    changed, tasks = [], set()
    for cell in released:
        name = course.grade_id(cell)
        if cell["cell_type"] == "markdown":
            tasks.add(cell.get("id"))
        elif _mark(cell, "solution"):
            other = marks.get(name) != _mark(cell, "checksum") or (strangers and tasks - ids)
            if name and name in marks and other:
                changed.append(name)
            tasks = set()
    return changed


def _tasks(cells: list[dict]) -> set[str | None]:
    return {each.get("id") for each in cells if each.get("cell_type") == "markdown"}


def _mark(cell: dict, name: str) -> Any:
    return cell["metadata"].get("nbgrader", {}).get(name)
