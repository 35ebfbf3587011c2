"""The sources of the course: how they are read, and that each exercise is complete."""

import ast
import re
import textwrap

import jupytext
import pytest

from autograder import course
from autograder.grading import checks, misconceptions

SOURCES = sorted(
    [*course.ROOT.glob("solutions/*/*.py"), *course.ROOT.glob("lessons/[0-9][0-9]_*.py")]
)
EXERCISES = course.exercises()
ORDER = list(EXERCISES)


@pytest.fixture(params=ORDER)
def exercise(request):
    """Each exercise of the course."""
    return EXERCISES[request.param]


# Reading


def as_jupytext_reads(text):
    """Kind and text of every cell."""
    return [(cell.cell_type, cell.source) for cell in jupytext.reads(text, fmt="py:percent").cells]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_source_reads_as_jupytext_reads_it(source):
    text = source.read_text(encoding="utf-8")
    assert [(cell.kind, cell.text) for cell in course.read_percent(text)] == as_jupytext_reads(text)


def test_cells_tags_and_comments():
    text = textwrap.dedent(
        """
        # %% [markdown]
        # # Title
        #
        #   indented

        # %% [markdown] tags=["explanation"]
        # Why.

        # %%
        # a comment stays
        x = "# %% not a cell"


        # %% [raw]
        # exercise: x
        """
    ).lstrip()
    cells = course.read_percent(text)
    assert [(cell.kind, cell.text) for cell in cells] == as_jupytext_reads(text)
    assert [cell.kind for cell in cells] == ["markdown", "markdown", "code", "raw"]
    assert ["explanation" in cell.tags for cell in cells] == [False, True, False, False]


# Each exercise


def test_an_exercise_is_well_described(exercise):
    assert exercise.id.isidentifier()
    assert len(exercise.title) > 3 and exercise.title[0].isupper()
    assert 1 <= exercise.difficulty <= 5
    assert 5 <= exercise.minutes <= 60
    assert exercise.points > 0 and exercise.points == int(exercise.points)


def test_an_exercise_has_three_hints(exercise):
    assert len(exercise.hints) == 3
    assert len(set(exercise.hints)) == 3
    assert all(len(hint.strip()) > 20 for hint in exercise.hints)


def test_the_third_hint_asks_for_decisions(exercise):
    assert "?" in exercise.hints[2], "it is the solution in other words"


def test_an_exercise_builds_on_earlier_ones(exercise):
    earlier = ORDER[: ORDER.index(exercise.id)]
    assert set(exercise.prerequisites) <= set(earlier)
    assert course.prerequisites_of(exercise.id) == [
        each for each in earlier if each in course.prerequisites_of(exercise.id)
    ]


def docstrings(node):
    """The docstring of a function, or of a class and its methods."""
    inner = [each for each in getattr(node, "body", []) if isinstance(each, ast.FunctionDef)]
    return "\n".join(filter(None, (ast.get_docstring(each) for each in [node, *inner])))


def first_definition(exercise):
    """The function or class as learners meet it first."""
    for cell in course.unit(exercise.unit).cells:
        if cell.kind == "code":
            for node in ast.parse(cell.text).body:
                if getattr(node, "name", None) == exercise.id:
                    return node
    raise AssertionError(f"{exercise.id} is defined nowhere")


def test_an_exercise_states_its_shapes_or_units(exercise):
    node = first_definition(exercise)
    assert ast.get_docstring(node)
    text = docstrings(node)
    assert "Returns:" in text
    if isinstance(node, ast.FunctionDef) and not node.args.args:
        return
    assert "Args:" in text
    shape, unit = r"``(\w+ )?\([^)`]*\)``|\bshape\b", r"\b(seconds|FLOPs|bytes)\b"
    assert re.search(f"{shape}|{unit}", text), "no shape and no unit in the docstring"


def test_the_model_solution_is_marked_and_complete(exercise):
    marks = [exercise.solution.count(f"### {end} SOLUTION") for end in ("BEGIN", "END")]
    assert marks[0] == marks[1] >= 1
    assert exercise.id in course.reference_namespace(exercise.unit)


def test_no_given_function_stands_in_the_cell_of_an_answer(exercise):
    """An answer that replaces its cell would take it away, also from the checks."""
    names = [getattr(node, "name", exercise.id) for node in ast.parse(exercise.solution).body]
    assert set(names) == {exercise.id}


def test_every_solution_is_explained():
    for unit in course.units().values():
        if unit.source.parent.name == "lessons":
            continue
        kinds = ["explanation" in cell.tags for cell in unit.cells]
        assert sum(kinds) == len(unit.with_points), unit.name


# Checks and misconceptions


