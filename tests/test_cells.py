"""Which cells of a submission run, as what, and what is said of those that do not."""

import ast
import pickle
import time
import typing

import pytest

from autograder import course
from autograder.course import CourseError
from autograder.sandbox.inside import cells
from autograder.submissions import fingerprint, read

ADDED = {
    "an import with something after it": "import math as m; print(m.pi)\nvalue = m.floor(1.5)",
    "a guarded import": "try:\n    import no_such_module\nexcept ImportError:\n    value = 1",
    "a guarded value": "if 1 + 1 == 2:\n    value = 1\nelse:\n    value = 2",
    "a guarded function": "if True:\n    def give():\n        return 1\nvalue = give()",
    "a context": "import contextlib\nwith contextlib.nullcontext(1) as one:\n    value = one",
    "a table that a loop fills": "t = {}\nfor i in range(3):\n    t[i] = i\nvalue = t[1]",
    "a list that a loop fills": "t = []\nfor i in range(3):\n    t.append(i)\nvalue = t[1]",
    "a while loop": "value = 9\nwhile value > 1:\n    value -= 1",
    "a match": "match (1, 2):\n    case (one, _):\n        value = one",
    "a method that changes": "value = {}\nvalue.update(a=1)\nvalue = value['a']",
    "a method of a tensor": "import torch\nvalue = torch.ones(())\nvalue.mul_(1)",
    "an augmented assignment": "value = 3\nvalue -= 2",
    "an annotated assignment": "value: int = 1",
    "a walrus": "(value := 1)",
    "a comprehension with one": "[value := each for each in (2, 1)]",
    "several targets": "value, *rest = 1, 2",
    "async def": "async def give():\n    return 1\ntry:\n    give().send(None)\n"
    "except StopIteration as end:\n    value = end.value",
    "a future": "from __future__ import annotations\ndef f(x: Nothing): ...\nvalue = 1",
    "what comes after an error": "1 / 0\nx = 1 / 0\nvalue = 1",
    "what comes after a magic": "\n\n%matplotlib inline\nlen?\nif True:\n    !ls\n    value = 1",
}

NOT_RUN = {
    "a call": "calls.count(touch())",
    "a loop of calls": "for _ in range(3):\n    touch()",
    "an endless loop": "while True:\n    touch()",
    "a guarded call": "try:\n    touch()\nexcept Exception:\n    touch()",
    "a call in a context": "with calls_closed():\n    touch()",
    "a function's insides do not count": "print(lambda: (x := touch()))\nprint(touch())",
}


def run(*codes, **marks):
    """The names after these cells ran, and what went wrong in each."""
    namespace = cells.new_namespace()
    marked = [
        {"id": f"cell {number}", "code": code, "define_only": False} | marks
        for number, code in enumerate(codes, 1)
    ]
    return namespace, cells.run(marked, namespace, {}, "")


@pytest.mark.parametrize("name", ADDED)
def test_what_defines_something_runs_in_an_added_cell(name):
    assert run(ADDED[name], define_only=True)[0]["value"] == 1


@pytest.mark.parametrize("name", NOT_RUN)
def test_what_defines_nothing_does_not(name):
    code = "calls = []\ndef touch():\n    calls.append(1)\n"
    assert run(code + NOT_RUN[name], define_only=True)[0]["calls"] == []


def test_after_a_death_no_loop_runs_in_an_added_cell():
    code = (
        "value = 1\nfor i in (2, 3):\n    value = i\nif value:\n    while True:\n        value = 4"
    )
    namespace, problems = run(code, define_only=True, loops=False)
    assert (namespace["value"], problems) == (1, [None])


def test_an_answer_runs_as_a_whole_up_to_its_first_error():
    namespace, (problem,) = run("value = []\n[value.append(1)]\n1 / 0\nvalue = 2")
    assert (namespace["value"], problem["line"]) == ([1], 3)


