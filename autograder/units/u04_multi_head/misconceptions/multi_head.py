"""Misconceptions of ``MultiHeadAttention`` and ``multi_head_einsum``, which share most of them."""

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
    without_biases,
)

_SELF = "self_attention"
_USUAL = "heads_of_the_usual_width"
_MASK = "obeys_the_mask"
_GRADIENTS = "sends_the_right_gradients"
_WIDTH = "(self.q_proj.out_features // self.num_heads)"
_RETURN = "return (output, weights) if return_weights else output"
_OUTPUT = "output = self.o_proj(joined)"
_JOIN = "joined = merge_heads(heads)"
_EQUALS = "equals_the_reference"
_EINSUM_MASK = "einsum_obeys_the_mask"


def _core(name, module, einsum, most=None):
    """Both exercises around a masked_attention that has this misconception."""
    return {
        "MultiHeadAttention": around_known(name, module, most),
        "multi_head_einsum": around_known(name, einsum, most),
    }


def _weights(expression, dim=-1):
    """Both exercises around a masked_attention with other weights than softmax gives."""
    return {
        "MultiHeadAttention": around_attention_with(expression, _SELF, dim),
        "multi_head_einsum": around_attention_with(expression, _EQUALS, dim),
    }


def _scale(module, einsum):
    """Both exercises with scores that are larger by the root of these factors."""
    return {
        "MultiHeadAttention": edit(
            "(self.q_proj", f"(({module}) ** 0.5 * self.q_proj", fails=_SELF
        ),
        "multi_head_einsum": edit("q =", f"q = ({einsum}) ** 0.5 *", fails=_EQUALS),
    }


def _call(old, new, module=_SELF, einsum=_EQUALS):
    """Both exercises with another call of masked_attention."""
    return {
        "MultiHeadAttention": edit(old, new, fails=module),
        "multi_head_einsum": edit(old, new, fails=einsum),
    }


