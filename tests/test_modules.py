"""What checks of modules demand, from learners' modules of every kind."""

import contextlib

import pytest
import torch
from support import grade_namespace
from test_student import a_student
from torch import nn

from autograder import course
from autograder.grading import expect_modules
from autograder.grading.checks import checks_of
from autograder.grading.expect import Failed, integer
from autograder.grading.grader import Grader
from autograder.grading.run import run_check
from autograder.grading.student import LocalStudent, StudentProblem
from autograder.sandbox.inside.wire import Elsewhere

DEVICES = """
import torch
from torch import nn

class Narrow(ValueError):
    pass

class Shift(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.how = how
        self.shift = nn.Parameter(torch.ones(3))

    def forward(self, x, mask=None):
        if self.how == "cpu":
            return x + torch.zeros(3)
        if self.how == "copied into the cpu":
            result = torch.zeros(x.shape)
            result[:] = x + self.shift
            return result
        if self.how == "always cpu":
            return torch.zeros(2, 3)
        if self.how == "mask on cpu" and mask is None:
            mask = torch.ones(x.shape, dtype=torch.bool)
        if self.how == "asks for values" and (x > 0).any():
            return x
        if self.how == "list of its mask":
            return x * torch.tensor(mask.tolist(), device=x.device)
        if self.how == "list of its numbers":
            return torch.tensor(x.tolist(), device=x.device)
        if self.how == "number":
            return x / torch.sqrt(torch.tensor(2.0)) + self.shift
        if self.how == "a class called meta":
            return type("meta", (), {})()
        if self.how == "a built-in called meta":
            return type("meta", (), {"__module__": "builtins"})()
        if self.how == "refuses":
            raise Narrow(self.how)
        if self.how == "raises":
            raise KeyError(self.how)
        return x + torch.zeros(3, device=x.device) + self.shift if mask is None else x * mask
"""
STAYS = (
    "cpu", "copied into the cpu", "always cpu", "mask on cpu", "list of its numbers",
    "a class called meta", "a built-in called meta",
)  # fmt: skip
FOLLOWS = ("right", "number", "asks for values")


@pytest.fixture(scope="module", params=["local", "remote"])
def student(request):
    with a_student(request.param, DEVICES) as found:
        yield found


@pytest.mark.parametrize("how", STAYS + FOLLOWS)
def test_a_tensor_that_stays_on_the_cpu_is_seen(student, how):
    module = student.Shift(how).to("meta")
    x = torch.zeros(2, 3)
    if how in FOLLOWS:
        expect_modules.expect_other_device(module, x)
        return
    with pytest.raises(Failed, match="stays on the CPU") as failure:
        expect_modules.expect_other_device(module, x)
    assert failure.value.misconception == "wrong_device"


def test_whole_numbers_and_masks_may_be_read_as_lists(student):
    module = student.Shift("list of its mask").to("meta")
    expect_modules.expect_other_device(module, torch.zeros(2, 3), torch.ones(2, 3) > 0)


def test_another_error_there_is_that_error(student):
    with pytest.raises(StudentProblem, match="raises") as problem:
        expect_modules.expect_other_device(student.Shift("raises").to("meta"), torch.zeros(2, 3))
    assert problem.value.raised({"KeyError"})


def test_a_subclass_of_an_error_is_such_an_error(student):
    def refused():
        return student.Shift("refuses")(torch.zeros(2, 3))

    student.expect_error(refused, {"ValueError"}, "It should raise a ValueError.")
    with pytest.raises(Failed, match="It should raise a KeyError"):
        student.expect_error(refused, {"KeyError"}, "It should raise a KeyError.")


def test_a_tensor_of_another_device_has_shape_and_dtype():
    tensor = Elsewhere((2, 5), torch.bfloat16).tensor()
    assert (tuple(tensor.shape), tensor.dtype, tensor.device.type) == (
        (2, 5), torch.bfloat16, "meta",
    )  # fmt: skip


SHAPES = expect_modules.projection_shapes(12, 15, bias=True)


def weights(**changes):
    return {name: torch.zeros(changes.get(name, shape)) for name, shape in SHAPES.items()}


class Weighted(dict):
    """A module with these weights, buffers among them, as a check sees it."""

    def state_dict(self):
        return self

    def parameters(self):
        return {name: value for name, value in self.items() if value.is_floating_point()}


def test_names_and_shapes_of_weights():
    assert SHAPES["k_proj.weight"] == (15, 12) and SHAPES["o_proj.bias"] == (12,)
    expect_modules.expect_names(Weighted(weights()), SHAPES)
    expect_modules.expect_names(Weighted(weights(), scale=torch.tensor(3)), SHAPES)
    wrong = {
        "submodules should be": ({"query.weight": torch.zeros(3, 3)}, "projection_names"),
        "is missing": (
            {name: value for name, value in weights().items() if name != "v_proj.bias"},
            "bias_ignored",
        ),
        "should have the shape": (weights(**{"q_proj.weight": (12, 15)}), None),
    }
    for text, (own, name) in wrong.items():
        with pytest.raises(Failed, match=text) as failure:
            expect_modules.expect_names(Weighted(own), SHAPES)
        assert failure.value.misconception == name
    with pytest.raises(Failed, match=r"here is k_proj.bias, o_proj.bias, .*"):
        bare = expect_modules.projection_shapes(12, 15, bias=False)
        expect_modules.expect_names(Weighted(weights()), bare)


