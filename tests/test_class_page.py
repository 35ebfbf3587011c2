"""The page on a class: its figures, what hostile names do to it, and how it looks without them."""

import re
import shutil

import browser
import msgspec
import pytest
from test_reports import HOSTILE, UNIT, gathered, keep, record
from typer.testing import CliRunner

from autograder import course
from autograder.classroom import class_page, insight, roll
from autograder.classroom.standing import of_verdict
from autograder.cli import app
from autograder.grading import misconceptions
from autograder.grading.checks import checks_of
from autograder.grading.record import CheckRecord, ExerciseRecord
from autograder.submissions.result import Result

FIRST, SECOND, THIRD, *_ = UNIT.exercises
CHECKS = [each.id for each in checks_of(FIRST)]


def checked(passed, misconceptions=(), message="Wrong values in the mask.", which=0) -> CheckRecord:
    names = tuple(misconceptions)
    first = names[0] if names else None
    return CheckRecord(CHECKS[which], float(passed), 1.0, passed, message, first, names)


def graded(exercise, status, *checks, points=0.0) -> ExerciseRecord:
    return ExerciseRecord(exercise.id, points, 4.0, status, False, (), tuple(checks))


def of(who, *exercises, others=0.0):
    """A verdict with these exercises, and points beside those of their checks."""
    own = sum(check.points for each in exercises for check in each.checks)
    verdict = record(exercises=(), submission=who, points=own + others)
    return msgspec.structs.replace(verdict, exercises=exercises)


def roll_of(*verdicts):
    results = {each.submission: Result("key", each, {}, "") for each in verdicts}
    standings = {each.submission: of_verdict(each) for each in verdicts}
    return roll.Class(results, standings, {})


def test_a_check_is_told_by_who_passes_it_and_by_who_else_has_points():
    verdicts = [
        of(f"s{i}", graded(FIRST, "failed", checked(i >= 5)), others=2.0 * i) for i in range(10)
    ]
    (first, *rest) = insight.figures(UNIT, verdicts)[0].checks
    assert (first.passed, first.graded) == (5, 10)
    assert first.discrimination == pytest.approx(0.870, abs=1e-3)
    assert all(each.graded == 0 and each.remark == "" for each in rest)
    against = [msgspec.structs.replace(each, points=30.0 - each.points) for each in verdicts]
    assert insight.figures(UNIT, against)[0].checks[0].remark.startswith("who passes has fewer")
    few = insight.figures(UNIT, verdicts[:7])[0].checks[0]
    assert few.discrimination is None


@pytest.mark.parametrize(
    ("passing", "remark"), [(20, "nearly all pass"), (0, "nearly nobody passes"), (10, "")]
)
def test_a_check_that_tells_nothing_is_remarked_on(passing, remark):
    verdicts = [of(f"s{i}", graded(FIRST, "failed", checked(i < passing))) for i in range(20)]
    check = insight.figures(UNIT, verdicts)[0].checks[0]
    assert check.remark == remark and check.discrimination is None


def test_who_is_stuck_and_how_answers_ended():
    verdicts = [
        of("all", *(graded(each, "passed", points=4.0) for each in UNIT.exercises)),
        of("none", *(graded(each, "not_started") for each in UNIT.exercises)),
        of("one", graded(FIRST, "passed"), graded(SECOND, "timeout"), graded(THIRD, "failed")),
        of("last", graded(FIRST, "failed"), graded(SECOND, "error"), graded(THIRD, "passed")),
    ]
    first, second, third, *_ = insight.figures(UNIT, verdicts)
    assert (first.stuck, second.stuck, third.stuck) == (("none",), ("one",), ())
    assert dict(second.ends) == {"out of time": ("one",), "stopped with an exception": ("last",)}
    assert first.share == 0.25 and dict(first.statuses) == {
        "passed": 2,
        "not started": 1,
        "not yet": 1,
    }


def test_a_misconception_is_told_once_for_each_learner_with_numbers_and_a_question():
    wrong = checked(False, ["ignores_k_len"]), checked(False, ["ignores_k_len"], which=1)
    verdicts = [of(who, graded(FIRST, "failed", *wrong)) for who in ("ann", "ben")]
    verdicts.append(of("eve", graded(FIRST, "failed", checked(False, ["gone_by_now"]))))
    found, slip = insight.misunderstood(UNIT, verdicts)
    assert (slip.learners, slip.says, slip.asks) == (("eve",), "gone by now", "")
    assert (found.learners, found.name) == (("ann", "ben"), "ignores_k_len")
    assert found.says and found.asks.endswith("?")


