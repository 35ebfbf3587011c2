"""Misconceptions of ``expand_kv``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.wrappers import (
    changes,
    needs_the_cpu,
    returns,
    returns_argument,
    returns_fresh_zeros,
    returns_zeros,
)

_SHARE = "neighbours_share"
_EXPAND = "return x.repeat_interleave(group, dim=1)"
_INDIVISIBLE = "num_heads % num_kv_heads != 0"


def _expand(new, fails=_SHARE):
    return edit(_EXPAND, new, fails=fails)


_SWAPPED = "torch.arange(num_heads) // num_kv_heads"
misconception(
    "tiled",
    says="the KV heads are tiled, [k0, k1, k0, k1], not repeated in a row, [k0, k0, k1, k1]",
    asks="Which KV head does query head 1 read?",
    expand_kv=_expand("return x.repeat(1, group, 1, 1)"),
)
misconception(
    "every_head_on_kv_head_0",
    says="every query head reads KV head 0",
    asks="Change KV head 1. Does your output change?",
    expand_kv=_expand("return x[:, :1].expand(-1, num_heads, -1, -1)"),
)
misconception(
    "mean_of_kv_heads",
    says="every query head reads the mean of the KV heads",
    asks="Each group has a KV head of its own. Who reads the second?",
    expand_kv=_expand("return x.mean(dim=1, keepdim=True).expand(-1, num_heads, -1, -1)"),
)
misconception(
    "group_size_swapped",
    says="the group size and the number of KV heads have changed places",
    asks="Six query heads, two KV heads: how many query heads read the same KV head?",
    expand_kv=[
        _expand("return x.repeat_interleave(num_kv_heads, dim=1)"),
        _expand(f"return x[:, {_SWAPPED} % num_kv_heads]"),
        _expand(f"return x[:, ({_SWAPPED}).clamp(max=num_kv_heads - 1)]"),
    ],
)
misconception("heads_reversed", expand_kv=returns("output.flip(1)", _SHARE, "reverses_heads"))
misconception(
    "no_error_when_indivisible",
    expand_kv=[
        edit(_INDIVISIBLE, "num_heads < 0", fails="refuses_to_expand"),
        edit(
            _INDIVISIBLE,
            "num_heads < 0",
            _EXPAND,
            "reads = torch.arange(num_heads, device=x.device) // max(group, 1)\n"
            "return x[:, reads.clamp(max=num_kv_heads - 1)]",
            fails="refuses_to_expand",
        ),
    ],
)
misconception("returns_input", expand_kv=returns_argument("x", _SHARE))
misconception(
    "returns_zeros",
    expand_kv=[
        returns_fresh_zeros(_SHARE),
        returns_zeros(_SHARE),
    ],
)
misconception("changes_inputs", expand_kv=changes("x", _SHARE))
misconception("wrong_device", expand_kv=needs_the_cpu("expands_on_the_device"))
