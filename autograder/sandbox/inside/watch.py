"""Seeing calls that an exercise forbids, while they happen.

Two nets hang one behind the other. A ``TorchFunctionMode`` sees what Python calls
(``torch.softmax`` in all its spellings, ``scaled_dot_product_attention``,
``multi_head_attention_forward``); a ``TorchDispatchMode`` below it sees what these turn into, so
that ``nn.Softmax2d``, ``softmin``, a scripted function or an operator called through ``torch.ops``
is seen as well. Threads that start inside the watch get nets of their own, in a submission's
process those that its cells start, too. Functions of scipy are seen by a profiler that runs only
where ``scipy.special`` is loaded.

It is evidence with a name, not a proof: the nets hang in the process that the submission shares.
Not seen: processes, and threads started past ``threading.Thread``; torch's own decompositions
called by hand (``torch._refs``, ``torch._decomp``); operators of one's own
(``torch.library.custom_op``), which run with the nets taken down; a scripted
``MultiheadAttention`` (bare products and a softmax: seen where softmax is forbidden); whatever
numpy computes.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

# An operator of torch.onnx, which few programs import.
_OF_ONNX = "onnx::Attention"
_LIBRARY_ATTENTION = (
    "scaled_dot_product",
    "multi_head_attention",
    "multihead_attention",
    "native_multi_head_attention",
    "transformer_encoder_layer_fwd",
    "flex_attention",
    "flash_attention",
    "efficient_attention",
    "fused_attention",
    _OF_ONNX.lower(),
    "safe_softmax",  # the softmax inside scaled_dot_product_attention, and nowhere else
)
FAMILIES = {
    "softmax": ("softmax", "softmin", *_LIBRARY_ATTENTION),
    "attention": _LIBRARY_ATTENTION,
}


class _Functions(TorchFunctionMode):
    def __init__(self, net: Watch):
        super().__init__()
        self._net = net

    def __torch_function__(
        self,
        func: Callable,
        types: Any,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self._net.see(getattr(func, "__name__", None) or str(func))
        return func(*args, **kwargs) if kwargs else func(*args)


class _Operators(TorchDispatchMode):
    supports_higher_order_operators = True  # or torch.cond and its like raise inside the watch

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # True would import torch._dynamo at the first operation: a second, in every process.
        return False

    def __init__(self, net: Watch):
        super().__init__()
        self._net = net

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self._net.see(_name_of(func))
        return func(*args, **kwargs) if kwargs else func(*args)


# A submission can make up names without end: the caches are bounded.
@functools.lru_cache(maxsize=4096)
def _name_of(operator: Any) -> str:
    schema = getattr(operator, "_schema", None)
    return (schema.name if schema else operator.name()).removeprefix("aten::")


@functools.lru_cache(maxsize=4096)
def _forbidden(bare: str, parts: tuple[str, ...]) -> bool:
    """Whether a name in lower case holds one of the parts; found once for thousands of calls."""
    return "backward" not in bare and any(part in bare for part in parts)


def known(seen: Iterable[str]) -> list[str]:
    """Names of forbidden calls as torch or scipy has them.

    What a submission's process says it saw may be a text of its own: of any other name, only the
    part for which it is forbidden is kept.
    """
    parts = sorted(FAMILIES["softmax"], key=len, reverse=True)
    names = [
        name if name in _torch_names() else next((part for part in parts if part in name), "it")
        for name in seen
    ]
    return list(dict.fromkeys(names))


@functools.cache
def _torch_names() -> frozenset[str]:
    """Names of torch's functions and operators, and of what scipy forbids, as ``see`` has them."""
    operators = (name.removeprefix("aten::") for name in torch._C._dispatch_get_all_op_names())
    homes = (torch, torch.nn.functional, torch.special, torch.Tensor)
    functions = (name for home in homes for name in dir(home))
    names = (*operators, *functions, _OF_ONNX)
    return frozenset(name.split(".")[0].lstrip("_") for name in names)