def test_each_learner_is_in_one_bin():
    assert insight.histogram([0, 0.1, 9.99, 10, 20.9, 21, 25], 21) == [2, 0, 0, 0, 2, 0, 0, 0, 0, 3]


def test_the_page_stands_whatever_learners_are_called(tmp_path):
    for learner in HOSTILE:
        keep(tmp_path, learner, record())
    page = class_page.class_page(UNIT, gathered(tmp_path, None))
    assert page.replace("\n", "").isprintable() and "<b>&amp;amp;" not in page
    assert page.count('<th scope="row">') == len(HOSTILE)
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")


def test_names_can_be_hidden(tmp_path):
    names = ["Zoë", "a.b", "Ben"]
    for i, who in enumerate(names):
        keep(tmp_path, who, record(points=float(i), notices=(f"{who} sent two notebooks",)))
    page = class_page.class_page(UNIT, gathered(tmp_path, None), hide_names=True)
    assert not [who for who in names if re.search(rf"\b{re.escape(who)}\b", page)]
    assert "learner 1 sent two notebooks" in page and "<a " not in page
    rows = re.findall(r'scope="row">(.*?)</th>\s*<td class="number">(.*?) of', page)
    assert rows == [("learner 1", "2"), ("learner 2", "1"), ("learner 3", "0")]
    assert page != class_page.class_page(UNIT, gathered(tmp_path, None))


def test_the_page_on_a_course_adds_up_and_names_what_comes_again(tmp_path):
    other = course.unit("01")
    again = checked(False, ["ignores_k_len"])
    classes = {
        UNIT.name: roll_of(of("ann", graded(FIRST, "failed", again), others=5.0), of("ben")),
        other.name: roll_of(of("ann", others=2.5)),
    }
    page = class_page.course_page(classes)
    cells = re.findall(r'scope="row">(\w+)</th><td class="number">([\d.]+)</td>', page)
    assert cells == [("ann", "7.5"), ("ben", "0")]
    assert f'href="{UNIT.name}/class.html"' in page and "Nothing: each" in page
    hidden = class_page.course_page(classes, hide_names=True)
    assert "ann" not in hidden and "learner 1" in hidden


def test_what_shows_in_several_exercises_is_told_once():
    twice = course.unit("01"), course.unit("04")
    by_unit = {}
    for unit in twice:
        exercise = next(
            each for each in unit.exercises if "no_scale" in misconceptions.misconceptions_of(each)
        )
        by_unit[unit] = [of("ann", graded(exercise, "failed", checked(False, ["no_scale"])))]
    (found,) = insight.recurring(by_unit)
    assert found.learners == 1 and len(found.exercises) == 2


def test_without_an_assignment_the_report_is_on_all_that_was_graded(tmp_path, monkeypatch):
    shutil.copy(course.ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    nothing = CliRunner().invoke(app, ["report"])
    assert nothing.exit_code == 2 and "nothing was graded yet" in nothing.stderr
    keep(tmp_path, "ann", record())
    (tmp_path / "submitted" / "ann" / UNIT.name).mkdir(parents=True)
    done = CliRunner().invoke(app, ["report", "--hide-names"])
    assert done.exit_code == 0, done.output
    pages = [tmp_path / "reports" / name for name in ("course.html", f"{UNIT.name}/class.html")]
    assert all("ann" not in page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.slow
def test_both_pages_stand_in_a_browser_for_everyone(tmp_path):
    """Wide and on a phone, by axe-core, with all that can be opened open; nothing is loaded."""
    wrong = checked(False, ["ignores_k_len"])
    verdicts = [
        of(who, graded(FIRST, "failed", wrong), graded(SECOND, "timeout"), others=float(i))
        for i, who in enumerate(HOSTILE)
    ]
    known = roll_of(*verdicts)
    pages = {
        "class.html": class_page.class_page(UNIT, known),
        "course.html": class_page.course_page({UNIT.name: known}),
    }
    with browser.page() as page:
        for name, text in pages.items():
            path = tmp_path / name
            path.write_text(text, encoding="utf-8")
            for width in (1200, 380):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(path.as_uri())
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                assert browser.barriers(page, "html") == []
                assert page.evaluate("document.documentElement.scrollWidth") <= width
