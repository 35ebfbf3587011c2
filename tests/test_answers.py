"""Held-out answers (``answers/README.md``): right ones pass, wrong ones fail, rightly named."""

import functools
import itertools
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from support import ANSWERS, BETWEEN_CELLS, grade_namespace, graded_exercises

from autograder import course
from autograder.grading.checks import checks_of
from autograder.grading.misconceptions import misconceptions_of
from autograder.grading.run import run_check
from autograder.grading.student import LocalStudent
from autograder.sandbox.inside import cells

HEADER = re.compile(r"^# (?:names|either):(.*)$", re.MULTILINE)
# Which functions an answer calls does not depend on the seed: at most seeds nothing is watched.
# Not watched, of any six seeds a right answer meets one, the next answer another; all in
# `make test-all`.
FEW, MANY, ONE_IN = range(3), range(3, 50), 6
# Those of test_misconceptions.py, which needs every mutant run on the same inputs.
SEEDS_FOR_NAMES = (7, 8)
# In `make quick`, of the wrong answers of an exercise one in so many, of the right ones a third.
QUICK_SAMPLE = 40
SLOW, THOROUGH = pytest.mark.slow, [pytest.mark.slow, pytest.mark.thorough]


class Answer(NamedTuple):
    """An answer file: its kind, and the misconceptions that it may be called by."""

    path: Path
    kind: str
    names: frozenset[str]
    code: str


def answers(exercise, *kinds):
    """The answers of these kinds, by name."""
    found = []
    for path in sorted((ANSWERS / exercise.id).glob("*.py")):
        kind = re.match(r"right|restyled|pair|near_miss|natural_[ab]", path.name)[0]
        if kind in kinds:
            code = path.read_text(encoding="utf-8")
            header = HEADER.search(code)
            names = frozenset(re.findall(r"\w+", header[1] if header else ""))
            found.append(Answer(path, kind, names, code))
    return found


def given_before(exercise):
    """Cells of the notebook that define something to be mended, such as a broken function."""
    for cell in course.unit(exercise.unit).cells:
        if cell.text == exercise.solution:
            return
        defines = cell.kind == "code" and re.match(r"\s*(def|class) ", cell.text)
        if defines and course.SOLUTION_MARK not in cell.text:
            yield cell.text


def namespace_of(exercise, answer):
    """The answer's names, with the earlier work of the course as in the learner's notebook."""
    own = {each.id for each in course.unit(exercise.unit).exercises}
    hidden = own - set(course.prerequisites_of(exercise.id)) | {"__name__"}
    reference = course.reference_namespace(exercise.unit)
    namespace = cells.new_namespace()
    namespace |= {name: value for name, value in reference.items() if name not in hidden}
    parts = [
        {"id": f"given {number}", "code": code, "define_only": True}
        for number, code in enumerate(given_before(exercise), 1)
    ]
    parts += [
        {"id": f"{answer.path.name} {number}", "code": code, "define_only": False}
        for number, code in enumerate(BETWEEN_CELLS.split(answer.code), 1)
    ]
    assert not any(problems := cells.run(parts, namespace, {}, "")), problems
    return namespace


def explain(verdict):
    """The messages of what failed."""
    return {each.id: each.message for each in verdict.checks if not each.passed}


def right_answers():
    """Parameters (exercise, answer, seeds, watched)."""
    for exercise in graded_exercises():
        for i, answer in enumerate(answers(exercise, "right")):
            name = f"{exercise.id}-{answer.path.stem}"
            some = [seed for seed in MANY if (seed + i) % ONE_IN == 0]
            yield pytest.param(exercise, answer, FEW, True, id=name, marks=SLOW if i % 3 else ())
            yield pytest.param(exercise, answer, some, False, id=f"{name}-more", marks=SLOW)
            yield pytest.param(exercise, answer, MANY, True, id=f"{name}-watched", marks=THOROUGH)


