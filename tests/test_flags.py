"""What a person should look at: a flag costs nothing and reaches everyone who has to see it."""

import pytest
from nbgrader.api import Gradebook
from support import autograde, grade_namespace, notebook_with, reference_answers, write_notebook

from autograder import course
from autograder.classroom import report
from autograder.grading.render.html import exercise_html
from autograder.grading.render.text import exercise_text

UNIT = course.unit("08_efficiency")
EXERCISE = course.exercise("my_results")
MADE_UP = EXERCISE.solution.replace(
    "return rows",
    "return [row | dict.fromkeys(('median', 'low', 'high'), 0.003) | {'samples': [0.003] * 20}\n"
    "            for row in rows]",
)
REASON = "In my_results, most samples of a row are equal."


@pytest.fixture(scope="module")
def verdict():
    namespace = dict(course.reference_namespace(UNIT.name))
    exec(MADE_UP, namespace)
    return grade_namespace(EXERCISE, namespace, seed=3)


def test_a_flag_costs_no_points_and_is_told(verdict):
    assert verdict.points == verdict.max_points
    assert REASON in verdict.flags
    assert verdict.record().flags == verdict.flags
    assert f"it costs no points. {REASON}" in exercise_text(verdict)
    assert REASON in exercise_html(verdict)


def test_an_honest_table_is_not_flagged():
    namespace = course.reference_namespace(UNIT.name)
    assert grade_namespace(EXERCISE, namespace, seed=3).flags == ()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course's folder with one honest and one made-up table, graded by nbgrader."""
    root = tmp_path_factory.mktemp("flags")
    answers = reference_answers(UNIT)
    given = {"honest": answers, "maker": answers | {"my_results": MADE_UP}}
    notebooks = {
        student: write_notebook(root / student / f"{UNIT.name}.ipynb", notebook_with(UNIT, own))
        for student, own in given.items()
    }
    autograde(root, UNIT, notebooks, seed=5)
    return root


@pytest.mark.slow
def test_formgrader_lists_it_for_manual_grading(graded):
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        found = {
            (submitted.student.id, grade.name): (grade.score, grade.needs_manual_grade)
            for submitted in gradebook.assignment_submissions(UNIT.name)
            for grade in submitted.notebooks[0].grades
        }
    assert found["maker", "check_my_results"] == (EXERCISE.points, True)
    assert found["honest", "check_my_results"] == (EXERCISE.points, False)
    assert [name for name, (_, manual) in found.items() if manual] == [
        ("maker", "check_my_results")
    ]


@pytest.mark.slow
def test_the_report_names_student_and_reason(graded):
    verdicts = report.write(UNIT, graded, graded / "reports")
    text = report.class_text(UNIT, verdicts)
    assert f"For a person to look at:\n  maker, my_results: {REASON}" in text
    rows = (graded / "reports" / "grades.csv").read_text().splitlines()
    assert rows[0].endswith(",look at")
    assert {row.split(",")[0]: row.rsplit(",", 1)[1] for row in rows[1:]} == {
        "honest": "",
        "maker": "my_results",
    }
    assert REASON in (graded / "reports" / "maker" / "feedback.html").read_text()