class Watch:
    """Notes the forbidden calls made inside ``with``.

    Args:
        families: keys of ``FAMILIES``.

    Attributes:
        seen: names of the forbidden calls, in order, each once.
    """

    def __init__(self, families: Iterable[str]):
        self._parts = tuple(part for family in families for part in FAMILIES[family])
        self._open = contextlib.ExitStack()
        self._paused = False
        self.seen: list[str] = []

    def see(self, name: str) -> None:
        """Note a call if its name belongs to a forbidden family."""
        # str's own method: a subclass could make the cache take one name for another.
        if self._paused or not _forbidden(str.lower(name), self._parts):
            return
        name = name.split(".")[0].lstrip("_")
        if name not in self.seen:
            self.seen.append(name)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Inside, calls are not noted: they are the grader's own."""
        before, self._paused = self._paused, True
        try:
            yield
        finally:
            self._paused = before

    def __enter__(self) -> Self:
        if self._parts:
            self._open.enter_context(self.threads())
            if "scipy.special" in sys.modules:
                self._open.enter_context(self._profiler())
            self._open.enter_context(self._nets())
        return self

    def __exit__(self, *error: Any) -> None:
        self._open.__exit__(*error)

    @contextlib.contextmanager
    def _nets(self) -> Iterator[None]:
        with _Operators(self), _Functions(self):
            yield

    @contextlib.contextmanager
    def threads(self) -> Iterator[None]:
        """Modes belong to a thread: hang the nets in each one that starts."""
        thread_class: Any = threading.Thread
        plain = thread_class._bootstrap_inner

        def bootstrap(thread: threading.Thread) -> None:
            with self._nets():
                plain(thread)

        thread_class._bootstrap_inner = bootstrap
        try:
            yield
        finally:
            thread_class._bootstrap_inner = plain

    @contextlib.contextmanager
    def _profiler(self) -> Iterator[None]:
        def profile(frame: types.FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_globals.get("__name__", "").startswith("scipy.special"):
                self.see(frame.f_code.co_name)

        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(before)


def inputs_changed(
    given: list[torch.Tensor], passed: list[torch.Tensor], afterwards: list[torch.Tensor]
) -> list[bool]:
    """For each tensor that was passed, whether its bits differ from those it was copied from.

    Args:
        given: the tensors as they were.
        passed: the copies that the call got.
        afterwards: the tensors in its arguments after the call. One that is not among them any more
            counts as changed.
    """
    there = set(map(id, afterwards))
    return [
        id(b) not in there or a.shape != b.shape or a.dtype != b.dtype or not _same_bits(a, b)
        for a, b in zip(given, passed, strict=True)
    ]


def containers_changed(before: list[Any], after: list[Any]) -> list[bool]:
    """For each list and dictionary among the arguments, whether it holds something else, or deeper.

    Args:
        before: the arguments as they were, with copies of their lists and dictionaries.
        after: the arguments after the call. Into tensors, ``inputs_changed`` looks.
    """
    pairs = zip(before, after, strict=True)
    return [not _holds_the_same(a, b) for a, b in pairs if isinstance(a, (list, dict))]


def _holds_the_same(before: Any, after: Any) -> bool:
    if before is after:
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(
            _holds_the_same(each, after[key]) for key, each in before.items()
        )
    if isinstance(before, (list, tuple)):
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(_holds_the_same(*pair) for pair in pairs)
    return isinstance(before, (bool, int, float, str)) and before == after


def _same_bits(a: torch.Tensor, b: torch.Tensor) -> bool:
    a, b = a.detach(), b.detach()
    if torch.equal(a, b):
        return True
    a, b = a.contiguous().reshape(-1), b.contiguous().reshape(-1)  # NaN equals nothing by value
    return torch.equal(a.view(torch.uint8), b.view(torch.uint8))