@pytest.mark.parametrize(("exercise", "answer", "seeds", "watched"), [*right_answers()])
def test_a_right_answer_in_any_style_gets_full_marks(exercise, answer, seeds, watched):
    namespace = namespace_of(exercise, answer)
    for seed in seeds:
        verdict = grade_namespace(exercise, namespace, seed, watched)
        assert verdict.status == "passed", (seed, explain(verdict))


@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_there_are_three_styles_of_right_answers(exercise):
    assert len(answers(exercise, "right")) >= 3


@pytest.mark.parametrize(
    ("seeds", "watched"),
    [
        pytest.param(FEW, True, id="few"),
        pytest.param(MANY[::ONE_IN], False, id="more", marks=SLOW),
        pytest.param(MANY, True, id="watched", marks=THOROUGH),
    ],
)
@pytest.mark.parametrize("exercise", graded_exercises(), ids=lambda each: each.id)
def test_the_reference_gets_everything_and_the_blank_skeleton_nothing(exercise, seeds, watched):
    reference = course.reference_namespace(exercise.unit)
    head = exercise.solution.split("### BEGIN SOLUTION")[0]
    blank = dict(reference)
    exec(head + "raise NotImplementedError()\n", blank)
    for seed in seeds:
        assert grade_namespace(exercise, reference, seed, watched).points == exercise.points
        verdict = grade_namespace(exercise, blank, seed, watched)
        assert (verdict.points, verdict.status) == (0, "not_started")


@pytest.mark.parametrize("gives", ["nothing", "what it got", "zeros"])
@pytest.mark.parametrize("exercise", course.unit("00").exercises, ids=lambda each: each.id)
def test_an_answer_without_a_thought_earns_nothing_in_the_warm_up(exercise, gives):
    def answer(*args):
        return {"nothing": None, "what it got": args[0], "zeros": args[-1][0] * 0}[gives]

    assert grade_namespace(exercise, {exercise.id: answer}, 3).points == 0


def test_the_letters_of_the_incidents_follow_no_short_pattern():
    names = course.reference_namespace("09_in_production")
    right = [names[f"incident_{i}"]()[0] for i in range(1, 9)]
    for size in (1, 2, 3):
        for pattern in itertools.product("abc", repeat=size):
            assert sum(map(str.__eq__, right, itertools.cycle(pattern))) <= len(right) // 2, pattern


@functools.cache
def outcome(exercise, answer, seed, watched):
    """Whether an answer loses points, and by which misconceptions each failed check is named."""
    verdict = grade_namespace(exercise, namespace_of(exercise, answer), seed, watched)
    named = [each.misconceptions for each in verdict.checks if each.misconceptions]
    return verdict.points < verdict.max_points, named


def _of_the_exercise(exercise, named):
    """Of the names of each check those that are misconceptions of the exercise, and no slips."""
    known = misconceptions_of(exercise)
    return [names for names in named if set(names) & set(known)]


def seeds_and_watch():
    """(seed, watched, what to put into the id, marks): watched at the first seed."""
    first, *others = SEEDS_FOR_NAMES
    yield first, True, "", []
    for seed in others:
        yield seed, False, "", THOROUGH
        yield seed, True, "watched-", THOROUGH


def wrong_answers(*kinds):
    """Parameters (exercise, answer, seed, watched), the groups of conftest.py side by side."""
    for exercise in graded_exercises():
        for seed, watched, how, marks in seeds_and_watch():
            for i, answer in enumerate(answers(exercise, *kinds)):
                name = f"{exercise.id}-{seed}-{how}{answer.path.stem}"
                left_out = [] if i % QUICK_SAMPLE == 0 else [SLOW]
                yield pytest.param(
                    exercise, answer, seed, watched, id=name, marks=[*marks, *left_out]
                )


