"""A check cannot tell a student in this process from one in a process apart."""

import contextlib
import math

import pytest
import torch
from support import notebook_with, write_notebook

from autograder import course
from autograder.grading.expect import Failed, told
from autograder.grading.record import to_json
from autograder.grading.render.html import exercise_html
from autograder.grading.student import LocalStudent, RemoteStudent, StudentProblem, begin_luck
from autograder.grading.words import Words
from autograder.sandbox.inside import cells, wire
from autograder.sandbox.link import Link
from autograder.sandbox.processes import Limits
from autograder.submissions.grade import grade_read
from autograder.submissions.read import read_file

ANSWER = """
import collections
import math
import random
import numpy as np
import torch
from torch import nn

def add(a, b=1.0, *, scale=1.0):
    return (a + b) * scale

def echo(value):
    return value

def uses_two(make, x):
    (push, reader), (other, _) = make(), make()
    return reader["read"]() if (push(x), push(x + 1), other(x)) == (1, 2, 1) else None

def several(x):
    return {"pair": (x, 2 * x), "list": [1, None, True, "text"], "none": None, 3: x.sum()}

Pair = collections.namedtuple("Pair", "output weights")

def named(x):
    return Pair(x, -x)

def largest(x):
    return x.max(dim=-1)

def number(kind):
    return {"int": 7, "big": 2**70, "float": -0.1, "nan": math.nan, "inf": math.inf,
            "-inf": -math.inf, "bool": True, "numpy": np.float64(0.25)}[kind]

def foreign(kind):
    return {"numpy": np.ones(2), "set": {1, 2}, "bytes": b"x", "complex": 1j,
            "tensor": torch.ones(2, dtype=torch.complex64),
            "sparse": torch.eye(2).to_sparse()}[kind]

def dice():
    return random.random(), np.random.rand(), torch.rand(()).item()

def change(x, y):
    x.mul_(2)
    return y

def resize(x):
    x.resize_(9)

def rewrite(how, *args, **kwargs):
    exec(how)

def fail(kind):
    if kind == "value":
        raise ValueError("a text of mine")
    if kind == "begun":
        raise NotImplementedError
    if kind == "exit":
        raise SystemExit(3)
    if kind == "shape":
        return torch.ones(2) + torch.ones(3)
    return missing_name

class Layer(nn.Module):
    def __init__(self, n, m, bias=True):
        super().__init__()
        self.inner = nn.Linear(n, m, bias=bias)
        self.size = (n, m)
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        return torch.tanh(self.inner(x))

    def doubled(self, x):
        return 2 * self(x)

class Slots:
    __slots__ = ("items",)
    def __init__(self):
        self.items = []

def fresh_cache():
    return Slots()

def append(cache, x):
    cache.items.append(x)
    return len(cache.items)

def apply(function, *args, **kwargs):
    return function(*args, **kwargs)

def forgiving(function, x):
    try:
        return function(x)
    except Exception as problem:
        return type(problem).__name__ + ": " + str(problem)

def importance(x):
    gate = torch.ones(3, requires_grad=True)
    return torch.autograd.grad((x * gate).sum(), gate)[0]

def is_contiguous(x):
    return x.is_contiguous()

def strides(x):
    return x.stride()

def product(a, b):
    return {"out": a @ b, "parts": [a.sum(), b.detach()]}

def unused(a, b):
    return 3 * a

def constant(a):
    return torch.zeros(2)

async def later():
    pass
"""
CELL = {"id": "answer", "code": ANSWER, "define_only": False}


@contextlib.contextmanager
def a_student(kind, code=ANSWER, forbidden=()):
    """A student of that kind with these names."""
    cell = CELL | {"code": code}
    if kind == "local":
        namespace = {"__name__": "submission"}
        assert cells.run([cell], namespace, {}, "") == [None]
        yield LocalStudent(namespace, forbidden)
        return
    with Link(Limits(seconds=20), forbidden) as link:
        assert link.begin([cell], {}, "") == [None]
        yield RemoteStudent(link)


@pytest.fixture(scope="module", params=["local", "remote"])
def student(request):
    with a_student(request.param) as found:
        yield found


X = torch.tensor([[1.0, -2.0, 0.5], [0.0, 4.0, 1.5]])


