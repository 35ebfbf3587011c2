"""What the reference was asked before, it answers from memory, and as if it had been asked."""

import pytest
import torch

from autograder.grading.checks import Check
from autograder.grading.reference import Reference
from autograder.grading.student import StudentProblem


class Counting:
    """Namespace of a reference that counts how often it is asked."""

    def __init__(self):
        self.calls = 0

    def double(self, x):
        self.calls += 1
        return 2 * x

    class Sum:
        """Adds up what it is given."""

        def __init__(self):
            self.total = torch.zeros(2)

        def add(self, x):
            if x.sum() > 100:
                raise ValueError("too much")
            self.total = self.total + x
            return self.total

        def twice(self, function):
            return function(function(self.total))


@pytest.fixture
def counting():
    return Counting()


@pytest.fixture
def ask(counting, request):
    """Gives the reference for one more run of the same check."""
    check = Check(request.node.name, "softmax", "", "", 1.0, lambda *_: None)
    names = {"double": counting.double, "Sum": Counting.Sum, "Linear": torch.nn.Linear}
    return lambda seed=1: Reference(names, check, seed, 0)


def test_the_same_question_is_asked_once_for_each_seed(ask, counting):
    x = torch.arange(3.0)
    for seed, calls in ((1, 1), (1, 1), (2, 2), (1, 2)):
        assert ask(seed).double(x).tolist() == [0, 2, 4]
        assert counting.calls == calls


@pytest.mark.parametrize(
    "other",
    [torch.ones(3), torch.zeros(2), torch.zeros(3, dtype=torch.float64), 1.0, True],
    ids=["value", "shape", "dtype", "type", "bool"],
)
def test_another_question_gets_its_own_answer(ask, other):
    assert ask().double(torch.zeros(3)).tolist() == [0, 0, 0]
    wanted = 2 * other
    got = ask().double(other)
    assert type(got) is type(wanted) and torch.equal(torch.as_tensor(got), torch.as_tensor(wanted))


def test_an_answer_that_was_changed_is_as_new_the_next_time(ask):
    ask().double(torch.ones(2)).zero_()
    assert ask().double(torch.ones(2)).tolist() == [2, 2]


def test_where_questions_differ_objects_are_as_they_would_be(ask):
    """A run that ends early, one that goes on, one that takes another turn."""
    one, two = torch.tensor([1.0, 1.0]), torch.tensor([2.0, 2.0])
    assert ask().Sum().add(one).tolist() == [1, 1]
    adder = ask().Sum()
    assert [adder.add(one).tolist(), adder.add(one).tolist()] == [[1, 1], [2, 2]]
    adder = ask().Sum()
    assert [adder.add(one).tolist(), adder.add(two).tolist()] == [[1, 1], [3, 3]]
    assert adder.kind == "Sum" and adder.total.tolist() == [3, 3]
    adder = ask().Sum()
    assert [adder.add(one).tolist(), adder.add(one).tolist()] == [[1, 1], [2, 2]]


def test_what_raises_raises_every_time(ask):
    for _ in range(3):
        adder = ask().Sum()
        adder.add(torch.ones(2))
        with pytest.raises(StudentProblem) as problem:
            adder.add(torch.full((2,), 99.0))
        assert problem.value.details["type"] == "ValueError"
        assert adder.add(torch.ones(2)).tolist() == [2, 2]


@pytest.mark.parametrize("more", [1, 2], ids=["first", "again"])
def test_functions_of_the_check_are_called_every_time(ask, more):
    called = []

    def function(x):
        called.append(x)
        return x + more

    for _ in range(2):
        adder = ask().Sum()
        adder.add(torch.ones(2))
        assert adder.twice(function).tolist() == [1 + 2 * more] * 2
    assert len(called) == 4


def test_gradients_are_those_of_the_reference(ask):
    """A module answers from memory, then has to be there for its gradients."""
    x, direction = torch.randn(3, 2), torch.ones(3, 1)
    state = {"weight": torch.tensor([[3.0, 4.0]]), "bias": torch.zeros(1)}
    for _ in range(3):
        reference = ask()
        layer = reference.Linear(2, 1)
        layer.load_state_dict(state)
        assert torch.allclose(layer(x), x @ state["weight"].T)
        given = x.clone().requires_grad_()
        weight = layer.parameters()["weight"]
        to_input, to_weight = reference.gradients(layer(given), [given, weight], direction)
        assert torch.allclose(to_input, state["weight"].expand(3, 2))
        assert torch.allclose(to_weight, x.sum(0, keepdim=True))
        assert reference.peak_bytes(layer, x) == 12
