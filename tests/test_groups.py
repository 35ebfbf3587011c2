"""Which tests run on one worker (``conftest.py``)."""

from conftest import group_of, place_of


def test_a_file_makes_its_fixtures_once():
    one, another = "tests/test_attacks.py::test_a[x]", "tests/test_attacks.py::test_b"
    assert group_of(one) == group_of(another)
    assert group_of(one) != group_of("tests/test_nbgrader.py::test_b")


def test_a_unit_of_four_ways_is_a_group():
    of = "tests/test_four_ways.py::test_{}[{}]".format
    assert group_of(of("nbgrader", "02_masks")) == group_of(of("kernel", "02_masks"))
    assert group_of(of("nbgrader", "02_masks")) != group_of(of("nbgrader", "03_many_heads"))


def test_whoever_needs_the_runs_of_the_same_mutants_is_a_group():
    group = group_of("tests/test_misconceptions.py::test_each_fails[rotary-1]")
    assert group == group_of("tests/test_answers.py::test_an_error[rotary-1-restyled_base]")
    assert group != group_of("tests/test_answers.py::test_an_error[rotary-2-restyled_base]")
    assert group != group_of("tests/test_answers.py::test_a_right_answer[rotary-right_view]")


def test_right_answers_of_an_exercise_are_a_group():
    of = "tests/test_answers.py::test_a_right_answer[{}]".format
    assert group_of(of("rotary-right_view")) == group_of(of("rotary-right_loop-more"))
    assert group_of(of("rotary-right_view")) != group_of(of("softmax-right_view"))


def test_what_waits_is_at_one_end_and_what_computes_at_the_other():
    wait = place_of("tests/test_class_run.py::test_a")
    compute = place_of("tests/test_answers.py::test_a[GroupedQueryAttention-7-restyled]")
    assert wait < place_of("tests/test_docs.py::test_a") < place_of("tests/test_lessons.py::a[x]")
    assert place_of("tests/test_lessons.py::test_a[x]") < compute