def test_points_of_the_checks_add_up(exercise):
    points = checks.points_of(exercise)
    assert sum(points.values()) == pytest.approx(exercise.points, abs=1e-3)
    assert all(each > 0 for each in points.values())


def test_checks_say_what_they_check_and_ask(exercise):
    found = checks.checks_of(exercise)
    assert found
    assert len({check.id for check in found}) == len(found)
    for check in found:
        assert check.exercise == exercise.id
        assert check.says and not check.says.endswith(".")
        assert check.asks.endswith(("?", "."))


def test_every_misconception_names_a_check_that_exists(exercise):
    found = misconceptions.misconceptions_of(exercise)
    ids = {check.id for check in checks.checks_of(exercise)}
    assert found
    for name, misconception in found.items():
        assert misconception.says and misconception.asks.strip()
        assert misconception.edits[exercise.id]
        for edit in misconception.edits[exercise.id]:
            assert edit.fails in ids, f"{name} should fail '{edit.fails}', which is no check"


def test_every_misconception_can_be_edited_into_the_solution(exercise):
    for mutant in misconceptions.singles(exercise):
        assert mutant.source != exercise.solution
        ast.parse(mutant.source)


# Broken sources

GOOD = {
    "exercise": "double",
    "title": "Double",
    "minutes": "5",
    "difficulty": "1",
    "points": "2",
    "prerequisites": "[]",
    "forbidden": "[]",
    "hints": "[one, two, three]",
}
SOLUTION = """
# %%
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a unit of one exercise into an empty course; its sources are read anew."""
    monkeypatch.setattr(course, "ROOT", tmp_path)

    def forget():
        course.units.cache_clear()
        course.exercises.cache_clear()
        course.all_exercises.cache_clear()

    def make(info=GOOD, solution=SOLUTION, name="01_one"):
        lines = [f"{key}: {value}" for key, value in info.items()] if info else ["[1, 2"]
        raw = "\n".join(f"# {line}" for line in lines)
        path = tmp_path / "solutions" / name / f"{name}.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"# %% [raw]\n{raw}\n{solution}", encoding="utf-8")
        forget()

    yield make
    forget()


def test_a_unit_in_order_is_read(write):
    write()
    unit = course.unit("01")
    assert unit.name == "01_one"
    (exercise,) = unit.exercises
    assert (exercise.points, exercise.hints) == (2.0, ("one", "two", "three"))
    assert course.exercise("double") is exercise


@pytest.mark.parametrize("key", GOOD)
def test_a_missing_field_is_named(write, key):
    write({name: value for name, value in GOOD.items() if name != key})
    with pytest.raises(course.CourseError) as problem:
        course.units()
    text = str(problem.value)
    assert text.startswith("01_one: the raw cell of an exercise needs exercise, title, minutes")
    assert text.endswith(f"KeyError: '{key}'")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("minutes", "soon"),
        ("difficulty", "[]"),
        ("points", "many"),
        ("prerequisites", "7"),
        ("forbidden", "7"),
        ("hints", "7"),
        ("hints", "[one, two]"),
        ("hints", "[{a nudge: which axis}, two, three]"),
        ("title", "'unclosed"),
    ],
)
def test_a_field_of_the_wrong_kind_is_an_error_of_the_course(write, key, value):
    write(GOOD | {key: value})
    with pytest.raises(course.CourseError, match="01_one: the raw cell of an exercise needs"):
        course.units()


def test_a_raw_cell_that_is_no_yaml_is_an_error_of_the_course(write):
    write(info=None)
    with pytest.raises(course.CourseError, match="01_one: the raw cell of an exercise needs"):
        course.units()


def test_an_exercise_without_a_solution_is_named(write):
    write(solution="\n# %%\ndef double(x):\n    return 2 * x\n")
    with pytest.raises(course.CourseError, match="no cell with '### BEGIN SOLUTION' follows"):
        course.units()


def test_two_exercises_of_one_name_are_refused(write):
    write()
    write(name="02_two")
    with pytest.raises(course.CourseError, match="two exercises are called 'double'"):
        course.exercises()


def test_a_prerequisite_that_does_not_exist_is_named(write):
    write(GOOD | {"prerequisites": "[half]"})
    with pytest.raises(course.CourseError, match="there is no exercise 'half'; there are: double"):
        course.prerequisites_of("double")


def test_unknown_names_are_answered_with_the_known_ones(write):
    write()
    with pytest.raises(course.CourseError, match="there is no unit '09'; the units are: 01_one"):
        course.unit("09")
    with pytest.raises(course.CourseError, match="there is no exercise 'x'; there are: double"):
        course.exercise("x")
