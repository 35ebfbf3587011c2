"""Misconceptions of ``CachedAttention``.

``GroupedQueryAttention`` of unit 07 has its lines that rotate, store and project: what can go wrong
in them is written here, once for both.
"""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    hides_parameters,
    needs_the_cpu,
    returns,
    returns_argument,
    returns_float32,
    returns_fresh_zeros,
    returns_zeros,
)
from autograder.units.shared.misconceptions.wrong_attention import (
    around_attention_with,
    around_known,
)

_TURNS = "turns_queries_and_keys"
_CUTS = "every_cut_is_alike"
_LONGER = "a_longer_cut"
_WHOLE = "whole_sequence"
_USUAL = "heads_of_the_usual_width"
_ONCE = "tokens_are_stored_once"
_POSITIONS = "positions = torch.arange(start, start + x.shape[1], device=x.device)"
_Q = "q = rotary(q, positions, self.rope_base)"
_K = "k = rotary(k, positions, self.rope_base)"
_APPEND = "k, v = cache.append(k, v)"
_MODULE_MASK = "mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)"
_MODULE_RETURN = "return self.o_proj(merge_heads(heads))"


def _both(*edits):
    """The same edits for the modules of unit 06 and unit 07."""
    return {"CachedAttention": list(edits), "GroupedQueryAttention": list(edits)}


