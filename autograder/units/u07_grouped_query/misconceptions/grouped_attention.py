"""Misconceptions of ``grouped_attention``."""

from autograder.grading.misconceptions import edit, edits_of, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import (
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
    "no_error_when_indivisible",
    says="KV heads are accepted that do not divide the query heads",
    asks="What does // do with the remainder? Which query heads have no KV head then?",
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
)
misconception(
    "tiled",
    grouped_attention=[
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
    ],
)
misconception(
    "every_head_on_kv_head_0",
    grouped_attention=_kv("k[:, :1].expand_as(k)", "v[:, :1].expand_as(v)"),
)
misconception(
    "mean_of_kv_heads",
    grouped_attention=_kv(
        "k.mean(1, keepdim=True).expand_as(k)", "v.mean(1, keepdim=True).expand_as(v)"
    ),
)
misconception(
    "group_size_swapped",
    grouped_attention=[
        _reading(f"{_SWAPPED} % num_kv_heads"),
        _reading(f"({_SWAPPED}).clamp(max=num_kv_heads - 1)"),
    ],
)

_DEALT_Q = "q.reshape(batch, num_kv_heads, group, q_len, d_head).transpose(2, 3)"
misconception(
    "rows_folded_wrong",
    says="heads and positions change places when the group is folded into the rows",
    asks="Row 0 of your fold is position 0 of the first head. Whose is row 1?",
    grouped_attention=[
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
        _grouped(_RETURN, "return output.reshape(batch, q_len, num_heads, d_head).transpose(1, 2)"),
        _grouped(
            _ROWS,
            "rows = q.transpose(1, 2).reshape(batch, num_kv_heads, group * q_len, d_head)",
            _RETURN,
            "return output.reshape(batch, q_len, num_heads, d_head).transpose(1, 2)",
        ),
        _grouped(
            _ROWS,
            f"rows = {_DEALT_Q}.reshape(batch, num_kv_heads, group * q_len, d_head)",
            _RETURN,
            "output = output.unflatten(2, (q_len, group)).transpose(2, 3)\n"
            "return output.reshape(batch, num_heads, q_len, d_head)",
            fails=_MASK,
        ),
    ],
)
misconception(
    "one_query_for_the_group",
    says="the query heads of a group are made one, by their mean, their sum or the first of them",
    asks="What is shared in a group: keys and values, or queries as well?",
    grouped_attention=[
        _grouped(
            _ROWS,
            f"shared = q.unflatten(1, (num_kv_heads, group)){one}\n"
            "rows = shared.expand(-1, -1, group, -1, -1).flatten(2, 3)",
        )
        for one in (".mean(2, keepdim=True)", ".sum(2, keepdim=True)", "[:, :, :1]")
    ],
)
misconception(
    "mask_folded_wrong",
    says="the rows of the mask are folded in another way than those of the queries",
    asks="Which row of the mask belongs to row 1 of your folded queries?",
    grouped_attention=[
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
    ],
)
misconception(
    "mask_ignored",
    grouped_attention=_grouped(
        "k_len = k.shape[1:3]", "k_len = k.shape[1:3]\nmask = None", fails=_MASK
    ),
)
misconception(
    "inverted_mask",
    grouped_attention=_grouped(_FOLD, swap(_FOLD, "mask.reshape", "(~mask).reshape"), fails=_MASK),
)
misconception(
    "mask_read_as_batch",
    grouped_attention=_grouped(
        "mask = mask.broadcast_to(",
        "mask = (mask[:, None] if mask.dim() == 3 else mask).broadcast_to(",
        fails="grouped_mask_of_the_heads",
    ),
)

_per_head = "scores.unflatten(2, (group, q_len))"
_over = "torch.softmax(%s, dim=-2).flatten(2, 3)"
_unseen = "~mask.unflatten(2, (group, q_len)).any(-2, keepdim=True)"
# The one edit of masked_attention that does not fit here: it rewrites the product with the values,
# which grouped_attention takes in another dtype.
_UNFIT = {"nan_gradient": (1,), "mask_after_softmax": (1,)}
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
    misconception(_name, grouped_attention=_edits)
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
misconception(
    "scale_by_sqrt_heads",
    says="the scores are divided by the root of the number of heads, not of d_head",
    asks="Over how many products does one dot product add up?",
    grouped_attention=[
        _scale(f"rows / math.sqrt({count})") for count in ("num_heads", "num_kv_heads", "group")
    ],
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
)
misconception("returns_input", grouped_attention=returns_argument("q", _EQUALS))
misconception(
    "changes_inputs",
    grouped_attention=[
        *(changes(each, _EMPTY) for each in "qkv"),
        changes("mask", _EMPTY, ".logical_not_()"),
    ],
)
misconception(
    "wrong_dtype",
    grouped_attention=[
        returns_float32("grouped_keeps_dtype_and_device"),
        returns_half_as_float32("grouped_keeps_dtype_and_device"),
    ],
)
_HALF = "grouped_half_precision"
misconception(
    "scaled_too_late",
    says="scores are scaled after the product, where those of float16 are infinite already",
    asks="How large may a score be in float16 before it is divided? What could you divide first?",
    grouped_attention=_grouped(
        _SCALED, "rows", f"({_SCORES})", f"({_SCORES} / math.sqrt(d_head))", fails=_HALF
    ),
)
misconception(
    "softmax_in_16_bits",
    says="the softmax is summed in 16 bits: a sum over many keys does not fit into float16",
    asks="70000 numbers up to 1: how large is their sum, and what is the largest of float16?",
    grouped_attention=_grouped(
        _SOFTMAX,
        "odds = (scores - scores.amax(-1, keepdim=True)).to(q.dtype).exp()\n"
        "weights = odds / odds.sum(-1, keepdim=True)",
        fails=_HALF,
    ),
)
misconception("wrong_device", grouped_attention=needs_the_cpu("grouped_keeps_dtype_and_device"))
