"""Misconceptions of ``MultiHeadLoop``."""

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

_SELF = "self_attention"
_CROSS = "cross_attention"
_USUAL = "heads_of_the_usual_width"
_MASK = "obeys_the_mask"
_D_HEAD = 'self.heads[0]["q_proj"].out_features'
_CAT = "torch.cat(outputs, dim=-1)"
_RETURN = "return self.o_proj(joined)"
_ADDS = "adds_its_input"
_OWN_MASK = "own_mask = None if mask is None else mask[:, i]"
_HEADS = "enumerate(self.heads)"


def _scale(factor):
    """The loop with scores that are larger by ``factor``."""
    return edit("q =", f"q = ({factor}) ** 0.5 *", fails=_SELF)


misconception("no_scale", MultiHeadLoop=_scale(_D_HEAD))
misconception("scale_by_d", MultiHeadLoop=_scale(f"1 / {_D_HEAD}"))
misconception("scaled_twice", MultiHeadLoop=_scale(f"1 / {_D_HEAD}"))
misconception("scale_by_sqrt_d_model", MultiHeadLoop=_scale(f"{_D_HEAD} / x.shape[-1]"))
misconception(
    "scale_by_sqrt_length",
    MultiHeadLoop=[_scale(f"{_D_HEAD} / {each}.shape[1]") for each in ("x", "context")],
)
misconception("multiplied_by_scale", MultiHeadLoop=_scale(f"{_D_HEAD} ** 2"))
misconception(
    "scale_by_total_width",
    says="the scores are divided by the root of the width of all heads together",
    asks="Over how many products does one dot product add up, in one head?",
    MultiHeadLoop=_scale("1 / len(self.heads)"),
)
misconception(
    "scale_by_sqrt_heads",
    says="the scores are divided by the root of the number of heads",
    asks="Over how many products does one dot product add up, in one head?",
    MultiHeadLoop=_scale(f"{_D_HEAD} / len(self.heads)"),
)
misconception("queries_and_keys_exchanged", MultiHeadLoop=edit("(q, k, v", "(k, q, v", fails=_SELF))
misconception("causal_unasked", MultiHeadLoop=around_known("causal_unasked", _SELF, most=1))
misconception("kv_swapped", MultiHeadLoop=edit("(q, k, v", "(q, v, k", fails=_SELF))
misconception("values_as_keys", MultiHeadLoop=edit("(q, k, v", "(q, v, v", fails=_SELF))
misconception("keys_as_values", MultiHeadLoop=edit("(q, k, v", "(q, k, k", fails=_SELF))
misconception(
    "projection_shared",
    MultiHeadLoop=[
        edit('["k_proj"](', '["q_proj"](', fails=_SELF),
        edit('["q_proj"](', '["k_proj"](', fails=_SELF),
        edit(
            "self.o_proj =",
            'for head in self.heads:\n    head["k_proj"] = head["q_proj"]\nself.o_proj =',
            fails=_SELF,
        ),
    ],
)
misconception("softmax_over_queries", MultiHeadLoop=around_known("softmax_over_queries", _SELF))
misconception(
    "softmax_over_batch",
    MultiHeadLoop=around_attention_with("torch.softmax(scores, dim=0)", _SELF, 0),
)
misconception("uniform_weights", MultiHeadLoop=around_known("uniform_weights", _SELF))
misconception("no_softmax", MultiHeadLoop=around_attention_with("scores", _SELF))
misconception("mask_ignored", MultiHeadLoop=edit(_OWN_MASK, "own_mask = None", fails=_MASK))
misconception("inverted_mask", MultiHeadLoop=edit(" mask[:, i]", " ~mask[:, i]", fails=_MASK))
misconception("mask_after_softmax", MultiHeadLoop=around_known("mask_after_softmax", _MASK, most=1))
misconception("additive_mask", MultiHeadLoop=around_known("additive_mask", _MASK))
misconception("zero_is_no_ban", MultiHeadLoop=around_known("zero_is_no_ban", _MASK, most=1))
misconception("finite_mask_value", MultiHeadLoop=around_known("finite_mask_value", _MASK, most=4))
misconception("uniform_empty_rows", MultiHeadLoop=around_known("uniform_empty_rows", "empty_rows"))
misconception("nan_empty_rows", MultiHeadLoop=around_known("nan_empty_rows", "empty_rows"))
misconception(
    "nan_gradient", MultiHeadLoop=around_known("nan_gradient", "sends_the_right_gradients")
)
misconception(
    "mask_read_as_batch",
    says="a mask (H, L_q, L_k) is taken for one mask per sequence, not per head",
    asks="Broadcasting lines axes up from the right: which axis of (B, H, L_q, L_k) does H meet?",
    MultiHeadLoop=edit(
        "mask.broadcast_to(shape)",
        "(mask[:, None] if mask.dim() == 3 else mask).broadcast_to(shape)",
        fails="mask_of_the_heads",
    ),
)
misconception(
    "mask_of_head_0",
    says="every head gets the mask of head 0",
    asks="The mask has an axis of heads. Which part of it belongs to head i?",
    MultiHeadLoop=edit(" mask[:, i]", " mask[:, 0]", fails=_MASK),
)
misconception(
    "mask_keeps_its_heads",
    says="the whole mask goes to each head, with its axis of heads still in it",
    asks="One head has scores (B, L_q, L_k). Which shape should its mask have?",
    MultiHeadLoop=edit(
        "mask = mask.broadcast_to(shape)", "mask = mask * 1 > 0",
        _OWN_MASK, "own_mask = mask",
        fails=_MASK,
    ),
)  # fmt: skip
misconception(
    "context_ignored", MultiHeadLoop=edit("if context is None:", "if True:", fails=_CROSS)
)
misconception("query_from_context", MultiHeadLoop=edit("](x)", "](context)", fails=_USUAL))
misconception(
    "values_from_x", MultiHeadLoop=edit('["v_proj"](context)', '["v_proj"](x)', fails=_USUAL)
)
misconception(
    "keys_from_x", MultiHeadLoop=edit('["k_proj"](context)', '["k_proj"](x)', fails=_USUAL)
)
misconception(
    "roles_exchanged",
    MultiHeadLoop=edit(
        "](x)", "](context)",
        '["k_proj"](context)', '["k_proj"](x)', '["v_proj"](context)', '["v_proj"](x)',
        fails=_USUAL,
    ),
)  # fmt: skip
misconception(
    "context_appended",
    MultiHeadLoop=[
        edit(
            "if context is None:\n    context = x",
            f"context = x if context is None else torch.cat([{both}], dim=1)",
            fails=_CROSS,
        )
        for both in ("x, context", "context, x")
    ],
)
misconception(
    "every_head_reads_head_0",
    says="every head reads head 0",
    asks="Change the weights of head 1. Does your output change?",
    MultiHeadLoop=[
        edit(_HEADS, "enumerate([self.heads[0]] * len(self.heads))", fails=_SELF),
        edit(_CAT, "torch.cat(outputs[:1] * len(outputs), dim=-1)", fails=_SELF),
        edit(
            '["k_proj"](', '["k_proj"].__class__.__call__(self.heads[0]["k_proj"], ',
            '["v_proj"](', '["v_proj"].__class__.__call__(self.heads[0]["v_proj"], ',
            fails=_SELF,
        ),
    ],
)  # fmt: skip
misconception(
    "last_head_repeated",
    says="the output of the last head stands there once for each head",
    asks="What does your loop keep of each head, and what is left after it has ended?",
    MultiHeadLoop=edit(_CAT, "torch.cat(outputs[-1:] * len(outputs), dim=-1)", fails=_SELF),
)
misconception(
    "heads_share_projections",
    says="the list holds one head, H times: all heads share their weights",
    asks="How many heads are built: one, or num_heads? What does [head] * 3 copy?",
    MultiHeadLoop=edit(
        "self.heads = nn.ModuleList(", "self.heads = nn.ModuleList([",
        "for _ in range(num_heads))", "] * num_heads)",
        fails=_SELF,
    ),
)  # fmt: skip
misconception(
    "heads_in_plain_list",
    says="the heads are in a plain list, which hides their weights from the module",
    asks="What does nn.ModuleList do that a list does not?",
    MultiHeadLoop=edit(
        "self.heads = nn.ModuleList(", "self.heads = list(", fails="has_the_projections"
    ),
)
misconception(
    "heads_reversed",
    says="the heads stand in reverse order",
    asks="Whose numbers should come first in the joined vector?",
    MultiHeadLoop=edit("outputs.append(output)", "outputs.insert(0, output)", fails=_SELF),
)
misconception(
    "joined_interleaved",
    says="the heads are joined number by number: first number of each head, then the second",
    asks="Which numbers should stand next to each other: those of one head, or of all?",
    MultiHeadLoop=edit(_CAT, "torch.stack(outputs, dim=-1).flatten(-2)", fails=_SELF),
)
misconception(
    "merge_by_view",
    says="the heads are merged without a transpose: a token gets numbers of other positions",
    asks="Which numbers must lie next to each other before the last two axes are joined?",
    MultiHeadLoop=[
        edit(_CAT, f"torch.{joined}.reshape(x.shape[0], x.shape[1], -1)", fails=_SELF)
        for joined in ("stack(outputs)", "stack(outputs, dim=1)")
    ],
)
misconception(
    "heads_added",
    says="the outputs of the heads are added up, not put side by side",
    asks="How wide should the input of o_proj be?",
    MultiHeadLoop=edit(
        "nn.Linear(num_heads * d_head, d_model", "nn.Linear(d_head, d_model",
        _CAT, "sum(outputs)",
        fails="has_the_projections",
    ),
)  # fmt: skip
misconception(
    "o_proj_not_shared",
    says="every head has an output projection of its own; there should be one for all",
    asks="Where do the heads meet, and how wide is the vector there?",
    MultiHeadLoop=edit(
        '"v_proj": nn.Linear(d_model, d_head, bias=bias)',
        '"v_proj": nn.Linear(d_model, d_head, bias=bias), '
        '"o_proj": nn.Linear(d_head, d_model, bias=bias)',
        "self.o_proj = nn.Linear(num_heads * d_head, d_model, bias=bias)", "",
        _RETURN, 'return sum(head["o_proj"](o) for head, o in zip(self.heads, outputs))',
        fails="has_the_projections",
    ),
)  # fmt: skip
misconception(
    "output_projection_missing", MultiHeadLoop=edit(_RETURN, "return joined", fails=_USUAL)
)

