"""Misconceptions of ``kv_cache_bytes``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.wrappers import returns

_BYTES = "values = 2 * num_layers * num_kv_heads * d_head * tokens * batch"
_BYTES_RETURN = "return values * bytes_per_value"
_COUNTS = "counts_everything"


def _without(factor):
    return edit(_BYTES, swap(_BYTES, factor, ""), fails=_COUNTS)


misconception(
    "keys_or_values_only",
    says="only the keys are counted, or only the values",
    asks="What does attention need of an old token besides its key?",
    kv_cache_bytes=_without("2 * "),
)
misconception(
    "layers_forgotten",
    says="one layer is counted, not all of them",
    asks="Does each layer have a cache of its own?",
    kv_cache_bytes=_without("num_layers * "),
)
misconception(
    "batch_forgotten",
    says="the batch is forgotten",
    asks="Two users send two texts. Can they share keys?",
    kv_cache_bytes=_without(" * batch"),
)
misconception(
    "tokens_forgotten",
    says="one token is counted, not all of them",
    asks="How does the cache grow with the text?",
    kv_cache_bytes=_without(" * tokens"),
)
misconception(
    "heads_forgotten",
    kv_cache_bytes=_without("num_kv_heads * "),
)
misconception(
    "bytes_forgotten",
    says="the bytes of one value are forgotten: numbers are counted, not bytes",
    asks="How many bytes does a number in float16 take, and in float32?",
    kv_cache_bytes=[
        edit(_BYTES_RETURN, "return values", fails=_COUNTS),
        edit(_BYTES_RETURN, "return values * 2", fails=_COUNTS),
    ],
)
misconception(
    "bits_for_bytes",
    says="bits are counted, not bytes",
    asks="bytes_per_value=2 are 16 bits. Is there anything left to multiply by?",
    kv_cache_bytes=edit(_BYTES_RETURN, f"{_BYTES_RETURN} * 8", fails=_COUNTS),
)
misconception(
    "float_result",
    kv_cache_bytes=returns("output * 1.0", _COUNTS),
)
misconception(
    "kept_in_32_bits",
    says="the numbers are kept in 32 bits, where large ones start again below zero",
    asks="What is the largest number of 32 bits? How many GiB would that be?",
    kv_cache_bytes=returns("(output + 2**31) % 2**32 - 2**31", _COUNTS),
)
misconception(
    "counted_in_floats",
    says="the numbers went through floats, which hold 16 digits",
    asks="Is every whole number beyond 2**53 a float? Which of your operators makes one?",
    kv_cache_bytes=returns("int(float(output))", _COUNTS),
)
