"""Misconceptions of ``merge_heads``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    returns_fresh_zeros,
    returns_zeros,
    takes,
)

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
_SHAPE = "batch, num_heads, length, d_head = x.shape"
misconception(
    "heads_taken_for_positions",
    says="the axes are read as (B, L, H, d_head), so that positions stand side by side",
    asks="In which order do the axes of the argument stand? Which of them should disappear?",
    merge_heads=[
        edit(_SHAPE, "batch, length, num_heads, d_head = x.shape", fails=_SIDE),
        _merge("x.flatten(2)"),
    ],
)
misconception(
    "batch_taken_for_heads",
    says="the sequences of the batch are put side by side, not the heads",
    asks="Over which axis does `for ... in x` run, and which axis holds the heads?",
    merge_heads=[
        _merge("torch.cat(list(x), dim=-1)"),
        _merge("torch.cat(list(x), dim=-1).transpose(0, 1)"),
    ],
)
misconception(
    "heads_behind_each_other",
    says="the heads stand one behind the other along the positions, not side by side",
    asks="How wide should one token be at the end? Along which axis do you join?",
    merge_heads=[_merge("x.flatten(1, 2)"), _merge("torch.cat(list(x.unbind(1)), dim=0)")],
)
misconception(
    "last_axes_transposed",
    says="positions and numbers of a head have changed places",
    asks="Which two axes do you exchange? Read the shape aloud before and after it.",
    merge_heads=[
        _merge("x.transpose(2, 3).reshape(batch, length, num_heads * d_head)"),
        _merge("x.permute(0, 3, 1, 2).reshape(batch, length, num_heads * d_head)"),
        _merge("x.permute(0, 3, 2, 1).reshape(batch, length, num_heads * d_head)"),
    ],
)
misconception(
    "returns_zeros",
    merge_heads=[
        returns_zeros(_SIDE),
        returns_fresh_zeros(_SIDE),
    ],
)
misconception("changes_inputs", merge_heads=changes("x", "merges_transposed_memory"))
