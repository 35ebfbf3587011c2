"""A course whose exercises or points change after something was handed in."""

import contextlib
import dataclasses
import json
import shutil

import pytest
from support import gradebook_of

from autograder import course
from autograder.classroom.desk import Desk
from autograder.classroom.results import Results
from autograder.course import CourseError

pytestmark = pytest.mark.slow
UNIT = course.unit("02_masks")
GONE = UNIT.exercises[1]
FULL = sum(each.points for each in UNIT.exercises)


def without(exercise):
    """The unit without one of its exercises."""
    starts = [i for i, cell in enumerate(UNIT.cells) if cell.kind == "raw"] + [len(UNIT.cells)]
    place = UNIT.exercises.index(exercise)
    cells = UNIT.cells[: starts[place]] + UNIT.cells[starts[place + 1] :]
    kept = tuple(each for each in UNIT.exercises if each != exercise)
    return dataclasses.replace(UNIT, cells=cells, exercises=kept)


def scored(root):
    """Points of ann, and those that there are."""
    with gradebook_of(root) as book:
        entry = book.find_submission(UNIT.name, "ann")
        return entry.score, entry.max_score


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A course's folder in which ann has a point in each exercise, and two by hand in one."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(course.ROOT / "nbgrader_config.py", root)
    with contextlib.chdir(root):
        Desk(UNIT).release()
    with gradebook_of(root) as book:
        book.add_student("ann")
        book.add_submission(UNIT.name, "ann")
        for each in UNIT.exercises:
            grade = book.find_grade(each.check_id, UNIT.name, UNIT.name, "ann")
            grade.auto_score = 1.0
            grade.manual_score = 2.0 if each == GONE else None
        book.db.commit()
    assert scored(root) == (len(UNIT.exercises) + 1, FULL)
    return root


@pytest.fixture
def handed_in(prepared, tmp_path, monkeypatch):
    """A copy of it, to be changed."""
    root = shutil.copytree(prepared, tmp_path / "course")
    monkeypatch.chdir(root)
    return root


def test_an_exercise_that_is_gone_leaves_the_gradebook_when_asked_and_is_kept(handed_in):
    fewer = Desk(without(GONE))
    with pytest.raises(CourseError, match=rf"no more in the course: {GONE.check_id}; new: none"):
        fewer.see_to_release()
    assert scored(handed_in) == (len(UNIT.exercises) + 1, FULL)
    says = fewer.release()
    assert f"taken out of the gradebook: {GONE.check_id}; 1 grades are in" in says
    assert scored(handed_in) == (len(UNIT.exercises) - 1, FULL - GONE.points)
    (kept,) = json.loads((Results(handed_in, UNIT).folder / "removed-grades").read_text())
    assert (kept["student"], kept["auto_score"], kept["manual_score"]) == ("ann", 1.0, 2.0)
    fewer.see_to_release()


def test_an_exercise_that_is_new_is_put_in_for_everyone(handed_in):
    Desk(without(GONE)).release()
    with pytest.raises(CourseError, match=rf"in the course: none; new: {GONE.check_id}"):
        Desk(UNIT).see_to_release()
    assert "taken out" not in Desk(UNIT).release()
    with gradebook_of(handed_in) as book:
        book.find_grade(GONE.check_id, UNIT.name, UNIT.name, "ann").auto_score = 5.0
        book.find_comment(GONE.id, UNIT.name, UNIT.name, "ann")
        book.db.commit()
    assert scored(handed_in) == (len(UNIT.exercises) - 1 + 5.0, FULL)


def test_other_points_are_taken_over_without_being_asked_for(handed_in):
    more = dataclasses.replace(GONE, points=GONE.points + 3)
    exercises = tuple(more if each == GONE else each for each in UNIT.exercises)
    Desk(dataclasses.replace(UNIT, exercises=exercises)).see_to_release()
    assert scored(handed_in) == (len(UNIT.exercises) + 1, FULL + 3)
