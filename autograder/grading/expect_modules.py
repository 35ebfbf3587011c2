"""What checks of modules share: weights by name, twins with equal weights, gradients, devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

from ..sandbox.inside.wire import Elsewhere
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


def expect_names(own: Mapping[str, torch.Tensor], shapes: Mapping[str, Sequence[int]]) -> None:
    """Demand that a ``state_dict`` has these names and shapes."""
    got = {name: tuple(value.shape) for name, value in own.items()}
    layers = {name.rsplit(".", 1)[0] for name in got}
    wanted_layers = {name.rsplit(".", 1)[0] for name in shapes}
    expect.seen(", ".join(sorted(layers)))
    each_own = {f"{name.rsplit('.', 1)[0]}.o_proj" for name in wanted_layers if "heads." in name}
    expect.true(
        layers == wanted_layers,
        f"The submodules should be {_names(wanted_layers)}; these are {_names(layers)}.",
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
        expect.true(
            got[name] == shape, f"{name} should have the shape {shape}; it has {got[name]}."
        )


def expect_state(got: Any, want: Mapping[str, torch.Tensor]) -> None:
    """Demand a dictionary with the weights of ``want``, by name."""
    what = expect.kind_of(got)
    expect.true(
        isinstance(got, dict),
        f"The result should be a dictionary from names to tensors; it is of type {what}.",
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
    expect_names(module.state_dict(), {name: value.shape for name, value in state.items()})
    twin = build(reference).to(dtype)
    for each in (module, twin):
        each.load_state_dict(state)
        each.eval()
    return module, twin


def parameter_gradients(
    student: Student, module: Any, inputs: Sequence[Any], direction: torch.Tensor, **options: Any
) -> dict[str, torch.Tensor]:
    """Gradients of ``(module(*inputs, **options) * direction).sum()`` by name.

    To the parameters, and to those of ``inputs`` that require it, called ``"input 0"`` and so on.
    """
    parameters = module.parameters()
    output = module(*inputs, **options)
    output = expect.tensor(output, "the output", "B L_q d_model", direction.shape)
    wanted = dict(parameters)
    for i, each in enumerate(inputs):
        if isinstance(each, torch.Tensor) and each.requires_grad:
            wanted[f"input {i}"] = each
    found = student.gradients(output, list(wanted.values()), direction)
    return dict(zip(wanted, found, strict=True))


def expect_other_device(call: Callable[..., Any], *inputs: torch.Tensor) -> None:
    """Demand that ``call`` computes where its inputs are, not always on the CPU.

    The inputs go in as tensors of another device, without data (PyTorch's ``meta`` device, which
    every machine has). Code that asks for values, as ``if mask.any()`` does, gets no verdict.
    """
    try:
        got = call(*(Elsewhere(tuple(each.shape), each.dtype) for each in inputs))
    except StudentProblem as problem:
        if problem.fatal:
            raise
        text = str(problem.details.get("text"))
        there = "device" not in text and "copy out of meta" not in text
    else:
        device = got.device.type if isinstance(got, torch.Tensor) else getattr(got, "kind", "")
        there = "meta" in device
    expect.true(
        there,
        "With weights and inputs on another device, a tensor of yours stays on the CPU.",
        "wrong_device",
    )
