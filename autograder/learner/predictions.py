"""Questions that a learner answers before the next cell shows what is true.

With ipywidgets rather than a package of quizzes: jupyterquiz, which has the nicer looks, keeps its
answers in the browser, where neither ``status()`` nor an offline course can read them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import course
from ..course import CourseError
from . import copies, screen, workspace

if TYPE_CHECKING:
    from ipywidgets import VBox

_ASKED = re.compile(r"^predict\(\s*\"(\w+)\"", re.MULTILINE)


def predict(name: str, question: str, choices: Mapping[str, str], right: str) -> None:
    """Ask what the next cell will show; each choice has its explanation. Nothing waits for it.

    In a notebook the choices are buttons, and the first answer is kept for ``status()``. Without a
    live kernel question and answers stand there folded; in a terminal the question is printed.

    Args:
        name: unique among all lessons; answers are kept under it.
        question: a line or two; `code` in backticks, *words* emphasised.
        choices: what can be chosen, and what is then said.
        right: the choice that is true.

    Raises:
        CourseError: if ``right`` is none of the choices.
    """
    if right not in choices:
        raise CourseError(f"predict('{name}'): '{right}' is none of the choices")
    if not screen.in_notebook():
        print(question, *(f"  - {choice}" for choice in choices), sep="\n")
        return
    from IPython.display import HTML, display

    from ..grading.render import looks

    if course.is_static():
        page = looks.template("prediction").render(question=question, choices=choices, right=right)
        display(HTML(page))
        return
    display(widget(name, question, choices, right))


def widget(name: str, question: str, choices: Mapping[str, str], right: str) -> VBox:
    """The question with a button for each choice; the explanation appears below."""
    from ipywidgets import HTML, Button, Layout, VBox

    from ..grading.render import looks

    said = HTML()
    buttons = {
        choice: Button(description=choice.replace("`", ""), layout=Layout(width="auto"))
        for choice in choices
    }

    def choose(choice: str) -> None:
        good = choice == right
        buttons[choice].icon = "check" if good else "times"
        said.value = looks.template("answer").render(good=good, text=choices[choice])

    def clicked(button: Button) -> None:
        choice = next(each for each, known in buttons.items() if known is button)
        _keep(name, choice, choice == right)
        choose(choice)

    for button in buttons.values():
        button.on_click(clicked)
    first = answers().get(name, {"choice": ""})["choice"]
    if first in choices:
        choose(first)
    asked = HTML(looks.template("question").render(question=question))
    return VBox([asked, *buttons.values(), said])


def answers() -> dict[str, dict[str, Any]]:
    """First answers so far: ``{name: {"choice", "right"}}``. A broken file counts as none."""
    try:
        kept = json.loads(_file().read_bytes())["predictions"]
        return {
            str(name): {"choice": str(each["choice"]), "right": bool(each["right"])}
            for name, each in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def summary() -> list[tuple[str, int, int, int]]:
    """For each lesson that asks: its name, first answers that were right, answers, questions."""
    lessons = [each.released for each in copies.things() if each.is_lesson]
    rows = [(each.stem, *made(copies.read(each))) for each in lessons]
    return [row for row in rows if row[-1]]


def made(lesson: dict) -> tuple[int, int, int]:
    """Of a lesson's questions: first answers that were right, answers, questions."""
    known = answers()
    asked = [name for text in copies.texts_of(lesson, "code") for name in _ASKED.findall(text)]
    given = [known[name]["right"] for name in asked if name in known]
    return sum(given), len(given), len(asked)


def sentence(row: tuple[str, int, int, int]) -> str:
    """A row of ``summary`` for reading."""
    lesson, right, given, asked = row
    return f"{lesson}: {given} of {asked} predictions made, {right} right at first"


def _keep(name: str, choice: str, right: bool) -> None:
    """Keep the first answer. Where ``workspace/`` cannot be written it is forgotten."""
    kept = answers()
    if name in kept:
        return
    kept[name] = {"choice": choice, "right": right}
    try:
        text = json.dumps({"schema": 1, "predictions": kept}, ensure_ascii=False, indent=1)
        workspace.write(_file(), text.encode())
    except OSError:
        return


def _file() -> Path:
    return course.WORKSPACE / ".predictions.json"