def problem_of(call, *args, **kwargs) -> StudentProblem:
    with pytest.raises(StudentProblem) as caught:
        call(*args, **kwargs)
    return caught.value


def test_calls_with_positional_and_named_arguments(student):
    assert torch.equal(student.add(X), X + 1)
    assert torch.equal(student.add(X, b=X, scale=0.5), X)
    assert student.add(1, 2) == 3


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float64,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.int8,
        torch.uint8,
        torch.bool,
    ],
)
def test_every_dtype_goes_there_and_back(student, dtype):
    got = student.echo(X.to(dtype))
    assert got.dtype == dtype and torch.equal(got, X.to(dtype))


def test_an_answer_that_draws_has_the_same_luck_in_both():
    drawn = {}
    for kind in ("local", "remote"):
        with a_student(kind) as student:
            for seed in (5, 6):
                begin_luck(student, seed * (2**128 // 9))
                for call in range(2):
                    drawn[kind, seed, call] = student.dice()
    luck = [[drawn[kind, *of] for of in ((5, 0), (5, 1), (6, 0))] for kind in ("local", "remote")]
    assert luck[0] == luck[1]
    assert len({each for calls in luck[0] for each in calls}) == 9


def test_bits_survive(student):
    odd = torch.tensor([math.nan, math.inf, -math.inf, -0.0, 1e-45])
    assert torch.equal(student.echo(odd).view(torch.int32), odd.view(torch.int32))
    assert student.echo(torch.tensor(3.5)).shape == ()
    assert student.echo(torch.zeros(2, 0, 3)).shape == (2, 0, 3)


def test_dtypes_and_devices_are_values(student):
    assert student.echo(torch.bfloat16) is torch.bfloat16
    assert student.echo(torch.device("cpu")) == torch.device("cpu")


def test_nested_results(student):
    got = student.several(X)
    assert list(got) == ["pair", "list", "none", 3]
    assert type(got["pair"]) is tuple and torch.equal(got["pair"][1], 2 * X)
    assert got["list"] == [1, None, True, "text"] and got["none"] is None
    assert got[3].item() == X.sum().item()


def test_nested_arguments(student):
    given = {"state": {0: X, "b": [X, None]}, "flag": True}
    got = student.echo(given)
    assert torch.equal(got["state"][0], X) and torch.equal(got["state"]["b"][0], X)
    assert got["flag"] is True
    assert student.echo(()) == () and student.echo([]) == [] and student.echo({}) == {}
    assert student.echo("a\u0308 \U0001f600") == "a\u0308 \U0001f600"


@pytest.mark.parametrize("name", ["named", "largest"])
def test_named_tuples_are_tuples(student, name):
    got = getattr(student, name)(X)
    assert type(got) is tuple and len(got) == 2 and isinstance(got[1], torch.Tensor)


@pytest.mark.parametrize("name", ["named", "fresh_cache"])
def test_an_object_keeps_its_names_whatever_it_is(student, name):
    made = student.made_by(getattr(student, name), *[X] * (name == "named"))
    assert made.kind == {"named": "Pair", "fresh_cache": "Slots"}[name]
    if name == "named":
        assert torch.equal(made.output, X) and torch.equal(made.weights, -X)
    else:
        assert student.append(made, X) == 1
    assert type(student.named(X)) is tuple


def test_what_a_call_leaves_in_a_weight_is_seen(student):
    layer = student.Layer(3, 2)
    weight = student.made_by(layer.get_parameter, "inner.weight")
    assert weight.grad is None and weight.requires_grad is True
    student.made_by(student.made_by(layer, X).sum).backward()
    assert weight.grad.shape == (2, 3) and weight.grad.any()
    student.apply(layer.zero_grad)
    student.apply(layer.requires_grad_, False)
    assert weight.grad is None and weight.requires_grad is False


def test_numbers(student):
    assert student.number("int") == 7 and student.number("big") == 2**70
    assert student.number("float") == -0.1 and student.number("bool") is True
    assert math.isnan(student.number("nan"))
    assert student.number("inf") == math.inf and student.number("-inf") == -math.inf
    assert student.number("numpy") == 0.25


@pytest.mark.parametrize("kind", ["numpy", "set", "bytes", "complex"])
def test_values_that_no_check_takes_are_no_tensors_and_no_numbers(student, kind):
    got = student.foreign(kind)
    assert not isinstance(got, (torch.Tensor, int, float, tuple, list, dict))


@pytest.mark.parametrize("kind", ["tensor", "sparse"])
def test_odd_tensors_stay_on_the_other_side(kind):
    with a_student("remote") as remote:
        got = remote.foreign(kind)
    assert isinstance(got, wire.Foreign) and "Tensor" in got.kind


def test_changed_inputs_are_seen_and_the_check_keeps_its_own(student):
    x, y = X.clone(), X.clone()
    student.change(x, y)
    assert torch.equal(x, X)
    assert student.changed == [True, False]
    with pytest.raises(Failed, match="The first"):
        student.expect_inputs_unchanged("the first", "the second")
    student.expect_inputs_unchanged()
    student.add(torch.tensor(math.nan), b=torch.tensor([math.nan]))
    assert student.changed == [False, False]
    student.resize(torch.zeros(3))
    assert student.changed == [True]


@pytest.mark.parametrize(
    ("how", "changed"),
    [
        ("dict(args[0], a=1)", [False, False, False, False]),
        ("args[0]['a'].append(args[0]['a'].pop())", [False, False, False, False]),
        ("args[0]['a'][1]['b'] = 3", [False, True, False, False]),
        ("args[0]['a'][0] = 1", [False, True, False, False]),
        ("args[0]['c'] = args[0].pop('a')", [False, True, False, False]),
        ("args[1].reverse()", [False, False, True, False]),
        ("kwargs['last'].append(0)", [False, False, False, True]),
        ("args[1][1].add_(1)", [True, False, False, False]),
        ("args[1][1] = args[1][1] + 1", [True, False, True, False]),
    ],
)
def test_changed_lists_and_dictionaries_are_seen_after_the_tensors(student, how, changed):
    cards, values = {"a": [True, {"b": 2.5}]}, ["a", X.clone()]
    student.rewrite(how, cards, values, last=[])
    assert student.changed == changed
    assert cards == {"a": [True, {"b": 2.5}]}
    with pytest.raises(Failed) if any(changed) else contextlib.nullcontext():
        student.expect_inputs_unchanged("the tensor", "cards", "values", "last")


@pytest.mark.parametrize(
    ("how", "changed"),
    [
        ("args[0]['b'] = args[0]['b'] + 1", [False, True, True]),
        ("args[0]['b'].add_(1)", [False, True, False]),
        ("args[0].pop('a')", [True, False, True]),
        ("args[0]['c'] = args[0]['a']", [False, False, True]),
    ],
)
def test_of_a_dictionary_of_tensors_those_that_are_others_are_told(student, how, changed):
    student.rewrite(how, {name: X.clone() for name in "ab"})
    assert student.changed == changed


def test_layout_of_inputs_and_results(student):
    x = torch.arange(24.0).view(2, 3, 4)
    turned = x.permute(2, 0, 1)
    assert student.is_contiguous(x) and not student.is_contiguous(turned)
    assert tuple(student.strides(turned)) == turned.stride()
    got = student.echo(turned)
    assert torch.equal(got, turned) and got.stride() == turned.stride()
    assert torch.equal(student.echo(x[:, 1:, ::2]), x[:, 1:, ::2])
    assert torch.equal(student.echo(X[:, :1].expand(2, 5)), X[:, :1].expand(2, 5))


@pytest.mark.parametrize(
    ("kind", "want", "text", "source"),
    [
        ("value", "error", "a text of mine", "raise ValueError"),
        ("begun", "not_started", "", "raise NotImplementedError"),
        ("exit", "error", "3", "raise SystemExit"),
        ("shape", "error", "The size of tensor a (2)", "return torch.ones"),
        ("name", "error", "name 'missing_name' is not defined", "return missing_name"),
    ],
)
def test_exceptions(student, kind, want, text, source):
    problem = problem_of(student.fail, kind)
    names = {"value": "ValueError", "begun": "NotImplementedError", "exit": "SystemExit"}
    names |= {"shape": "RuntimeError", "name": "NameError"}
    assert problem.kind == want and problem.details["type"] == names[kind]
    assert problem.details["text"].startswith(text)
    assert problem.details["cell"] == "answer" and problem.details["source"].startswith(source)
    line = ANSWER.splitlines()[problem.details["line"] - 1]
    assert line.strip() == problem.details["source"] and not problem.fatal


def test_missing_names_arguments_and_attributes(student):
    assert problem_of(lambda: student.nothing).kind == "missing"
    wrong = problem_of(student.add)
    assert wrong.kind == "error" and wrong.details["type"] == "TypeError"
    layer = student.Layer(2, 3)
    assert problem_of(lambda: layer.nothing).details["type"] == "AttributeError"
    assert problem_of(student.fresh_cache().parameters).details["type"] == "AttributeError"
    assert problem_of(student.Layer, "two", 3).kind == "error"
    assert torch.equal(student.add(X), X + 1)


def test_modules(student):
    layer = student.Layer(3, 2)
    state = {"inner.weight": torch.ones(2, 3), "inner.bias": torch.zeros(2)}
    assert set(layer.state_dict()) == {*state, "count"}
    layer.load_state_dict(state | {"count": torch.tensor(1.0)})
    assert torch.equal(layer.state_dict()["inner.weight"], state["inner.weight"])
    assert torch.allclose(layer(X), torch.tanh(X.sum(-1, keepdim=True).expand(2, 2)))
    assert layer.size == (3, 2) and layer.inner.in_features == 3
    assert torch.equal(layer.inner.weight, state["inner.weight"])
    wrong = problem_of(layer.load_state_dict, {})
    assert wrong.details["type"] == "RuntimeError" and "Missing key" in wrong.details["text"]
    double = layer.to(torch.float64)
    assert double(X.double()).dtype == torch.float64
    assert double.state_dict()["inner.bias"].dtype == torch.float64


def test_two_objects_keep_apart(student):
    first, second = student.Layer(3, 2), student.Layer(3, 2)
    first.load_state_dict({name: 0 * each for name, each in first.state_dict().items()})
    assert torch.equal(first(X), torch.zeros(2, 2))
    assert not torch.equal(second(X), torch.zeros(2, 2))


def test_handles_are_arguments(student):
    layer = student.Layer(3, 2)
    assert torch.equal(student.apply(layer, X), layer(X))
    assert torch.equal(student.apply(layer.doubled, X), 2 * layer(X))
    assert torch.equal(student.apply(student.add, X, b=1), X + 1)
    assert student.apply(function=student.Layer, n=3, m=2).size == (3, 2)
    cache = student.fresh_cache()
    assert [student.append(cache, X), student.append(cache, X)] == [1, 2]
    assert student.append(student.fresh_cache(), X) == 1
    assert torch.equal(cache.items[1], X)
    assert torch.equal(student.apply(student.echo, [layer])[0](X), layer(X))


def test_functions_of_the_check_are_called_back(student):
    seen = []

    def scaled(x, factor=1, extra=None):
        seen.append((x, factor, extra))
        return factor * x, "done"

    assert torch.equal(student.apply(scaled, X, factor=2, extra=[X])[0], 2 * X)
    assert student.apply(scaled, 3) == (3, "done")
    assert torch.equal(seen[0][0], X) and seen[0][1] == 2 and torch.equal(seen[0][2][0], X)


def test_a_function_of_the_check_may_use_the_student(student):
    layer = student.Layer(3, 2)
    got = student.apply(lambda x: student.add(layer(x), b=1.0), X)
    assert torch.equal(got, layer(X) + 1)
    got = student.apply(lambda: student.apply(lambda: student.apply(lambda x: x + 1, X)))
    assert torch.equal(got, X + 1)
    assert student.apply(lambda: layer).size == (3, 2)


def test_a_function_of_the_check_gets_objects(student):
    layer = student.Layer(3, 2)
    assert student.apply(lambda module: module.size, layer) == (3, 2)
    assert torch.equal(student.apply(lambda function: function(X), student.echo), X)
    assert student.apply(lambda **named: named["module"].size, module=layer) == (3, 2)


def test_a_function_of_the_check_may_give_functions(student):
    def make_pair():
        kept = []

        def push(x):
            kept.append(x.clone())
            return len(kept)

        return push, {"read": lambda: torch.stack(kept)}

    assert torch.equal(student.uses_two(make_pair, X), torch.stack([X, X + 1]))


def test_exceptions_of_a_function_of_the_check(student):
    def demanding(x):
        raise Failed("It should be smaller.")

    def careless(x):
        raise ValueError("x is odd")

    with pytest.raises(Failed, match="It should be smaller"):
        student.apply(demanding, X)
    problem = problem_of(student.apply, careless, X)
    assert (problem.kind, problem.details["type"]) == ("error", "ValueError")
    assert problem.details["source"] == "return function(*args, **kwargs)"
    assert student.forgiving(careless, X) == "ValueError: x is odd"
    assert problem_of(student.apply, lambda x: x, X, 2).details["type"] == "TypeError"
    assert problem_of(student.apply, lambda x: student.fail("begun"), X).kind == "not_started"
    assert torch.equal(student.add(X), X + 1)


def test_expected_values_in_an_exception_stay_with_the_grader():
    class Wrong(Exception):
        pass

    def demanding(x):
        raise Wrong("expected 42")

    with a_student("remote") as remote:
        assert remote.forgiving(demanding, X) == "Wrong: "


def test_gradients_to_inputs(student):
    a = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    b = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    direction = torch.randn(2, 4, dtype=torch.float64)
    output = student.product(a, b=b)["out"]
    got = student.gradients(output, [a, b], direction)
    want = torch.autograd.grad(a @ b, [a, b], direction)
    assert all(torch.allclose(*pair) for pair in zip(got, want, strict=True))
    again = student.gradients(student.product(a, b)["parts"][0], [a, b], torch.tensor(2.0))
    assert torch.equal(again[0], torch.full_like(a, 2)) and not again[1].any()


def test_gradients_of_several_outputs_and_through_the_parent(student):
    a = torch.randn(2, 3, requires_grad=True)
    b = torch.randn(3, 2, requires_grad=True)
    result = student.product(a * 2, b.exp())
    total = result["out"].sum() * 3 + result["parts"][0]
    got = torch.autograd.grad(total, [a, b])
    want = torch.autograd.grad(((a * 2) @ b.exp()).sum() * 3 + (a * 2).sum(), [a, b])
    assert all(torch.allclose(*pair) for pair in zip(got, want, strict=True))


def test_gradients_through_two_calls(student):
    a = torch.randn(2, 3, requires_grad=True)
    output = student.product(student.add(a, scale=2.0), a.detach().T)["out"]
    (got,) = student.gradients(output, [a], torch.ones(2, 2))
    (want,) = torch.autograd.grad((2 * (a + 1)) @ a.detach().T, a, torch.ones(2, 2))
    assert torch.allclose(got, want)


@pytest.mark.parametrize("way", ["module", "method", "part"])
def test_gradients_to_parameters(student, way):
    layer = student.Layer(3, 2)
    state = {"inner.weight": torch.randn(2, 3), "inner.bias": torch.randn(2)}
    layer.load_state_dict(state | {"count": torch.tensor(0.0)})
    parameters = layer.parameters()
    assert list(parameters) == list(state)
    x, direction = X.clone().requires_grad_(), torch.randn(2, 2)
    call = {"module": layer, "method": layer.doubled, "part": layer.inner}[way]
    got = student.gradients(call(x), [x, *parameters.values()], direction)
    own = [each.requires_grad_() for each in state.values()]
    plain = x @ own[0].T + own[1]
    wanted = {"module": plain.tanh(), "method": 2 * plain.tanh(), "part": plain}[way]
    want = torch.autograd.grad(wanted, [x, *own], direction)
    assert all(torch.allclose(*pair) for pair in zip(got, want, strict=True))


def test_gradients_that_are_not_there(student):
    a, b = X.clone().requires_grad_(), X.clone().requires_grad_()
    got = student.gradients(student.unused(a, b), [a, b], torch.ones(2, 3))
    assert torch.equal(got[0], torch.full_like(a, 3)) and not got[1].any()
    with pytest.raises(Failed, match="No gradient flows"):
        student.gradients(student.constant(a), [a], torch.ones(2))


def test_the_learners_own_autograd_and_grad_mode(student):
    assert torch.equal(student.importance(X), X.sum(0))
    with torch.no_grad():
        assert not student.add(X.clone().requires_grad_()).requires_grad
        assert problem_of(student.importance, X).details["type"] == "RuntimeError"


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_forbidden_calls(kind):
    code = (
        "import torch\ndef f(g, x):\n    return g(x)\ndef s(x):\n    return torch.softmax(x, -1)\n"
    )
    code += "def broken(x):\n    x.softmax(-1)\n    raise ValueError\n"
    with a_student(kind, code, ("softmax",)) as student:
        for call in (student.s, student.broken):
            problem = problem_of(call, X)
            assert problem.kind == "forbidden" and problem.details["calls"] == ["softmax"]
        # The check's own function may call what the learner may not.
        assert torch.equal(student.f(lambda x: x.softmax(-1), X), X.softmax(-1))
        assert problem_of(student.f, lambda x: student.s(x), X).kind == "forbidden"


def test_what_cells_set_is_unset_for_the_calls_as_in_a_kernel():
    code = """
import os, warnings, torch
torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
warnings.simplefilter("error")
def made():
    warnings.warn("look")
    return torch.zeros(2, requires_grad=True) * 2
"""
    with a_student("remote", code) as remote:
        made = remote.made()
    assert made.dtype == torch.float32 and made.requires_grad and made.device.type == "cpu"


def test_words_of_its_process_are_checked_against_the_cells():
    code = """
import sys
import torch
description = {}
sys.modules["cells"].describe = lambda error: description
def fail(**said):
    description.update(said)
    raise ValueError
def spy(x):
    for name in ("softmax", "scaled_softmax_1_25_2_5", "x_1_25"):
        sys._getframe(3).f_locals["spotter"].seen.append(name)
    return x
"""
    with a_student("remote", code, ("softmax",)) as remote:
        said = {"kind": "error", "type": "made up", "builtin": "made up", "source": "made up"}
        for line in (1, 3):
            details = problem_of(remote.fail, **said, cell="made up", line=line).details
            assert details == {"type": "made up", "builtin": "Exception"}
        details = problem_of(remote.fail, builtin="KeyError", cell="answer", line=3).details
        assert details["builtin"] == "KeyError"
        assert (details["line"], details["source"]) == (3, "import torch")
        assert "line" not in problem_of(remote.fail, line=4711).details
        assert problem_of(remote.fail, kind="syntax_error", text="made up").details["text"] == ""
        assert problem_of(remote.spy, X).details["calls"] == ["softmax", "it"]


LEAKS = {
    "type": "raise type('q' + 'w' * 3, (ValueError,), {})",
    "text": "raise ValueError('q' + 'w' * 3)",
    "source": "raise SyntaxError('q' + 'w' * 3, ('<cell softmax>', 1, 0, ''))",
    "kind": "return type('q' + 'w' * 3, (), {})()",
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_class_reads_no_word_that_was_made_as_it_ran(tmp_path, leak):
    answer = f"def softmax(scores, dim=-1):\n    {LEAKS[leak]}\n"
    notebook = notebook_with(course.unit("01"), {"softmax": answer})
    submission = read_file(write_notebook(tmp_path / "01_single_head.ipynb", notebook))
    page = {}
    for show_text in (True, False):
        verdict = grade_read(submission, "her", ["softmax"], seed=1, show_text=show_text)
        page[show_text] = to_json(verdict.record()) + exercise_html(verdict.exercises[0])
    assert ("qwww" in page[True]) == (leak != "source") and "qwww" not in page[False]
    assert ("ValueError" in page[False]) == (leak in ("type", "text"))


def test_words_of_the_submission_and_of_the_course_may_be_repeated():
    words = Words("class Cache:\n    def __init__(self): self.früher = 1")
    message = "The output should be a torch.Tensor; this is of type Cache, früher 1.5e-3."
    assert words.kept(message) == message
    assert words.kept("of type ndarray, Cache_1_5, x.secret") == "of type ndarray, ..., x...."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("heads.0.q_proj", "heads.0.q_proj"),
        ("0.123456", "of type str"),
        ("two words", "of type str"),
        ("x" * 61, "of type str"),
        (12345, "12,345"),
        (10**15, "a very large number"),
        (1.5, "1.5"),
        (None, "None"),
        ([1], "of type list"),
    ],
)
def test_a_value_of_the_learner_s_in_a_message(value, said):
    assert told(value) == said


def test_a_dead_student_stays_dead():
    code = "import os\ndef leave(*args):\n    os._exit(0)\ndef f(g):\n    return g()\n"
    with a_student("remote", code) as remote:
        problem = problem_of(remote.f, lambda: remote.leave())
        assert problem.kind == "crashed" and problem.fatal
        assert problem_of(lambda: remote.f).kind == "crashed"
