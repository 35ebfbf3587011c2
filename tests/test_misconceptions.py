"""The misconceptions are the grader's own tests: each fails, where it should, and is named."""

import pytest
from support import grade_mutant, grade_namespace

from autograder import course
from autograder.grading import misconceptions

# test_answers.py uses the first two as well, the second in `make test-all`: both need every mutant
# run on the same inputs.
SEEDS = (7, 8, 1)
# What is seen of them depends on the clock, by which one error can look like another for once.
TIMED = ("measure",)
SLOW, THOROUGH = pytest.mark.slow, [pytest.mark.slow, pytest.mark.thorough]
EXERCISES = [each for each in course.exercises().values() if misconceptions.singles(each)]


def expect_caught(exercise, grade):
    """Demand that each mutant fails where it should and is named, and each check fails for one."""
    caught: set[str] = set()
    escaped: list[str] = []
    for i, mutant in enumerate(misconceptions.singles(exercise)):
        for _ in range(2 if exercise.id in TIMED else 1):
            verdict = grade(mutant)
            failed = {check.id: check for check in verdict.checks if not check.passed}
            named = failed[mutant.fails[0]].misconceptions if mutant.fails[0] in failed else ()
            if mutant.names[0] in named:
                break
        caught |= set(failed)
        if mutant.names[0] not in named or verdict.points >= verdict.max_points:
            fails, called = (", ".join(names) or "nothing" for names in (failed, named))
            escaped.append(
                f"{mutant.names[0]}, edit {i} of {exercise.id}, should fail {mutant.fails[0]}; it "
                f"fails {fails}, and is named {called}"
            )
    idle = [check.id for check in verdict.checks if check.id not in caught]
    escaped += [f"no misconception fails the check {check}" for check in idle]
    assert not escaped, "\n".join(escaped)


def exercises_and_seeds():
    """Parameters (exercise, seed)."""
    for exercise in EXERCISES:
        yield pytest.param(exercise, SEEDS[0], id=f"{exercise.id}-{SEEDS[0]}")
        for seed in SEEDS[1:]:
            yield pytest.param(exercise, seed, id=f"{exercise.id}-{seed}", marks=THOROUGH)


@pytest.mark.parametrize(("exercise", "seed"), [*exercises_and_seeds()])
def test_each_fails_the_check_it_should_and_is_named(exercise, seed):
    """By the runs of the mutants that other answers are held against."""
    expect_caught(exercise, lambda mutant: grade_mutant(exercise, mutant, seed))


@pytest.mark.parametrize(
    ("seed", "watched"),
    [
        pytest.param(SEEDS[0], False, id=f"{SEEDS[0]}", marks=SLOW),
        *(pytest.param(seed, True, id=f"{seed}-watched", marks=THOROUGH) for seed in SEEDS),
    ],
)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.id)
def test_each_is_named_when_handed_in(exercise, seed, watched):
    """Graded as an answer, shown on small inputs."""

    def grade(mutant):
        return grade_namespace(exercise, mutant.namespace(), seed, watched)

    expect_caught(exercise, grade)


def test_a_name_is_explained_once():
    in_unit_1 = misconceptions.misconceptions_of(course.exercise("scaled_scores"))["no_scale"]
    in_unit_4 = misconceptions.misconceptions_of(course.exercise("MultiHeadAttention"))["no_scale"]
    assert (in_unit_4.says, in_unit_4.asks) == (in_unit_1.says, in_unit_1.asks)
    with pytest.raises(course.CourseError, match="no unit says what it is"):
        misconceptions.misconception("never_heard_of")
