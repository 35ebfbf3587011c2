"""What checks of modules share: weights by name, twins with equal weights, gradients, devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

from ..sandbox.inside.wire import Elsewhere, Foreign
from . import expect
from .student import StudentProblem
from .student_protocol import Student

_NAMES_SHOWN = 4


def linear_shapes(layers: dict[str, tuple[int, int]], bias: bool) -> dict[str, tuple[int, ...]]:
    """Shapes of the weights, and biases if there are any, of layers ``name: (out, in)``."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, (out, into) in layers.items():
        shapes[f"{name}.weight"] = (out, into)
        if bias:
            shapes[f"{name}.bias"] = (out,)
    return shapes


def projection_shapes(d_model: int, width: int, bias: bool) -> dict[str, tuple[int, ...]]:
    """Shapes of ``q_proj``, ``k_proj``, ``v_proj`` (to ``width``) and ``o_proj`` (back)."""
    layers = dict.fromkeys(("q_proj", "k_proj", "v_proj"), (width, d_model))
    return linear_shapes(layers | {"o_proj": (d_model, width)}, bias)


def expect_names(module: Any, shapes: Mapping[str, Sequence[int]]) -> None:
    """Demand that the weights of a module have these names and shapes.

    Buffers with other names are its own affair.
    """
    own = module.state_dict()
    others = set(own) - set(shapes)
    buffers = others - set(module.parameters()) if others else set()
    got = {name: tuple(value.shape) for name, value in own.items() if name not in buffers}
    layers = {name.rsplit(".", 1)[0] for name in got}
    wanted_layers = {name.rsplit(".", 1)[0] for name in shapes}
    expect.seen(", ".join(sorted(layers)))
    each_own = {f"{name.rsplit('.', 1)[0]}.o_proj" for name in wanted_layers if "heads." in name}
    message = f"The submodules should be {_names(wanted_layers)}; these are {_names(layers)}."
    if layers < wanted_layers:
        raise expect.Failed(message, demand=expect.Demand(sorted(layers), "layers"))
    expect.true(
        layers == wanted_layers,
        message,
        "o_proj_not_shared" if layers & each_own else "projection_names",
    )
    missing = sorted(set(shapes) - set(got))
    expect.true(
        not missing,
        f"bias=True should give every projection a bias: {_names(missing)} is missing.",
        "bias_ignored",
    )
    extra = sorted(set(got) - set(shapes))
    expect.true(
        not extra,
        f"bias=False should give no projection a bias: here is {_names(extra)}.",
        "bias_always",
    )
    for name, shape in shapes.items():
        shape = tuple(shape)
        expect.seen(str(got[name]))
        if got[name] != shape:
            raise expect.Failed(
                f"{name} should have the shape {shape}; it has {got[name]}.",
                demand=expect.Demand(got[name], "weight", shape, name),
            )


def expect_state(got: Any, want: Mapping[str, torch.Tensor]) -> None:
    """Demand a dictionary with the weights of ``want``, by name."""
    what = expect.kind_of(got)
    expect.dictionary(
        got, f"The result should be a dictionary from names to tensors; it is of type {what}."
    )
    expect.seen(", ".join(sorted(map(str, got))))
    for name in sorted(set(want) & set(got)):
        expect.seen(got[name])
    missing, extra = sorted(set(want) - set(got)), sorted(set(got) - set(want))
    expect.true(
        not missing and not extra,
        "The names of the weights should be "
        f"{', '.join(sorted(want))}; missing: {', '.join(missing) or 'none'}; "
        f"not expected: {_names(extra)}.",
    )
    for name in sorted(want):
        axes = "out in" if want[name].dim() == 2 else "out"
        expect.close(got[name], want[name], f"the tensor {name}", axes)


def _names(names: Iterable[str]) -> str:
    names = sorted(names)
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(map(expect.told, names[:_NAMES_SHOWN])) or "none"
    return f"{shown} and {more} more" if more > 0 else shown


def twins(
    student: Student,
    reference: Student,
    build: Callable[[Student], Any],
    state: Mapping[str, torch.Tensor],
) -> tuple[Any, Any]:
    """The learner's module and the reference's, with the same weights, in evaluation mode.

    Args:
        student, reference: where the modules come from.
        build: called with each of them, returns the module.
        state: the weights of both; their dtype becomes that of the modules.

    Raises:
        expect.Failed: the learner's module has other weights than ``state``.
    """
    dtype = next(iter(state.values())).dtype
    module = build(student).to(dtype)
    expect_names(module, {name: value.shape for name, value in state.items()})
    twin = build(reference).to(dtype)
    for each in (module, twin):
        load(each, state)
        each.eval()
    return module, twin


