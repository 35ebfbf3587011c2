"""Classes to grade in tests: a course's folder with submissions, graded by the real command."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from support import (
    gradebook_of,
    notebook_with,
    reference_answers,
    write_notebook,
    wrong_submissions,
)

from autograder import course
from autograder.classroom.results import Results
from autograder.submissions.result import Result

UNIT = course.unit("02_masks")
FULL = sum(each.points for each in UNIT.exercises)
_ENOUGH_SECONDS = 120


def run(root: Path, *command: str, **environment: str) -> str:
    """Run a command of the course in the folder of a class; returns what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *command],
        cwd=root,
        env=os.environ | {"AUTOGRADER_SECRET": "a class of the tests"} | environment,
        capture_output=True,
        text=True,
        timeout=_ENOUGH_SECONDS * 2,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class ClassFolder:
    """A course's folder with a class in it.

    Args:
        root: an empty folder.
        size: how many submissions; every other one is right, the others hold misconceptions.
        config: lines to add to ``nbgrader_config.py``.
    """

    def __init__(self, root: Path, size: int, config: str = ""):
        self.root = root
        self.students = [f"s{number:03}" for number in range(size)]
        shutil.copy(course.ROOT / "nbgrader_config.py", root)
        with (root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(config)
        wrong = list(wrong_submissions(UNIT).values())
        for number, student in enumerate(self.students):
            answers = reference_answers(UNIT) if number % 2 else wrong[number // 2 % len(wrong)]
            self.hand_in(student, answers)

    def hand_in(self, student: str, answers: dict[str, str]) -> None:
        """Write a submission, in place of an earlier one."""
        folder = self.root / "submitted" / student / UNIT.name
        write_notebook(folder / f"{UNIT.name}.ipynb", notebook_with(UNIT, answers))

    def start(self, *options: str, **environment: str) -> subprocess.Popen:
        """Start grading."""
        return subprocess.Popen(
            [sys.executable, "-m", "autograder", "grade", UNIT.name, *options],
            cwd=self.root,
            env=os.environ | {"AUTOGRADER_SECRET": "a class of the tests"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def grade(self, *options: str, **environment: str) -> tuple[int, str]:
        """Grade; returns the exit code and what was said."""
        process = self.start(*options, **environment)
        out, err = process.communicate(timeout=_ENOUGH_SECONDS * 2)
        return process.returncode, out + err

    def wait_for_results(self, count: int, process: subprocess.Popen) -> None:
        """Wait until so many results are kept."""
        wait_until(lambda: len(self.results()) >= count or process.poll() is not None)
        assert process.poll() is None, process.communicate()

    def results(self) -> dict[str, Result]:
        """The results that are kept, by student."""
        kept = Results(self.root, UNIT)
        return {student: kept.load(student) for student in kept.learners()}

    def written(self) -> dict[str, int]:
        """When each result was written."""
        folder = Results(self.root, UNIT).folder
        return {path.stem: path.stat().st_mtime_ns for path in folder.glob("*.json")}

    def points(self, url: str | None = None) -> dict[str, float]:
        """What the gradebook says; a student who stood there twice would break it."""
        with gradebook_of(self.root, url) as gradebook:
            entries = gradebook.assignment_submissions(UNIT.name)
            found = {each.student.id: each.score for each in entries}
            assert len(found) == len(entries)
            return found

    def autograded(self, student: str) -> dict:
        """The autograded notebook of a student."""
        path = self.root / "autograded" / student / UNIT.name / f"{UNIT.name}.ipynb"
        return json.loads(path.read_text(encoding="utf-8"))


def wait_until(condition, seconds: float = _ENOUGH_SECONDS) -> None:
    """Wait for something to come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that these started."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    return found


def workers(pid: int) -> list[int]:
    """The processes in which ``autograder grade`` has submissions graded."""
    starters = [each for each in descendants(pid) if "forkserver" in _command(each)]
    return [each for each in starters if _parent(each) in starters]


def boxes(pid: int) -> list[int]:
    """bubblewrap around the servers that submissions are forked from."""
    return [each for each in descendants(pid) if _command(each).split("\0")[0].endswith("bwrap")]


def is_there(pid: int) -> bool:
    """Whether a process still runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def kill(pid: int) -> None:
    """End a process that a test started."""
    os.kill(pid, signal.SIGKILL)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
