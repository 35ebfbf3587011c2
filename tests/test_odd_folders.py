"""A class of folders that are traps, beside honest neighbours, in a course of odd folders."""

import ctypes
import os
import subprocess
import sys
from datetime import datetime

import pytest
from class_folders import FULL, UNIT, ClassFolder
from support import gradebook_of, notebook_with, reference_answers, write_notebook

from autograder.classroom.results import Results
from autograder.submissions.handed_in import SECRET, TIMESTAMP

pytestmark = pytest.mark.slow
CONFIG = """
c.CourseDirectory.submitted_directory = "handed_in"
c.CourseDirectory.autograded_directory = "marked"
c.LateSubmissionPlugin.penalty_method = "zero"
"""
NOTEBOOK = f"{UNIT.name}.ipynb"
HONEST = ("aaa", "mmm", "zzz")
# No two of them may be taken for one another, or for everyone.
NAMES = ("a[b]", "*", "x", "x ", "class.json", "bell\x07", "\t=1+1", "n" * 244)
MODES = {"mode444": ("", 0o444), "mode000": ("", 0), "file000": (NOTEBOOK, 0)}
UNFIT = ("two\nlines", os.fsdecode(b"bad\xff"), "n" * 252)
LINKS = {"linked": ".", "loop": "loop"}
TIMES = {
    "late": "2024-05-06 07:08:09.123456 UTC",
    "words": "three days ago",
    "first": "0001-01-01",
    "digits": "1" * 200_000,
}
PR_CAPBSET_DROP, DAC_OVERRIDE, DAC_READ_SEARCH = 24, 1, 2


def modes_bind() -> None:
    """Modes hold for root as well in the process that is started."""
    if os.geteuid() == 0:
        for each in (DAC_OVERRIDE, DAC_READ_SEARCH):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, each, 0, 0, 0)


def folder_of(root, learner):
    """Where a learner's submission lies."""
    return root / "handed_in" / learner / UNIT.name


def make_class(root) -> None:
    """Honest submissions, and those whose folders are traps."""
    notebook = notebook_with(UNIT, reference_answers(UNIT))
    timed = (*TIMES, "pipe", "zero")
    for learner in (*HONEST, *NAMES, *MODES, *UNFIT, *timed, "unit_link"):
        write_notebook(folder_of(root, learner) / NOTEBOOK, notebook)
    for learner, text in TIMES.items():
        (folder_of(root, learner) / TIMESTAMP).write_text(text)
    (folder_of(root, "late") / SECRET).write_text("ab" * 64)
    (folder_of(root, "late") / "own.py").write_text("")
    os.mkfifo(folder_of(root, "pipe") / TIMESTAMP)
    (folder_of(root, "zero") / TIMESTAMP).symlink_to("/dev/zero")
    (root / "handed_in" / "linked").symlink_to("aaa")
    (root / "handed_in" / "loop").symlink_to("loop")
    (folder_of(root, "unit_link") / NOTEBOOK).unlink()
    folder_of(root, "unit_link").rmdir()
    folder_of(root, "unit_link").symlink_to(folder_of(root, "aaa"))
    folder_of(root, "empty").mkdir(parents=True)
    for learner, (name, mode) in MODES.items():
        (folder_of(root, learner) / name).chmod(mode)


def run(root, *command):
    """Run a command of the autograder as one for whom modes hold."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *command, UNIT.name],
        cwd=root,
        env=os.environ | {"AUTOGRADER_SECRET": "a class of the tests"},
        capture_output=True,
        text=True,
        preexec_fn=modes_bind,
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class's folder, and what was said while it was graded."""
    root = tmp_path_factory.mktemp("course") / "2026 [x]"
    root.mkdir()
    ClassFolder(root, 0, CONFIG)
    make_class(root)
    yield root, run(root, "grade")
    for learner in MODES:
        folder_of(root, learner).chmod(0o755)


def entries(root) -> dict:
    """Points and time of each learner, by the gradebook."""
    with gradebook_of(root) as gradebook:
        found = gradebook.assignment_submissions(UNIT.name)
        return {each.student.id: (each.score, each.timestamp) for each in found}


def test_traps_cost_whoever_laid_them_and_nobody_else(graded):
    root, done = graded
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"{len(MODES) + len(UNFIT)} failed; confinement: full." in done.stdout
    assert len(done.stderr.splitlines()) == len(MODES) + len(UNFIT)
    for learner in MODES:
        assert f"{learner} has no grade: {folder_of(root, learner)}" in done.stderr
    assert done.stderr.count("Permission denied") == len(MODES)
    found = {learner: points for learner, (points, _) in entries(root).items()}
    nothing = dict.fromkeys((*LINKS, "unit_link", "empty"), 0.0)
    full = dict.fromkeys((*HONEST, *NAMES, *TIMES, "pipe", "zero"), FULL)
    assert found == nothing | full


def test_a_second_run_enters_only_where_something_was_due_earlier(graded):
    root, _ = graded
    with gradebook_of(root) as gradebook:
        gradebook.update_or_create_assignment(UNIT.name, duedate="2024-05-01")
    before = Results(root, UNIT).load("late")
    (folder_of(root, "mmm") / TIMESTAMP).write_text("2024-04-30")
    done = run(root, "grade")
    rest = len(entries(root)) - 2
    assert f"2 graded, {rest} unchanged, {len(MODES) + len(UNFIT)} failed" in done.stdout
    assert Results(root, UNIT).load("late") == before
    with gradebook_of(root) as gradebook:
        for learner, penalty in (("late", FULL), ("mmm", 0.0), ("aaa", 0.0)):
            entry = gradebook.find_submission(UNIT.name, learner)
            assert entry.late_submission_penalty == penalty


def test_only_a_time_at_which_something_can_have_been_handed_in_counts(graded):
    root, _ = graded
    found = entries(root)
    assert found["late"][1] == datetime(2024, 5, 6, 7, 8, 9, 123456)
    results = Results(root, UNIT)
    for learner in ("words", "first", "digits", "pipe", "zero"):
        assert found[learner][1] is None
        notices = results.load(learner).verdict.notices
        assert any(TIMESTAMP in notice for notice in notices), learner
    assert not results.load("late").verdict.notices


def test_configured_folders_are_used_and_nothing_but_what_the_exchange_wrote_goes_along(graded):
    root, _ = graded
    assert not (root / "submitted").exists() and not (root / "autograded").exists()
    names = sorted(path.name for path in (root / "marked" / "late" / UNIT.name).iterdir())
    assert names == sorted([NOTEBOOK, SECRET, TIMESTAMP])


def test_reports_are_of_those_who_have_a_folder(graded):
    root, _ = graded
    (root / "handed_in" / "x").rename(root / "left")
    done = run(root, "report")
    (root / "left").rename(root / "handed_in" / "x")
    assert done.returncode == 0, done.stderr
    assert "Left out: x, for whom there is no" in done.stdout
    reports = root / "reports" / UNIT.name
    assert (reports / "x " / "feedback.html").exists() and not (reports / "x").exists()
