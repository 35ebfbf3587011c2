"""One submission, four ways of grading it, the same points."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from jupyter_client.manager import start_new_kernel
from support import (
    ANSWERS,
    BETWEEN_CELLS,
    GRADED_UNITS,
    autograde,
    gradebook_of,
    notebook_with,
    reference_answers,
    write_notebook,
    wrong_submissions,
)
from typer.testing import CliRunner

from autograder import course
from autograder.cli import app

SEED = 11
pytestmark = pytest.mark.slow
# Every misconception is graded in test_misconceptions.py; here a sample of each unit is enough: how
# many for the quick ways and for the slow ones, in `make test` and in `make test-all`.
SAMPLE, LARGE_SAMPLE = (6, 2), (20, 10)
# Answers that measure take seconds each.
SAMPLE_OF_MEASURING = (3, 1)
# The two ways that start a program for each unit know nothing of its checks: in `make test`, an
# early unit and one that has modules.
IN_PROGRAMS = [
    pytest.param(
        name, marks=[] if name in ("01_single_head", "06_kv_cache") else pytest.mark.thorough
    )
    for name in GRADED_UNITS
]
in_programs = pytest.mark.parametrize("unit", IN_PROGRAMS, indirect=True)


@pytest.fixture(scope="module", params=GRADED_UNITS)
def unit(request):
    return course.unit(request.param)


@pytest.fixture(scope="module")
def submissions(unit, tmp_path_factory, pytestconfig):
    """Notebooks of the unit by student: right ones, the blank one, many misconceptions."""
    root = tmp_path_factory.mktemp("submissions")
    wrong = wrong_submissions(unit)
    many, _ = _sample(unit, pytestconfig)
    answers = {"reference": reference_answers(unit), "blank": {}, "styled": _styled(unit)}
    answers |= {student: wrong[student] for student in _spread(list(wrong), many)}
    return {
        student: write_notebook(root / student / f"{unit.name}.ipynb", notebook_with(unit, each))
        for student, each in answers.items()
    }


@pytest.fixture(scope="module")
def some(unit, submissions, pytestconfig):
    """The first three and some of the wrong ones, evenly spread: for the ways that are slow."""
    names = list(submissions)
    _, few = _sample(unit, pytestconfig)
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


def _sample(unit, config):
    if config.getoption("thorough"):
        return LARGE_SAMPLE
    return SAMPLE_OF_MEASURING if unit.name == "08_efficiency" else SAMPLE


def _spread(names, most):
    """At most so many of them, evenly spread."""
    return names[:: -(-len(names) // most)]


@pytest.fixture(scope="module")
def by_command_line(submissions):
    points = {}
    for student, path in submissions.items():
        result = CliRunner().invoke(app, ["check", str(path), "--seed", str(SEED), "--json", "-"])
        verdict = json.loads(result.stdout)
        assert result.exit_code == (0 if verdict["points"] == verdict["max_points"] else 1)
        points[student] = {each["id"]: each["points"] for each in verdict["exercises"]}
    return points


def test_right_answers_get_everything_and_the_blank_skeleton_nothing(unit, by_command_line):
    points = {exercise.id: exercise.points for exercise in unit.exercises}
    assert by_command_line["reference"] == points
    assert by_command_line["styled"] == points
    assert by_command_line["blank"] == dict.fromkeys(points, 0)


def test_check_in_a_kernel_gives_the_same(unit, submissions, by_command_line, tmp_path):
    manager, client = start_new_kernel(cwd=str(tmp_path))
    points = {}

    def run(code, **wanted):
        reply = client.execute_interactive(
            code, user_expressions=wanted, timeout=60, output_hook=lambda message: None
        )
        return reply["content"]

    try:
        begun = run(
            "from pathlib import Path\nfrom autograder import check, course\n"
            f"course.WORKSPACE = Path({str(tmp_path)!r})"
        )
        assert begun["status"] == "ok", begun
        for student, path in submissions.items():
            points[student] = {}
            for cell in json.loads(path.read_text())["cells"]:
                if cell["cell_type"] == "code" and not cell["source"][0].startswith("check("):
                    run("".join(cell["source"]))
            for exercise in unit.exercises:
                reply = run("", points=f"check('{exercise.id}', seed={SEED})")
                shown = reply["user_expressions"]["points"]
                points[student][exercise.id] = float(shown["data"]["text/plain"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert points == by_command_line


@in_programs
def test_the_pytest_plugin_gives_the_same(some, by_command_line, tmp_path):
    report, root = tmp_path / "report.xml", next(iter(some.values())).parent.parent
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--seed={SEED}"]
    command += [f"--junitxml={report}", "--rootdir", str(root)]
    done = subprocess.run([*command, *map(str, some.values())], cwd=root)
    assert done.returncode == 1
    points = {}
    for case in ET.parse(report).iter("testcase"):
        properties = {each.get("name"): each.get("value") for each in case.iter("property")}
        student = case.get("classname").split(".")[0]
        points.setdefault(student, {})[case.get("name")] = float(properties["points"])
    assert points == {student: by_command_line[student] for student in some}


@in_programs
def test_nbgrader_autograde_gives_the_same(unit, some, by_command_line, tmp_path):
    autograde(tmp_path, unit, some, SEED)
    points = {}
    with gradebook_of(tmp_path) as gradebook:
        for submitted in gradebook.assignment_submissions(unit.name):
            grades = submitted.notebooks[0].grades
            points[submitted.student.id] = {
                grade.name.removeprefix("check_"): grade.score for grade in grades
            }
    assert points == {student: by_command_line[student] for student in some}
