"""What a check may demand of an answer, and what the learner reads when it does not hold.

Every demand first puts what it saw on record (``observing``). The record is the evidence from which
a wrong answer is named: a misconception that leaves the same record made the same mistake.
"""

from __future__ import annotations

import contextlib
import contextvars
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch

from .call import Call

TOLERANCE = {
    torch.float64: 1e-10,
    torch.float32: 1e-5,
    torch.bfloat16: 2e-2,
    torch.float16: 2e-3,
}
# Where every expected value is 0 up to rounding (the gradient of a key's bias), "relative to the
# largest" would ask for more digits than there are.
SMALLEST_SCALE = 1e-2
WRONG_VALUES = "Wrong values in"  # a counterexample shows which
_LONGEST_NAME, _LARGEST_NUMBER = 60, 10**15
# Far more than checks ask for: beyond it a tensor is on record by its shape, a text by its start.
_MOST_BYTES = 1 << 20
_MOST_TEXT = 10_000
_MOST_MESSAGE = 500
_record: contextvars.ContextVar[list | None] = contextvars.ContextVar("record", default=None)
_few_digits: contextvars.ContextVar[bool] = contextvars.ContextVar("few_digits", default=False)
_FEW_DIGITS = 1e-3  # relative: far more than computing in float32 leaves, also of large scores
_flags: contextvars.ContextVar[list | None] = contextvars.ContextVar("flags", default=None)


@dataclass
class Counterexample:
    """The smallest failing case: what was expected, what came, and which element to look at.

    ``expected`` and ``got`` are tensors of one shape, ``axes`` their axis names, ``index`` the
    element that differs most. Up to ``tolerance``, relative to the largest expected value, an
    element may differ.
    """

    what: str
    axes: tuple[str, ...]
    expected: torch.Tensor
    got: torch.Tensor
    index: tuple[int, ...]
    tolerance: float = 0.0


@dataclass(frozen=True)
class Demand:
    """What was demanded of a value that is of another kind: the evidence of a slip (``slips``).

    Attributes:
        got: the value.
        kind: a ``tensor`` of ``shape``, whose axes are named ``axes``; a ``pair`` of tensors, whose
            shapes are ``shapes``; a ``number``, which is ``number``; a ``dict``; anything
            ``finite``; an ``error`` of a type that was named; a ``part`` that was named; all
            ``layers`` of a module; its ``weight`` ``axes``, of which ``got`` is the shape; or a
            ``gradient`` that flows.
    """

    got: object
    kind: Literal[
        "tensor",
        "pair",
        "number",
        "dict",
        "finite",
        "error",
        "part",
        "layers",
        "weight",
        "gradient",
    ]
    shape: tuple[int, ...] = ()
    axes: str = ""
    shapes: tuple[tuple[int, ...], ...] = ()
    number: float = 0.0


class Failed(Exception):
    """A demand that does not hold.

    Args:
        message: one sentence for the learner; cut where a learner's names make it endless.
        counterexample: the case that shows it, if it can be shown.
        misconception: its name, where the broken property itself is the misconception.
        demand: what was demanded, where the type or the shape is wrong, or a number.

    Attributes:
        call: the last call that the check had made of the learner's code.
    """

    call: Call | None = None

    def __init__(
        self,
        message: str,
        counterexample: Counterexample | None = None,
        misconception: str | None = None,
        demand: Demand | None = None,
    ) -> None:
        self.message = _cut(message)
        super().__init__(self.message)
        self.counterexample = counterexample
        self.misconception = misconception
        self.demand = demand


@contextlib.contextmanager
def observing() -> Iterator[list]:
    """Collect what the demands inside see, in order."""
    record: list = []
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


@contextlib.contextmanager
def flagging() -> Iterator[list[str]]:
    """Collect what checks inside want a person to look at (``flag``)."""
    flags: list[str] = []
    token = _flags.set(flags)
    try:
        yield flags
    finally:
        _flags.reset(token)


@contextlib.contextmanager
def few_digits() -> Iterator[None]:
    """Inside, floats may be of any dtype, and float64 right to the digits of float32 only."""
    token = _few_digits.set(True)
    try:
        yield
    finally:
        _few_digits.reset(token)


def flag(sentence: str) -> None:
    """Ask for a person to look at the answer, and say why. It costs no points."""
    flags = _flags.get()
    if flags is not None:
        flags.append(_cut(sentence))


def seen(value: object) -> None:
    """Put a value on record: a tensor, number or text; of anything else the name of its type.

    Of a tensor that is far larger than what checks ask for, it is the shape.
    """
    record = _record.get()
    if record is not None:
        if isinstance(value, torch.Tensor):
            is_small = value.numel() * value.itemsize <= _MOST_BYTES
            value = value.detach().clone() if is_small else f"a tensor of {tuple(value.shape)}"
        elif isinstance(value, str):
            value = value[:_MOST_TEXT]
        elif not isinstance(value, (bool, int, float, type(None))):
            value = type(value).__name__
        record.append(value)