_LINEAR = {
    **{x: f"self.{x}_proj = nn.Linear(d_model, num_heads * d_head, bias=bias)" for x in "qkv"},
    "o": "self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)",
}
_D = "w_q.shape[-1]"
_RESHAPED = "k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2]).transpose(-2, -1)"
misconception("no_scale", **_scale(_WIDTH, _D))
misconception("scale_by_d", **_scale(f"1 / {_WIDTH}", f"1 / {_D}"))
misconception("scaled_twice", **_scale(f"1 / {_WIDTH}", f"1 / {_D}"))
misconception("scale_by_sqrt_d_model", **_scale(f"{_WIDTH} / x.shape[-1]", f"{_D} / x.shape[-1]"))
misconception(
    "scale_by_sqrt_length",
    MultiHeadAttention=[
        edit("(self.q_proj", f"(({_WIDTH} / {each}.shape[1]) ** 0.5 * self.q_proj", fails=_SELF)
        for each in ("x", "context")
    ],
    multi_head_einsum=edit("q =", f"q = ({_D} / x.shape[1]) ** 0.5 *", fails=_EQUALS),
)
misconception("multiplied_by_scale", **_scale(f"{_WIDTH} ** 2", f"{_D} ** 2"))
misconception("scale_by_total_width", **_scale("1 / self.num_heads", "1 / w_q.shape[0]"))
misconception("scale_by_sqrt_heads", **_scale(f"{_WIDTH} / self.num_heads", f"{_D} / w_q.shape[0]"))
misconception("half_the_width", **_scale(f"4 / {_WIDTH}", f"4 / {_D}"))
misconception("keys_reshaped", **_call("(q, k, v", f"(q, {_RESHAPED}, v"))
misconception("queries_and_keys_exchanged", **_call("(q, k, v", "(k, q, v"))
misconception("causal_unasked", **_core("causal_unasked", _SELF, _EQUALS, most=2))
misconception("kv_swapped", **_call("(q, k, v", "(q, v, k"))
misconception("values_as_keys", **_call("(q, k, v", "(q, v, v"))
misconception("keys_as_values", **_call("(q, k, v", "(q, k, k"))
misconception(
    "projection_shared",
    MultiHeadAttention=[
        edit("self.k_proj(", "self.q_proj(", fails=_SELF),
        edit("self.q_proj(", "self.k_proj(", fails=_SELF),
        edit(_LINEAR["k"], "self.k_proj = self.q_proj", fails=_SELF),
    ],
    multi_head_einsum=[
        edit("x, w_k)", "x, w_q)", fails=_EQUALS),
        edit("x, w_q)", "x, w_k)", fails=_EQUALS),
    ],
)
misconception("softmax_over_queries", **_core("softmax_over_queries", _SELF, _EQUALS))
misconception("softmax_over_heads", **_weights("torch.softmax(scores, dim=1)", 1))
misconception("softmax_over_batch", **_weights("torch.softmax(scores, dim=0)", 0))
misconception("uniform_weights", **_core("uniform_weights", _SELF, _EQUALS))
misconception("no_softmax", **_weights("scores"))
misconception("mask_ignored", **_call(", mask)", ", None)", _MASK, _EINSUM_MASK))
misconception(
    "inverted_mask",
    **_call(", mask)", ", None if mask is None else ~mask)", _MASK, _EINSUM_MASK),
)
misconception("mask_after_softmax", **_core("mask_after_softmax", _MASK, _EINSUM_MASK, most=1))
misconception("additive_mask", **_core("additive_mask", _MASK, _EINSUM_MASK))
misconception("zero_is_no_ban", **_core("zero_is_no_ban", _MASK, _EINSUM_MASK, most=1))
misconception("finite_mask_value", **_core("finite_mask_value", _MASK, _EINSUM_MASK, most=4))
misconception("uniform_empty_rows", **_core("uniform_empty_rows", "empty_rows", "einsum_gradients"))
misconception("nan_empty_rows", **_core("nan_empty_rows", "empty_rows", "einsum_gradients"))
misconception("nan_gradient", **_core("nan_gradient", _GRADIENTS, "einsum_gradients"))
misconception(
    "mask_read_as_batch",
    **_call(
        ", mask)", ", mask[:, None] if mask is not None and mask.dim() == 3 else mask)",
        "mask_of_the_heads", _EINSUM_MASK,
    ),
)  # fmt: skip
misconception(
    "mask_of_head_0",
    **_call(
        ", mask)",
        ", None if mask is None else mask.broadcast_to(q.shape[:3] + k.shape[2:3])[:, :1])",
        _MASK, _EINSUM_MASK,
    ),
)  # fmt: skip
misconception(
    "context_ignored",
    MultiHeadAttention=edit("if context is None:", "if True:", fails="cross_attention"),
)
misconception("query_from_context", MultiHeadAttention=edit("(x)", "(context)", fails=_USUAL))
misconception(
    "roles_exchanged",
    MultiHeadAttention=edit(
        "(x)", "(context)", "k_proj(context)", "k_proj(x)", "v_proj(context)", "v_proj(x)",
        fails=_USUAL,
    ),
)  # fmt: skip
misconception(
    "context_appended",
    MultiHeadAttention=[
        edit(
            "if context is None:\n    context = x",
            f"context = x if context is None else torch.cat([{both}], dim=1)",
            fails="cross_attention",
        )
        for both in ("x, context", "context, x")
    ],
)
misconception(
    "values_from_x", MultiHeadAttention=edit("v_proj(context)", "v_proj(x)", fails=_USUAL)
)
misconception("keys_from_x", MultiHeadAttention=edit("k_proj(context)", "k_proj(x)", fails=_USUAL))

