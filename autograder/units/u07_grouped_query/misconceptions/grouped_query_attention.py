"""Misconceptions of ``GroupedQueryAttention``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrong_attention import around_known

_INDIVISIBLE = "num_heads % num_kv_heads != 0"
_WHOLE = "whole_sequence"
_MODULE_CALL = "heads = grouped_attention(q, k, v, mask)"
_K_LINEAR = "self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)"
_V_LINEAR = "self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)"
misconception(
    "no_error_when_indivisible",
    GroupedQueryAttention=[
        edit(
            _INDIVISIBLE,
            "num_heads < 0",
            "d_model % num_heads != 0",
            "d_model < num_heads",
            fails="refuses_what_does_not_divide",
        ),
        edit(_INDIVISIBLE, "num_heads < 0", fails="refuses_what_does_not_divide"),
        edit(
            "d_model % num_heads != 0", "d_model < num_heads", fails="refuses_what_does_not_divide"
        ),
    ],
)

_START = "start = 0 if cache is None else cache.length"
_MASK = "hides_what_the_mask_says"


def _around(name, fails, most=None):
    """The module around a grouped_attention that has this misconception."""
    return around_known(name, fails, most, inner="grouped_attention")


for _name, _most in (
    ("tiled", None),
    ("every_head_on_kv_head_0", None),
    ("mean_of_kv_heads", None),
    ("group_size_swapped", None),
    ("rows_folded_wrong", 3),
):
    misconception(_name, GroupedQueryAttention=_around(_name, _WHOLE, _most))
misconception("mask_folded_wrong", GroupedQueryAttention=_around("mask_folded_wrong", _MASK))
for _name, _mask in (
    ("mask_ignored", "None"),
    ("inverted_mask", "None if mask is None else ~mask"),
):
    misconception(
        _name,
        GroupedQueryAttention=[
            edit(_START, f"mask = {_mask}\n{_START}", fails=_MASK),
            *_around(_name, _MASK),
        ],
    )
misconception(
    "mask_read_as_batch",
    GroupedQueryAttention=_around("mask_read_as_batch", "module_mask_of_the_heads"),
)
for _name in (
    "mask_after_softmax",
    "additive_mask",
    "finite_mask_value",
    "uniform_empty_rows",
    "nan_empty_rows",
    "softmax_over_queries",
    "uniform_weights",
):
    misconception(_name, GroupedQueryAttention=_around(_name, _MASK, 3))

misconception(
    "nan_gradient", GroupedQueryAttention=_around("nan_gradient", "sends_the_right_gradients", 3)
)
misconception("expanded", GroupedQueryAttention=_around("expanded", "module_copies_no_keys"))

_JOIN = "mask = causal if mask is None else mask & causal"
misconception(
    "mask_replaced_by_causal",
    says="with a cache the given mask is dropped",
    asks="A key is padding *and* in the past. May it be seen?",
    GroupedQueryAttention=edit(_JOIN, "mask = causal", fails="joins_the_masks"),
)
misconception(
    "causal_replaced_by_mask",
    says="with a cache a given mask replaces the causal one",
    asks="A key is real *and* in the future. May it be seen?",
    GroupedQueryAttention=edit(
        _JOIN, "mask = causal if mask is None else mask", fails="joins_the_masks"
    ),
)
misconception(
    "mask_dropped_for_one_token",
    says="with a cache the given mask is dropped where a single token comes",
    asks="One new token may see all of the past. Padding too?",
    GroupedQueryAttention=edit(
        _JOIN,
        "mask = causal if mask is None or q.shape[2] == 1 else mask & causal",
        fails="joins_the_masks",
    ),
)
misconception(
    "mask_used_with_cache_only",
    says="without a cache the given mask is dropped",
    asks="Which of your lines uses `mask` when there is no cache?",
    GroupedQueryAttention=edit(
        _MODULE_CALL, swap(_MODULE_CALL, "mask", "None if cache is None else mask"), fails=_MASK
    ),
)
misconception(
    "masks_joined_by_or",
    says="the given mask and the causal one are joined by |",
    asks="Must both allow a key, or is one enough?",
    GroupedQueryAttention=edit(_JOIN, swap(_JOIN, "&", "|"), fails="joins_the_masks"),
)
misconception(
    "always_causal",
    says="the future is hidden without a cache too, though no mask says so",
    asks="What does forward(x) without mask and cache promise?",
    GroupedQueryAttention=[
        edit(
            _MODULE_CALL,
            "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)\n"
            "heads = grouped_attention(q, k, v, causal if mask is None else mask & causal)",
            fails=_MASK,
        ),
        edit(
            _MODULE_CALL,
            "if mask is None:\n"
            "    mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)\n"
            f"{_MODULE_CALL}",
            fails=_MASK,
        ),
    ],
)
misconception(
    "kv_width_of_all_heads",
    says="k_proj and v_proj are as wide as q_proj",
    asks="How many key heads does one token have?",
    GroupedQueryAttention=edit(
        _K_LINEAR,
        swap(_K_LINEAR, "num_kv_heads", "num_heads"),
        _V_LINEAR,
        swap(_V_LINEAR, "num_kv_heads", "num_heads"),
        "self.k_proj(x), self.num_kv_heads)",
        "self.k_proj(x), self.num_heads)",
        "self.v_proj(x), self.num_kv_heads)",
        "self.v_proj(x), self.num_heads)",
        fails="has_the_projections",
    ),
)
misconception(
    "kv_heads_too_narrow",
    says="keys and values are split into as many heads as the queries, which makes them too narrow",
    asks="k_proj is H_kv * d_head wide. How many heads of d_head numbers are in it?",
    GroupedQueryAttention=edit(
        "self.k_proj(x), self.num_kv_heads)",
        "self.k_proj(x), self.num_heads)",
        "self.v_proj(x), self.num_kv_heads)",
        "self.v_proj(x), self.num_heads)",
        fails=_WHOLE,
    ),
)
misconception(
    "kv_heads_read_as_group_size",
    says="num_kv_heads is taken for the group size, the number of query heads on each KV head",
    asks="GroupedQueryAttention(d_model, 8, 2): how many keys does a token have, 2 or 4?",
    GroupedQueryAttention=edit(
        "self.num_heads = num_heads",
        "self.num_heads = num_heads\nnum_kv_heads = num_heads // num_kv_heads",
        fails="has_the_projections",
    ),
)
misconception(
    "d_head_of_kv",
    says="d_head is d_model // num_kv_heads, not d_model // num_heads",
    asks="A query and a key meet in a dot product. Whose heads decide how wide it is?",
    GroupedQueryAttention=[
        edit(
            "d_head = d_model // num_heads",
            "d_head = d_model // num_kv_heads",
            fails="has_the_projections",
        ),
        edit(
            "d_head = d_model // num_heads",
            "d_head = d_model // num_kv_heads",
            "d_model % num_heads != 0",
            "d_model % num_kv_heads != 0",
            fails="has_the_projections",
        ),
    ],
)
misconception(
    "projection_shared",
    GroupedQueryAttention=[
        edit("self.v_proj(x)", "self.v_proj(x) * 0 + self.k_proj(x)", fails=_WHOLE),
    ],
)
