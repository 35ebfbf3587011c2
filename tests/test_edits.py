"""Edits of the model solutions: found by tokens, strict when building, forgiving when grading."""

import ast
import dataclasses
import io
import subprocess
import sys
import tokenize

import pytest
import torch
from support import grade_namespace
from typer.testing import CliRunner

from autograder import course
from autograder.authoring import edits
from autograder.cli import app
from autograder.course import CourseError
from autograder.grading import misconceptions, pieces
from autograder.grading.misconceptions import Misconception, edit
from autograder.units.shared.misconceptions import wrappers

LAYOUTS = {
    "80 columns": ["--line-length=80"],
    "60 columns, single quotes": ["--line-length=60", "--config=format.quote-style='single'"],
}


@pytest.fixture(params=course.exercises())
def exercise(request):
    """Each exercise."""
    return course.exercise(request.param)


@pytest.fixture
def course_with(monkeypatch):
    """Renames a local of an exercise's solution and gives the exercise."""

    def rename(exercise_id, old, new):
        right = course.exercise(exercise_id)
        changed = dataclasses.replace(right, solution=pieces.renamed(right.solution, old, new))
        assert changed != right
        known = course.all_exercises() | {exercise_id: changed}
        monkeypatch.setattr(course, "all_exercises", lambda: known)
        monkeypatch.setattr(course, "exercises", lambda: known)
        return changed

    return rename


@pytest.fixture
def only(monkeypatch):
    """Registers an edit as the only misconception of softmax and gives the exercise."""

    def register(one):
        found = Misconception("invented", "it is wrong", "Why?", {"softmax": (one,)})
        right = course.exercise("softmax")
        misconceptions.misconceptions_of(right)
        monkeypatch.setitem(misconceptions._registry, "softmax", [found])
        apart = dataclasses.replace(right, title=f"with {one}")
        known = course.all_exercises() | {"softmax": apart}
        monkeypatch.setattr(course, "all_exercises", lambda: known)
        monkeypatch.setattr(course, "exercises", lambda: known)
        return apart

    return register


def mutants(exercise):
    """What every edit makes of the solution, without layout and comments; none may be stale."""
    made = [misconceptions.mutant_of(exercise, *each) for each in misconceptions.edits(exercise)]
    return [ast.unparse(ast.parse(mutant.source)) for mutant in made]


# Tokens


@pytest.mark.parametrize("options", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_of_a_solution_does_not_matter(exercise, options):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", *options, "-"],
        input=exercise.solution.replace("  # fmt: skip", ""),
        capture_output=True,
        text=True,
        check=True,
    )
    assert mutants(dataclasses.replace(exercise, solution=done.stdout)) == mutants(exercise)


def test_comments_in_a_solution_do_not_matter(exercise):
    lines = exercise.solution.split("\n")
    ends = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(exercise.solution).readline)
        if token.type in (tokenize.NEWLINE, tokenize.NL)
    }
    noted = [f"{line}  # noted" if i in ends else line for i, line in enumerate(lines, start=1)]
    assert "# noted" in "".join(noted)
    assert mutants(dataclasses.replace(exercise, solution="\n".join(noted))) == mutants(exercise)


def test_a_piece_may_begin_and_end_anywhere_between_two_tokens():
    source = "y = f(a, [b,\n    c,  # last\n], d)\nz = 1"
    assert pieces.swap(source, "c], d", "e") == "y = f(a, [b,\n    e)\nz = 1"
    assert pieces.swap(source, "d)\nz", "d)\nx") == source.replace("z", "x")
    assert pieces.count(source, "= f(a, [b, c") == 1


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("f('a')", 'f("a")'),
        ("f(a, )", "f(a)"),
        ("f(f'{a}')", 'f(f"{a}")'),
        ("a**b", "a ** b"),
        ("a = (\n    b + c\n)", "a = b + c"),
    ],
)
def test_two_ways_to_write_the_same_tokens(text, other):
    assert pieces.count(text, other) == pieces.count(other, text) == 1