_FIRST_KV = "(q, k[:, :1].expand_as(k), v[:, :1].expand_as(v)"
_FIRST = "(q[:, :1].expand_as(q)" + _FIRST_KV.removeprefix("(q")
misconception(
    "every_head_reads_head_0",
    MultiHeadAttention=[
        edit("(q, k, v", _FIRST, fails=_SELF),
        edit("(q, k, v", _FIRST_KV, fails=_SELF),
        edit("merge_heads(heads)", "merge_heads(heads[:, :1].expand_as(heads))", fails=_SELF),
    ],
    multi_head_einsum=[
        edit("(q, k, v", _FIRST, fails=_EQUALS),
        edit("(q, k, v", _FIRST_KV, fails=_EQUALS),
        edit(", heads, w_o)", ", heads[:, :1].expand_as(heads), w_o)", fails=_EQUALS),
    ],
)
_ACROSS = "(*(each.transpose(1, 2) for each in (q, k, v)), mask)"
misconception(
    "attention_across_heads",
    says="the heads of one token attend to each other, and no token attends to another",
    asks="masked_attention works on the last two axes. Which two should these be?",
    MultiHeadAttention=edit(
        "heads, weights = masked_attention(q, k, v, mask)",
        f"heads, weights = masked_attention{_ACROSS}\nheads = heads.transpose(1, 2)",
        fails=_SELF,
    ),
    multi_head_einsum=edit(
        "heads, weights = masked_attention(q, k, v, mask)",
        f"heads, weights = masked_attention{_ACROSS}\nheads = heads.transpose(1, 2)",
        fails=_EQUALS,
    ),
)
misconception(
    "heads_averaged",
    says="the outputs of the heads are averaged, not added up",
    asks="o_proj adds the contributions of all heads. What does a letter missing on the right do?",
    multi_head_einsum=edit(", heads, w_o)", ", heads, w_o / w_o.shape[0])", fails=_EQUALS),
)
misconception(
    "first_output_matrix",
    says="every head uses the output matrix of head 0",
    asks="w_o has an axis of heads. Does your sum run over it?",
    multi_head_einsum=edit(", heads, w_o)", ", heads, w_o[:1].expand_as(w_o))", fails=_EQUALS),
)

_VIEW = "(lambda t, h: t.reshape(t.shape[0], h, t.shape[1], -1))"
_DEAL = "(lambda t, h: t.unflatten(-1, (-1, h)).permute(0, 3, 1, 2))"


def _splits(new, *pieces):
    """The module with another split of q, k and v."""
    each = [text for x in "qkv" for text in (f"{x} = split_heads", f"{x} = {new}")]
    return edit(*each, *pieces, fails=_SELF)


misconception(
    "split_by_view",
    says="the heads are cut out by one view, without a transpose: a head gets whole tokens",
    asks="Which numbers does head 0 own of *every* token? In which order does view read memory?",
    MultiHeadAttention=_splits(_VIEW),
)
misconception(
    "split_interleaved",
    says="the numbers of a token are dealt out like cards: head 0 gets every H-th",
    asks="Do the first d_head numbers of a token belong to one head, or to all of them?",
    MultiHeadAttention=_splits(_DEAL),
)
misconception(
    "merge_by_view",
    says="the heads are merged without a transpose: a token gets numbers of other positions",
    asks="Which numbers must lie next to each other before the last two axes are joined?",
    MultiHeadAttention=edit(
        _JOIN, "joined = heads.reshape(heads.shape[0], heads.shape[2], -1)", fails=_SELF
    ),
)
misconception(
    "heads_interleaved",
    says="the heads are dealt out number by number, in the split and in the merge",
    asks="Your module agrees with itself. Would it agree with trained weights of another one?",
    MultiHeadAttention=_splits(_DEAL, _JOIN, "joined = heads.permute(0, 2, 3, 1).flatten(2)"),
)
misconception(
    "joined_interleaved",
    MultiHeadAttention=edit(_JOIN, "joined = heads.permute(0, 2, 3, 1).flatten(2)", fails=_SELF),
)
misconception(
    "heads_reversed",
    MultiHeadAttention=edit("merge_heads(heads)", "merge_heads(heads.flip(1))", fails=_SELF),
)
misconception(
    "output_projection_missing",
    MultiHeadAttention=edit(_OUTPUT, "output = joined", fails=_USUAL),
)


def _bias(value, letters):
    pieces = []
    for letter in letters:
        pieces += [_LINEAR[letter], swap(_LINEAR[letter], "bias=bias", f"bias={value}")]
    return edit(*pieces, fails="has_the_projections")


