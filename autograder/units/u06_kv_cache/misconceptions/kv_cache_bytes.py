"""Misconceptions of ``kv_cache_bytes``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import returns

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
    "factor_two_twice",
    says="the factor 2 is there twice, for keys and values",
    asks="Two tensors, keys and values: which further 2 do you count?",
    kv_cache_bytes=edit(_BYTES, swap(_BYTES, "2 *", "2 * 2 *"), fails=_COUNTS),
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
    "tokens_off_by_one",
    says="one position too few is counted, or one too many",
    asks="Of which token does the cache hold no key?",
    kv_cache_bytes=[
        edit(_BYTES, swap(_BYTES, "tokens", f"(tokens {by} 1)"), fails=_COUNTS) for by in "-+"
    ],
)
misconception(
    "tokens_squared",
    says="the cache is counted as the scores are, tokens times tokens",
    asks="Does a new token change what is stored of the old ones?",
    kv_cache_bytes=edit(_BYTES, swap(_BYTES, "tokens", "tokens**2"), fails=_COUNTS),
)
misconception(
    "heads_forgotten",
    kv_cache_bytes=_without("num_kv_heads * "),
)
misconception(
    "d_head_divided_by_heads",
    says="d_head is divided by the heads, as if it were the width of all of them",
    asks="Does the task give the width of one head, or of all?",
    kv_cache_bytes=edit(_BYTES, swap(_BYTES, "d_head", "(d_head // num_kv_heads)"), fails=_COUNTS),
)
misconception(
    "bytes_forgotten",
    says="the bytes of one value are forgotten: numbers are counted, not bytes",
    asks="How many bytes does a number in float16 take, and in float32?",
    kv_cache_bytes=[
        edit(_BYTES_RETURN, "return values", fails=_COUNTS),
        edit(_BYTES_RETURN, "return values * 2", fails=_COUNTS),
        edit(_BYTES_RETURN, "return values * 4", fails=_COUNTS),
    ],
)
misconception(
    "bits_for_bytes",
    says="bits are counted, not bytes",
    asks="bytes_per_value=2 are 16 bits. Is there anything left to multiply by?",
    kv_cache_bytes=[
        edit(_BYTES_RETURN, f"{_BYTES_RETURN} {factor}", fails=_COUNTS)
        for factor in ("* 8", "// 8")
    ],
)
misconception(
    "in_larger_units",
    says="the size is given in KiB, MiB or GiB, or in kB, MB or GB",
    asks="In which unit does the task ask for it?",
    kv_cache_bytes=[
        edit(_BYTES_RETURN, f"{_BYTES_RETURN} {division}", fails=_COUNTS)
        for division in ("/ 2**10", "/ 2**20", "/ 2**30", "// 2**10", "/ 1e6", "/ 1e9")
    ],
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
    # No wrapper: together with larger units it would explain every 0.
    kv_cache_bytes=edit(
        _BYTES_RETURN, "return int(float(values * bytes_per_value))", fails=_COUNTS
    ),
)
