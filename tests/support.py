"""What several tests need: answers, submissions made of them, and a quick way to grade names."""

from __future__ import annotations

import ast
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
    "05_what_heads_learn",
    "06_kv_cache",
    "07_grouped_query",
    "08_efficiency",
    "09_in_production",
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


# For nbgrader's configuration: a class is graded without a word on what is wrong.
POINTS_ONLY = """
import functools
from points_only import grade_one
from autograder.classroom import local_pool

local_pool.LocalPool = functools.partial(local_pool.LocalPool, grade=grade_one)
"""


def autograde(
    root: Path, unit: course.Unit, notebooks: dict[str, Path], seed: int, further: str = ""
) -> None:
    """Have nbgrader release and autograde these notebooks, by student, in a new course's folder.

    Args:
        root, unit, notebooks, seed: the folder, the assignment, what was handed in, the inputs.
        further: lines of configuration.
    """
    from autograder.authoring.release import source_notebook  # imports nbgrader, for seconds

    config = (course.ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config + further, encoding="utf-8")
    source = root / "solutions" / unit.name / f"{unit.name}.ipynb"
    write_notebook(source, json.loads(json.dumps(source_notebook(unit))))
    for student, path in notebooks.items():
        target = root / "submitted" / student / unit.name / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    for command in (["generate_assignment"], ["autograde", f"--Grade.seed={seed}"]):
        command = [sys.executable, "-m", "nbgrader", *command, unit.name]
        env = with_tests_at_hand() | {"PATH": path}
        done = subprocess.run(command, cwd=root, env=env, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()[-2000:]


def with_tests_at_hand() -> dict[str, str]:
    """The environment, in which a process imports what lies beside the tests."""
    paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


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


def held_out_submissions(unit: course.Unit) -> dict[str, dict[str, str]]:
    """Submissions that together hold every held-out answer of the unit, one in each exercise.

    Right answers stand beside right ones; those submissions are called ``right000`` and so on. In
    the others, exercises without an answer left stay blank, but for earlier work of the answers.
    """
    found = {}
    for kind in ("right", "other"):
        columns = []
        for exercise in unit.exercises:
            paths = sorted((ANSWERS / exercise.id).glob("*.py"))
            chosen = [each for each in paths if each.name.startswith("right_") == (kind == "right")]
            given = _given_beside(exercise)
            texts = [given + each.read_text(encoding="utf-8") for each in chosen]
            columns.append([(exercise.id, text) for text in texts])
        for i, row in enumerate(itertools.zip_longest(*columns)):
            answers = dict(filter(None, row))
            needed = {earlier for each in answers for earlier in course.prerequisites_of(each)}
            beside = reference_answers(unit)
            if kind == "other":
                beside = {each: beside[each] for each in beside if each in needed}
            found[f"{kind}{i:03}"] = beside | answers
    return found


def _given_beside(exercise: course.Exercise) -> str:
    """What stands above the answer in its cell, such as a table: a learner leaves it there."""
    statements = ast.parse(exercise.solution).body
    given = itertools.takewhile(lambda each: getattr(each, "name", None) != exercise.id, statements)
    return "".join(f"{ast.unparse(each)}\n" for each in given)


def tiny_corpus() -> training.Corpus:
    """A text that any model learns in a few steps."""
    tokens = torch.arange(4000) % 11
    return training.Corpus(tokens[:3600], tokens[3600:], 11)