misconception(
    "positions_restart",
    **_both(edit(_POSITIONS, "positions = torch.arange(x.shape[1], device=x.device)", fails=_CUTS)),
)
misconception(
    "kv_swapped",
    **_both(
        edit(
            "k = split_heads(self.k_proj(x)",
            "k = split_heads(self.v_proj(x)",
            "v = split_heads(self.v_proj(x)",
            "v = split_heads(self.k_proj(x)",
            fails=_WHOLE,
        ),
        edit(_APPEND, "v, k = cache.append(k, v)", fails=_CUTS),
        edit("if cache is not None:", "k, v = v, k\nif cache is not None:", fails=_WHOLE),
    ),
)
misconception("keys_as_values", **_both(edit("self.v_proj(x)", "self.k_proj(x)", fails=_WHOLE)))
misconception("values_as_keys", **_both(edit("self.k_proj(x)", "self.v_proj(x)", fails=_WHOLE)))
misconception(
    "wrong_device",
    **_both(
        needs_the_cpu("keeps_dtype_and_device"),
        needs_the_cpu("keeps_dtype_and_device", 'given.get("cache") is not None'),
    ),
)
misconception("wrong_dtype", **_both(returns_float32("keeps_dtype_and_device")))
misconception("changes_inputs", **_both(changes("x", "answers_alike_and_leaves_x")))
misconception("returns_input", **_both(returns_argument("x", _WHOLE)))
misconception("returns_zeros", **_both(returns_fresh_zeros(_WHOLE), returns_zeros(_WHOLE)))
misconception(
    "positions_after_append",
    says="the positions start at the cache's length after the append: all are too late",
    asks="At which moment do you read cache.length: before or after it takes up the new tokens?",
    **_both(
        edit("else cache.length", "else cache.length + x.shape[1]", fails=_CUTS),
        edit(
            "start = 0 if cache is None else cache.length",
            "start = 0 if cache is None else cache.length + x.shape[1]",
            "k = rotary(k, positions, self.rope_base)",
            "k = rotary(k, positions - (0 if cache is None else x.shape[1]), self.rope_base)",
            fails=_CUTS,
        ),
    ),
)
misconception(
    "positions_one_too_low",
    says="the positions go on one too low: the first new token gets that of the last stored one",
    asks="Three tokens are stored, at 0, 1 and 2. Which position comes next?",
    **_both(
        edit("else cache.length", "else max(cache.length - 1, 0)", fails=_CUTS),
    ),
)
misconception(
    "query_positions_restart",
    says="the positions of the queries are counted from 0 in every call, those of the keys are not",
    asks="A token is at one place. Which position has its query, and which its key?",
    **_both(edit(_Q, swap(_Q, "positions", "positions - start"), fails=_CUTS)),
)
misconception(
    "length_moved_by_the_module",
    says="the module moves cache.length on, though append has done so",
    asks="Whose task is it to count: append's or its caller's?",
    **_both(edit(_APPEND, f"{_APPEND}\ncache.length += x.shape[1]", fails=_ONCE)),
)
misconception(
    "keys_rotated_twice",
    says="keys are turned before they are stored, and again when they are read",
    asks="A stored key was turned by its position once. What does a second turn make of it?",
    **_both(
        edit(
            _APPEND,
            f"{_APPEND}\nif self.rope_base is not None:\n"
            "    everything = torch.arange(k.shape[2], device=x.device)\n"
            "    k = rotary(k, everything, self.rope_base)",
            fails=_CUTS,
        ),
        edit(_K, f"k = rotary({swap(_K, 'k =', '')}, positions, self.rope_base)", fails=_TURNS),
    ),
)
misconception(
    "values_rotated",
    says="values are turned as well",
    asks="Positions should decide *whom* a query finds. Should they change what it is told?",
    **_both(edit(_K, f"{_K}\nv = rotary(v, positions, self.rope_base)", fails=_TURNS)),
)
misconception(
    "only_queries_rotated",
    says="only the queries are turned, not the keys",
    asks="A dot product knows the distance if both vectors turn. Which one stands still?",
    **_both(edit(_K, "pass", fails=_TURNS)),
)
misconception(
    "only_keys_rotated",
    says="only the keys are turned, not the queries",
    asks="A dot product knows the distance if both vectors turn. Which one stands still?",
    **_both(edit(_Q, "pass", fails=_TURNS)),
)
misconception(
    "rope_ignored",
    says="nothing is turned, though rope_base is given",
    asks="Where does forward use rope_base?",
    **_both(edit("if self.rope_base is not None:", "if False:", fails=_TURNS)),
)
misconception(
    "rope_always",
    says="queries and keys are turned, though rope_base is None",
    asks="What does rope_base=None promise?",
    **_both(
        edit("self.rope_base = rope_base", "self.rope_base = rope_base or 10000.0", fails=_WHOLE)
    ),
)
misconception(
    "rope_base_ignored",
    says="queries and keys are turned with the base 10000, whatever rope_base says",
    asks="Does your call of rotary pass on the base?",
    **_both(
        edit(
            "rotary(q, positions, self.rope_base)",
            "rotary(q, positions)",
            "rotary(k, positions, self.rope_base)",
            "rotary(k, positions)",
            fails=_TURNS,
        )
    ),
)
misconception(
    "rotated_before_split",
    says="the wide vector of all heads is turned, before it is split into heads",
    asks="Pairs belong to one head. Which two numbers make a pair in your vector?",
    **_both(
        edit(
            _Q,
            "q = split_heads(rotary(merge_heads(q), positions, self.rope_base), q.shape[1])",
            _K,
            "k = split_heads(rotary(merge_heads(k), positions, self.rope_base), k.shape[1])",
            fails=_TURNS,
        )
    ),
)
misconception(
    "cache_ignored",
    says="the cache that is given is not used",
    asks="Where does forward use `cache`?",
    **_both(
        edit(_APPEND, "pass", fails=_LONGER),
        edit("if cache is not None:", "if False:", fails=_LONGER),
        edit(
            "if cache is not None:",
            "if False:",
            "start = 0 if cache is None else cache.length",
            "start = 0",
            fails=_LONGER,
        ),
    ),
)
misconception(
    "cache_not_read",
    says="the new tokens are stored, but attend only to themselves",
    asks="append returns something. What do you do with it?",
    **_both(
        edit(_APPEND, "cache.append(k, v)", fails=_LONGER),
    ),
)
misconception(
    "appended_twice",
    says="the new tokens are stored twice",
    asks="How often is append called in one forward?",
    **_both(
        edit(_APPEND, f"cache.append(k, v)\n{_APPEND}", fails=_ONCE),
    ),
)
misconception(
    "module_keeps_the_cache",
    says="the module itself keeps something from one call to the next",
    asks="Two texts are written by the same module, in turns. Whose keys does it see?",
    **_both(
        edit(
            "start = 0 if cache is None else cache.length",
            "cache = self.kept = cache if getattr(self, 'kept', None) is None else self.kept\n"
            "start = 0 if cache is None else cache.length",
            fails=_ONCE,
        ),
        edit(
            "start = 0 if cache is None else cache.length",
            "start = self.seen = 0 if cache is None else getattr(self, 'seen', 0)\n"
            "self.seen += 0 if cache is None else x.shape[1]",
            fails=_ONCE,
        ),
    ),
)
misconception(
    "only_last_output",
    says="only the output of the last token comes back",
    asks="A chunk holds several tokens. How many outputs should there be?",
    **_both(
        returns("output[:, -1:]", _WHOLE, "returns_last_token"),
    ),
)

