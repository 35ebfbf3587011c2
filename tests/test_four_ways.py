"""One submission, four ways of grading it, the same points; in `make test-all` every answer."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import NamedTuple

import points_only
import pytest
from jupyter_client.manager import start_new_kernel
from support import (
    ANSWERS,
    BETWEEN_CELLS,
    GRADED_UNITS,
    POINTS_ONLY,
    autograde,
    gradebook_of,
    held_out_submissions,
    notebook_with,
    reference_answers,
    with_tests_at_hand,
    write_notebook,
    wrong_submissions,
)
from typer.testing import CliRunner

from autograder import course
from autograder.cli import app

SEED = 11
pytestmark = pytest.mark.slow
# Every misconception is graded in test_misconceptions.py; here a sample of each unit is enough: how
# many for the quick ways and for the slow ones.
SAMPLE = (6, 2)
# Answers that measure take seconds each.
SAMPLE_OF_MEASURING = (3, 1)
# Cells of the notebook that check, or measure for seconds.
NO_ANSWER = r"^(check\(|measure_twice\()"
# The two ways that start a program for each unit know nothing of its checks: in `make test`, an
# early unit and one that has modules.
IN_PROGRAMS = ("01_single_head", "06_kv_cache")


class Sweep(NamedTuple):
    """What is graded: of a unit a sample, whose mistakes are named as well, or every answer."""

    unit: course.Unit
    everything: bool


def sweeps(*sampled):
    """Parameters: samples of these units, of the other units and every answer in the night."""
    for name in GRADED_UNITS:
        marks = [] if name in sampled else pytest.mark.thorough
        yield pytest.param((name, False), id=name, marks=marks)
        yield pytest.param((name, True), id=f"{name}-sweep", marks=pytest.mark.thorough)


in_programs = pytest.mark.parametrize("sweep", [*sweeps(*IN_PROGRAMS)], indirect=True)


@pytest.fixture(scope="module", params=[*sweeps(*GRADED_UNITS)])
def sweep(request):
    name, everything = request.param
    return Sweep(course.unit(name), everything)


@pytest.fixture(scope="module")
def unit(sweep):
    return sweep.unit


@pytest.fixture(scope="module")
def submissions(sweep, tmp_path_factory):
    """Notebooks of the unit by student: right ones, the blank one, wrong ones."""
    root, unit = tmp_path_factory.mktemp("submissions"), sweep.unit
    answers = {"reference": reference_answers(unit), "blank": {}, "styled": _styled(unit)}
    if sweep.everything:
        answers |= held_out_submissions(unit)
    else:
        wrong = wrong_submissions(unit)
        many, _ = _sample(unit)
        answers |= {student: wrong[student] for student in _spread(list(wrong), many)}
    return {
        student: write_notebook(root / student / f"{unit.name}.ipynb", notebook_with(unit, each))
        for student, each in answers.items()
    }


@pytest.fixture(scope="module")
def some(sweep, submissions):
    """Of a sample the first three and some of the wrong ones, evenly spread: for the slow ways."""
    if sweep.everything:
        return submissions
    names = list(submissions)
    _, few = _sample(sweep.unit)
    return {student: submissions[student] for student in [*names[:3], *_spread(names[3:], few)]}


def _styled(unit):
    """Right answers of several cells or with types of their own, where there are some."""
    found = reference_answers(unit)
    for exercise in unit.exercises:
        for path in sorted((ANSWERS / exercise.id).glob("right_*.py")):
            code = path.read_text(encoding="utf-8")
            several = BETWEEN_CELLS.search(code)
            if several or "@dataclass" in code:
                found[exercise.id] = code
            if several:
                break
    return found


def _sample(unit):
    return SAMPLE_OF_MEASURING if unit.name == "08_efficiency" else SAMPLE


def _spread(names, most):
    """At most so many of them, evenly spread."""
    return names[:: -(-len(names) // most)]


@pytest.fixture(scope="module")
def by_command_line(sweep, submissions):
    points = {}
    with pytest.MonkeyPatch.context() as patch:
        if sweep.everything:
            points_only.tell_nothing(patch.setattr)
        for student, path in submissions.items():
            asked = ["check", str(path), "--seed", str(SEED), "--json", "-"]
            result = CliRunner().invoke(app, asked)
            verdict = json.loads(result.stdout)
            assert result.exit_code == (0 if verdict["points"] == verdict["max_points"] else 1)
            points[student] = {each["id"]: each["points"] for each in verdict["exercises"]}
    return points


def different(points, others):
    """By student and exercise, two unequal numbers of points."""
    return {
        f"{student} {exercise}": (given, others[student][exercise])
        for student, exercises in points.items()
        for exercise, given in exercises.items()
        if given != others[student][exercise]
    }


def test_right_answers_get_everything_and_the_blank_skeleton_nothing(unit, by_command_line):
    points = {exercise.id: exercise.points for exercise in unit.exercises}
    points |= {exercise.id: 0.0 for exercise in unit.by_hand}
    assert by_command_line["reference"] == points
    assert by_command_line["styled"] == points
    assert by_command_line["blank"] == dict.fromkeys(points, 0)
    right = [student for student in by_command_line if student.startswith("right")]
    assert [each for each in right if by_command_line[each] != points] == []


def test_check_in_a_kernel_gives_the_same(sweep, submissions, by_command_line, tmp_path):
    manager, client = start_new_kernel(cwd=str(tmp_path), env=with_tests_at_hand())
    points = {}

    def run(code, **wanted):
        reply = client.execute_interactive(
            code, user_expressions=wanted, timeout=300, output_hook=lambda message: None
        )
        return reply["content"]

    try:
        begun = run(
            "from pathlib import Path\nfrom autograder import course\n"
            f"course.WORKSPACE = Path({str(tmp_path)!r})\n"
            + ("import points_only\npoints_only.tell_nothing()" if sweep.everything else "")
        )
        assert begun["status"] == "ok", begun
        for student, path in submissions.items():
            points[student] = {}
            assert run("%reset -f\nfrom autograder import check")["status"] == "ok"
            for cell in json.loads(path.read_text())["cells"]:
                code = "".join(cell["source"])
                if cell["cell_type"] == "code" and not re.search(NO_ANSWER, code, re.MULTILINE):
                    run(code)
            for exercise in sweep.unit.exercises:
                call = f"check('{exercise.id}', seed={SEED}, seconds={points_only.SECONDS})"
                reply = run("", points=call)
                shown = reply["user_expressions"]["points"]
                points[student][exercise.id] = float(shown["data"]["text/plain"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert points.keys() == by_command_line.keys()
    assert different(points, by_command_line) == {}


@in_programs
def test_the_pytest_plugin_gives_the_same(sweep, some, by_command_line, tmp_path):
    report, root = tmp_path / "report.xml", next(iter(some.values())).parent.parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--seed={SEED}"]
    command += [f"--junitxml={report}", "--rootdir", str(root)]
    command += ["-p", "points_only"] if sweep.everything else []
    command += map(str, some.values())
    done = subprocess.run(command, cwd=root, env=with_tests_at_hand())
    assert done.returncode == 1
    points = {}
    for case in ET.parse(report).iter("testcase"):
        properties = {each.get("name"): each.get("value") for each in case.iter("property")}
        student = case.get("classname").split(".")[0]
        points.setdefault(student, {})[case.get("name")] = float(properties["points"])
    assert points.keys() == some.keys()
    assert different(points, by_command_line) == {}


@in_programs
def test_nbgrader_autograde_gives_the_same(sweep, some, by_command_line, tmp_path):
    unit = sweep.unit
    autograde(tmp_path, unit, some, SEED, POINTS_ONLY if sweep.everything else "")
    points = {}
    with gradebook_of(tmp_path) as gradebook:
        for submitted in gradebook.assignment_submissions(unit.name):
            grades = submitted.notebooks[0].grades
            points[submitted.student.id] = {
                grade.name.removeprefix("check_"): grade.score for grade in grades
            }
    assert points.keys() == some.keys()
    assert different(points, by_command_line) == {}