@pytest.mark.parametrize(
    ("text", "other"), [("scores", "score"), ("a == b", "a = = b"), ("1e-9", "1e - 9"), ("", " ")]
)
def test_other_tokens_are_not_found(text, other):
    assert pieces.count(text, other) == 0


def test_brackets_are_not_torn_apart():
    source = "a = (\n    b\n    + c\n)\nd = (e, f)\nif (\n    a\n):\n    pass"
    assert pieces.swap(source, "a = b + c", "a = 1").startswith("a = 1\nd")
    assert pieces.swap(source, "if a:", "if b:").endswith("\nif b:\n    pass")
    assert pieces.swap(source, "+ c", "") == source.replace("+ c", "")
    assert pieces.count(source, "a = b") == pieces.count(source, "c d") == 0
    assert pieces.count(source, "d = e, f") == 0


def test_lines_of_a_replacement_are_indented_as_the_statement_is():
    source = (
        "if a:\n    for b in c:\n        d = f(\n            b,\n            c)\n        g(d)\n"
    )
    made = pieces.swap(source, "c)", "e)\nif d:\n    stop()")
    assert made == source.replace("c)", "e)\n        if d:\n            stop()")
    dedented = pieces.swap(source, "    g(d)\n", "g(d)\n")
    assert dedented == source.replace("        g(d)", "    g(d)")


def test_a_line_is_taken_out_with_its_comment():
    source = "a = 1\n    b = 2  # two\nc = 3\n"
    assert pieces.swap(source, "    b = 2\n", "") == "a = 1\nc = 3\n"


def test_overlapping_edits_do_not_combine():
    first, second = pieces.Replacement(0, 3, "x"), pieces.Replacement(2, 4, "y")
    assert pieces.replaced("abcdef", [first, second]) is None
    assert pieces.replaced("abcdef", [pieces.Replacement(3, 4, "y"), first]) == "xyef"


# Strict


@pytest.mark.parametrize(("old", "times"), [("c", 0), ("a", 2)])
def test_swap_demands_that_its_text_is_there_once(old, times):
    with pytest.raises(CourseError, match=f"'{old}' should stand exactly once.* {times} times"):
        pieces.swap("a + a + b", old, "d")


def test_edits_that_are_left_out_have_to_be_there():
    known = misconceptions.known_in("masked_attention", "nan_gradient")
    found = misconceptions.edits_of("masked_attention", "nan_gradient", "other_check", (1,))
    assert [one.pieces for one in found] == [known[0].pieces]
    assert found[0].fails == "other_check"
    with pytest.raises(CourseError, match="masked_attention has only 2 edits"):
        misconceptions.edits_of("masked_attention", "nan_gradient", "other_check", (2,))


def test_a_wrong_inner_function_goes_in_front_and_is_called():
    one = misconceptions.calling("softmax", edit("scores - largest", "scores", fails="x"), "y")
    mutant = misconceptions.mutant_of(course.exercise("attention"), "invented", one)
    front, behind = mutant.source.split("\n\n\ndef attention")
    assert front.startswith("def wrong_softmax(scores") and "torch.exp(scores)" in front
    assert "weights = wrong_softmax(scores, dim=-1)" in behind
    huge = torch.full((2, 2), 100.0)
    assert mutant.namespace()["attention"](huge, huge, huge)[0].isnan().any()


def test_no_edit_is_stale():
    assert edits.stale() == []


def test_building_names_a_stale_edit_and_its_text(course_with):
    course_with("scaled_scores", "d_head", "width")
    found = edits.stale(["01_single_head"])
    assert (
        "misconception no_scale: '/ math.sqrt(d_head)' should stand exactly once in the model "
        "solution of scaled_scores, but stands there 0 times"
    ) in found
    assert (
        "misconception scaled_twice: what it makes of scaled_scores uses d_head, which nothing "
        "defines"
    ) in found
    assert edits.stale(["02_masks"]) == []