_SQUARE = "torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril().to(x.device)"
misconception(
    "mask_top_left",
    says="the causal mask of a chunk is aligned at the top left: new tokens see old keys only",
    asks="The last query may see the last key. At which corner do the two meet?",
    CachedAttention=edit(_MODULE_MASK, f"mask = {_SQUARE}", fails=_CUTS),
    GroupedQueryAttention=edit(
        "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
        f"causal = {_SQUARE}",
        fails=_CUTS,
    ),
)

_NO_MASK = "torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)"
misconception(
    "mask_missing_with_cache",
    says="with a cache nothing hides the future: tokens of a chunk see those behind them",
    asks="Two tokens come at once. May the first attend to the second?",
    CachedAttention=edit(
        _MODULE_MASK,
        f"{_MODULE_MASK} if cache is None else {_NO_MASK}",
        fails=_CUTS,
    ),
    GroupedQueryAttention=edit(
        "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
        f"causal = {_NO_MASK}",
        fails=_CUTS,
    ),
)

_CAUSAL = {
    "CachedAttention": ("mask", _MODULE_MASK),
    "GroupedQueryAttention": (
        "causal",
        "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
    ),
}


def _causal(new, fails):
    """Another causal mask in both modules; ``{right}`` in ``new`` is the right one."""
    made = {}
    for exercise, (name, old) in _CAUSAL.items():
        right = old.removeprefix(f"{name} = ")
        made[exercise] = edit(old, f"{name} = {new.format(right=right)}", fails=fails)
    return made


misconception(
    "causal_only_if_square",
    says="the future is hidden only where there are as many queries as keys: tokens of a later "
    "chunk see those behind them",
    asks="Two tokens are stored and two come. May the first of these see the second?",
    **_causal(f"{{right}} if q.shape[2] == k.shape[2] else {_NO_MASK}", _CUTS),
)
misconception(
    "square_mask_of_a_chunk",
    says="the causal mask of a chunk is square, as wide as there are new tokens; the keys of the "
    "stored ones have no column",
    asks="Three tokens are stored and two come: how many keys are there, how many columns?",
    **_causal("causal_mask(q.shape[2]).to(x.device)", _LONGER),
)
misconception(
    "causal_with_cache_only",
    says="the future is hidden with a cache only; without one, tokens see those behind them",
    asks="The task calls it *causal* self-attention. Does that depend on a cache?",
    CachedAttention=edit(
        _MODULE_MASK, f"{_MODULE_MASK} if cache is not None else None", fails=_WHOLE
    ),
)
misconception(
    "not_causal",
    says="nothing hides the future",
    asks="Which keys may the first token attend to?",
    CachedAttention=edit(_MODULE_MASK, "mask = None", fails=_WHOLE),
)
misconception(
    "mask_off_by_one",
    says="the mask is off by one",
    asks="May a token attend to itself? And to the next one?",
    CachedAttention=[
        edit(
            _MODULE_MASK,
            "mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)"
            f".tril(k.shape[2] - q.shape[2] + {by})",
            fails=_WHOLE,
        )
        for by in (1, -1)
    ],
    GroupedQueryAttention=[
        edit(
            "causal = causal_mask(q.shape[2], k.shape[2]).to(x.device)",
            "causal = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)"
            f".tril(k.shape[2] - q.shape[2] + {by})",
            fails=_CUTS,
        )
        for by in (1, -1)
    ],
)

_WIDTH = "self.q_proj.out_features / self.num_heads"


def _scale(factor):
    return _both(edit("(self.q_proj(x)", f"(({factor}) ** 0.5 * self.q_proj(x)", fails=_WHOLE))


misconception("no_scale", **_scale(_WIDTH))
misconception("scale_by_d", **_scale(f"1 / ({_WIDTH})"))
misconception("scaled_twice", **_scale(f"1 / ({_WIDTH})"))
misconception("scale_by_sqrt_d_model", **_scale(f"{_WIDTH} / x.shape[-1]"))
misconception("scale_by_sqrt_length", **_scale(f"{_WIDTH} / x.shape[1]"))
misconception("multiplied_by_scale", **_scale(f"({_WIDTH}) ** 2"))
misconception("scale_by_total_width", **_scale("1 / self.num_heads"))

