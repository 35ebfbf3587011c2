"""A trace of shapes: what every torch operation takes and gives, axes called by their names."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

_LABEL_WIDTH = 26
_HIDDEN_OPTIONS = {"tensor", "linear", "layer_norm", "multi_head_attention_forward", "index"}
_HIDDEN_KEYWORDS = {"_stacklevel", "inplace"}
_SHOWN_PROPERTIES = {"T", "mT", "H", "mH"}
_TAKES_A_SHAPE = {"view", "reshape", "expand", "unflatten", "broadcast_to", "split"}
_WORDS = {"__getitem__": "index", "__truediv__": "div", "__rtruediv__": "div", "__rsub__": "sub"}


class ShapeTracer(TorchFunctionMode):
    """Prints one line for each torch operation inside a `with` block. Built by `trace_shapes`."""

    def __init__(self, names: dict[int, str]):
        super().__init__()
        self.names = names
        self.lines: list[str] = []

    def __torch_function__(
        self,
        func: Callable,
        types: Any,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        before = [self._shape(tensor) for tensor in _tensors((*args, *kwargs.values()))]
        result = func(*args, **kwargs)
        after = [self._shape(tensor) for tensor in _tensors(result)]
        name = _operation(func)
        if name and after:
            self._report(name, args, kwargs, before, after)
        return result

    def _report(
        self,
        name: str,
        args: tuple,
        kwargs: dict[str, Any],
        before: list[str],
        after: list[str],
    ) -> None:
        joiner = " @ " if name == "matmul" else ", "
        label = name + self._options(name, args, kwargs)
        shapes = f"{joiner.join(before)} -> {', '.join(after)}".lstrip()
        line = f"{label:<{_LABEL_WIDTH}} {shapes}"
        self.lines.append(line)
        print(line)

    def _options(self, name: str, args: tuple, kwargs: dict[str, Any]) -> str:
        """The arguments that are not tensors, for example `(dim=-1)`."""
        plain = [value for value in args if not list(_tensors(value))]
        given = [self._option(name, value) for value in plain]
        if name == "unflatten" and plain:
            given[0] = str(plain[0])  # an axis, not a size
        given += [
            f"{key}={value if key == 'dim' else self._option(name, value)}"
            for key, value in kwargs.items()
            if key not in _HIDDEN_KEYWORDS and value is not None and not list(_tensors(value))
        ]
        return f"({', '.join(given)})" if given and name not in _HIDDEN_OPTIONS else ""

    def _option(self, name: str, value: Any) -> str:
        if name in _TAKES_A_SHAPE and isinstance(value, (tuple, list)):
            return ", ".join(self._option(name, size) for size in value)
        if name in _TAKES_A_SHAPE and isinstance(value, int):
            return self.names.get(value, str(value))
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    def _shape(self, tensor: torch.Tensor) -> str:
        sizes = [self.names.get(size, str(size)) for size in tensor.shape]
        return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _tensors(values: Any) -> Iterator[torch.Tensor]:
    if isinstance(values, torch.Tensor):
        yield values
    elif isinstance(values, (tuple, list)):
        for value in values:
            yield from _tensors(value)


def _operation(func: Any) -> str:
    """The name of an operation, or "" for one that is not worth a line."""
    name = getattr(func, "__name__", str(func))
    if name == "__get__":
        attribute = getattr(func.__self__, "__name__", "")
        return attribute if attribute in _SHOWN_PROPERTIES else ""
    if name in ("__set__", "detach", "clone", "requires_grad_"):
        return ""
    return _WORDS.get(name, name.strip("_") if name.startswith("__") else name)


def trace_shapes(**sizes: int) -> ShapeTracer:
    """Print the shapes of every torch operation in a `with` block, axes by name.

    `with trace_shapes(B=2, L_q=5, L_k=7, d_head=4):` prints lines such as
    `matmul  (B, L_q, d_head) @ (B, d_head, L_k) -> (B, L_q, L_k)`. A size that has no name is
    printed as a number. `.lines` of the object keeps what was printed.

    Raises ValueError if two names have the same size, or a size is below 2: the tracer sees
    only numbers, and could not tell such axes apart.
    """
    names: dict[int, str] = {}
    for name, size in sizes.items():
        if size in names:
            raise ValueError(
                f"{names[size]} and {name} are both {size}: the trace sees only sizes and could "
                "not tell them apart. Choose sizes that are pairwise different."
            )
        if size < 2:
            raise ValueError(
                f"{name} is {size}: axes that broadcast have size 1 too, so it gets no name. "
                "Leave it out, or choose a size of 2 or more."
            )
        names[size] = name
    return ShapeTracer(names)
