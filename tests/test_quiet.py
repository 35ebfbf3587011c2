"""A healthy run writes nothing to stderr: no warning of ours, nor of a library under us."""

import os
import shutil
import subprocess
import sys

import pytest
from class_folders import UNIT, ClassFolder

from autograder import course

pytestmark = pytest.mark.slow
MINE = "workspace/01_single_head.ipynb"
SAMPLE = course.ROOT / "tests/samples/submitted/ben/01_single_head/01_single_head.ipynb"


def errors_of(*arguments, cwd):
    """What a command of the autograder wrote to stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *arguments],
        cwd=cwd,
        env=os.environ | {"AUTOGRADER_WORKSPACE": str(cwd / "workspace")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stderr


def test_grading_a_class_and_its_report_warn_of_nothing(tmp_path):
    graded = ClassFolder(tmp_path, 2)
    (tmp_path / "submitted" / "nothing" / UNIT.name).mkdir(parents=True)
    for options in ([], ["--seed", "3"]):
        process = graded.start(*options)
        said, errors = process.communicate(timeout=240)
        assert process.returncode == 0 and "3 graded" in said
        assert errors == ""
    assert errors_of("report", UNIT.name, cwd=tmp_path) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", MINE, "--exercise", "softmax"],
        ["check", MINE, "--exercise", "softmax", "--in-process"],
        ["status"],
        ["hint", "softmax", "--step", "1"],
        ["build", "--check", UNIT.name],
    ],
    ids=lambda words: " ".join(word for word in words if word != MINE),
)
def test_a_command_warns_of_nothing(arguments, tmp_path):
    (tmp_path / "workspace").mkdir()
    shutil.copy(SAMPLE, tmp_path / MINE)
    assert errors_of(*arguments, cwd=tmp_path) == ""


def test_building_an_exercise_and_a_lesson_warns_of_nothing(tmp_path):
    (tmp_path / "90_lesson.py").write_text("# %%\n1 + 1\n")
    code = (
        "from pathlib import Path\n"
        "from autograder import course\n"
        "from autograder.authoring import build, release\n"
        f"release.release_bytes(course.unit('{UNIT.name}'))\n"
        "built = build.execute(build.lesson_notebook(Path('90_lesson.py')), Path('.'))\n"
        "print(built.cells[0].outputs[0].data['text/plain'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2\n", "")
