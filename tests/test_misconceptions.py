"""The misconceptions are the grader's own tests: each fails, where it should, and is named."""

import pytest
from support import grade_namespace

from autograder import course
from autograder.grading import misconceptions

SEEDS = (1, 2, 3)
EXERCISES = [each for each in course.exercises().values() if misconceptions.singles(each)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda each: each.id)
def test_each_fails_the_check_it_should_and_is_named(exercise, seed):
    caught, escaped = set(), []
    for i, mutant in enumerate(misconceptions.singles(exercise)):
        verdict = grade_namespace(exercise, mutant.namespace(), seed)
        failed = {check.id: check for check in verdict.checks if not check.passed}
        caught |= set(failed)
        named = failed[mutant.fails[0]].misconceptions if mutant.fails[0] in failed else ()
        if mutant.names[0] not in named or verdict.points >= verdict.max_points:
            escaped.append((mutant.names[0], i, sorted(failed), named))
    assert not escaped
    assert caught == {check.id for check in verdict.checks}, "a check that nothing fails"


def test_a_name_is_explained_once():
    in_unit_1 = misconceptions.misconceptions_of(course.exercise("scaled_scores"))["no_scale"]
    in_unit_4 = misconceptions.misconceptions_of(course.exercise("MultiHeadAttention"))["no_scale"]
    assert (in_unit_4.says, in_unit_4.asks) == (in_unit_1.says, in_unit_1.asks)
    with pytest.raises(course.CourseError, match="no unit says what it is"):
        misconceptions.misconception("never_heard_of")
