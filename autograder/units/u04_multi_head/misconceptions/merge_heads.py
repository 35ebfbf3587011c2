"""Misconceptions of ``merge_heads``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.wrappers import changes, returns_fresh_zeros, returns_zeros, takes

_SIDE = "puts_heads_side_by_side"
_MERGE = "return pieces.reshape(batch, length, num_heads * d_head)"


def _merge(result, fails=_SIDE):
    return edit(_MERGE, f"return {result}", fails=fails)


misconception(
    "every_head_reads_head_0", merge_heads=takes(_SIDE, x='given["x"][:, :1].expand_as(given["x"])')
)
misconception(
    "merge_by_view",
    merge_heads=edit(
        "pieces = x.transpose(1, 2)",
        "pieces = x.reshape(batch, length, num_heads, d_head)",
        fails=_SIDE,
    ),
)
misconception(
    "joined_interleaved",
    merge_heads=_merge("pieces.transpose(2, 3).reshape(batch, length, num_heads * d_head)"),
)
misconception("heads_reversed", merge_heads=takes(_SIDE, x='given["x"].flip(1)'))
misconception("heads_added", merge_heads=_merge("pieces.sum(dim=2)"))
misconception(
    "returns_zeros",
    merge_heads=[
        returns_zeros(_SIDE),
        returns_fresh_zeros(_SIDE),
    ],
)
misconception("changes_inputs", merge_heads=changes("x", "merges_transposed_memory"))