_LINEAR_Q = "self.q_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)"
_LINEAR_O = "self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)"
_LINEARS = {
    "CachedAttention": {
        **{x: f"self.{x}_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)" for x in "kv"},
    },
    "GroupedQueryAttention": {
        **{
            x: f"self.{x}_proj = nn.Linear(d_model, num_kv_heads * d_head, bias=bias)" for x in "kv"
        },
    },
}


def _bias(value):
    made = {}
    for exercise, linears in _LINEARS.items():
        linears = linears | {"q": _LINEAR_Q, "o": _LINEAR_O}
        made[exercise] = [
            edit(
                *(
                    text
                    for letter in letters
                    for text in (
                        linears[letter],
                        swap(linears[letter], "bias=bias", f"bias={value}"),
                    )
                ),
                fails="has_the_projections",
            )
            for letters in ("qkvo", "qkv", "o", "kv", "qk")
        ]
    return made


misconception("not_parameters", **_both(hides_parameters("sends_the_right_gradients")))
misconception("bias_ignored", **_bias("False"))
misconception("bias_always", **_bias("True"))
misconception(
    "projection_names",
    **_both(
        edit(
            _LINEAR_Q,
            swap(_LINEAR_Q, "q_proj", "query"),
            "self.q_proj(x)",
            "self.query(x)",
            fails="has_the_projections",
        ),
    ),
)
misconception(
    "d_head_ignored",
    **_both(
        edit(
            "if d_head is None:\n    if d_model",
            "if True:\n    if d_head is None and d_model",
            fails="has_the_projections",
        )
    ),
)
misconception(
    "no_error_when_indivisible",
    CachedAttention=edit(
        "d_model % num_heads != 0", "d_model < num_heads", fails="refuses_what_does_not_divide"
    ),
)
misconception(
    "projection_shared",
    CachedAttention=[
        edit("self.k_proj(x)", "self.q_proj(x)", fails=_WHOLE),
        edit("self.q_proj(x)", "self.k_proj(x)", fails=_WHOLE),
    ],
)

_VIEW = "(lambda t, h: t.reshape(t.shape[0], h, t.shape[1], -1))"
_DEAL = "(lambda t, h: t.unflatten(-1, (-1, h)).permute(0, 3, 1, 2))"


def _splits(new, *pieces):
    each = [text for x in "qkv" for text in (f"{x} = split_heads", f"{x} = {new}")]
    return edit(*each, *pieces, fails=_WHOLE)


_DEALT = "return self.o_proj(heads.permute(0, 2, 3, 1).flatten(2))"
misconception("split_by_view", **_both(_splits(_VIEW)))
misconception("split_interleaved", **_both(_splits(_DEAL)))
misconception("heads_interleaved", **_both(_splits(_DEAL, _MODULE_RETURN, _DEALT)))
misconception("joined_interleaved", **_both(edit(_MODULE_RETURN, _DEALT, fails=_WHOLE)))
misconception(
    "merge_by_view",
    **_both(
        edit(
            _MODULE_RETURN,
            "return self.o_proj(heads.reshape(heads.shape[0], heads.shape[2], -1))",
            fails=_WHOLE,
        ),
    ),
)
misconception(
    "heads_reversed",
    **_both(edit(_MODULE_RETURN, "return self.o_proj(merge_heads(heads.flip(1)))", fails=_WHOLE)),
)
misconception(
    "every_head_reads_head_0",
    CachedAttention=[
        edit(
            "(q, k, v, mask)",
            "(q, k[:, :1].expand_as(k), v[:, :1].expand_as(v), mask)",
            fails=_WHOLE,
        ),
        edit(
            _MODULE_RETURN,
            "return self.o_proj(merge_heads(heads[:, :1].expand_as(heads)))",
            fails=_WHOLE,
        ),
    ],
)
misconception(
    "output_projection_missing",
    **_both(edit(_MODULE_RETURN, "return merge_heads(heads)", fails=_USUAL)),
)
misconception(
    "dropout_active",
    **_both(
        edit(
            _MODULE_RETURN,
            "return self.o_proj(nn.functional.dropout(merge_heads(heads), 0.2))",
            fails="answers_alike_and_leaves_x",
        ),
    ),
)

for _name in ("softmax_over_queries", "uniform_weights", "mask_after_softmax", "additive_mask"):
    misconception(_name, CachedAttention=around_known(_name, _WHOLE))
misconception(
    "finite_mask_value",
    CachedAttention=around_known("finite_mask_value", _WHOLE, most=4),
)
misconception("no_softmax", CachedAttention=around_attention_with("scores", _WHOLE))
