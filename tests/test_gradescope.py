"""The autograder for Gradescope, unpacked and run as Gradescope does, but for its set-up."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support import notebook_with, reference_answers, write_notebook, wrong_submissions
from typer.testing import CliRunner

from autograder import course
from autograder.classroom import gradescope
from autograder.cli import app

UNIT = course.unit("02_masks")
RIGHT = reference_answers(UNIT)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """``/autograder`` there: the zip unpacked in ``source``, with this environment for its own."""
    root = tmp_path_factory.mktemp("autograder")
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        done = CliRunner().invoke(app, ["gradescope", UNIT.name])
    assert done.exit_code == 0 and "give it to no student" in done.output
    with zipfile.ZipFile(root / "gradescope" / f"{UNIT.name}.zip") as archive:
        archive.extractall(root / "source")
        modes = {each.filename: each.external_attr >> 16 for each in archive.infolist()}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    (root / "source" / ".venv").symlink_to(sys.prefix)
    shutil.copy(root / "source" / "run_autograder", root)
    return root


def run(place: Path, **files: str) -> dict:
    """Grade an upload with these files; gives what is in ``results.json``."""
    for folder in ("submission", "results"):
        shutil.rmtree(place / folder, ignore_errors=True)
        (place / folder).mkdir()
    for name, text in files.items():
        (place / "submission" / name.replace("_ipynb", ".ipynb")).write_text(text, "utf-8")
    subprocess.run(["bash", place / "run_autograder"], check=True, timeout=120)
    return json.loads((place / "results" / "results.json").read_text(encoding="utf-8"))


def written(answers) -> str:
    return json.dumps(notebook_with(UNIT, answers))


@pytest.mark.slow
def test_an_upload_is_graded_whatever_its_file_is_called(place):
    told = run(place, **{"my masks_ipynb": written(RIGHT)})
    assert told["score"] == sum(each.points for each in UNIT.exercises)
    assert told["output"].startswith("Confinement: ")
    wrong = RIGHT | {UNIT.exercises[0].id: wrong_submissions(UNIT)["wrong00"][UNIT.exercises[0].id]}
    told = run(place, masks_ipynb=written(wrong))
    failed = [each for each in told["tests"] if each["status"] == "failed"]
    assert failed and all(each["name"].startswith(UNIT.exercises[0].id) for each in failed)
    assert told["score"] == sum(each["score"] for each in told["tests"])


@pytest.mark.slow
def test_an_upload_without_a_notebook_says_so(place):
    told = run(place, **{"notes.txt": "hello"})
    assert told["score"] == 0 and f"{UNIT.name}.ipynb" in told["output"]


def test_a_failure_of_the_grader_is_no_grade(tmp_path, monkeypatch, capsys):
    def failing(*args):
        raise RuntimeError("no process")

    monkeypatch.setattr(gradescope, "grade_one", failing)
    write_notebook(tmp_path / f"{UNIT.name}.ipynb", notebook_with(UNIT, RIGHT))
    gradescope.grade_folder(UNIT, 7, tmp_path, tmp_path / "results" / "results.json")
    told = json.loads((tmp_path / "results" / "results.json").read_text())
    assert "score" not in told and "ask your instructor" in told["output"]
    assert "no process" in capsys.readouterr().err


def test_the_scripts_are_bash(tmp_path):
    for text in (gradescope._SETUP, gradescope._RUN):
        subprocess.run(["bash", "-n"], input=text.encode(), check=True)
