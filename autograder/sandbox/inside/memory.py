"""Memory: bytes of new tensors that a call has alive at the same time, and graphs that are kept.

Counted in the process that the submission shares, so it is evidence, not a proof. An operator of
PyTorch counts with its result only, and what numpy allocates does not count.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Peak(TorchDispatchMode):
    """Counts inside ``with``.

    Attributes:
        bytes: the most that was alive at once, of what was allocated since the beginning.
    """

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # see watch.py

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0
        self._alive: dict[StorageWeakRef, int] = {}

    def __torch_dispatch__(
        self,
        func: Callable,
        types: Any,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        given = set(map(StorageWeakRef, _storages([args, kwargs])))
        for storage in _storages(result):
            reference = StorageWeakRef(storage)
            if reference not in given:
                self._alive[reference] = storage.nbytes()
        self._alive = {each: size for each, size in self._alive.items() if not each.expired()}
        self.bytes = max(self.bytes, sum(self._alive.values()))
        return result


def holds_graph(value: Any) -> bool:
    """Whether a tensor that an object has, or its lists and dictionaries, hangs on a graph."""
    slots = getattr(type(value), "__slots__", ())
    own = [getattr(value, name, None) for name in (*getattr(value, "__dict__", ()), *slots)]
    return any(isinstance(each, torch.Tensor) and each.requires_grad for each in tree_leaves(own))


def _storages(value: Any) -> list[torch.UntypedStorage]:
    leaves = tree_leaves(value)
    return [leaf.untyped_storage() for leaf in leaves if isinstance(leaf, torch.Tensor)]