TYPES = """
from dataclasses import dataclass
from typing import NamedTuple

@dataclass
class Sizes:
    heads: "int"

class Pair(NamedTuple):
    sizes: "Sizes"
"""


def test_types_find_the_module_that_they_were_made_in():
    for first in ("", "from __future__ import annotations"):
        namespace, problems = run(first, TYPES)
        assert problems == [None, None]
        sizes, pair = namespace["Sizes"], namespace["Pair"]
        assert typing.get_type_hints(pair) == {"sizes": sizes}
        assert pickle.loads(pickle.dumps(pair(sizes(2)))) == pair(sizes(2))


def test_a_future_statement_holds_from_its_place_on_as_in_a_notebook():
    kind = "def {}(x: 1 + 1): ...\n"
    namespace, problems = run(
        kind.format("before"),
        kind.format("above") + "from __future__ import annotations\n" + kind.format("below"),
        kind.format("after"),
    )
    assert problems == [None] * 3
    hints = [namespace[name].__annotations__["x"] for name in ("before", "above", "below", "after")]
    assert hints == [2, 2, "1 + 1", "1 + 1"]


@pytest.mark.parametrize("define_only", [True, False])
@pytest.mark.parametrize("magic", ["", "\n\n%matplotlib inline"])
def test_an_error_is_told_with_its_line_and_text(define_only, magic):
    code = f"import math\nprint(1)\n{magic}\n\nif True:\n    x = math.no_such_name  # here"
    _, (problem,) = run(code, define_only=define_only)
    line = code.splitlines().index("    x = math.no_such_name  # here") + 1
    assert (problem["line"], problem["source"]) == (line, "x = math.no_such_name  # here")
    assert problem["cell"] == "cell 1"


ANSWERS = """
def scaled_scores(q, k): ...
def attention(q, k, v): ...
"""
TWO_UNITS = (
    "taken for 02_masks, though it defines names of 01_single_head as well; --exercise ID says "
    "which is meant"
)
FILES = {
    "only helpers of earlier units": ("softmax = max\ndef masked_attention(): ...", TWO_UNITS),
    "more answers than helpers": (
        "def masked_attention(): ...\nattention = padding_mask = 1",
        TWO_UNITS,
    ),
    "assigned answers": ("causal_mask = lambda q, k=None: ...\npadding_mask: object = max", None),
    "an answer that is guarded": ("try:\n    def causal_mask(): ...\nexcept E:\n    pass", None),
    "an unpacked answer": ("causal_mask, padding_mask = make()", None),
}


@pytest.mark.parametrize("name", FILES)
def test_the_unit_of_a_python_file(tmp_path, name):
    code, notice = FILES[name]
    path = tmp_path / "mine.py"
    path.write_text(code)
    submission = read.read_file(path)
    assert submission.unit.name == "02_masks"
    assert submission.notices == ([notice] if notice else [])