@pytest.mark.parametrize(
    ("exercise", "answer", "seed", "watched"), [*wrong_answers("restyled", "pair")]
)
def test_an_error_in_another_style_or_a_pair_is_named_rightly(exercise, answer, seed, watched):
    loses, named = outcome(exercise, answer, seed, watched)
    assert loses, "it passes"
    for names in _of_the_exercise(exercise, named):
        assert answer.names & set(names), f"it is called {names}"
        assert names[0] in answer.names, f"it is called {names[0]}"


def exercises_and_seeds():
    """Parameters (exercise, seed, watched)."""
    for exercise in graded_exercises():
        for seed, watched, how, marks in seeds_and_watch():
            name = f"{exercise.id}-{seed}-{how}all"
            yield pytest.param(exercise, seed, watched, id=name, marks=[pytest.mark.slow, *marks])


@pytest.mark.parametrize(("exercise", "seed", "watched"), [*exercises_and_seeds()])
def test_most_errors_in_other_styles_and_in_pairs_are_named(exercise, seed, watched):
    wrong = answers(exercise, "restyled", "pair")
    named = [
        answer
        for answer in wrong
        if _of_the_exercise(exercise, outcome(exercise, answer, seed, watched)[1])
    ]
    assert len(named) >= 0.8 * len(wrong), f"{len(named)} of {len(wrong)}"


@pytest.mark.parametrize(("exercise", "answer", "seed", "watched"), [*wrong_answers("near_miss")])
def test_a_near_miss_fails_and_has_no_name_but_of_its_slip(exercise, answer, seed, watched):
    loses, named = outcome(exercise, answer, seed, watched)
    assert loses, "it passes"
    assert not _of_the_exercise(exercise, named), f"it is called {named}"
    assert all(answer.names >= set(names) for names in named), f"it is called {named}"


@pytest.mark.parametrize(
    ("exercise", "slug", "check", "others"),
    [
        ("dependency_accuracy", "never_itself", "takes_the_best_offset", ["other_counts"]),
        ("dependency_accuracy", "last_of_equals", "other_counts", []),
        ("dependency_accuracy", "any_of_equals", "other_counts", []),
        ("head_entropy", "small_epsilon", "leaves_its_arguments", []),
        ("head_importance", "float32_gates", "asks_the_loss", []),
    ],
)
def test_an_error_is_caught_at_every_seed_and_costs_little(exercise, slug, check, others):
    """``others`` fail as well at the first."""
    exercise = course.exercise(exercise)
    found = answers(exercise, "restyled")
    (answer,) = (each for each in found if each.path.stem == f"restyled_{slug}")
    student = LocalStudent(namespace_of(exercise, answer))
    (fails,) = (each for each in checks_of(exercise) if each.id == check)
    assert not any(run_check(fails, student, seed).passed for seed in range(100, 131))
    verdict = grade_namespace(exercise, namespace_of(exercise, answer), 100, watched=False)
    assert [each.id for each in verdict.checks if not each.passed] == [check, *others]


def test_a_role_in_other_words_is_told_the_names():
    names = dict.fromkeys("ABCDEF", "its own token")
    verdict = grade_namespace(course.exercise("predict_role"), {"predict_role": lambda _: names}, 3)
    assert "first, itself, previous, spread, duplicate, induction" in verdict.checks[0].message


# Of the natural mistakes, those of which the task does not say that they are wrong.
NOT_WRONG_BY_THE_TASK = 3


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("writer", ["natural_a", "natural_b"])
def test_most_natural_mistakes_are_named(writer):
    """Whether the names are right, only a reader can tell: each file says what is wrong with it."""
    outcomes = [
        outcome(exercise, answer, SEEDS_FOR_NAMES[0], False)
        for exercise in graded_exercises()
        for answer in answers(exercise, writer)
    ]
    wrong = [named for loses, named in outcomes if loses]
    assert len(wrong) >= len(outcomes) - NOT_WRONG_BY_THE_TASK
    assert sum(map(bool, wrong)) >= 0.8 * len(wrong)
