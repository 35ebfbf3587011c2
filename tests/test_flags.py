"""What a person should look at: a flag costs nothing and reaches everyone who has to see it."""

import time

import pytest
from support import (
    ANSWERS,
    autograde,
    grade_namespace,
    gradebook_of,
    notebook_with,
    reference_answers,
    write_notebook,
)

from autograder import course
from autograder.classroom import report
from autograder.grading.render.html import exercise_html
from autograder.grading.render.text import exercise_text
from autograder.submissions import bypasses
from autograder.submissions.grade import grade_read
from autograder.submissions.read import Submission, read_file

UNIT = course.unit("08_efficiency")
EXERCISE = course.exercise("my_results")
MADE_UP = EXERCISE.solution.replace(
    "return rows",
    "return [row | dict.fromkeys(('median', 'low', 'high'), 0.003) | {'samples': [0.003] * 20}\n"
    "            for row in rows]",
)
HONEST = (ANSWERS / "my_results" / "right_nine_decimals.py").read_text(encoding="utf-8")
REASON = "In my_results, most samples of a row are equal."


@pytest.fixture(scope="module")
def verdict():
    namespace = dict(course.reference_namespace(UNIT.name))
    exec(MADE_UP, namespace)
    return grade_namespace(EXERCISE, namespace, seed=3)


def test_a_flag_costs_no_points_and_is_told(verdict):
    assert verdict.points == verdict.max_points
    assert REASON in verdict.flags
    assert verdict.record().flags == verdict.flags
    assert f"it costs no points. {REASON}" in exercise_text(verdict)
    assert REASON in exercise_html(verdict)


def flags_of(table):
    namespace = dict(course.reference_namespace(UNIT.name))
    exec(table, namespace)
    return grade_namespace(EXERCISE, namespace, seed=3).flags


def test_an_honest_table_is_not_flagged():
    assert flags_of(HONEST) == ()


@pytest.mark.parametrize(
    "change",
    [
        "row",
        "row | {name: row[name] * 1.1 for name in ('median', 'low', 'high')}"
        " | {'samples': [1.1 * each for each in row['samples']]}",
        "row | {'samples': row['samples'][::-1]}",
    ],
    ids=["copied", "scaled", "turned round"],
)
def test_a_copy_of_the_courses_table_is_flagged(change):
    table = EXERCISE.solution.replace("return rows", f"return [{change} for row in rows]")
    assert flags_of(table) == ("In my_results, samples are those of the course's own solution.",)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course's folder with one honest and one made-up table, graded by nbgrader."""
    root = tmp_path_factory.mktemp("flags")
    answers = reference_answers(UNIT)
    given = {"honest": HONEST, "maker": MADE_UP}
    notebooks = {
        student: write_notebook(
            root / student / f"{UNIT.name}.ipynb",
            notebook_with(UNIT, answers | {"my_results": table}),
        )
        for student, table in given.items()
    }
    autograde(root, UNIT, notebooks, seed=5)
    return root


@pytest.mark.slow
def test_formgrader_lists_it_for_manual_grading(graded):
    with gradebook_of(graded) as gradebook:
        found = {
            (submitted.student.id, grade.name): (grade.score, grade.needs_manual_grade)
            for submitted in gradebook.assignment_submissions(UNIT.name)
            for grade in submitted.notebooks[0].grades
        }
    assert found["maker", "check_my_results"] == (EXERCISE.points, True)
    assert found["honest", "check_my_results"] == (EXERCISE.points, False)
    assert [name for name, (_, manual) in found.items() if manual] == [
        ("maker", "check_my_results")
    ]


@pytest.mark.slow
def test_the_report_names_student_and_reason(graded):
    known = report.write(UNIT, graded, graded / "reports")
    text = report.class_text(UNIT, known)
    assert f"For a person to look at:\n  maker, my_results: {REASON}" in text
    rows = (graded / "reports" / "grades.csv").read_text().splitlines()
    assert rows[0].endswith(",look at")
    assert {row.split(",")[0]: row.rsplit(",", 1)[1] for row in rows[1:]} == {
        "honest": "",
        "maker": "my_results",
    }
    assert REASON in (graded / "reports" / "maker" / "feedback.html").read_text()


