"""The kit that learners get: no solution can be read in it, and its verdicts are those of here."""

import json
import os
import re
import subprocess
import sys

import pytest
from support import notebook_with, write_notebook
from typer.testing import CliRunner

from autograder import cli, course
from autograder.authoring import kit as making

pytestmark = pytest.mark.slow

SHARED = ("tests", "autograder", "exercises", "kit")
NUMBER = re.compile(r"-?\d+\.\d+(e-?\d+)?")
# How long a call took stands in what these tell.
BY_THE_CLOCK = ("measure/", "run_experiment/", "my_results/")


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kit") / "for learners"
    made = CliRunner().invoke(cli.app, ["kit", str(folder)])
    assert made.exit_code == 0, made.output
    return folder


def run(folder, *arguments, cwd=None):
    """Run Python with the packages of a course or a kit."""
    paths = [folder, folder / "lessons", course.ROOT / "tests"]
    left_out = ("AUTOGRADER_COURSE", "AUTOGRADER_WORKSPACE")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd or folder,
        env=env | {"PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
    )


def lines_of(text):
    """Lines of code, without what JSON puts around them in a notebook."""
    return [line.strip().removesuffix('\\n",').strip('"').strip() for line in text.splitlines()]


def own_lines(exercise):
    """Pairs of lines of a solution that learners are not given with the task."""
    unit = course.unit(exercise.unit)
    given = {
        line
        for cell in unit.cells
        if course.SOLUTION_MARK not in cell.text
        for line in lines_of(cell.text)
    }
    body = exercise.solution.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
    lines = [line for line in lines_of(body) if line and not line.startswith("#")]
    return [
        f"{a}\n{b}"
        for a, b in zip(lines, lines[1:], strict=False)
        if len(a) + len(b) > 30 and not {a, b} & given
    ]


def test_no_solution_and_no_misconception_can_be_read(kit):
    files = [file for part in SHARED for file in (kit / part).rglob("*") if file.is_file()]
    texts = ["\n".join(lines_of(file.read_text("utf-8", "replace"))) for file in files]
    sought = [each for exercise in course.exercises().values() for each in own_lines(exercise)]
    assert len(sought) > 200
    assert not [each for each in sought for text in texts if each in text]
    hand = [each.solution for unit in course.units().values() for each in unit.by_hand]
    written = "\n".join(texts)
    assert not [
        line for each in hand for line in lines_of(each)[1:] if len(line) > 40 and line in written
    ]
    assert not (kit / "solutions").exists()
    assert not [
        each
        for each in files
        if "misconceptions" in each.name and each.suffix == ".py" and "units" in each.parts
    ]


def test_it_passes_its_own_tests(kit):
    done = run(kit, "-m", "pytest", "-q", "-p", "no:xdist", "tests", "-k", "softmax or KVCache")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "one_in", [8, pytest.param(1, marks=pytest.mark.thorough)], ids=["some", "all"]
)
def test_its_verdicts_are_those_of_the_course(kit, tmp_path, one_in):
    verdicts = []
    for folder in (kit, course.ROOT):
        path = tmp_path / f"{len(verdicts)}.json"
        script = course.ROOT / "tests" / "kit_verdicts.py"
        done = run(folder, script, path, one_in, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        text = path.read_text(encoding="utf-8")
        verdicts.append(json.loads(text))
    theirs, ours = (
        {
            name: json.loads(NUMBER.sub("0", json.dumps(told)))
            if name.startswith(BY_THE_CLOCK)
            else told
            for name, told in each.items()
        }
        for each in verdicts
    )
    assert theirs == ours and len(ours) > 30


def test_the_command_line_grades_in_the_sandbox_with_earlier_work_from_the_kit(kit, tmp_path):
    unit = course.unit("01")
    answers = {each.id: each.solution for each in unit.exercises}
    answers["softmax"] = "def softmax(scores, dim=-1):\n    return scores"
    path = write_notebook(tmp_path / "her.ipynb", notebook_with(unit, answers))
    verdict = tmp_path / "verdict.json"
    run(kit, "-m", "autograder", "check", path, "--json", verdict)
    graded = json.loads(verdict.read_text(encoding="utf-8"))["exercises"]
    told = {each["id"]: each["points"] for each in graded}
    assert told.pop("softmax") == 0
    assert told == {each.id: each.points for each in unit.exercises if each.id != "softmax"}


def test_what_needs_the_sources_says_so(kit, tmp_path):
    for command in (["build"], ["misconceptions", "softmax"], ["kit", str(tmp_path / "more")]):
        done = run(kit, "-m", "autograder", *command)
        assert done.returncode == 2 and "learner's kit" in done.stderr


def test_a_kit_for_another_python_says_which(kit):
    made_for = kit / "kit" / "pythons.txt"
    before = made_for.read_text()
    made_for.write_text("3.10\n")
    try:
        done = run(kit, "-m", "autograder", "status")
    finally:
        made_for.write_text(before)
    assert done.returncode == 2 and "made for Python 3.10" in done.stderr


def test_a_folder_called_kit_hides_no_course(tmp_path):
    (tmp_path / "kit").mkdir()
    assert course.sources_of(tmp_path).name == "kit"
    (tmp_path / "solutions").mkdir()
    assert course.sources_of(tmp_path).name == "solutions"


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(course.CourseError, match="not empty"):
        making.write(tmp_path, [], print)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("python", ["no-such-python", "false"])
def test_a_python_that_cannot_compile_it_is_named(tmp_path, python):
    with pytest.raises(course.CourseError, match=python):
        making.write(tmp_path / "kit", [python], print)
    assert not (tmp_path / "kit").exists()
