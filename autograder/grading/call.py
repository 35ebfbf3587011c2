"""The last call that a check made of the learner's code, and how a learner is shown it."""

from __future__ import annotations

import functools
import inspect
import itertools
import math
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from typing import Any

import torch

from .. import course
from ..sandbox.inside.wire import Elsewhere

_MOST_VALUES = 120  # of a tensor whose numbers are shown
_MOST_TEXT = 160
_MOST_ENTRIES = 40
_FEW_NUMBERS = 4  # these are shown of any call, as single numbers are
_USUAL = (torch.float32, torch.bool, torch.int64)


@dataclass(frozen=True)
class Call:
    """A call of the learner's code.

    Attributes:
        path: how the check came by what it calls: ``softmax``, the module ``GQA()``, the method
            ``KVCache().append``.
        args, kwargs: what goes in.
    """

    path: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def tells(self) -> bool:
        """Whether it says what the learner's code was asked, beyond what any module can do."""
        method = self.path.rpartition(").")[2] if ")." in self.path else ""
        return not self.path.startswith("torch") and not hasattr(torch.nn.Module, method or " ")


@dataclass(frozen=True)
class ShownCall:
    """A call as a learner is shown it.

    Attributes:
        text: the call in a line, with the shapes of tensors.
        values: of small tensors, their name and lines of numbers.
    """

    text: str
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def numbers(self) -> list[str]:
        """The lines of all values."""
        return [line for name, rows in self.values for line in (f"{name}:", *rows)]


def shown(call: Call, with_values: bool) -> ShownCall | None:
    """What a learner is shown of a call.

    Args:
        call: the call.
        with_values: whether numbers are shown, too, of tensors that have few.

    Returns:
        None for a call of what is no exercise's.
    """
    name, _, method = call.path.replace(".to()", "").partition("()")
    if name not in course.exercises():
        return None
    function: Any = course.reference_namespace(course.exercise(name).unit)[name]
    if call.path != name:
        method = method.removeprefix(".") or "forward"
        name, function = f"{name}.{method}", getattr(function, method, None)
        function = function and functools.partial(function, None)
    arguments = [*_named(function, call)]
    small = [
        (name, tuple(_lines(value)))
        for name, value in _tensors(arguments)
        if with_values and 0 < value.numel() <= _MOST_VALUES
    ]
    return ShownCall(
        f"{name}({', '.join(_told(*each, with_values) for each in arguments)})", tuple(small)
    )


def called(exercise: str, *numbers: float) -> str:
    """A call with numbers, for a message: their names as the task has them."""
    call = shown(Call(exercise, numbers, {}), with_values=False)
    return call.text if call else exercise


def entry(value: float, digits: int = 3) -> str:
    """A number of a tensor, in few characters: ``digits`` behind the point where it has one."""
    if isinstance(value, bool):
        return "T" if value else "·"
    if isinstance(value, int):
        return str(value)
    if math.isnan(value) or math.isinf(value):
        return str(value)
    if value != 0 and not 1e-3 <= abs(value) < 1e4:
        return f"{value:.{digits - 1}g}"
    return f"{value:.{digits}f}"


def _tensors(arguments: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, torch.Tensor]]:
    """The tensors among the arguments and in dictionaries among them, by name."""
    for name, value in arguments:
        if isinstance(value, torch.Tensor):
            yield name, value
        elif isinstance(value, dict):
            yield from _tensors((f"{name}[{key!r}]", each) for key, each in value.items())


def _named(function: Any, call: Call) -> Iterator[tuple[str, Any]]:
    """The arguments by the names that the model solution gives them."""
    try:
        yield from inspect.signature(function).bind(*call.args, **call.kwargs).arguments.items()
    except (TypeError, ValueError):
        yield from ((f"argument {i}", value) for i, value in enumerate(call.args, 1))
        yield from call.kwargs.items()


def _told(name: str, value: Any, with_values: bool) -> str:
    if isinstance(value, torch.Tensor):
        dtype = "" if value.dtype in _USUAL else f" {value.dtype}".replace("torch.", "")
        return f"{name} {tuple(value.shape)}{dtype}"
    if isinstance(value, Elsewhere):
        return f"{name} {tuple(value.shape)} on another device"
    if isinstance(value, (list, tuple)):
        few = len(value) <= _FEW_NUMBERS and all(isinstance(each, (int, float)) for each in value)
        text = repr(value) if few or (with_values and len(value) <= _MOST_ENTRIES) else ""
        return f"{name}={text if 0 < len(text) <= _MOST_TEXT else _entries(value)}"
    if isinstance(value, (bool, int, float, str, type(None), torch.dtype)):
        return f"{name}={value!r}".replace("torch.", "")
    if isinstance(value, dict):
        return f"{name}={_entries(value)}"
    made_by = getattr(value, "__dict__", {}).get("_path", "").replace(".to()", "")
    kind = "a function" if callable(value) else type(value).__name__
    return f"{name}={made_by.replace('()', '(...)') or kind}"


def _entries(value: Sized) -> str:
    return "1 entry" if len(value) == 1 else f"{len(value)} entries"


def _lines(value: torch.Tensor) -> Iterator[str]:
    """A line for each row along the last axis: its place, and its numbers."""
    value = value.detach()
    if value.dim() < 2:
        value = value.reshape(1, -1)
    width = max((len(entry(each)) for each in value.flatten().tolist()), default=0) + 2
    for place in itertools.product(*map(range, value.shape[:-1])):
        row = "".join(f"{entry(each):>{width}}" for each in value[place].tolist())
        yield f"  {list(place)}{row}"
