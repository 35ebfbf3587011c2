"""Misconceptions of ``expand_kv``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import (
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
        edit("num_heads // num_kv_heads", "num_kv_heads // num_heads", fails=_SHARE),
    ],
)
misconception(
    "repeated_for_every_head",
    says="every KV head is repeated num_heads times, not once for each query head of its group",
    asks="Six query heads, two KV heads: how many copies of each, so that there are six in all?",
    expand_kv=[
        _expand("return x.repeat_interleave(num_heads, dim=1)"),
        _expand("return x.repeat(1, num_heads, 1, 1)"),
    ],
)
misconception(
    "dim_forgotten",
    says="repeat_interleave is told no axis: it flattens everything into one and repeats numbers",
    asks="Which axis of (B, H_kv, L, d_head) should get longer, and how is that said?",
    expand_kv=_expand("return x.repeat_interleave(group)"),
)
misconception(
    "repeated_along_another_axis",
    says="another axis than that of the KV heads is repeated",
    asks="Which axis of (B, H_kv, L, d_head) should get longer?",
    expand_kv=[_expand(f"return x.repeat_interleave(group, dim={axis})") for axis in (0, 2, 3)],
)
misconception(
    "copies_behind_the_positions",
    says="the copies stand behind the axis of positions, so that heads and positions are mixed "
    "where the axes are joined",
    asks="(B, H_kv, L, group, d_head) is reshaped to (B, H, L, d_head). Which axes are joined?",
    expand_kv=_expand(
        "copies = x[:, :, :, None].expand(-1, -1, -1, group, -1)\n"
        "return copies.reshape(x.shape[0], num_heads, *x.shape[2:])"
    ),
)
misconception("heads_reversed", expand_kv=returns("output.flip(1)", _SHARE, "reverses_heads"))
misconception(
    "no_error_when_indivisible",
    says="KV heads are accepted that do not divide the query heads",
    asks="What does // do with the remainder? Which query heads have no KV head then?",
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
misconception("changes_inputs", expand_kv=changes("x", "expands_on_the_device"))
misconception("wrong_device", expand_kv=needs_the_cpu("expands_on_the_device"))