_LINEAR = {
    "q": '"q_proj": nn.Linear(d_model, d_head, bias=bias)',
    "k": '"k_proj": nn.Linear(d_model, d_head, bias=bias)',
    "v": '"v_proj": nn.Linear(d_model, d_head, bias=bias)',
    "o": "nn.Linear(num_heads * d_head, d_model, bias=bias)",
}


def _bias(value, letters):
    pieces = []
    for letter in letters:
        pieces += [_LINEAR[letter], swap(_LINEAR[letter], "bias=bias", f"bias={value}")]
    return edit(*pieces, fails="has_the_projections")


misconception(
    "bias_not_added",
    MultiHeadLoop=[
        edit(
            *(
                text
                for letter in letters
                for text in (
                    f'head["{letter}_proj"](', f'(lambda t: t @ head["{letter}_proj"].weight.mT)('
                )
            ),
            *(("self.o_proj(", "(lambda t: t @ self.o_proj.weight.mT)(") if with_o else ()),
            fails=_SELF,
        )
        for letters, with_o in (("qkv", True), ("", True))
    ],
)  # fmt: skip
misconception("residual_added", MultiHeadLoop=returns('output + given["x"]', _SELF, _ADDS))
misconception("not_parameters", MultiHeadLoop=hides_parameters("sends_the_right_gradients"))
_SOME = ("qkvo", "qkv", "o", "kv", "qk")
misconception("bias_ignored", MultiHeadLoop=[_bias("False", each) for each in _SOME])
misconception("bias_always", MultiHeadLoop=[_bias("True", each) for each in _SOME])
misconception(
    "projection_names",
    MultiHeadLoop=edit(
        '"q_proj": nn', '"query": nn', 'head["q_proj"]', 'head["query"]',
        fails="has_the_projections",
    ),
)  # fmt: skip
misconception(
    "d_head_ignored",
    says="the given d_head is ignored; heads are always d_model // num_heads wide",
    asks="When may d_head be computed, and when is it given?",
    MultiHeadLoop=edit(
        "if d_head is None:\n    if d_model", "if True:\n    if d_head is None and d_model",
        fails="has_the_projections",
    ),
)  # fmt: skip
misconception(
    "no_error_when_indivisible",
    says="a number of heads that does not divide d_model is accepted, and numbers get lost",
    asks="What does // do with the remainder? Who would notice?",
    MultiHeadLoop=edit(
        "d_model % num_heads != 0", "d_model < num_heads", fails="refuses_what_does_not_divide"
    ),
)
misconception(
    "dropout_active",
    says="dropout is at work in evaluation mode",
    asks="Does your dropout know whether the module is in training, as nn.Dropout does?",
    MultiHeadLoop=edit(
        _RETURN, "return self.o_proj(nn.functional.dropout(joined, 0.2))",
        fails="answers_alike_and_leaves_its_inputs",
    ),
)  # fmt: skip
misconception(
    "returns_zeros",
    MultiHeadLoop=[returns_zeros(_SELF), returns_fresh_zeros(_SELF)],
)
misconception("returns_input", MultiHeadLoop=returns_argument("x", _SELF))
misconception(
    "changes_inputs",
    MultiHeadLoop=[
        changes(each, "answers_alike_and_leaves_its_inputs")
        for each in ("x", "context")
    ],
)  # fmt: skip
misconception(
    "wrong_dtype",
    MultiHeadLoop=returns_float32("keeps_dtype_and_device"),
)
misconception(
    "wrong_device",
    MultiHeadLoop=needs_the_cpu("keeps_dtype_and_device"),
)  # fmt: skip
