"""Seeing calls that an exercise forbids, while they happen.

Two nets hang one behind the other. A ``TorchFunctionMode`` sees what Python calls (``torch.softmax``
in all its spellings, ``scaled_dot_product_attention``, ``multi_head_attention_forward``); a
``TorchDispatchMode`` below it sees what these turn into, so that ``nn.Softmax2d``, ``softmin``, a
scripted function or an operator called through ``torch.ops`` is seen as well. It is evidence with a
name, not a proof: both nets belong to one thread of a process that the submission shares.
"""

from __future__ import annotations

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

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
)
FAMILIES = {
    "softmax": ("softmax", "softmin", *_LIBRARY_ATTENTION),
    "attention": _LIBRARY_ATTENTION,
}


class _Functions(TorchFunctionMode):
    def __init__(self, net):
        super().__init__()
        self._net = net

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self._net.see(getattr(func, "__name__", None) or str(func), func)
        return func(*args, **(kwargs or {}))


class _Operators(TorchDispatchMode):
    def __init__(self, net):
        super().__init__()
        self._net = net

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self._net.see(func._schema.name.removeprefix("aten::"), func)
        return func(*args, **(kwargs or {}))


class Watch:
    """Notes the forbidden calls made inside ``with``.

    Args:
        families: keys of ``FAMILIES``.

    Attributes:
        seen: names of the forbidden calls, in order, each once.
    """

    def __init__(self, families):
        self._parts = tuple(part for family in families for part in FAMILIES[family])
        self._nets = (_Operators(self), _Functions(self)) if self._parts else ()
        self.seen: list[str] = []

    def see(self, name: str, func) -> None:
        """Note a call if its name belongs to a forbidden family."""
        bare = name.lower()
        if "backward" in bare or not any(part in bare for part in self._parts):
            return
        name = name.split(".")[0].lstrip("_")
        if name not in self.seen:
            self.seen.append(name)

    def __enter__(self):
        for net in self._nets:
            net.__enter__()
        return self

    def __exit__(self, *error):
        for net in reversed(self._nets):
            net.__exit__(*error)


def watched(families, function, args, kwargs):
    """Call ``function`` and return ``(its result, names of forbidden calls it made)``."""
    with Watch(families) as watch:
        result = function(*args, **kwargs)
    return result, watch.seen


def inputs_changed(given, passed) -> list[bool]:
    """For each tensor that was passed, whether it still has the bits of the one it was copied from."""
    return [
        a.shape != b.shape or a.dtype != b.dtype or not _same_bits(a, b)
        for a, b in zip(given, passed, strict=True)
    ]


def _same_bits(a, b) -> bool:
    a, b = a.detach().contiguous(), b.detach().contiguous()
    return (
        torch.equal(a.view(torch.uint8), b.view(torch.uint8))
        if a.numel() and a.dim()
        else (a.tolist() == b.tolist())
    )
