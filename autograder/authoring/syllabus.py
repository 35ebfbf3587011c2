"""The syllabus: a page on all units, from what their lessons and exercises say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .. import course
from ..course import Exercise

_HEAD = """# Syllabus

Made by `python -m autograder build` from the lessons and exercises themselves. Minutes are planned
ones, of the lesson and of each exercise.
"""
_COLUMNS = "| exercise | | minutes | difficulty | points | builds on |\n|---|---|---|---|---|---|"


def syllabus(lessons: Path) -> str:
    """The page as Markdown.

    Args:
        lessons: the folder of the lessons' sources.
    """
    sources = _sources(lessons)
    return "\n".join([_HEAD, _total(sources), *(line for each in sources for line in _unit(each))])


def _sources(lessons: Path) -> list[Path]:
    return sorted(lessons.glob("[0-9][0-9]_*.py"))


def _intro(lesson: Path) -> course.Intro:
    cells = course.read_percent(lesson.read_text(encoding="utf-8"))
    return course.intro([cell.text for cell in cells if cell.kind == "markdown"])


def _total(lessons: Sequence[Path]) -> str:
    """What the whole course takes."""
    reading = sum(_intro(each).minutes or 0 for each in lessons) / 60
    exercises = course.all_exercises().values()
    solving = sum(each.minutes for each in exercises) / 60
    points = sum(each.points for each in exercises)
    says = f"In all {reading:.0f} hours of lessons, {solving:.0f} of exercises"
    return f"{says}; {points:g} points.\n"


def _unit(lesson: Path) -> Iterator[str]:
    """The lines on one lesson and its exercises."""
    says = _intro(lesson)
    about = says.about.replace("](0", "](../lessons/0")
    exercises = [each for each in course.all_exercises().values() if each.unit == lesson.stem]
    minutes = [f"lesson: {says.minutes} minutes"] if says.minutes else []
    if exercises:
        points = sum(each.points for each in exercises)
        minutes.append(f"exercises: {sum(each.minutes for each in exercises)} minutes")
        minutes.append(f"{points:g} point{'s' if points > 1 else ''}")
    yield f"## {lesson.stem[:2]} [{says.title}](../lessons/{lesson.stem}.ipynb)\n"
    yield f"{about}\n"
    if minutes:
        yield f"{'; '.join(minutes).capitalize()}.\n"
    if exercises:
        yield _COLUMNS
        yield from map(_exercise, exercises)
        yield ""


def _exercise(exercise: Exercise) -> str:
    """The row on an exercise."""
    earlier = ", ".join(f"`{each}`" for each in exercise.prerequisites)
    cells = [
        f"`{exercise.id}`",
        exercise.title,
        exercise.minutes,
        exercise.difficulty,
        f"{exercise.points:g}",
        earlier,
    ]
    return f"| {' | '.join(map(str, cells))} |"