def test_a_long_list_of_names_is_cut():
    many = expect_modules.linear_shapes({f"heads.{i}.q_proj": (2, 3) for i in range(9)}, bias=False)
    with pytest.raises(Failed, match="heads.3.q_proj and 5 more; these are none"):
        expect_modules.expect_names(Weighted(), many)


@pytest.mark.parametrize(
    ("got", "text"),
    [(780, None), (781, "should be 780; it is 781"), (780.0, "of type float"), (True, "bool"),
     (None, "NoneType"), (torch.tensor(780), "Tensor")],
)  # fmt: skip
def test_whole_numbers_are_exact(got, text):
    if text is None:
        integer(got, 780, "f(3)")
        return
    with pytest.raises(Failed, match=text):
        integer(got, 780, "f(3)")


class Bare(nn.Module):
    """A module whose methods answer with nonsense."""

    def __init__(self, *args, **kwargs):
        super().__init__()


def _with(**methods):
    return type("Odd", (Bare,), methods)


ODD_MODULES = {
    "no module": lambda *args, **kwargs: None,
    "a number": lambda *args, **kwargs: 5,
    "an empty module": Bare,
    "state_dict is a list": _with(state_dict=lambda self, **kwargs: [1, 2]),
    "state_dict holds texts": _with(state_dict=lambda self, **kwargs: {1: "a", "b": None}),
    "to gives nothing": _with(to=lambda self, *args: None),
    "state_dict raises": _with(state_dict=lambda self: 1 / 0),
}
ODD_STATES = {
    "a list": lambda module: [1],
    "nothing": lambda module: None,
    "texts": lambda module: {"o_proj.weight": "a", 3: None},
    "names only": lambda module: dict.fromkeys(
        f"{letter}_proj.{part}" for letter in "qkvo" for part in ("weight", "bias")
    ),
    "a broken module": lambda module: module.load_state_dict({}, strict=False) and {},
    "no loop any more": lambda module: module.__dict__.clear() or {},
}


def earlier(exercise):
    return dict(course.reference_namespace(course.exercise(exercise).unit))


@pytest.mark.parametrize("name", ODD_MODULES)
@pytest.mark.parametrize("exercise", ["MultiHeadLoop", "MultiHeadAttention"])
def test_odd_modules_are_wrong_answers_and_no_more(exercise, name):
    answer = earlier(exercise) | {exercise: ODD_MODULES[name]}
    verdict = grade_namespace(course.exercise(exercise), answer, 5)
    assert verdict.points <= 1 and verdict.status in ("failed", "error")


@pytest.mark.parametrize("name", ODD_STATES)
@pytest.mark.parametrize("exercise", ["fuse_heads", "from_torch"])
def test_odd_states_are_wrong_answers_and_no_more(exercise, name):
    answer = earlier(exercise) | {exercise: ODD_STATES[name]}
    verdict = grade_namespace(course.exercise(exercise), answer, 5)
    assert verdict.points == 0 and verdict.status in ("failed", "error")


def test_what_a_check_cannot_read_ends_the_check_not_the_grader():
    source = """
def from_torch(mha):
    return {"o_proj.weight": [[1.0]], "o_proj.bias": {}, "q_proj.weight": 1, "q_proj.bias": 2,
            "k_proj.weight": 1, "k_proj.bias": 2, "v_proj.weight": 1, "v_proj.bias": 2}
"""
    exercise = course.exercise("from_torch")
    with a_student("remote", "import torch\nfrom torch import nn\n" + source) as student:
        grader = Grader(lambda *given: contextlib.nullcontext(student), 3)
        verdict = grader.grade(exercise)
    assert verdict.points == 0
    assert all("should be a torch.Tensor" in each.message for each in verdict.checks)


class Limited(LocalStudent):
    """As if a limit on memory stood behind it."""

    limited = True


@pytest.mark.parametrize("lengths", [range(100, 1000), range(1000, 100_000)])
def test_what_comes_back_where_memory_is_counted_is_compared(lengths):
    exercise = course.exercise("grouped_attention")
    right = course.reference_namespace(exercise.unit)["grouped_attention"]

    def zeros_for_some(q, k, v, mask=None):
        return right(q, k, v, mask) * (k.shape[2] not in lengths)

    check = next(each for each in checks_of(exercise) if each.id == "copies_no_keys")
    assert run_check(check, Limited({"grouped_attention": right}), 1).passed
    failure = run_check(check, Limited({"grouped_attention": zeros_for_some}), 1).failure
    assert failure and failure.message.startswith("Wrong values in the output")