misconception(
    "bias_not_added",
    MultiHeadAttention=without_biases(_SELF),
)
misconception(
    "residual_added",
    MultiHeadAttention=returns('output + given["x"]', _SELF, "adds_its_input"),
    multi_head_einsum=returns('output + given["x"]', _EQUALS, "adds_its_input"),
)
misconception("not_parameters", MultiHeadAttention=hides_parameters(_GRADIENTS))
_SOME = ("qkvo", "qkv", "o", "kv", "qk")
misconception("bias_ignored", MultiHeadAttention=[_bias("False", each) for each in _SOME])
misconception("bias_always", MultiHeadAttention=[_bias("True", each) for each in _SOME])
misconception(
    "projection_names",
    MultiHeadAttention=edit(
        _LINEAR["q"], swap(_LINEAR["q"], "q_proj", "query"), "(self.q_proj(x)", "(self.query(x)",
        fails="has_the_projections",
    ),
)  # fmt: skip
misconception(
    "d_head_ignored",
    MultiHeadAttention=edit(
        "if d_head is None:\n    if d_model", "if True:\n    if d_head is None and d_model",
        fails="has_the_projections",
    ),
)  # fmt: skip
misconception(
    "no_error_when_indivisible",
    MultiHeadAttention=edit(
        "d_model % num_heads != 0", "d_model < num_heads", fails="refuses_what_does_not_divide"
    ),
)
misconception(
    "dropout_active",
    MultiHeadAttention=edit(
        _OUTPUT, "output = self.o_proj(nn.functional.dropout(joined, 0.2))",
        fails="answers_alike_and_leaves_its_inputs",
    ),
)  # fmt: skip

_SCORES = "q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5"
_RETURNS = "returns_the_weights_of_every_head"
misconception(
    "weights_averaged",
    says="the weights are averaged over the heads",
    asks="How many pictures of weights should a layer of H heads give?",
    MultiHeadAttention=edit(
        _RETURN, swap(_RETURN, "weights)", "weights.mean(dim=1))"), fails=_RETURNS
    ),
)
misconception(
    "scores_returned",
    MultiHeadAttention=[
        edit(_RETURN, swap(_RETURN, "weights)", f"{scores})"), fails=_RETURNS)
        for scores in (_SCORES, f"({_SCORES}).masked_fill(~mask, float('-inf'))")
    ],
)
misconception(
    "weights_of_other_scores",
    MultiHeadAttention=[
        edit(_RETURN, swap(_RETURN, "weights)", f"torch.softmax({scores}, -1))"), fails=_RETURNS)
        for scores in (_SCORES, "q @ k.transpose(-2, -1)")
    ],
)
misconception(
    "weights_of_one_head",
    says="the weights of one head come back, not those of every head",
    asks="How many pictures of weights should a layer of H heads give?",
    MultiHeadAttention=[
        edit(_RETURN, swap(_RETURN, "weights)", f"weights[:, {head}])"), fails=_RETURNS)
        for head in ("0", "-1")
    ],
)
misconception(
    "weights_added_up",
    says="the weights are added up over the heads",
    asks="How many pictures of weights should a layer of H heads give?",
    MultiHeadAttention=edit(
        _RETURN, swap(_RETURN, "weights)", "weights.sum(dim=1))"), fails=_RETURNS
    ),
)
misconception(
    "always_returns_weights",
    says="a pair comes back, also when nobody asked for the weights",
    asks="What does return_weights=False promise? What does `return a, b if c else d` build?",
    MultiHeadAttention=edit(_RETURN, "return output, weights", fails=_RETURNS),
)
misconception(
    "weights_not_returned",
    says="return_weights=True changes nothing: only the output comes back",
    asks="Where does your code use return_weights?",
    MultiHeadAttention=edit(_RETURN, "return output", fails=_RETURNS),
)
misconception(
    "returns_zeros",
    MultiHeadAttention=[returns_zeros(_SELF), returns_fresh_zeros(_SELF)],
    multi_head_einsum=[returns_zeros(_EQUALS), returns_fresh_zeros(_EQUALS)],
)
misconception(
    "returns_input",
    MultiHeadAttention=returns_argument("x", _SELF),
    multi_head_einsum=returns_argument("x", _EQUALS),
)
misconception(
    "changes_inputs",
    MultiHeadAttention=[
        changes(each, "answers_alike_and_leaves_its_inputs") for each in ("x", "context")
    ],
    multi_head_einsum=changes("x", "einsum_leaves_its_arguments"),
)
misconception(
    "wrong_dtype",
    MultiHeadAttention=returns_float32("keeps_dtype_and_device"),
    multi_head_einsum=returns_float32("einsum_keeps_dtype_and_device"),
)
misconception(
    "wrong_device",
    MultiHeadAttention=needs_the_cpu("keeps_dtype_and_device"),
    multi_head_einsum=needs_the_cpu("einsum_keeps_dtype_and_device"),
)  # fmt: skip
