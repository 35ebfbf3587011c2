"""Misconceptions of unit 07, as edits of the model solutions.

Those that ``GroupedQueryAttention`` shares with ``CachedAttention`` are written in unit 06.
"""

from autograder.grading.misconceptions import calling, edit, edits_of, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.wrappers import (
    changes,
    needs_the_cpu,
    returns,
    returns_argument,
    returns_float32,
    returns_fresh_zeros,
    returns_half_as_float32,
    returns_zeros,
    takes,
)

_SHARE = "neighbours_share"
_EXPAND = "return x.repeat_interleave(group, dim=1)"

_EQUALS = "equals_the_reference"
_MASK = "grouped_obeys_the_mask"
_EMPTY = "grouped_empty_rows"
_GROUP = "group = num_heads // num_kv_heads"
_ROWS = "rows = q.reshape(batch, num_kv_heads, group * q_len, d_head)"
_SOFTMAX = "weights = torch.softmax(scores, dim=-1)"
_FOLD = "mask = mask.reshape(batch, num_kv_heads, group * q_len, k_len)"
_SCORES = "queries @ k.transpose(-2, -1)"
_OUTPUT = "output = weights.to(v.dtype) @ v"
_RETURN = "return output.reshape(batch, num_heads, q_len, d_head)"
_INDIVISIBLE = "num_heads % num_kv_heads != 0"

_WHOLE = "whole_sequence"
_MODULE_CALL = "heads = grouped_attention(q, k, v, mask)"
_START = "start = 0 if cache is None else cache.length"
_K_LINEAR = "self.k_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)"
_V_LINEAR = "self.v_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)"


def _expand(new, fails=_SHARE):
    return edit(_EXPAND, new, fails=fails)


def _grouped(*pieces, fails=_EQUALS):
    return edit(*pieces, fails=fails)


def _kv(keys, values, fails=_EQUALS):
    """grouped_attention with other keys and values."""
    return _grouped(
        _SCORES,
        swap(_SCORES, "k.", f"{keys}."),
        _OUTPUT,
        swap(_OUTPUT, "@ v", f"@ {values}"),
        fails=fails,
    )


def _reading(index):
    """Query head h reads the KV head that ``index``, a tensor of H numbers, says, from copies."""
    return _grouped(
        _GROUP,
        f"index = {index}\ngroup, num_kv_heads = 1, num_heads\nk, v = k[:, index], v[:, index]",
    )


def _inside(edits, fails):
    """GroupedQueryAttention around wrong versions of grouped_attention."""
    return [calling("grouped_attention", each, fails) for each in edits]


def _both(name, *edits, most=None, module_fails=_WHOLE, module=(), **more):
    """A misconception of grouped_attention, and of the module: around that, or its own ones."""
    inside = [*module, *_inside(edits[:most], module_fails)]
    misconception(name, **more, grouped_attention=list(edits), GroupedQueryAttention=inside)


misconception(
    "expanded",
    says="keys or values are repeated in memory for the query heads of a group",
    asks="Three heads with one query each, or one head with three queries: what is the difference?",
    grouped_attention=[
        _grouped(
            _GROUP,
            f"{_GROUP}\ncopy = k.repeat_interleave(group, dim=1)",
            fails="copies_no_keys",
        ),
    ],
)
_TILED = "torch.arange(num_heads) % num_kv_heads"
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
    grouped_attention=[
        edit(
            _INDIVISIBLE,
            "num_heads < 0",
            _ROWS,
            "rows = q[:, : num_kv_heads * group]\n"
            "rows = rows.reshape(batch, num_kv_heads, group * q_len, d_head)",
            _RETURN,
            "return output.reshape(batch, -1, q_len, d_head)",
            fails="grouped_refuses",
        ),
        edit(_INDIVISIBLE, "num_heads < 0", fails="grouped_refuses"),
    ],
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
    pool_kv_heads=[
        edit(
            _INDIVISIBLE,
            "num_heads < 0",
            "state_dict[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))",
            "state_dict[name].unflatten(0, (num_heads, -1))"
            "[: num_heads // num_kv_heads * num_kv_heads]"
            ".unflatten(0, (num_kv_heads, -1))",
            fails="refuses_to_pool",
        ),
        edit(_INDIVISIBLE, "num_heads < 0", fails="refuses_to_pool"),
    ],
)
misconception("returns_input", expand_kv=returns_argument("x", _SHARE))