BYPASSES = {
    "import sys\nsys._getframe(1).f_locals['used'].clear()": ["sys._getframe", "f_locals"],
    "import sys as s\nmine = s\nmine.modules['watch'].Watch.see = print": ["sys.modules"],
    "from sys import modules": ["sys.modules"],
    "import watch": ["watch"],
    "import inspect\ninspect.currentframe()": ["inspect.currentframe"],
    "import gc\ngc.get_objects()": ["gc.get_objects"],
    "import ctypes": ["ctypes"],
    "import linecache": ["linecache"],
    "import torch\ntorch._C._disable_current_modes()": ["torch._C._disable_current_modes"],
    "from torch import _C": ["torch._C"],
    "from torch.utils._python_dispatch import _disable_current_modes as off": [
        "torch.utils._python_dispatch._disable_current_modes"
    ],
    "import torch\ngetattr(torch, '_C')": ["torch._C"],
    "import torch\ngetattr(torch, '_' + 'C')": ["getattr on torch"],
    "import torch\nvars(torch)['_' + 'C']": ["vars on torch"],
    "from torch.library import custom_op": ["torch.library.custom_op"],
    "import threading": ["threading"],
    "import torch\ntorch.sys.modules['watch']": ["torch.sys.modules"],
    "import typing as t\nt.sys._getframe()": ["typing.sys._getframe"],
    "import queue\nqueue.threading.Thread()": ["queue.threading.Thread"],
    "import queue\nthreads = queue.threading\nthreads.Thread()": ["queue.threading"],
    "from torch import sys as s\ns.modules": ["torch.sys.modules"],
    "import sys\n[sys][0].modules['watch']": ["modules"],
    "class A:\n    import sys as s\nfor m in A.s.modules: pass": ["modules"],
    "(lambda s: s._getframe(1))(x)": ["_getframe"],
    "import torch\nmatch torch:\n    case object(sys=object(modules=m)): m['watch']": ["sys"],
    "import torch\ntorch.__getattribute__('sys')": ["torch.__getattribute__"],
    "print.__self__.exec('1')": ["__self__"],
    "attrgetter('sys.modules')(torch)": ["sys.modules"],
    "Formatter().get_field('0.sys.modules[watch].Watch', (torch,), {})": [
        "0.sys.modules[watch].Watch"
    ],
    "get = getattr\nget(x, 'modules')": ["modules"],
    "import sys\ns = None\ns = sys\ns.modules": ["sys.modules"],
    "import sys\ns = t = sys\nt.modules": ["sys.modules"],
    "import sys\ns, _ = sys, 1\ns.modules": ["sys.modules"],
    "import sys\ns: object = sys\ns.modules": ["sys.modules"],
    "import sys\n(s := sys)\ns.modules": ["sys.modules"],
    "import sys\nfor s in [sys]: s.modules": ["sys.modules"],
    "import sys\n[s.modules for s in (sys,)]": ["sys.modules"],
    "import torch\ns = getattr(torch, 'sys')\ns.modules": ["torch.sys"],
    "import _thread": ["_thread"],
    "from concurrent import futures": ["concurrent.futures"],
    "import importlib": ["importlib"],
    "from logging.handlers import QueueListener": ["logging.handlers.QueueListener"],
    "import pickle\npickle.loads(b'ctorch._refs\\nsoftmax\\n.')": ["pickle"],
    "import pkgutil\npkgutil.resolve_name('torch._' + 'refs')": ["pkgutil"],
    "from torch.onnx import ops": ["torch.onnx.ops"],
    "__import__('sy' + 's')": ["__import__"],
    "__builtins__": ["__builtins__"],
    "exec('import sys')": ["exec"],
    "(lambda: 0).__globals__": ["__globals__"],
    "import torch\ntorch.equal = lambda a, b: True": ["torch.equal (changed)"],
    "from torch import Tensor\nTensor.clone = lambda x: x": ["torch.Tensor.clone (changed)"],
    "from torch import Tensor\nsetattr(Tensor, 'clone', lambda x: x)": ["setattr on torch.Tensor"],
    "class T:\n    def __torch_function__(self): pass": ["__torch_function__"],
    "%time\nimport ctypes": ["ctypes"],
    "type(x).detach = f": ["type().detach (changed)"],
    "T = type(x)\nT.detach = f": ["type().detach (changed)"],
    "x.__class__.detach = f": ["type().detach (changed)"],
    "setattr(type(x), 'detach', f)": ["setattr on type()"],
    "import collections\ncollections._sys": ["collections._sys"],
    "import torch\nf(torch.sys)": ["torch.sys"],
    "from torch.nn.functional import *\nimportlib.import_module('x')": ["importlib.import_module"],
    "from unittest.mock import patch": ["unittest.mock.patch"],
    "from tqdm import TMonitor": ["tqdm.TMonitor"],
    "import torch\ntorch.load(x, weights_only=False)": ["torch.load"],
    "import sys\nsys.path.append('.')": ["sys.path"],
    "import string\nstring.Formatter().get_field('0.sys', (x,), {})": ["string.Formatter"],
}
ORDINARY = """
import gc, inspect, math, sys, time
import torch
from torch import nn
import torch.nn.functional as F
print(sys.float_info, sys.version)
gc.collect(); gc.disable()
torch.backends.cuda.matmul.allow_tf32 = False
model = nn.Linear(2, 2).eval()
model.weight.data = torch.compile(model)(torch.__version__)
setattr(model, "bias", None)
getattr(torch, "float32"), getattr(model, "w" + "eight"), inspect.signature(model)
type(self).count = 1; self.__class__.count = 1; type(x).__name__; x.__class__(1); type(x) is int
"see sys._getframe and torch._C"
[*model.modules()], nn.modules.Linear, torch.nn.modules, ["0.5", "eval", "memory", "a.b"]
"""