def test_building_sees_an_inner_edit_that_is_stale(course_with):
    course_with("masked_attention", "empty", "hidden")
    found = edits.stale(["03_many_heads"])
    assert any("model solution of masked_attention" in line for line in found)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (edit("largest = scores.amax(dim=dim, keepdim=True)", "if", fails="x"), "not compile"),
        (edit("scores - largest", "scores - small", fails="x"), "uses small, which nothing"),
        (edit("scores - largest", "scores - largest", fails="x"), "as it is"),
        (edit("scores - largest", "scores", "- largest", "", fails="x"), "pieces overlap"),
    ],
)
def test_building_sees_what_an_edit_makes(only, one, says):
    only(one)
    (line,) = edits.stale(["01_single_head"])
    assert line.startswith("misconception invented: ") and says in line


def test_building_sees_a_misconception_of_no_exercise(monkeypatch):
    misconceptions.unknown_exercises()
    monkeypatch.setitem(misconceptions._registry, "sofmax", [])
    assert edits.stale(["02_masks"]) == [
        "a misconception is registered for 'sofmax', which is no exercise"
    ]


def test_a_stale_edit_fails_the_check_of_the_build(course_with):
    course_with("scaled_scores", "d_head", "width")
    done = CliRunner().invoke(app, ["build", "--check", "01"])
    assert done.exit_code == 1
    assert "misconception no_scale: " in done.stderr


# Forgiving


def test_a_stale_edit_is_left_out_and_logged(course_with, caplog):
    right = misconceptions.singles(course.exercise("scaled_scores"))
    changed = course_with("scaled_scores", "d_head", "width")
    left = misconceptions.singles(changed)
    gone = {mutant.names for mutant in right} - {mutant.names for mutant in left}
    assert ("no_scale",) in gone and ("scores_transposed",) not in gone
    (record, *_) = [each for each in caplog.records if "no_scale" in each.message]
    assert record.name == "autograder" and record.levelname == "WARNING"


def test_a_wrong_answer_has_a_verdict_though_edits_are_stale(course_with):
    answers = {
        mutant.names: mutant for mutant in misconceptions.singles(course.exercise("softmax"))
    }
    changed = course_with("softmax", "largest", "most")
    verdict = grade_namespace(changed, answers["unstable_softmax",].namespace(), seed=1)
    assert verdict.status == "failed" and 0 < verdict.points < verdict.max_points
    verdict = grade_namespace(changed, answers["returns_zeros",].namespace(), seed=1)
    assert ("returns_zeros",) in [check.misconceptions for check in verdict.checks]


def test_a_learner_sees_nothing_of_a_stale_edit():
    code = (
        "import dataclasses\nfrom autograder import course\n"
        "from autograder.grading import misconceptions\n"
        "right = course.exercise('scaled_scores')\n"
        "gone = dataclasses.replace(right, solution='def scaled_scores(q, k):\\n    pass')\n"
        "print(len(misconceptions.singles(right)) > len(misconceptions.singles(gone)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True\n", "")


@pytest.mark.parametrize("new", ["if", "1 / 0"])
def test_a_misconception_that_does_not_run_explains_nothing(only, caplog, new):
    changed = only(edit("scores, dim=-1", f"scores, dim={new}", fails="x"))
    (mutant,) = misconceptions.singles(changed)
    assert "softmax" not in mutant.namespace()
    assert "does not run" in caplog.text


# Shown


def test_the_command_shows_each_edit_as_a_diff():
    done = CliRunner().invoke(app, ["misconceptions", "scaled_scores"])
    assert done.exit_code == 0
    known = misconceptions.misconceptions_of(course.exercise("scaled_scores"))
    for name, found in known.items():
        assert f"{name}: {found.says}\n  {found.asks}\n" in done.stdout
    made = len(misconceptions.singles(course.exercise("scaled_scores")))
    assert done.stdout.count("--- scaled_scores\n") == made
    assert (
        "-    return q @ k.transpose(-2, -1) / math.sqrt(d_head)\n"
        "+    return q @ k.transpose(-2, -1) / d_head\n"
    ) in done.stdout