_both(
    "tiled",
    _reading(_TILED),
    _grouped(
        _ROWS,
        "rows = q.unflatten(1, (group, num_kv_heads)).transpose(1, 2)\n"
        "rows = rows.reshape(batch, num_kv_heads, group * q_len, d_head)",
        _FOLD,
        "mask = mask.unflatten(1, (group, num_kv_heads)).transpose(1, 2)\n"
        "mask = mask.reshape(batch, num_kv_heads, group * q_len, k_len)",
        _RETURN,
        "output = output.unflatten(2, (group, q_len)).transpose(1, 2)\n"
        "return output.reshape(batch, num_heads, q_len, d_head)",
    ),
)
_both("every_head_on_kv_head_0", _kv("k[:, :1].expand_as(k)", "v[:, :1].expand_as(v)"))
_both(
    "mean_of_kv_heads",
    _kv("k.mean(1, keepdim=True).expand_as(k)", "v.mean(1, keepdim=True).expand_as(v)"),
)
_both(
    "group_size_swapped",
    _reading(f"{_SWAPPED} % num_kv_heads"),
    _reading(f"({_SWAPPED}).clamp(max=num_kv_heads - 1)"),
)
_DEALT_Q = "q.reshape(batch, num_kv_heads, group, q_len, d_head).transpose(2, 3)"
_both(
    "rows_folded_wrong",
    _grouped(
        _ROWS,
        f"rows = {_DEALT_Q}.reshape(batch, num_kv_heads, group * q_len, d_head)",
    ),
    _grouped(
        _RETURN,
        "output = output.unflatten(2, (q_len, group)).transpose(2, 3)\n"
        "return output.reshape(batch, num_heads, q_len, d_head)",
    ),
    _grouped(
        _ROWS,
        "rows = q.transpose(1, 2).reshape(batch, num_kv_heads, group * q_len, d_head)",
    ),
    _grouped(
        _ROWS,
        f"rows = {_DEALT_Q}.reshape(batch, num_kv_heads, group * q_len, d_head)",
        _RETURN,
        "output = output.unflatten(2, (q_len, group)).transpose(2, 3)\n"
        "return output.reshape(batch, num_heads, q_len, d_head)",
        fails=_MASK,
    ),
    says="heads and positions change places when the group is folded into the rows",
    asks="Row 0 of your fold is position 0 of the first head. Whose is row 1?",
    most=3,
)
_both(
    "mask_folded_wrong",
    *(
        _grouped(_FOLD, new, fails=_MASK)
        for new in (
            "mask = mask[:, :num_kv_heads].repeat(1, 1, group, 1)",
            "mask = mask[:, ::group].repeat(1, 1, group, 1)",
            "mask = mask.reshape(batch, num_kv_heads, group, q_len, k_len).transpose(2, 3)"
            ".reshape(batch, num_kv_heads, group * q_len, k_len)",
            "mask = mask[:, ::group].repeat_interleave(group, dim=2)",
            "mask = mask[:, :1].repeat(1, num_kv_heads, group, 1)",
            "mask = mask.reshape(batch, group, num_kv_heads, q_len, k_len).transpose(1, 2)"
            ".reshape(batch, num_kv_heads, group * q_len, k_len)",
        )
    ),
    says="the rows of the mask are folded in another way than those of the queries",
    asks="Which row of the mask belongs to row 1 of your folded queries?",
    module_fails="hides_what_the_mask_says",
)
_both(
    "mask_ignored",
    _grouped("k_len = k.shape[1:3]", "k_len = k.shape[1:3]\nmask = None", fails=_MASK),
    module=[edit(_START, f"mask = None\n{_START}", fails="hides_what_the_mask_says")],
    module_fails="hides_what_the_mask_says",
)
_both(
    "inverted_mask",
    _grouped(_FOLD, swap(_FOLD, "mask.reshape", "(~mask).reshape"), fails=_MASK),
    module=[
        edit(
            _START,
            f"mask = None if mask is None else ~mask\n{_START}",
            fails="hides_what_the_mask_says",
        )
    ],
    module_fails="hides_what_the_mask_says",
)
_both(
    "mask_read_as_batch",
    _grouped(
        "mask = mask.broadcast_to(",
        "mask = (mask[:, None] if mask.dim() == 3 else mask).broadcast_to(",
        fails="grouped_mask_of_the_heads",
    ),
    module_fails="module_mask_of_the_heads",
)
_per_head = "scores.unflatten(2, (group, q_len))"
_over = "torch.softmax(%s, dim=-2).flatten(2, 3)"
_unseen = "~mask.unflatten(2, (group, q_len)).any(-2, keepdim=True)"
# What masked_attention knows and grouped_attention does not: the product with the values in the
# dtype of the work.
_UNFIT = {"nan_gradient": (1,)}
_over_queries = [
    _grouped(_SOFTMAX, f"weights = {_over % _per_head}"),
    _grouped(
        _SOFTMAX,
        f"weights = {_over % _per_head}",
        "weights.masked_fill(empty, 0.0)",
        "weights.masked_fill(~mask, 0.0)",
    ),
    _grouped(
        _SOFTMAX,
        f"unseen = False if mask is None else {_unseen}\n"
        f"per_head = {_per_head}\n"
        "per_head = per_head if mask is None else per_head.masked_fill(unseen, 0.0)\n"
        f"weights = {_over % 'per_head'}",
        "        scores = scores.masked_fill(empty, 0.0)\n",
        "",
        "weights.masked_fill(empty, 0.0)",
        "weights.masked_fill(~mask, 0.0)",
    ),
]
for _name, _fails in (
    ("mask_after_softmax", _MASK),
    ("additive_mask", _MASK),
    ("finite_mask_value", _MASK),
    ("uniform_empty_rows", _EMPTY),
    ("nan_empty_rows", _EMPTY),
    ("nan_gradient", _EMPTY),
    ("softmax_over_queries", _EQUALS),
    ("uniform_weights", _EQUALS),
):
    _edits = _over_queries if _name == "softmax_over_queries" else []
    _edits += edits_of("masked_attention", _name, _fails, _UNFIT.get(_name, ()))[:4]
    if _name == "nan_gradient":
        misconception(_name, grouped_attention=_edits)
    else:
        _both(_name, *_edits, most=3, module_fails="hides_what_the_mask_says")