def as_text(value: object) -> str:
    """A value as text for ``seen``: numbers, texts, and what lists and the like hold of these.

    Of anything else its type: the text of a tensor of many axes has no end.
    """
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(as_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {as_text(each)}' for key, each in value.items())}}}"
    return str(value) if isinstance(value, (bool, int, float, str, type(None))) else kind_of(value)


def same_values(a: torch.Tensor, b: torch.Tensor, tolerance: float | None = None) -> torch.Tensor:
    """Element by element: equal up to the tolerance, relative to the largest expected value ``b``.

    NaN equals NaN and an infinity equals itself.
    """
    if not b.is_floating_point() or a.equal(b):
        return a == b
    if tolerance is None:
        tolerance = TOLERANCE.get(a.dtype, 0.0)
    a, b = a.detach().double(), b.detach().double()
    finite = b[b.isfinite()].abs()
    largest = finite.max().item() if finite.numel() else 1.0
    limit = tolerance * max(largest, SMALLEST_SCALE)
    return (a == b) | (a.isnan() & b.isnan()) | ((a - b).abs() <= limit)


def tensor(
    value: object, what: str, axes: str, shape: Sequence[int], dtype: torch.dtype | None = None
) -> torch.Tensor:
    """Demand a tensor of that shape (and dtype).

    Args:
        value: what the learner returned.
        what: how the message calls it, e.g. ``"the weights"``.
        axes: names of its axes, e.g. ``"B L_q L_k"``.
        shape: their sizes.
        dtype: the dtype, if it matters.
    """
    seen(value)
    demand = Demand(value, "tensor", tuple(shape), axes)
    if not isinstance(value, torch.Tensor):
        kind = kind_of(value)
        message = f"{_upper(what)} should be a torch.Tensor; this is of type {kind}."
        raise Failed(message, demand=demand)
    if tuple(value.shape) != tuple(shape):
        named = ", ".join(
            name if name == "1" else f"{name}={size}"
            for name, size in zip(axes.split(), shape, strict=True)
        )
        raise Failed(
            f"{_upper(what)} should have the shape {tuple(shape)}, that is ({named}); "
            f"the shape is {tuple(value.shape)}.",
            demand=demand,
        )
    if dtype is not None and value.dtype != dtype:
        floats = value.dtype.is_floating_point and dtype.is_floating_point
        if floats and _few_digits.get():
            return value
        raise Failed(
            f"{_upper(what)} should have the dtype {_short(dtype)}; it has {_short(value.dtype)}.",
            misconception="wrong_dtype" if floats else None,
        )
    return value


def pair(
    value: object, message: str, misconception: str | None = None
) -> tuple[Any, Any] | list[Any]:
    """Demand two things.

    Args:
        value: what the learner returned.
        message: what should come back.
        misconception: as in ``Failed``.
    """
    is_pair = isinstance(value, (tuple, list)) and len(value) == 2
    seen(is_pair)
    if not is_pair:
        raise Failed(message, misconception=misconception, demand=Demand(value, "pair"))
    return value  # type: ignore[return-value]


def in_order(got: Sequence[Any], want: Sequence[torch.Tensor], message: str) -> None:
    """Demand that a pair does not come in the other order, as the shapes show."""
    shapes = tuple(tuple(each.shape) for each in want)
    own = tuple(tuple(getattr(each, "shape", ())) for each in got)
    swapped = shapes[0] != shapes[1] and own == shapes[::-1]
    seen(swapped)
    if swapped:
        raise Failed(message, demand=Demand(got, "pair", shapes=shapes))


def dictionary(value: object, message: str) -> dict:
    """Demand a dictionary.

    Args:
        value: what the learner returned.
        message: what should come back.
    """
    is_one = isinstance(value, dict)
    seen(is_one)
    if not isinstance(value, dict):
        raise Failed(message, demand=Demand(value, "dict"))
    return value


def close(
    got: Any,
    want: torch.Tensor,
    what: str,
    axes: str,
    tolerance: float | None = None,
    dtype: torch.dtype | None = None,
    message: str | None = None,
) -> None:
    """Demand the values of ``want``, up to the tolerance of the learner's dtype.

    Args:
        got: what the learner returned.
        want: the expected tensor; its dtype does not matter.
        what, axes: how messages name it and its axes.
        tolerance: relative to the largest value of ``want``; by default that of ``got``'s dtype.
        dtype: the dtype ``got`` must have; by default that of ``want``.
        message: the sentence that says what broke; by default that values are wrong.
    """
    tensor(got, what, axes, want.shape, dtype or want.dtype)
    if tolerance is None:
        tolerance = TOLERANCE.get(got.dtype, 0.0)
    if _few_digits.get() and got.dtype in (torch.float32, torch.float64):
        tolerance = max(tolerance, _FEW_DIGITS)
    right = same_values(got, want, tolerance)
    if not bool(right.all()):
        index = _worst(got, want, right)
        names, values = tuple(axes.split()), (want.detach(), got.detach())
        raise Failed(
            message or f"{WRONG_VALUES} {what}.",
            Counterexample(what, names, *values, index, tolerance),
        )


def _worst(got: torch.Tensor, want: torch.Tensor, right: torch.Tensor) -> tuple[int, ...]:
    """Where a wrong value differs most; NaN differs more than any number."""
    apart = (got.detach().double() - want.detach().double()).abs().nan_to_num(math.inf)
    apart = apart.masked_fill(right, -1.0)
    return tuple((apart == apart.max()).nonzero()[0].tolist())


def finite(got: torch.Tensor, what: str, axes: str, misconception: str | None = None) -> None:
    """Demand that no value is NaN or infinite."""
    seen(got)
    bad = ~got.isfinite()
    if bool(bad.any()):
        index = tuple(bad.nonzero()[0].tolist())
        place = _place(axes.split(), index)
        value = got[index].item()
        raise Failed(
            f"{_upper(what)} should be finite; at {place} there is {value}.",
            misconception=misconception,
            demand=Demand(value, "finite"),
        )


def gradient(
    got: torch.Tensor,
    want: torch.Tensor,
    name: str,
    axes: str,
    misconception: str | None = None,
    message: str | None = None,
) -> None:
    """Demand a gradient: finite, and with the values of ``want``.

    Args:
        got: what the learner's code gave.
        want: the expected gradient.
        name, axes: of the tensor that it belongs to.
        misconception: as in ``Failed``, where it is not finite.
        message: says what is wrong with other values.
    """
    finite(got, f"the gradient of {name}", axes, misconception)
    close(got, want, f"the gradient of {name}", axes, message=message)


def unchanged(before: torch.Tensor, after: torch.Tensor, what: str) -> None:
    """Demand that the learner's code left the caller's tensor as it was."""
    same = before.shape == after.shape and before.dtype == after.dtype
    same = same and bool(same_values(after, before, 0.0).all())
    seen(same)
    if not same:
        raise Failed(
            f"{_upper(what)} that was passed in has other values after the call.",
            misconception="changes_inputs",
        )


def true(condition: bool, message: str, misconception: str | None = None) -> None:
    """Demand a condition."""
    seen(bool(condition))
    if not condition:
        raise Failed(message, misconception=misconception)


def part(is_there: bool, message: str) -> None:
    """Demand that something is there which the task names: an entry, an attribute."""
    seen(bool(is_there))
    if not is_there:
        raise Failed(message, demand=Demand(None, "part"))


def integer(got: object, want: int, what: str, *, place: bool = False) -> None:
    """Demand a whole number, exactly.

    Args:
        got: what the learner returned.
        want: the expected number.
        what: how the message calls it, e.g. the call with its arguments.
        place: whether it is an index, of which it says nothing to be twice another.
    """
    seen(got)
    demand = Demand(got, "number", number=want)
    if isinstance(got, bool) or not isinstance(got, int):
        kind = kind_of(got)
        raise Failed(f"{what} should be an int; it is of type {kind}.", demand=demand)
    if got != want:
        raise Failed(
            f"{what} should be {want:,}; it is {told(got)}.", demand=None if place else demand
        )


def number(got: object, want: float, what: str, tolerance: float = 1e-6) -> None:
    """Demand a number up to a relative tolerance.

    Args:
        got: what the learner returned: an int, a float or a tensor with one number.
        want: the expected number.
        what: how the message calls it, e.g. the call with its arguments.
        tolerance: relative to ``want``.
    """
    value, demand = plain_number(got), Demand(got, "number", number=want)
    if value is None:
        kind = kind_of(got)
        seen(kind)
        raise Failed(f"{what} should be a number; it is of type {kind}.", demand=demand)
    digits = -math.floor(math.log10(tolerance))  # two right ones may round otherwise beyond these
    seen(float(f"{value:.{digits}g}"))
    if not abs(value - want) <= tolerance * abs(want):
        raise Failed(f"{what} should be {want:.6g}; it is {value:.6g}.", demand=demand)


def plain_number(value: Any) -> float | None:
    """``value`` as a float if it is a number or a tensor with one; else None."""
    if isinstance(value, torch.Tensor) and value.numel() == 1 and not value.is_complex():
        value = value.item()
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None


def told(value: object) -> str:
    """What a message says of a learner's value: a number or a dotted name; of others the type."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) < _LARGEST_NUMBER else "a very large number"
    if value is None or isinstance(value, (bool, float)):
        return str(value)
    return value if isinstance(value, str) and _is_name(value) else f"of type {kind_of(value)}"


def _is_name(text: str) -> bool:
    """Whether it is a name as ``heads.0.q_proj``, not a text of any kind."""
    parts = text.split(".") if len(text) <= _LONGEST_NAME else [""]
    return all(part.isidentifier() or (part.isdecimal() and len(part) < 4) for part in parts)


def kind_of(value: object) -> str:
    """The name of a value's type, for a message; also where the value stays with the learner."""
    return getattr(value, "kind", type(value).__name__)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_MESSAGE else f"{text[: _MOST_MESSAGE - 1]}…"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _place(axes: Sequence[str], index: Sequence[int]) -> str:
    places = [f"{name} {i}" for name, i in zip(axes, index, strict=True) if name != "1"]
    return ", ".join(places) or "the only value"