def found(code):
    return bypasses.found((code, False))[0]


@pytest.mark.parametrize("code", BYPASSES)
def test_a_way_past_the_watch_is_found(code):
    assert set(BYPASSES[code]) <= set(found(code))


def test_an_answer_need_not_import_what_another_cell_does():
    cells = ("import torch", False), ("mine = torch.sys", True), ("torch.sys.modules", False)
    for names in bypasses.found(*cells, ("mine.modules", False))[2:]:
        assert names[0] == "torch.sys.modules"
    change = "torch.Tensor.clone = None", False
    assert bypasses.found(change) == [[]] and bypasses.found(*cells, change)[-1]


# Modules that start threads, load code or reach others, and what stands beside a submission.
MODULES = """
    IPython.core IPython.lib __main__ _ctypes _testcapi asyncio bdb builtins cProfile cells code
    codeop concurrent confine doctest marshal memory multiprocessing pdb preload pydoc runpy server
    site socketserver surroundings torch.hub torch.jit torch.library torch.overrides torch.package
    wire zipimport
"""


@pytest.mark.parametrize("module", MODULES.split())
def test_a_module_that_no_answer_needs_is_found(module):
    assert found(f"import {module}") == [module]


@pytest.mark.parametrize("links", [900, 1500])
def test_endless_names_neither_stop_the_look_nor_hold_it_up(links):
    chains = "".join(f"x{i + 1} = x{i}{'.a' * links}\n" for i in range(20))
    code = f"import torch\nx0 = torch\n{chains}torch._C"
    began = time.process_time()
    assert found(code) == ["torch._C"]
    assert time.process_time() - began < 2


def test_what_anyone_may_write_is_not_flagged():
    assert found(ORDINARY) == []
    assert found("def f(:\n    sys._getframe()") == []
    assert bypasses.found(("import gc\ngc.collect()\nexec('')", True)) == [[]]
    texts = [path.read_text() for path in ANSWERS.glob("*/r*.py")]
    assert len(texts) > 500
    texts += [exercise.solution for exercise in course.exercises().values()]
    assert [text for text in texts if found(text)] == []


def test_a_way_past_the_watch_is_flagged_and_costs_nothing(tmp_path):
    unit = course.unit("01")
    answers = reference_answers(unit)
    answers["softmax"] += "\n\nimport linecache\n"
    notebook = notebook_with(unit, answers)
    added = {"cell_type": "code", "metadata": {}, "source": "import ctypes", "outputs": []}
    notebook["cells"].append(added)
    submission = read_file(write_notebook(tmp_path / f"{unit.name}.ipynb", notebook))
    verdict = grade_read(submission, "her", ["softmax", "scaled_scores"], 1, in_process=True)
    assert verdict.points == verdict.max_points
    softmax, scores = verdict.exercises
    own, more = "The cell softmax uses linecache, by", "uses ctypes, by which code can hide"
    assert softmax.flags[0].startswith(own) and more in softmax.flags[1]
    assert len(scores.flags) == 1 and more in scores.flags[0]
    assert softmax.record().flags == softmax.flags and own in exercise_text(softmax)


def test_of_many_cells_that_are_flagged_a_few_are_told_and_the_answer_first():
    cells = [
        {"id": f"added cell {i}", "code": f"import ctypes\nx = {i}", "define_only": True}
        for i in range(1000)
    ]
    cells.append({"id": "softmax", "code": "import linecache", "define_only": False})
    told = bypasses.flags(Submission(course.unit("01"), cells), "softmax")
    assert len(told) < 9 and told[0].startswith("The cell softmax uses linecache")
    assert told[-1] == "So do 996 further cells."
