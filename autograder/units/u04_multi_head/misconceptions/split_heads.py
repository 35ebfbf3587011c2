"""Misconceptions of ``split_heads``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    returns,
    returns_fresh_zeros,
    returns_zeros,
)

_PARTS = "gives_each_head_its_part"
_PIECES = "x.reshape(batch, length, num_heads, width // num_heads)"
_EXCHANGED = "x.reshape(batch, length, width // num_heads, num_heads)"
_SPLIT = "return pieces.transpose(1, 2)"


def _split(result, fails=_PARTS):
    return edit(_SPLIT, f"return {result}", fails=fails)


misconception(
    "every_head_reads_head_0",
    split_heads=returns("output[:, :1].expand_as(output)", _PARTS, "repeats_head_0"),
)
misconception(
    "split_by_view",
    split_heads=edit(
        _PIECES,
        "x.reshape(batch, num_heads, length, width // num_heads).transpose(1, 2)",
        fails=_PARTS,
    ),
)
misconception(
    "split_interleaved",
    split_heads=edit(
        _PIECES,
        "x.reshape(batch, length, width // num_heads, num_heads).transpose(2, 3)",
        fails=_PARTS,
    ),
)
misconception("heads_reversed", split_heads=returns("output.flip(1)", _PARTS, "reverses_heads"))
misconception(
    "last_axes_transposed",
    says="positions and numbers of a head have changed places",
    asks="Read your result aloud: head, then position, then number?",
    split_heads=[
        _split("pieces.permute(0, 2, 3, 1).reshape(batch, num_heads, length, width // num_heads)"),
        _split("pieces.permute(0, 2, 3, 1)"),
    ],
)
misconception(
    "transpose_missing",
    says="the axis of heads still stands behind the positions",
    asks="In which order should the axes stand: (B, L, H, d_head) or (B, H, L, d_head)?",
    split_heads=_split("pieces"),
)
misconception(
    "heads_in_front",
    says="the heads stand in front of the batch",
    asks="Which axis should be the first, and along which one does `stack` join by default?",
    split_heads=returns("output.transpose(0, 1)", _PARTS, "exchanges_axes"),
)
misconception(
    "number_taken_for_width",
    says="there are d_head pieces of num_heads numbers, not num_heads pieces of d_head",
    asks="What does num_heads count: the pieces, or the numbers in one? What does `split` take?",
    split_heads=[
        edit(_PIECES, _EXCHANGED, fails=_PARTS),
        edit(_PIECES, f"{_EXCHANGED}.transpose(2, 3)", _SPLIT, "return pieces.transpose(1, 3)",
             fails=_PARTS),
    ],
)  # fmt: skip
misconception(
    "returns_zeros",
    split_heads=[
        returns_fresh_zeros(_PARTS),
        returns_zeros(_PARTS),
    ],
)
misconception("changes_inputs", split_heads=changes("x", "splits_transposed_memory"))