def load(module: Any, state: Mapping[str, torch.Tensor]) -> None:
    """Give a module these weights; buffers of its own stay as they are."""
    module.load_state_dict(state, strict=False)


def expect_parameter_gradients(
    student: Student,
    reference: Student,
    twins: tuple[Any, Any],
    inputs: Mapping[str, tuple[torch.Tensor, str]],
    direction: torch.Tensor,
    **options: Any,
) -> None:
    """Demand the gradients of ``(module(*inputs, **options) * direction).sum()``.

    To every parameter, and to those of ``inputs`` that require it, in training mode. And demand the
    output, and the one that other weights give afterwards: an optimizer changes them.

    Args:
        student, reference: where the modules come from.
        twins: the learner's module and the reference's.
        inputs: by name, what goes in, and its axes.
        direction: of the shape of the output.
        options: further arguments.
    """
    module, twin = twins
    own, wanted = module.parameters(), twin.parameters()
    missing = sorted(set(wanted) - set(own))
    expect.true(
        not missing,
        "An optimizer would not find these: they should be parameters, each a tensor of its own: "
        f"{_names(missing)}.",
        "not_parameters",
    )
    learning = {name: tensor for name, (tensor, _) in inputs.items() if tensor.requires_grad}
    given = [tensor for tensor, _ in inputs.values()]

    def gradients(of: Student, each: Any, parameters: dict[str, torch.Tensor]) -> dict:
        each.train()
        output = each(*given, **options)
        output = expect.tensor(output, "the output", "B L_q d_model", direction.shape)
        sought = parameters | learning
        return dict(zip(sought, of.gradients(output, [*sought.values()], direction), strict=True))

    want = gradients(reference, twin, wanted)
    got = gradients(student, module, own)
    for name, right in want.items():
        axes = inputs[name][1] if name in inputs else "out in" if right.dim() == 2 else "out"
        wrong = f"Wrong values in the gradient of {name}, in training mode."
        expect.gradient(got[name], right, name, axes, message=wrong)
    halves = {name: weight.detach() / 2 for name, weight in wanted.items()}
    for each in twins:
        load(each, halves)
    got, want = (each(*given, **options) for each in twins)
    expect.close(got, want, "the output with other weights, in training mode", "B L_q d_model")


# What torch says of a tensor without data whose values are asked for.
_NO_VALUES = ("cannot be called on meta tensors", "with Meta tensors", "register_meta function")
_NO_COPY = "copy out of meta"


def expect_other_device(call: Callable[..., Any], *inputs: torch.Tensor) -> None:
    """Demand that ``call`` computes where its inputs are, not always on the CPU.

    The inputs go in as tensors of another device, without data (PyTorch's ``meta`` device, which
    every machine has). Code that asks for values, as ``if mask.any()`` does, gets no verdict, nor
    does a list made of whole numbers where they are all there is.
    """
    there = _computes_there(call, [_elsewhere(each) for each in inputs])
    if there is None:  # copied to the CPU: may be, if it is whole numbers of which a list is made
        kept = [each if not each.is_floating_point() else _elsewhere(each) for each in inputs]
        numbers = any(each.is_floating_point() for each in inputs)
        there = not numbers or _computes_there(call, kept)
    expect.true(
        bool(there),
        "With weights and inputs on another device, a tensor of yours stays on the CPU.",
        "wrong_device",
    )


def _elsewhere(tensor: torch.Tensor) -> Elsewhere:
    return Elsewhere(tuple(tensor.shape), tensor.dtype)


def _computes_there(call: Callable[..., Any], inputs: Sequence[Any]) -> bool | None:
    """Whether the result is where the inputs are; None where one of them is copied to the CPU."""
    try:
        got = call(*inputs)
    except StudentProblem as problem:
        if problem.fatal:
            raise
        own = str(problem.details.get("source")).startswith("raise ")  # and not torch's words
        text = "" if own else str(problem.details.get("text"))
        if _NO_COPY in text:
            return None
        if any(each in text for each in _NO_VALUES):
            return True
        if "device" not in text:
            raise
        return False
    if isinstance(got, Foreign):  # a tensor that the channel does not carry
        return got.kind.endswith(", meta)")
    return isinstance(got, torch.Tensor) and got.device.type == "meta"
