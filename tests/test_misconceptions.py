"""The misconceptions are the grader's own tests: each fails, where it should, and is named."""

import pytest
from support import grade_mutant, grade_namespace

from autograder import course
from autograder.grading import diagnosis, misconceptions
from autograder.grading.checks import checks_of

# test_answers.py uses the first two as well, the second in `make test-all`: both need every mutant
# run on the same inputs.
SEEDS = (7, 8, 1)
SLOW, THOROUGH = pytest.mark.slow, [pytest.mark.slow, pytest.mark.thorough]
EXERCISES = list(course.exercises().values())


def expect_caught(exercise, grade):
    """Demand that each mutant fails where it should and is named, and each check fails for one."""
    caught: set[str] = set()
    escaped: list[str] = []
    checks = [check.id for check in checks_of(exercise)]
    for i, mutant in enumerate(misconceptions.singles(exercise)):
        assert set(mutant.fails) <= set(checks), f"{mutant.names[0]}: no check {mutant.fails[0]}"
        verdict = grade(mutant)
        failed = {check.id: check for check in verdict.checks if not check.passed}
        named = failed[mutant.fails[0]].misconceptions if mutant.fails[0] in failed else ()
        caught |= set(failed)
        if mutant.names[0] not in named or verdict.points >= verdict.max_points:
            fails, called = (", ".join(names) or "nothing" for names in (failed, named))
            escaped.append(
                f"{mutant.names[0]}, edit {i} of {exercise.id}, should fail {mutant.fails[0]}; it "
                f"fails {fails}, and is named {called}"
            )
    idle = [check for check in checks if check not in caught]
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


@pytest.mark.parametrize(
    "name",
    [
        "softmax",
        "scaled_scores",
        "attention",
        "masked_attention",
        "MultiHeadLoop",
        "MultiHeadAttention",
        "multi_head_einsum",
        "rotary",
        "KVCache",
        "CachedAttention",
        "expand_kv",
    ],
)
def test_a_change_of_the_inputs_is_told_by_that_property(name):
    """Gradients fail of it as well, which says less."""
    exercise = course.exercise(name)
    mutants = [each for each in misconceptions.singles(exercise) if "changes_inputs" in each.names]
    for mutant in mutants:
        checks = grade_mutant(exercise, mutant, SEEDS[0]).checks
        first, *_ = [check for check in checks if not check.passed]
        assert "that was passed in has other values" in first.message
    assert mutants


@pytest.mark.parametrize(
    ("name", "its_own"),
    [
        ("scaled_scores", "leaves_queries_and_keys"),
        ("expand_kv", "expands_on_the_device"),
        ("pool_kv_heads", "leaves_the_weights"),
    ],
)
def test_to_write_into_an_argument_fails_one_check(name, its_own):
    exercise = course.exercise(name)
    mutants = [each for each in misconceptions.singles(exercise) if its_own in each.fails]
    mutants = [each for each in mutants if "changes_inputs" in each.names]
    for mutant in mutants:
        checks = grade_mutant(exercise, mutant, SEEDS[0]).checks
        assert [check.id for check in checks if not check.passed] == [its_own]
    assert mutants


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("rotary", "refuses_an_odd_width"),
        ("expand_kv", "refuses_to_expand"),
        ("grouped_attention", "grouped_refuses"),
        ("pool_kv_heads", "refuses_to_pool"),
    ],
)
def test_wrong_values_are_not_told_of_a_refusal(name, refusal):
    exercise = course.exercise(name)
    (check,) = (each for each in checks_of(exercise) if each.id == refusal)
    others = [each for each in misconceptions.singles(exercise) if refusal not in each.fails]
    runs = [diagnosis.run_mutant(each, check, SEEDS[0]) for each in others]
    assert runs and [run.failure.message for run in runs if run.failure] == []


def test_a_name_is_explained_once():
    in_unit_1 = misconceptions.misconceptions_of(course.exercise("scaled_scores"))["no_scale"]
    in_unit_4 = misconceptions.misconceptions_of(course.exercise("MultiHeadAttention"))["no_scale"]
    assert (in_unit_4.says, in_unit_4.asks) == (in_unit_1.says, in_unit_1.asks)
    with pytest.raises(course.CourseError, match="no unit says what it is"):
        misconceptions.misconception("never_heard_of")
