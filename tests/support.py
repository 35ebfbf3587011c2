"""What several tests need: answers, submissions made of them, and a quick way to grade names."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from attnlab import training

from autograder import course
from autograder.grading import diagnosis, misconceptions
from autograder.grading.checks import checks_of
from autograder.grading.grader import Grader
from autograder.grading.misconceptions import Mutant
from autograder.grading.student import LocalStudent
from autograder.grading.verdict import ExerciseVerdict
from autograder.submissions import read

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

GRADED_UNITS = (
    "01_single_head",
    "02_masks",
    "03_many_heads",
    "04_multi_head",
    "06_kv_cache",
    "07_grouped_query",
    "08_efficiency",
)

ANSWERS = Path(__file__).parent / "answers"
# Between the cells of a held-out answer.
BETWEEN_CELLS = re.compile(r"^# %%.*$", re.MULTILINE)


def graded_exercises() -> list[course.Exercise]:
    """Every exercise that counts."""
    return [each for each in course.exercises().values() if each.unit in GRADED_UNITS]


def grade_namespace(
    exercise: course.Exercise, namespace: dict, seed: int, watched: bool = True
) -> ExerciseVerdict:
    """The verdict on one exercise, without its earlier work.

    Args:
        exercise, namespace, seed: what is graded, on which inputs.
        watched: whether forbidden calls are looked for. That takes as long as the rest together,
            and which functions an answer calls does not depend on the seed.
    """

    @contextlib.contextmanager
    def open_student(which, replaced):
        yield LocalStudent(namespace, which.forbidden if watched else ())

    return _AloneGrader(open_student, seed).grade(exercise)


def grade_mutant(exercise: course.Exercise, mutant: Mutant, seed: int) -> ExerciseVerdict:
    """The verdict on a misconception from the runs by which other answers are named after it.

    As in ``grade_namespace``, but it is neither watched nor shown on smaller inputs.
    """

    @contextlib.contextmanager
    def open_student(which, replaced):
        yield LocalStudent(mutant.namespace())

    return _MutantGrader(open_student, seed, mutant).grade(exercise)


class _AloneGrader(Grader):
    """Grades an exercise as if all earlier work were right."""

    def _wrong_before(self, exercise):
        return ()


class _MutantGrader(_AloneGrader):
    def __init__(self, open_student, seed, mutant):
        super().__init__(open_student, seed)
        self._mutant = mutant

    def _run_all(self, exercise, student):
        return {
            check: diagnosis.run_mutant(self._mutant, check, self._seed)
            for check in checks_of(exercise)
        }

    def _shrink(self, check, student, failure):
        return failure


def notebook_with(unit: course.Unit, answers: dict[str, str]) -> dict:
    """The released notebook with these answers in it, each after its own further cells."""
    notebook = read.released(unit)
    cells = []
    for cell in notebook["cells"]:
        answer = answers.get(read.grade_id(cell))
        if answer is not None:
            *before, answer = BETWEEN_CELLS.split(answer)
            own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
            name = f"{read.grade_id(cell)}-{len(before)}"
            cells += [
                own | {"id": f"{name}-{number}", "source": text.splitlines(keepends=True)}
                for number, text in enumerate(before)
            ]
            cell["source"] = answer.splitlines(keepends=True)
        cells.append(cell)
    return notebook | {"cells": cells}


def autograde(root: Path, unit: course.Unit, notebooks: dict[str, Path], seed: int) -> None:
    """Have nbgrader release and autograde these notebooks, by student, in a new course's folder."""
    from autograder.authoring.release import source_notebook  # imports nbgrader, for seconds

    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    source = root / "solutions" / unit.name / f"{unit.name}.ipynb"
    write_notebook(source, json.loads(json.dumps(source_notebook(unit))))
    for student, path in notebooks.items():
        target = root / "submitted" / student / unit.name / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    for command in (["generate_assignment"], ["autograde", f"--Grade.seed={seed}"]):
        command = [sys.executable, "-m", "nbgrader", *command, unit.name]
        done = subprocess.run(
            command, cwd=root, env=os.environ | {"PATH": path}, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]


def gradebook_of(root: Path, url: str | None = None) -> Gradebook:
    """nbgrader's gradebook of a course's folder, or at another address."""
    from nbgrader.api import Gradebook  # takes seconds

    return Gradebook(url or f"sqlite:///{root}/gradebook.db")


def cell_of(notebook: dict, grade_id: str) -> dict:
    """The cell with this mark."""
    return next(cell for cell in notebook["cells"] if read.grade_id(cell) == grade_id)


def write_notebook(path: Path, notebook: dict) -> Path:
    """Write a notebook as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def reference_answers(unit: course.Unit) -> dict[str, str]:
    """The model solutions of a unit."""
    return {exercise.id: exercise.solution for exercise in unit.exercises}


def wrong_submissions(unit: course.Unit) -> dict[str, dict[str, str]]:
    """Submissions that together hold every misconception of the unit, one in each exercise."""
    columns = []
    for exercise in unit.exercises:
        first = {mutant.names: mutant for mutant in reversed(misconceptions.singles(exercise))}
        columns.append([(exercise.id, mutant.source) for mutant in first.values()])
    rows = itertools.zip_longest(*columns)
    return {
        f"wrong{i:02}": reference_answers(unit) | dict(filter(None, row))
        for i, row in enumerate(rows)
    }


def tiny_corpus() -> training.Corpus:
    """A text that any model learns in a few steps."""
    tokens = torch.arange(4000) % 11
    return training.Corpus(tokens[:3600], tokens[3600:], 11)