def test_the_exercise_that_is_wanted_chooses_the_unit(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(f"{ANSWERS}\ndef causal_mask(): ...\n")
    assert read.read_file(path).unit.name == "01_single_head"
    submission = read.read_file(path, ["causal_mask"])
    assert (submission.unit.name, submission.notices) == ("02_masks", [])
    assert [cell["id"] for cell in submission.cells if not cell["define_only"]][-1] == "causal_mask"
    with pytest.raises(CourseError, match="there is no exercise 'casual_mask'"):
        read.read_file(path, ["casual_mask"])
    renamed = path.rename(tmp_path / "01_single_head.py")
    assert read.read_file(renamed, ["causal_mask"]).unit.name == "01_single_head"


def test_a_python_file_may_ask_for_earlier_work(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        'from autograder import mine\n\nattention, softmax = mine("attention", "softmax")\n\n\n'
        "def causal_mask(): ...\n\n\ndef padding_mask(): ...\n"
    )
    submission = read.read_file(path, ["causal_mask"])
    namespace = cells.new_namespace()
    assert not any(cells.run(submission.cells, namespace, {}, submission.earlier_work))
    assert callable(namespace["attention"])


def test_what_is_graded_is_no_earlier_work():
    asks = {"id": "a", "code": 'x = mine("causal_mask", "rotary")', "define_only": True}
    submission = read.Submission(course.unit("02"), [asks])
    source = submission.earlier_work
    assert "def softmax" in source
    assert not {"causal_mask", "rotary"} & {
        node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
    }


def notices(*codes):
    """What is said of a file with these cells before one answer."""
    parts = [read.Cell("code", code) for code in (*codes, "def causal_mask(): ...")]
    unit = course.unit("02")
    return read.from_rebuilt(read.rebuild(unit, parts), unit).notices


def test_a_notice_says_which_lines_were_not_run():
    assert notices(
        "import torch\ntorch.manual_seed(0)\nx = torch.ones(2)",
        'for each in "ab":\n    print(each)\nplot(1)\nfor h in heads:\n\n    plot(h)',
    ) == [
        "in added cells only what defines something is run; left out: line 2 of added cell 1, "
        "line 3 of added cell 2, lines 4 to 6 of added cell 2"
    ]
    (many,) = notices("f()\n" * 1000)
    assert many.endswith("line 6 of added cell 1 and more")


SHOWN = """
'''A text.'''
x
x + 1, x[0]
print(x, f(x))
check("causal_mask")
assert f(x) == 1
if x:
    print(f(x))
"""


def test_nothing_is_said_of_what_only_shows_something():
    assert notices(SHOWN, "%timeit f(x)\nhelp?") == []
    released = read.released(course.unit("08"))
    copies = [
        read.Cell("code", "".join(cell["source"]), read.grade_id(cell))
        for cell in released["cells"]
        if cell["cell_type"] == "code"
    ]
    rebuilt = read.rebuild(course.unit("08"), copies)
    assert read.from_rebuilt(rebuilt, course.unit("08")).notices == []


def test_what_is_wrong_with_code_is_found_without_making_all_of_it():
    nested = "".join(
        f"{' ' * depth}try:\n{' ' * depth} a\n{' ' * depth}finally:\n" for depth in range(18)
    )
    left = "def f():\n try:\n" + "  if a: return\n" * 4000 + " finally:\n" + "  x\n" * 4000
    began = time.process_time()
    assert cells.syntax_error(f"{nested}{' ' * 18}b\n") == cells.syntax_error(left) == ""
    assert time.process_time() - began < 3
    for code in (
        "try: a\nfinally: return",
        "try: break\nexcept* E: a\nfinally: b",
        "def f():\n try:\n  x = 1\n finally:\n  nonlocal x",
    ):
        with pytest.raises(SyntaxError) as raised:
            compile(code, "<cell>", "exec")
        assert cells.syntax_error(code) == raised.value.msg


def test_markdown_of_one_s_own_stays_where_it_was_as_it_was_typed():
    unit = course.unit("02_masks")
    release = read.released(unit)["cells"]
    copies = [
        read.Cell(cell["cell_type"], "".join(cell["source"]), read.grade_id(cell))
        for cell in release
    ]
    place = next(i for i, cell in enumerate(copies) if cell.grade_id == "causal_mask")
    copies.insert(place + 1, read.Cell("markdown", "My *proof* ~~~~ of it"))
    copies.append(read.Cell("markdown", "x" * (read.MAX_PROSE + 5)))
    rebuilt = read.rebuild(unit, copies)
    found = rebuilt.notebook["cells"]
    assert len(found) == len(release) + 2
    assert found[place + 1]["source"] == "~~~~~\nMy *proof* ~~~~ of it\n~~~~~"
    assert len(found[-1]["source"]) < read.MAX_PROSE
    plain = read.rebuild(unit, [cell for cell in copies if cell.kind == "code"])
    assert read.from_rebuilt(rebuilt, unit).cells == read.from_rebuilt(plain, unit).cells
    keys = {fingerprint.key_of(each, unit, 1, "full") for each in (rebuilt, plain)}
    assert len(keys) == 2
