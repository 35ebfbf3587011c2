"""Misconceptions of ``arithmetic_intensity``."""

from autograder.grading.misconceptions import edit, misconception

_DIVIDED = "return flops / bytes_moved"
_INTENSITY = "is_flops_per_byte"
misconception(
    "inverted_ratio",
    says="it is bytes per FLOP, not FLOPs per byte",
    asks="With which unit do you end up?",
    arithmetic_intensity=edit(_DIVIDED, "return bytes_moved / flops", fails=_INTENSITY),
)
misconception(
    "integer_division",
    says="the fraction is cut off",
    asks="What is 4 // 8?",
    arithmetic_intensity=[
        edit(_DIVIDED, "return flops // bytes_moved", fails=_INTENSITY),
        edit(_DIVIDED, "return round(flops / bytes_moved)", fails=_INTENSITY),
    ],
)
misconception(
    "flops_doubled",
    says="the FLOPs are doubled, though a multiply-add counts as two of them already",
    asks="What does the task say that `flops` counts?",
    arithmetic_intensity=edit(_DIVIDED, "return 2 * flops / bytes_moved", fails=_INTENSITY),
)
misconception(
    "multiplied",
    says="FLOPs and bytes are multiplied",
    asks="FLOPs *for each* byte: which operation is that?",
    arithmetic_intensity=edit(_DIVIDED, "return flops * bytes_moved", fails=_INTENSITY),
)
misconception(
    "bits_for_bytes",
    arithmetic_intensity=edit(_DIVIDED, "return flops / (8 * bytes_moved)", fails=_INTENSITY),
)
misconception(
    "one_flop_per_multiply_add",
    arithmetic_intensity=edit(_DIVIDED, "return flops / 2 / bytes_moved", fails=_INTENSITY),
)
