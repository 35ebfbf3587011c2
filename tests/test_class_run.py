"""Grading a class: what is kept, what is graded again, what a kill costs."""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys

import msgspec
import pool_grades
import pytest
from class_folders import (
    FULL,
    UNIT,
    ClassFolder,
    boxes,
    descendants,
    is_there,
    kill,
    wait_until,
    workers,
)
from support import reference_answers
from typer.testing import CliRunner

from autograder.classroom import run
from autograder.classroom.local_pool import LocalPool
from autograder.cli import app
from autograder.grading.record import ErrorRecord, Record
from autograder.sandbox.limits import Budget
from autograder.submissions import fingerprint
from autograder.submissions.read import Rebuilt

pytestmark = pytest.mark.slow
SIZE = 12


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class that was graded once, and what was said."""
    folder = ClassFolder(tmp_path_factory.mktemp("class"), SIZE)
    code, said = folder.grade()
    assert code == 0, said
    return folder, said


def copy_of(folder, root):
    """A class that handed in the same and was not graded yet."""
    copy = ClassFolder(root, 0)
    shutil.copytree(folder.root / "submitted", root / "submitted")
    return copy


def test_everyone_has_a_grade_and_a_notebook_at_full_confinement(graded):
    folder, said = graded
    assert f"{SIZE} graded, 0 unchanged, 0 failed; confinement: full." in said
    points = folder.points()
    assert set(points) == set(folder.students)
    assert all(points[student] == FULL for student in folder.students[1::2])
    assert all(points[student] < FULL for student in folder.students[2::2])
    for student, result in folder.results().items():
        assert result.verdict.isolation == "full"
        kept = folder.autograded(student)["metadata"]["autograder"]
        assert msgspec.convert(kept["verdict"], Record) == result.verdict


def test_nothing_is_graded_again_unless_it_changed(graded):
    folder, _ = graded
    before = folder.written()
    code, said = folder.grade()
    assert code == 0 and f"0 graded, {SIZE} unchanged" in said
    assert folder.written() == before
    changed = folder.students[0]
    folder.hand_in(changed, reference_answers(UNIT))
    code, said = folder.grade()
    assert code == 0 and f"1 graded, {SIZE - 1} unchanged" in said
    assert folder.points()[changed] == FULL
    assert [each for each, when in folder.written().items() if when != before[each]] == [changed]


def test_a_lost_notebook_comes_back_without_being_graded_again(graded):
    folder, _ = graded
    before, lost = folder.written(), folder.students[3]
    (folder.root / "autograded" / lost / UNIT.name / f"{UNIT.name}.ipynb").unlink()
    code, _ = folder.grade()
    assert code == 0 and folder.autograded(lost)
    assert folder.results()[lost].verdict.points == FULL
    assert folder.written() == before


def test_a_new_seed_grades_again_without_touching_a_submission(graded, tmp_path):
    folder, _ = graded
    first = {name: each.verdict for name, each in folder.results().items()}
    handed_in = {path: path.read_bytes() for path in (folder.root / "submitted").rglob("*.ipynb")}
    code, said = folder.grade("--seed", "77")
    assert code == 0 and f"{SIZE} graded" in said
    second = {name: each.verdict for name, each in folder.results().items()}
    assert {each.seed for each in second.values()} == {77}
    for name, verdict in second.items():
        assert verdict.points == first[name].points
    assert {path: path.read_bytes() for path in handed_in} == handed_in
    # The same seed gives the same verdict.
    again = copy_of(folder, tmp_path)
    assert again.grade("--seed", "77", "--workers", "1")[0] == 0
    assert {name: each.verdict for name, each in again.results().items()} == second


def test_other_checks_another_environment_or_another_answer_make_another_key(monkeypatch):
    def key_of(kind, seed, isolation):
        handed_in = Rebuilt({}, error=ErrorRecord(kind, "none"))
        return fingerprint.key_of(handed_in, UNIT, seed, isolation)

    key = key_of("missing_file", 5, "full")
    assert key == key_of("missing_file", 5, "full")
    others = [
        key_of("unreadable", 5, "full"),
        key_of("missing_file", 6, "full"),
        key_of("missing_file", 5, "partial"),
    ]
    monkeypatch.setattr(fingerprint, "checks_version", lambda unit: "another")
    others.append(key_of("missing_file", 5, "full"))
    assert len({key, *others}) == 5


def test_nbgrader_alone_gives_the_same_grades(graded, tmp_path):
    folder, _ = graded
    alone = copy_of(folder, tmp_path)
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    for command in (["autograder", "release"], ["nbgrader", "autograde"]):
        done = subprocess.run(
            [sys.executable, "-m", *command, UNIT.name],
            cwd=tmp_path,
            env=os.environ | {"PATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
    assert alone.points() == folder.points()


def test_without_full_confinement_it_refuses_unless_asked(tmp_path):
    folder = ClassFolder(tmp_path, 2)
    code, said = folder.grade(AUTOGRADER_SPAWN="1")
    assert code == 2 and "cannot be confined fully" in said and "--accept partial" in said
    assert folder.results() == {}
    code, said = folder.grade("--accept", "partial", AUTOGRADER_SPAWN="1")
    assert code == 0 and "confinement: partial" in said
    assert {each.verdict.isolation for each in folder.results().values()} == {"partial"}
    assert "at the confinement partial" in json.dumps(folder.autograded("s000"))
    code, said = folder.grade()
    assert code == 0 and "2 graded, 0 unchanged, 0 failed; confinement: full." in said
    assert {each.verdict.isolation for each in folder.results().values()} == {"full"}
    assert "at the confinement" not in json.dumps(folder.autograded("s000"))


@pytest.mark.parametrize(
    ("unit", "options", "says"),
    [
        ("02_masks", [], "nbgrader_config.py"),
        ("99_none", [], "99_none"),
        ("02_masks", ["--scheduler", "tcp://127.0.0.1:9"], "no dask scheduler answers"),
    ],
)
def test_what_cannot_be_graded_is_said_in_one_sentence(tmp_path, unit, options, says):
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", unit, *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr


def test_a_killed_worker_costs_nothing(tmp_path):
    folder = ClassFolder(tmp_path, 16)
    process = folder.start("--workers", "2")
    folder.wait_for_results(3, process)
    kill(workers(process.pid)[0])
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "16 graded, 0 unchanged, 0 failed" in out
    assert set(folder.points()) == set(folder.students)


def test_what_undoes_its_worker_has_no_grade_and_the_rest_goes_on(tmp_path, monkeypatch):
    folder = ClassFolder(tmp_path, 6)
    for student in ("hangs", "kills"):
        folder.hand_in(student, reference_answers(UNIT))
    pool = functools.partial(LocalPool, budget=Budget(12), grade=pool_grades.graded)
    monkeypatch.setattr(run, "LocalPool", pool)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_SECRET", "a class of the tests")
    done = CliRunner().invoke(app, ["grade", UNIT.name, "--workers", "2"])
    assert done.exit_code == 1
    assert "6 graded, 0 unchanged, 2 failed; confinement: full." in done.output
    assert "hangs has no grade: grading took more than 12 seconds" in done.output
    assert "kills has no grade: the grading process died 3 times" in done.output
    assert set(folder.points()) == set(folder.results()) == set(folder.students)


def test_killed_servers_cost_nothing(tmp_path):
    folder = ClassFolder(tmp_path, 16)
    process = folder.start("--workers", "2")
    folder.wait_for_results(3, process)
    for each in boxes(process.pid):
        with contextlib.suppress(ProcessLookupError):  # one box ends with the other
            kill(each)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "16 graded, 0 unchanged, 0 failed; confinement: full." in out
    points = folder.points()
    assert all(points[student] == FULL for student in folder.students[1::2])


def test_a_killed_run_leaves_no_process_and_goes_on_where_it_stopped(tmp_path):
    folder = ClassFolder(tmp_path, 16)
    process = folder.start("--workers", "2")
    folder.wait_for_results(5, process)
    family = descendants(process.pid)
    assert family
    kill(process.pid)
    process.wait()
    wait_until(lambda: not any(map(is_there, family)), 30)
    before = folder.written()
    assert 5 <= len(before) < 16
    code, said = folder.grade()
    assert code == 0, said
    after = folder.written()
    assert {each: after[each] for each in before} == before
    assert set(after) == set(folder.points()) == set(folder.students)
    for student, result in folder.results().items():
        assert folder.points()[student] == result.verdict.points
