"""Held-out answers (``answers/README.md``): right ones pass, wrong ones fail, rightly named."""

import re
from collections import Counter, namedtuple
from pathlib import Path

import pytest
from support import grade_namespace, graded_exercises

from autograder import course

ANSWERS = Path(__file__).parent / "answers"
HEADER = re.compile(r"^# (?:names|either):(.*)$", re.MULTILINE)
SEEDS_FOR_RIGHT = 50
SEEDS_FOR_NAMES = (7, 8)
Answer = namedtuple("Answer", "path kind names code")


def answers(exercise, *kinds):
    found = []
    for path in sorted((ANSWERS / exercise.id).glob("*.py")):
        kind = re.match(r"right|restyled|pair|near_miss", path.name)[0]
        code = path.read_text(encoding="utf-8")
        names = set(re.findall(r"\w+", HEADER.search(code)[1]))
        if kind in kinds:
            found.append(Answer(path, kind, names, code))
    return found


def namespace_of(exercise, answer):
    """The answer's names, with the earlier work of the course as in the learner's notebook."""
    own = {each.id for each in course.unit(exercise.unit).exercises}
    hidden = own - set(course.prerequisites_of(exercise.id))
    reference = course.reference_namespace(exercise.unit)
    namespace = {name: value for name, value in reference.items() if name not in hidden}
    exec(compile(answer.code, str(answer.path), "exec"), namespace)
    return namespace


def explain(verdict):
    return {each.id: each.message for each in verdict.checks if not each.passed}


RIGHT = [
    pytest.param(exercise, answer, id=f"{exercise.id}-{answer.path.stem}")
    for exercise in graded_exercises()
    for answer in answers(exercise, "right")
]


@pytest.mark.parametrize(("exercise", "answer"), RIGHT)
def test_a_right_answer_in_any_style_gets_full_marks(exercise, answer):
    namespace = namespace_of(exercise, answer)
    for seed in range(SEEDS_FOR_RIGHT):
        verdict = grade_namespace(exercise, namespace, seed)
        assert verdict.status == "passed", (seed, explain(verdict))


@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_there_are_three_styles_of_right_answers(exercise):
    assert len(answers(exercise, "right")) >= 3


@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_the_reference_gets_everything_and_the_blank_skeleton_nothing(exercise):
    reference = course.reference_namespace(exercise.unit)
    head = exercise.solution.split("### BEGIN SOLUTION")[0]
    blank = dict(reference)
    exec(head + "raise NotImplementedError()\n", blank)
    for seed in range(50):
        assert grade_namespace(exercise, reference, seed).points == exercise.points
        verdict = grade_namespace(exercise, blank, seed)
        assert (verdict.points, verdict.status) == (0, "not_started")


@pytest.mark.parametrize("seed", SEEDS_FOR_NAMES)
@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_errors_in_other_styles_and_in_pairs_are_named_rightly(exercise, seed):
    counts = Counter()
    for answer in answers(exercise, "restyled", "pair"):
        verdict = grade_namespace(exercise, namespace_of(exercise, answer), seed)
        named = [each.misconceptions for each in verdict.checks if each.misconceptions]
        assert verdict.points < verdict.max_points, f"{answer.path.name} passes"
        for names in named:
            assert answer.names & set(names), f"{answer.path.name} is called {names}"
            assert names[0] in answer.names, f"{answer.path.name} is called {names[0]}"
        counts["named" if named else "unnamed"] += 1
    assert counts["named"] >= 0.8 * counts.total(), counts


@pytest.mark.parametrize("seed", SEEDS_FOR_NAMES)
@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_near_misses_fail_and_stay_unnamed(exercise, seed):
    for answer in answers(exercise, "near_miss"):
        verdict = grade_namespace(exercise, namespace_of(exercise, answer), seed)
        assert verdict.points < verdict.max_points, f"{answer.path.name} passes"
        named = [each.misconceptions for each in verdict.checks if each.misconceptions]
        assert not named, f"{answer.path.name} is called {named}"
