"""What a lesson defines, handed in as an answer to each exercise of its unit, earns at most half.

Functions and classes are tried, and arguments that a function has no place for are dropped. What a
reader would have to write around a line of a lesson is the exercise.
"""

import ast
import contextlib
import inspect
import io

import pytest
from support import GRADED_UNITS

from autograder import course
from autograder.authoring import build
from autograder.grading.checks import checks_of
from autograder.grading.run import run_check
from autograder.grading.student import LocalStudent

SEED = 1
HALF = 0.5


def definitions_of(lesson, earlier):
    """The lesson's functions and classes by name, beside its imports and what came earlier.

    Of a name that is defined twice, the later one counts.
    """
    cells = course.read_percent(lesson.read_text(encoding="utf-8"))
    code = ast.parse("\n".join(cell.text for cell in cells if cell.kind == "code"))
    defined = [each for each in code.body if isinstance(each, (ast.FunctionDef, ast.ClassDef))]
    imports = [each for each in code.body if isinstance(each, (ast.Import, ast.ImportFrom))]
    namespace = earlier | {"__name__": "lesson"}
    for statement in imports + defined:
        # A class may derive from what a learner made, or a default be measured.
        with contextlib.suppress(NameError), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(ast.Module([statement], []), lesson.name, "exec"), namespace)
    return {each.name: namespace[each.name] for each in defined if each.name in namespace}


def taking_what_comes(answer):
    """The function, called with as many arguments as it has a place for."""
    if inspect.isclass(answer):
        return answer
    places = list(inspect.signature(answer).parameters)

    def called(*arguments, **named):
        named = {name: value for name, value in named.items() if name in places}
        return answer(*arguments[: len(places)], **named)

    return called


def share_of(exercise, answer, earlier):
    """The share of an exercise's points that ``answer`` earns. Costly doubts only if it is high."""
    namespace = earlier | {exercise.id: taking_what_comes(answer)}
    share = _share(exercise, LocalStudent(namespace))
    return _share(exercise, LocalStudent(namespace, exercise.forbidden)) if share > HALF else share


def _share(exercise, student):
    checks = checks_of(exercise)
    passed = 0.0
    for check in checks:
        with contextlib.redirect_stdout(io.StringIO()):
            run = run_check(check, student, SEED)
        passed += check.weight * (run.failure is None and run.problem is None)
    return passed / sum(check.weight for check in checks)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of functions that get what they were not made for
@pytest.mark.parametrize("unit_name", GRADED_UNITS)
def test_no_cell_of_a_lesson_is_an_answer(unit_name):
    earlier = course.reference_namespace(unit_name)
    exercises = course.unit(unit_name).exercises
    before = {name: earlier[name] for name in earlier if name not in {e.id for e in exercises}}
    defined = definitions_of(build.LESSONS / f"{unit_name}.py", before)
    found = {}
    for exercise in exercises:
        for name, answer in defined.items():
            share = share_of(exercise, answer, earlier)
            if share > HALF:
                found[exercise.id, name] = round(share, 2)
    assert found == {}


def test_a_copied_answer_is_seen():
    exercise = course.exercise("causal_mask")
    earlier = course.reference_namespace("02_masks")
    assert share_of(exercise, earlier["causal_mask"], earlier) == 1
    assert share_of(exercise, lambda q_len, k_len=None: None, earlier) == 0