misconception("no_softmax", grouped_attention=_grouped(_SOFTMAX, "weights = scores"))


_SCALED = "rows / math.sqrt(q.shape[-1])"


def _scale(new):
    """grouped_attention with other queries before the scores."""
    return _grouped(_SCALED, new)


misconception("no_scale", grouped_attention=_scale("rows"))
misconception("scale_by_d", grouped_attention=_scale("rows / d_head"))
misconception("scaled_twice", grouped_attention=_scale("rows / d_head"))
misconception("multiplied_by_scale", grouped_attention=_scale("rows * math.sqrt(d_head)"))
misconception(
    "scale_by_total_width", grouped_attention=_scale("rows / math.sqrt(num_heads * d_head)")
)
misconception("scale_by_sqrt_length", grouped_attention=_scale("rows / math.sqrt(k_len)"))
misconception("kv_swapped", grouped_attention=_kv("v", "k"))
misconception("values_as_keys", grouped_attention=_kv("v", "v"))
misconception("keys_as_values", grouped_attention=_kv("k", "k"))
misconception(
    "heads_reversed",
    grouped_attention=takes(_EQUALS, k='given["k"].flip(1)', v='given["v"].flip(1)'),
)
misconception(
    "output_heads_reversed",
    says="the heads of the output stand in reverse order",
    asks="Whose output is head 0 of your result?",
    grouped_attention=returns("output.flip(1)", _EQUALS, "reverses_heads"),
)
misconception(
    "returns_weights_too",
    says="the weights come back along with the output",
    asks="What does the task say comes back?",
    grouped_attention=_grouped(
        _RETURN,
        f"{_RETURN}, weights.reshape(batch, num_heads, q_len, k_len)",
    ),
)
misconception(
    "returns_zeros",
    grouped_attention=[
        returns_zeros(_EQUALS),
        returns_fresh_zeros(_EQUALS),
    ],
    expand_kv=[
        returns_fresh_zeros(_SHARE),
        returns_zeros(_SHARE),
    ],
)
misconception("returns_input", grouped_attention=returns_argument("q", _EQUALS))
misconception(
    "changes_inputs",
    grouped_attention=[
        *(changes(each, _EMPTY) for each in "qkv"),
        changes("mask", _EMPTY, ".logical_not_()"),
    ],
    expand_kv=changes("x", _SHARE),
)
misconception(
    "wrong_dtype",
    grouped_attention=[
        returns_float32(_EQUALS),
        returns_half_as_float32("grouped_keeps_dtype_and_device"),
    ],
)
misconception(
    "wrong_device",
    grouped_attention=needs_the_cpu("grouped_keeps_dtype_and_device"),
    expand_kv=needs_the_cpu("expands_on_the_device"),
)

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
            fails="hides_what_the_mask_says",
        ),
        edit(
            _MODULE_CALL,
            "if mask is None:\n"
            "    mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)\n"
            f"{_MODULE_CALL}",
            fails="hides_what_the_mask_says",
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

_MEAN = "takes_the_mean"
_FIRST = "takes_the_first"
_UNFLATTEN = "state_dict[name].unflatten(0, (num_kv_heads, num_heads // num_kv_heads, -1))"
_KEEP_MEAN = "kept = heads.mean(dim=1)"
_KEEP_FIRST = "kept = heads[:, 0]"
_RANDOM = "kept = torch.randn_like(heads[:, 0]) * heads.std()"
_WHICH = 'if name.startswith(("k_proj", "v_proj")):'


def _pool(*pieces, fails=_MEAN):
    return edit(*pieces, fails=fails)


misconception(
    "pooled_wrong_neighbours",
    says="heads 0, H_kv, 2 H_kv ... are pooled together, not neighbours",
    asks="Which query heads will read KV head 0? Whose keys did they read before?",
    pool_kv_heads=_pool(
        _UNFLATTEN,
        "state_dict[name].unflatten(0, (num_heads // num_kv_heads, num_kv_heads, -1))"
        ".transpose(0, 1)",
    ),
)
misconception(
    "sum_instead_of_mean",
    says="the heads of a group are added up, not averaged",
    asks="How long would a key be that is the sum of three?",
    pool_kv_heads=[
        _pool(_KEEP_MEAN, "kept = heads.sum(dim=1)"),
    ],
)
misconception(
    "biases_forgotten",
    pool_kv_heads=[
        _pool(_WHICH, 'if name in ("k_proj.weight", "v_proj.weight"):'),
        _pool(
            "return pooled",
            "return {name: each for name, each in pooled.items() "
            'if name not in ("k_proj.bias", "v_proj.bias")}',
        ),
        _pool(
            "return pooled",
            'return {name: each for name, each in pooled.items() if "weight" in name}',
        ),
    ],
)
misconception(
    "first_instead_of_mean",
    says="the first head of each group is taken in place of the mean",
    asks="Which way is asked for when nobody says `how`?",
    pool_kv_heads=[
        _pool(_KEEP_MEAN, "kept = heads[:, 0].clone()"),
        _pool('how="mean"):', 'how="first"):'),
    ],
)
misconception(
    "mean_instead_of_first",
    says="the mean is taken in place of the first head of each group",
    asks="What should how='first' do with the other heads of a group?",
    pool_kv_heads=_pool(_KEEP_FIRST, "kept = heads.mean(dim=1)", fails=_FIRST),
)
misconception(
    "last_instead_of_first",
    says="the last head of each group is taken in place of the first",
    asks="Which rows of the weight belong to the first head of a group?",
    pool_kv_heads=_pool(_KEEP_FIRST, "kept = heads[:, -1]", fails=_FIRST),
)
misconception(
    "first_heads_of_all",
    says="the first H_kv heads are taken, not the first of each group",
    asks="Which group do heads 0 and 1 belong to?",
    pool_kv_heads=_pool(
        _KEEP_FIRST,
        "kept = state_dict[name].unflatten(0, (num_heads, -1))[:num_kv_heads]",
        fails=_FIRST,
    ),
)
misconception(
    "head_0_for_all",
    says="head 0 is taken for every group",
    asks="Which head is the first of the second group?",
    pool_kv_heads=_pool(_KEEP_FIRST, "kept = heads[:1, 0].expand_as(heads[:, 0])", fails=_FIRST),
)
misconception(
    "only_keys_pooled",
    says="the values keep all their heads; only the keys are pooled",
    asks="Which of the four projections get narrower?",
    pool_kv_heads=_pool(_WHICH, 'if name.startswith("k_proj"):'),
)
misconception(
    "only_values_pooled",
    says="the keys keep all their heads; only the values are pooled",
    asks="Which of the four projections get narrower?",
    pool_kv_heads=_pool(_WHICH, 'if name.startswith("v_proj"):'),
)
misconception(
    "queries_pooled_too",
    says="the query projection is pooled as well",
    asks="How many query heads are left, and how many should there be?",
    pool_kv_heads=[_pool(_WHICH, 'if name.startswith(("q_proj", "k_proj", "v_proj")):')],
)
misconception(
    "rows_interleaved",
    pool_kv_heads=[
        _pool(
            _UNFLATTEN,
            "state_dict[name].unflatten(0, (-1, num_heads)).transpose(0, 1)"
            ".unflatten(0, (num_kv_heads, num_heads // num_kv_heads))",
        ),
        _pool(
            _UNFLATTEN,
            "state_dict[name].unflatten(0, (-1, num_kv_heads, num_heads // num_kv_heads))"
            ".movedim(0, 2)",
            "kept.flatten(0, 1)",
            "kept.transpose(0, 1).flatten(0, 1)",
        ),
        _pool(
            _UNFLATTEN,
            "state_dict[name].unflatten(0, (num_kv_heads, -1, num_heads // num_kv_heads))"
            ".transpose(1, 2)",
        ),
    ],
)
misconception(
    "columns_pooled",
    says="columns of the weights are pooled, which are inputs, not rows, which are heads",
    asks="A weight of nn.Linear is (out, in). Which axis holds the heads?",
    pool_kv_heads=_pool(
        _WHICH,
        "if state_dict[name].dim() == 2 and name[:6] in ('k_proj', 'v_proj'):\n"
        "    used = state_dict[name].shape[1] // num_heads * num_heads\n"
        "    pooled[name] = state_dict[name][:, :used]"
        ".unflatten(1, (num_kv_heads, num_heads // num_kv_heads, -1)).mean(dim=2).flatten(1, 2)\n"
        "elif name.startswith(('k_proj', 'v_proj')):",
    ),
)
misconception(
    "random_not_random",
    says="the random weights are the same each time",
    asks="From which generator do your numbers come, and who sets its seed?",
    pool_kv_heads=[
        _pool(
            _RANDOM,
            "kept = torch.randn(heads[:, 0].shape, generator=torch.Generator().manual_seed(0), "
            "dtype=heads.dtype) * heads.std()",
            fails="draws_fresh_weights",
        ),
        _pool(_RANDOM, "kept = heads[:, 0]", fails="draws_fresh_weights"),
        _pool(_RANDOM, "kept = heads.mean(dim=1)", fails="draws_fresh_weights"),
    ],
)
misconception(
    "random_wrong_spread",
    says="the random weights do not spread as the old ones do",
    asks="What is the standard deviation of torch.randn, and what is that of the old weights?",
    pool_kv_heads=[
        _pool(_RANDOM, f"kept = {new}", fails="draws_fresh_weights")
        for new in (
            "torch.randn_like(heads[:, 0])",
            "torch.randn_like(heads[:, 0]) * 0.02",
            "torch.rand_like(heads[:, 0]) * heads.std()",
            "torch.randn_like(heads[:, 0]) * heads.var()",
        )
    ],
)
misconception(
    "no_error_unknown_how",
    says="an unknown way to pool is accepted",
    asks="What does your function do with how='median'?",
    pool_kv_heads=[
        _pool('how not in ("mean", "first", "random")', "False", fails="refuses_to_pool"),
    ],
)
misconception(
    "changes_inputs",
    pool_kv_heads=[
        _pool(
            "return pooled",
            "for each in state_dict.values():\n    each.mul_(2)\nreturn pooled",
        ),
    ],
)

_KV_WIDTH = "kv_width = num_kv_heads * d_head"
_PARAMETERS = "parameters = 2 * d_model * query_width + 2 * d_model * kv_width"
_PROJECTION = '"projection_flops": 2 * parameters * batch * q_len'
_ATTENTION = '"attention_flops": 2 * 2 * query_width * pairs'
_KV_BYTES = '"kv_bytes": 2 * kv_width * k_len * batch * bytes_per_value'
_BIASES = "query_width + 2 * kv_width + d_model"
_AT_PARAMETERS = "counts_parameters"
_AT_PROJECTION = "counts_projection_flops"
_AT_ATTENTION = "counts_attention_flops"
_AT_BYTES = "counts_kv_bytes"


def _cost(*pieces, fails):
    return edit(*pieces, fails=fails)


misconception(
    "keys_or_values_only",
    attention_cost=[
        _cost(_KV_BYTES, swap(_KV_BYTES, "2 *", ""), fails=_AT_BYTES),
        _cost(_PARAMETERS, swap(_PARAMETERS, "+ 2 *", "+"), fails=_AT_PARAMETERS),
    ],
)
misconception(
    "batch_forgotten",
    attention_cost=[
        _cost(*pieces, fails=fails)
        for pieces, fails in (
            ((_KV_BYTES, swap(_KV_BYTES, "* batch", "")), _AT_BYTES),
            (("pairs = batch * q_len", "pairs = q_len"), _AT_ATTENTION),
            ((_PROJECTION, swap(_PROJECTION, "* batch", "")), _AT_PROJECTION),
            (
                (
                    "pairs = batch * q_len",
                    "pairs = q_len",
                    _PROJECTION,
                    swap(_PROJECTION, "* batch", ""),
                ),
                _AT_PROJECTION,
            ),
            (
                (
                    "pairs = batch * q_len",
                    "pairs = q_len",
                    _KV_BYTES,
                    swap(_KV_BYTES, "* batch", ""),
                    _PROJECTION,
                    swap(_PROJECTION, "* batch", ""),
                ),
                _AT_BYTES,
            ),
        )
    ],
)
misconception(
    "bytes_forgotten",
    attention_cost=[
        _cost(_KV_BYTES, swap(_KV_BYTES, "* bytes_per_value", new), fails=_AT_BYTES)
        for new in ("", " * 2")
    ],
)
misconception(
    "bits_for_bytes",
    attention_cost=_cost(_KV_BYTES, f"{_KV_BYTES} * 8", fails=_AT_BYTES),
)
misconception(
    "flops_shrink_with_kv_heads",
    says="the FLOPs of scores and weighted sum shrink with the KV heads",
    asks="Two query heads share a KV head. Do they share a row of scores?",
    attention_cost=_cost(
        _ATTENTION, swap(_ATTENTION, "query_width", "kv_width"), fails=_AT_ATTENTION
    ),
)
misconception(
    "one_flop_per_multiply_add",
    says="a multiply-add is counted as one FLOP",
    asks="A multiplication and an addition: how many operations are that?",
    attention_cost=[
        _cost(
            _ATTENTION,
            swap(_ATTENTION, "2 * 2", "2"),
            _PROJECTION,
            swap(_PROJECTION, "2 *", ""),
            fails=_AT_PROJECTION,
        ),
        _cost(_PROJECTION, swap(_PROJECTION, "2 *", ""), fails=_AT_PROJECTION),
    ],
)
misconception(
    "scores_only",
    says="only the scores are counted, not the weighted sum of the values",
    asks="How many matrix products follow the projections?",
    attention_cost=_cost(_ATTENTION, swap(_ATTENTION, "2 * 2", "2"), fails=_AT_ATTENTION),
)
misconception(
    "kv_heads_ignored",
    says="keys and values are projected as wide as the queries, whatever the KV heads",
    asks="How wide is the output of k_proj?",
    attention_cost=[
        _cost(_PARAMETERS, "parameters = 4 * d_model * query_width", fails=_AT_PARAMETERS),
        _cost(_KV_WIDTH, "kv_width = num_heads * d_head", fails=_AT_PARAMETERS),
        _cost(
            _PROJECTION,
            '"projection_flops": 8 * d_model * query_width * batch * q_len',
            fails=_AT_PROJECTION,
        ),
    ],
)
misconception(
    "all_heads_kv_bytes",
    says="the bytes of as many KV heads as query heads are counted",
    asks="How many heads does the cache hold?",
    attention_cost=_cost(_KV_BYTES, swap(_KV_BYTES, "kv_width", "query_width"), fails=_AT_BYTES),
)
misconception(
    "biases_counted",
    says="biases are counted as well",
    asks="What does the task say `parameters` holds?",
    attention_cost=[
        _cost(_PARAMETERS, f"{_PARAMETERS} + {_BIASES}", fails=_AT_PARAMETERS),
        _cost(
            '"parameters": parameters',
            f'"parameters": parameters + {_BIASES}',
            fails=_AT_PARAMETERS,
        ),
    ],
)
misconception(
    "d_model_squared",
    attention_cost=[
        _cost(_PARAMETERS, "parameters = 4 * d_model * d_model", fails=_AT_PARAMETERS),
        _cost(
            _PARAMETERS,
            "parameters = 2 * d_model * d_model + 2 * d_model * kv_width",
            fails=_AT_PARAMETERS,
        ),
    ],
)
misconception(
    "o_proj_forgotten",
    attention_cost=_cost(
        _PARAMETERS, swap(_PARAMETERS, "= 2 * d_model", "= d_model"), fails=_AT_PARAMETERS
    ),
)
misconception(
    "projections_of_all_keys",
    says="the projections are counted for all positions, not for the new tokens only",
    asks="What does the cache spare in a decode step?",
    attention_cost=[
        _cost(_PROJECTION, swap(_PROJECTION, "q_len", "k_len"), fails=_AT_PROJECTION),
        _cost(
            _PROJECTION,
            '"projection_flops": 4 * d_model * batch * (query_width * q_len + kv_width * k_len)',
            fails=_AT_PROJECTION,
        ),
    ],
)
misconception(
    "causal_half",
    says="only half of the pairs are counted",
    asks="What does the task say about pairs that a causal mask hides?",
    attention_cost=[
        _cost(_ATTENTION, f"{_ATTENTION} // 2", fails="costs_of_real_models"),
    ],
)
misconception(
    "new_tokens_bytes_only",
    says="only the bytes of the new tokens are counted, not those of all positions",
    asks="What does a decode step read?",
    attention_cost=_cost(_KV_BYTES, swap(_KV_BYTES, "k_len", "q_len"), fails=_AT_BYTES),
)
misconception(
    "float_result",
    attention_cost=[
        _cost(_KV_BYTES, f"{_KV_BYTES} / 1", fails=_AT_BYTES),
        _cost(_ATTENTION, f"{_ATTENTION} / 1", fails=_AT_ATTENTION),
        _cost(
            _KV_BYTES,
            f"{_KV_BYTES} / 1",
            _ATTENTION,
            f"{_ATTENTION} / 1",
            _PROJECTION,
            f"{_PROJECTION} / 1",
            fails=_AT_BYTES,
        ),
        _cost(
            _KV_BYTES,
            f"{_KV_BYTES} / 1",
            _ATTENTION,
            f"{_ATTENTION} / 1",
            _PROJECTION,
            f"{_PROJECTION} / 1",
            _PARAMETERS,
            f"{_PARAMETERS} / 1",
            fails=_AT_BYTES,
        ),
    ],
)
