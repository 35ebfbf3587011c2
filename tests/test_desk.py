"""What nbgrader's side of a class run makes of what nbgrader says."""

import traceback

import pytest

from autograder.classroom.desk import reason

pytestmark = pytest.mark.slow


def traceback_of(problem, cause=None) -> str:
    try:
        raise problem from cause
    except Exception:
        return traceback.format_exc()


@pytest.mark.parametrize(
    ("messages", "says"),
    [
        (["There was an error", traceback_of(KeyError("x")), "See above"], "KeyError: 'x'"),
        ([traceback_of(OSError("outer"), ValueError("inner"))], "OSError: outer"),
        ([traceback_of(ValueError("first\n  second\nthird"))], "ValueError: first"),
        (["No notebooks were matched", "See above"], "No notebooks were matched"),
        (["NbGraderException: "], "NbGraderException:"),
    ],
)
def test_a_log_of_nbgrader_becomes_one_sentence(messages, says):
    assert reason(messages) == says