def test_the_command_shows_one_misconception():
    done = CliRunner().invoke(app, ["misconceptions", "scaled_scores", "scale_by_d"])
    assert done.stdout.startswith("scale_by_d: the scores are divided by d_head")
    assert done.stdout.count("--- scaled_scores\n") == 1


def test_the_command_tells_what_is_stale(course_with):
    course_with("scaled_scores", "d_head", "width")
    done = CliRunner().invoke(app, ["misconceptions", "scaled_scores", "no_scale"])
    assert done.exit_code == 0 and "stale: misconception no_scale: " in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sofmax"], "there is no exercise 'sofmax'"),
        (["softmax", "no_scale"], "softmax has no misconception 'no_scale'; it has: unstable_"),
    ],
)
def test_unknown_names_are_told_in_a_sentence(words, says):
    done = CliRunner().invoke(app, ["misconceptions", *words])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"autograder: {says}") and done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("words", [["misconceptions", "rotary"], ["build", "--check", "06"]])
def test_neither_command_waits_for_torch(words):
    code = (
        "import sys\nfrom autograder.cli import app\n"
        f"app({words!r}, standalone_mode=False)\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


# Wrappers


def made_of(solution, one):
    """What a solution of softmax, attention or KVCache defines with a wrapper around it."""
    name = ast.parse(solution).body[0].name
    exercise = dataclasses.replace(course.exercise(name), solution=solution)
    namespace = {"torch": torch}
    exec(misconceptions.mutant_of(exercise, "invented", one).source, namespace)
    return namespace[name]


def test_a_wrapper_needs_no_text_of_the_solution():
    for mutant, one in zip(
        misconceptions.singles(course.exercise("softmax")),
        misconceptions.edits(course.exercise("softmax")),
        strict=True,
    ):
        if one[1].behind:
            other = "def softmax(scores, dim=-1):\n    return torch.softmax(scores, dim)"
            x = torch.randn(3, 4, dtype=torch.float16)
            expected = mutant.namespace()["softmax"](x.clone())
            assert torch.allclose(made_of(other, one[1])(x.clone()), expected, atol=1e-3)


def test_a_wrapper_changes_the_first_result_or_each():
    solution = "def attention(q, k, v):\n    return q, k"
    ones = torch.ones(2)
    first = made_of(solution, wrappers.returns_zeros("x"))(ones, ones, ones)
    each = made_of(solution, wrappers.returns_fresh_zeros("x", every=True))(ones, ones, v=ones)
    assert [value.sum() for value in first] == [0, 2] and [value.sum() for value in each] == [0, 0]


def test_a_wrapper_goes_around_a_method_of_a_class():
    solution = (
        "class KVCache:\n"
        "    def forward(self, k):\n        return k\n"
        "    def append(self, k, v=None):\n        return k\n"
    )
    for method in ("forward", "append"):
        cache = made_of(solution, wrappers.changes("k", "x", ".zero_()", method))()
        given = torch.ones(2)
        getattr(cache, method)(given)
        assert given.sum() == 0


def test_an_argument_that_is_not_given_is_not_changed():
    solution = "def attention(q, k, v=None):\n    return q"
    attention = made_of(solution, wrappers.changes("v", "x"))
    assert attention(torch.ones(2), 0).sum() == attention(torch.ones(2), 0, v=None).sum() == 2


def test_wrappers_combine_with_edits_and_with_each_other():
    solution = "def softmax(scores, dim=-1):\n    return scores"
    swapped = wrappers.takes("x", scores='given["dim"]', dim='given["scores"]')
    doubled = wrappers.returns("output * 2", "x")
    exercise = dataclasses.replace(course.exercise("softmax"), solution=solution)
    fitted = [misconceptions._fitted(exercise, "invented", one) for one in (swapped, doubled)]
    names: dict = {}
    exec(misconceptions._mutant(exercise, fitted).source, names)
    assert names["softmax"](3, 5) == 10
    pairs = misconceptions.pairs(course.exercise("scaled_scores"), lambda a, b: True)
    assert {"returns_zeros", "no_scale"} in [set(mutant.names) for mutant in pairs]
