"""The workflow for a learner's repository: its schema, and its steps run as GitHub runs them."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from support import notebook_with, reference_answers, write_notebook
from test_class_page import of
from test_reports import UNIT, record

from autograder import course
from autograder.classroom import github, gradescope
from autograder.grading.record import CheckRecord, ErrorRecord, ExerciseRecord, to_json

FILE = course.ROOT / "docs" / "classroom.yml"
WORKFLOW = yaml.safe_load(FILE.read_text(encoding="utf-8"))
(JOB,) = WORKFLOW["jobs"].values()
FULL = sum(each.points for each in UNIT.exercises)


def test_all_are_workflows_by_githubs_schema():
    own = sorted((course.ROOT / ".github" / "workflows").glob("*.yml"))
    files = list(map(str, [FILE, *own]))
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_may_only_read_has_no_secret_and_pins_what_it_uses():
    text = FILE.read_text(encoding="utf-8")
    assert WORKFLOW["permissions"] == {"contents": "read"} and "secrets." not in text
    used = [step["uses"] for step in JOB["steps"] if "uses" in step]
    assert len(used) == 3 and all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", each) for each in used)
    for step in JOB["steps"]:  # what others choose reaches a shell by its environment alone
        assert "${{" not in step.get("run", "")
        subprocess.run(["bash", "-n"], input=step.get("run", "").encode(), check=True)


def test_github_does_not_run_it_for_the_course_itself():
    folder = course.ROOT / ".github" / "workflows"
    assert FILE.name not in [each.name for each in folder.iterdir()]


def exercise(status, points, message="", **fields):
    checks = (CheckRecord("shape", points, 4.0, points == 4.0, message, None, ()),)
    return ExerciseRecord("softmax", points, 4.0, status, False, (), checks)


def test_the_reporter_gets_the_points_of_each_exercise():
    verdict = of("ann", exercise("passed", 4.0), exercise("failed", 1.5), exercise("manual", 0.0))
    told = github.points({"02_masks.ipynb": verdict})
    assert (told["status"], told["max_score"]) == ("fail", 8.0)
    tests = [(each["name"], each["status"], each["score"]) for each in told["tests"]]
    assert tests == [("softmax", "pass", 4.0), ("softmax", "fail", 1.5)]
    assert github.points({"a.ipynb": of("ann", exercise("passed", 4.0))})["status"] == "pass"


def test_a_notebook_without_a_verdict_has_no_points_of_its_unit(tmp_path):
    unreadable = record(exercises=(), error=ErrorRecord("json", "half a <file>"))
    (tmp_path / "01_single_head.json").write_text(to_json(unreadable), encoding="utf-8")
    verdicts = github.read(tmp_path, ["01_single_head.ipynb", "work/02_masks.ipynb"])
    told = github.points(verdicts)
    most = FULL + sum(each.points for each in course.unit("01").exercises)
    assert (told["status"], told["max_score"]) == ("error", most)
    assert [each["score"] for each in told["tests"]] == [0.0, 0.0]
    summary = github.summary(verdicts)
    assert "half a &lt;file&gt;" in summary and "could not be checked" in summary


def test_no_message_breaks_the_table_of_the_summary():
    odd = "a | b \\| c\n| d <b>\x1b[2J"
    summary = github.summary({"x.ipynb": of("ann", exercise("failed", 0.0, odd))})
    (row,) = [line for line in summary.splitlines() if line.startswith("| softmax")]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 5
    assert row.isprintable() and "<b>" not in row


@pytest.fixture
def place(tmp_path):
    """What GitHub gives: a checkout, folders and files; and a course to clone."""
    course_folder = tmp_path / "remote"
    for part in gradescope._PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(course.ROOT / part, course_folder / part, ignore=ignored)
    for name in gradescope._FILES:
        shutil.copy(course.ROOT / name, course_folder)
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=course_folder, check=True)
    for folder in ("checkout", "temp", "site"):
        (tmp_path / folder).mkdir()
    return tmp_path


def run_steps(place: Path, **env: str) -> dict[str, str]:
    """Run the shell steps in their order, without packages from an index; gives both files."""
    files = {name: place / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    pip = {"NO_DEPS": "1", "NO_INDEX": "1", "NO_BUILD_ISOLATION": "0", "TARGET": f"{place}/site"}
    given = {
        "PATH": path,
        "HOME": str(place),
        "GITHUB_WORKSPACE": f"{place}/checkout",
        "RUNNER_TEMP": f"{place}/temp",
        "PYTHONPATH": f"{place}/site",
        **{f"PIP_{name}": value for name, value in pip.items()},
        **{name: str(path) for name, path in files.items()},
        **WORKFLOW["env"],
        "COURSE_URL": f"file://{place}/remote",
        **env,
    }
    for step in JOB["steps"]:
        if "run" in step:
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(
                shell,
                cwd=place / "checkout",
                env=given,
                capture_output=True,
                text=True,
                timeout=300,
            )
            assert done.returncode == 0, (step["name"], done.stdout, done.stderr)
    return {name: path.read_text(encoding="utf-8") for name, path in files.items()}


@pytest.mark.slow
def test_its_steps_check_what_a_learner_pushed(place):
    first, *others = UNIT.exercises
    answers = reference_answers(UNIT)
    answers[others[0].id] = "raise NotImplementedError()"
    write_notebook(place / "checkout" / "02_masks.ipynb", notebook_with(UNIT, answers))
    (place / "checkout" / "torch.py").write_text("raise SystemExit('not the real one')\n")
    told = run_steps(place, NOTEBOOKS="02_masks.ipynb 01_single_head.ipynb")
    name, encoded = told["GITHUB_OUTPUT"].strip().split("=", 1)
    assert name == "result"
    assert JOB["steps"][-1]["env"] == {"COURSE_RESULTS": "${{ steps.course.outputs.result }}"}
    points = json.loads(base64.b64decode(encoded))
    by_name = {each["name"]: each for each in points["tests"]}
    assert by_name[first.id]["score"] == first.points and by_name[first.id]["status"] == "pass"
    assert by_name[others[0].id]["status"] == "fail"
    assert by_name["01_single_head.ipynb"]["status"] == "error"
    assert points["max_score"] == FULL + sum(each.points for each in course.unit("01").exercises)
    assert f"| {first.id} | {first.points:g} of" in told["GITHUB_STEP_SUMMARY"]
