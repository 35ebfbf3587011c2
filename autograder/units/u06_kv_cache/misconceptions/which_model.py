"""Misconceptions of ``which_model``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

_VALUES = 'values = 2 * model["layers"] * model["kv_heads"] * model["d_head"]'
_SIZES = "for bytes_per_value in (1, 2, 4):"
_FITS = "if values * bytes_per_value == bytes_per_token:"
_FOUND = "found.append((name, bytes_per_value))"
_BY_BYTES = "finds_by_bytes"
_ALL = "finds_all_that_fit"


def _counts(old, new):
    return edit(_VALUES, swap(_VALUES, old, new), fails=_BY_BYTES)


misconception("keys_or_values_only", which_model=_counts("2 * ", ""))
misconception("layers_forgotten", which_model=_counts('model["layers"] * ', ""))
misconception("heads_forgotten", which_model=_counts('model["kv_heads"] * ', ""))
misconception(
    "query_heads_for_kv_heads",
    says="the query heads are counted, not the KV heads",
    asks="Which heads have keys that are stored?",
    which_model=_counts('model["kv_heads"]', 'model["heads"]'),
)
misconception(
    "d_head_from_d_model",
    says="the width of a head is taken to be d_model divided by the heads",
    asks="Gemma-7B has 16 heads on 3072. What does its row say of d_head?",
    which_model=_counts('model["d_head"]', '(model["d_model"] // model["heads"])'),
)
misconception(
    "width_of_the_model",
    says="d_model is counted as the width of what is stored, as if there were a KV head each",
    asks="How wide are the keys of all KV heads together?",
    which_model=edit(_VALUES, 'values = 2 * model["layers"] * model["d_model"]', fails=_BY_BYTES),
)
misconception(
    "one_size_only",
    says="one dtype is tried, not all three",
    asks="In how many bytes may a value be kept? What if the cache is in 8 bits, or in float32?",
    which_model=[
        edit(_SIZES, f"for bytes_per_value in ({size},):", fails=_BY_BYTES) for size in (1, 2, 4)
    ],
)
misconception(
    "bits_for_bytes",
    which_model=edit(_SIZES, "for bytes_per_value in (8, 16, 32):", fails=_BY_BYTES),
)
misconception(
    "first_that_fits",
    says="the search ends at the first pair that fits",
    asks="Two different models can store the same number of bytes. Who is the second here?",
    which_model=[
        edit(_FOUND, "return [(name, bytes_per_value)]", fails=_ALL),
        edit("return found", "return found[-1:]", fails=_ALL),
    ],
)
misconception(
    "none_for_nothing",
    says="where nothing fits, something other than an empty list comes back",
    asks="What does the task say comes back if no model fits?",
    which_model=[
        edit("return found", f"return found or {other}", fails=_ALL)
        for other in ("None", "[(None, None)]")
    ],
)
misconception(
    "at_most_so_many_bytes",
    says="models are found that store fewer bytes than that, or more",
    asks="The server tells its bytes exactly. Does a model fit that stores half of them?",
    which_model=[edit(_FITS, swap(_FITS, "==", how), fails=_BY_BYTES) for how in ("<=", ">=")],
)
misconception(
    "pair_the_other_way",
    says="the pairs stand the other way round: bytes first, then the name",
    asks="In which order does the task name the two?",
    which_model=edit(_FOUND, "found.append((bytes_per_value, name))", fails=_BY_BYTES),
)
misconception(
    "names_only",
    says="the names come back without the bytes of a value",
    asks="What does the task ask for beside the name?",
    which_model=edit(_FOUND, "found.append(name)", fails=_BY_BYTES),
)
