"""Misconceptions of unit 01, as edits of the model solutions."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import (
    CHANGES_INPUTS,
    changes,
    hides_parameters,
    returns,
    returns_argument,
    returns_fresh_zeros,
    returns_half_as_float32,
    returns_zeros,
)
from autograder.units.shared.misconceptions.wrong_attention import without_biases

_EQUALS = "equals_the_reference"
_SCORES = "equals_the_reference_scores"
_ATTENTION = "equals_the_reference_attention"
_DELIVERS = "delivers_the_values"
_SELF = "self_attention"
_CROSS = "cross_attention"

_SHARES = "return numerators / numerators.sum(dim=dim, keepdim=True)"
_SUM = "numerators.sum(dim=dim, keepdim=True)"
_OWN_WEIGHTS = "weights = softmax(scores, dim=-1)"
_OWN_OUTPUT = "output = weights @ v"
_TRIANGLE = "torch.full((q.shape[-2], k.shape[-2]), -math.inf, dtype=q.dtype).triu({diagonal} + 1)"
_HEAD_CALL = "output, weights = attention(q, k, v)"
_RESHAPED = "k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])"
_ROOT = "math.sqrt(self.q_proj.out_features)"


def _scale(factor):
    """attention with scores that are larger by ``factor``."""
    return edit("scores =", f"scores = {factor} *", fails=_ATTENTION)


def _head(weights):
    """The module with other weights than attention gives."""
    return edit(_HEAD_CALL, f"output = {weights} @ v", fails=_SELF)


def _head_scale(factor):
    """The module with scores that are larger by ``factor``."""
    return edit("q =", f"q = {factor} *", fails=_SELF)


misconception(
    "unstable_softmax",
    says="no maximum is subtracted before the exponential",
    asks="exp(89) is already infinite in float32. What may you subtract from a row for free?",
    softmax=[
        edit("scores - largest", "scores", fails="survives_large_scores"),
        edit(
            _SHARES,
            "return torch.exp(scores - torch.log(torch.exp(scores).sum(dim, keepdim=True)))",
            fails="survives_large_scores",
        ),
    ],
    attention=edit(
        "weights = softmax(",
        "weights = (lambda s, dim: s.exp() / s.exp().sum(dim, keepdim=True))(",
        fails="survives_large_scores_in_attention",
    ),
)
misconception(
    "global_max",
    says="the maximum of the whole tensor is subtracted, not that of each row",
    asks="What is left of a row whose scores lie 200 below the largest score of another row?",
    softmax=edit(
        "scores.amax(dim=dim, keepdim=True)", "scores.max()", fails="survives_large_scores"
    ),
)
misconception(
    "not_the_largest",
    says="something else than the largest score of the row is subtracted",
    asks="Which exponent is the largest of a row then? Can it be 10 000, or -10 000 for all?",
    softmax=[
        edit("scores.amax(", other, fails="survives_large_scores")
        for other in ("scores.abs().amax(", "scores.amin(", "scores.mean(")
    ],
)
misconception(
    "scores_cut_off",
    says="large scores are cut off before the exponential, not moved",
    asks="Two scores of a row are 9000 and 10 000. Do they still differ once both are cut off?",
    softmax=[
        edit("scores - largest", f"scores.clamp({bounds})", fails="survives_large_scores")
        for bounds in ("-50, 50", "-80, 80", "max=50", "max=80")
    ],
)
misconception(
    "softmax_over_everything",
    says="the sum runs over more than one row, so that the weights of a row add up to less than 1",
    asks="How many scores belong to one row? Which axes does your sum run over?",
    softmax=[
        edit(_SUM, "numerators.sum()", fails=_EQUALS),
        edit(
            _SUM,
            "numerators.sum()",
            "scores.amax(dim=dim, keepdim=True)",
            "scores.max()",
            fails=_EQUALS,
        ),
        edit(_SUM, "numerators.sum()", "scores - largest", "scores", fails=_EQUALS),
        edit(
            _SHARES,
            "shares = [(row - row.max()).exp() for row in scores]\n"
            "return torch.stack([share / share.sum() for share in shares])",
            fails="obeys_dim",
        ),
    ],
    attention=[
        edit(_OWN_WEIGHTS, f"weights = {weights}", fails=_ATTENTION)
        for weights in (
            "softmax(scores.flatten()).view_as(scores)",
            "softmax(scores.flatten(1)).view_as(scores) if scores.dim() > 1 else softmax(scores)",
        )
    ],
    SingleHeadAttention=_head(
        "softmax(scaled_scores(q, k).flatten()).view(len(x), x.shape[1], -1)"
    ),
)
misconception(
    "constant_in_the_sum",
    says="a small constant is added to the sum, so that the weights add up to less than 1",
    asks="The largest exponent is 0. How small can the sum of a row be, and what need be avoided?",
    softmax=[
        edit(_SUM, f"{_SUM} + {small}", fails=_EQUALS)
        for small in ("1e-9", "1e-8", "1e-6", "1e-5", "1e-3")
    ],
)
misconception(
    "logarithm_returned",
    says="the logarithm of the weights comes back",
    asks="What do your results add up to, and what is still to be done to them?",
    softmax=edit(_SHARES, "return scores - torch.logsumexp(scores, dim, True)", fails=_EQUALS),
)
misconception(
    "softmax_wrong_axis",
    says="the weights add up to 1 along another axis than dim",
    asks="Which axis disappears in your sum? Does `dim` reach every reduction?",
    softmax=[
        edit(
            "scores.amax(dim=dim, keepdim=True)",
            f"scores.amax(dim={axis}, keepdim=True)",
            "numerators.sum(dim=dim, keepdim=True)",
            f"numerators.sum(dim={axis}, keepdim=True)",
            fails="obeys_dim",
        )
        for axis in ("-1", "0", "1", "tuple(range(scores.dim()))")
    ]
    + [
        edit("numerators.sum(dim=dim", f"numerators.sum(dim={axis}", fails="obeys_dim")
        for axis in ("-1", "0")
    ],
)
misconception(
    "not_normalised",
    says="the exponentials are not divided by their sum",
    asks="What should the weights of one row add up to?",
    softmax=[
        edit(_SHARES, result, fails=_EQUALS)
        for result in ("return numerators", "return torch.exp(scores)")
    ],
)
misconception(
    "normalised_without_exp",
    says="the scores are divided by their sum, without the exponential",
    asks="What happens to a negative score?",
    softmax=edit("torch.exp(scores - largest)", "scores", fails=_EQUALS),
)
misconception(
    "uniform_weights",
    says="every key gets the same weight, whatever the scores",
    asks="Do your weights depend on the scores at all?",
    softmax=edit("torch.exp(scores - largest)", "torch.ones_like(scores)", fails=_EQUALS),
    attention=edit("(scores, dim", "(scores * 0, dim", fails=_ATTENTION),
    SingleHeadAttention=_head("torch.softmax(scaled_scores(q, k) * 0, dim=-1)"),
)
misconception(
    "returns_input",
    says="the input comes back as it was",
    asks="What should the function have done to it?",
    softmax=returns_argument("scores", _EQUALS),
    SingleHeadAttention=returns_argument("x", _SELF),
)
misconception(
    "returns_zeros",
    says="the result is all zeros",
    asks="Is the result of your computation what you return?",
    softmax=returns_zeros(_EQUALS),
    scaled_scores=returns_zeros(_SCORES),
    attention=[
        returns_zeros(_ATTENTION, every=True),
        returns_fresh_zeros(_ATTENTION, every=True),
        returns_zeros(_DELIVERS),
    ],
    SingleHeadAttention=[returns_zeros(_SELF), returns_fresh_zeros(_SELF)],
)
misconception(
    "changes_inputs",
    *CHANGES_INPUTS,
    softmax=changes("scores", "leaves_its_argument"),
    scaled_scores=changes("q", "leaves_queries_and_keys"),
    attention=edit(
        "scores = scaled_scores(q, k)",
        "scores = q.div_(math.sqrt(q.shape[-1])) @ k.transpose(-2, -1)",
        fails="survives_large_scores_in_attention",
    ),
)
misconception(
    "wrong_dtype",
    says="the result comes back in another dtype than the input's",
    asks="Which dtype should a caller get who passes float64 or bfloat16?",
    softmax=returns_half_as_float32("works_in_half_precision"),
)
misconception(
    "no_scale",
    says="the scores are not divided by sqrt(d_head)",
    asks="How does the spread of a dot product grow with d_head? What does a softmax make of it?",
    scaled_scores=edit("/ math.sqrt(d_head)", "", fails=_SCORES),
    attention=_scale("math.sqrt(q.shape[-1])"),
    SingleHeadAttention=_head_scale(_ROOT),
)
misconception(
    "scale_by_d",
    says="the scores are divided by d_head, not by its square root",
    asks="The *variance* of a dot product grows with d_head. By what does its spread grow?",
    scaled_scores=edit("math.sqrt(d_head)", "d_head", fails=_SCORES),
    attention=_scale("q.shape[-1] ** -0.5"),
    SingleHeadAttention=_head_scale(f"1 / {_ROOT}"),
)
misconception(
    "half_the_width",
    says="the scores are divided by d_head / 2: a power binds tighter than the slash behind it",
    asks="In which order does Python compute `d ** 1 / 2`? And `d ** -1 / 2`?",
    scaled_scores=[
        edit("math.sqrt(d_head)", width, fails=_SCORES)
        for width in ("(d_head / 2)", "(d_head * 2)")
    ],
    attention=[_scale(f"{factor} * q.shape[-1] ** -0.5") for factor in (2, 0.5)],
    SingleHeadAttention=[_head_scale(f"{factor} / {_ROOT}") for factor in (2, 0.5)],
)
misconception(
    "width_from_the_front",
    says="the width is read off an axis that is counted from the front",
    asks="Which axis holds d_head where there are two axes, and which where there are four?",
    scaled_scores=[
        edit("q.shape[-1]", f"{shape}[{axis}]", fails=_SCORES)
        for shape, axis in (("q.shape", 0), ("q.shape", 1), ("k.shape", 1))
    ],
    attention=[
        _scale(f"(q.shape[-1] / {shape}[{axis}]) ** 0.5")
        for shape, axis in (("q.shape", 0), ("q.shape", 1), ("k.shape", 1))
    ],
)
misconception(
    "scale_by_measured_spread",
    says="the scores are divided by the spread that they happen to have",
    asks="Should the score of one pair depend on which other pairs there are?",
    scaled_scores=edit(
        "return q @ k.transpose(-2, -1) / math.sqrt(d_head)",
        "scores = q @ k.transpose(-2, -1)\nreturn scores / scores.std()", fails=_SCORES,
    ),
    attention=edit(
        "scores = scaled_scores(q, k)",
        "scores = scaled_scores(q, k)\nscores = scores / scores.std()",
        fails=_ATTENTION,
    ),
)  # fmt: skip
misconception(
    "keys_reshaped",
    says="the keys are brought to the transposed shape by a reshape, which mixes their numbers",
    asks="reshape reads the memory in order. Which numbers stand in its first column?",
    scaled_scores=edit("k.transpose(-2, -1)", _RESHAPED, fails=_SCORES),
    attention=edit("(q, k)", f"(q, {_RESHAPED}.transpose(-2, -1))", fails=_ATTENTION),
    SingleHeadAttention=edit("(q, k,", f"(q, {_RESHAPED}.transpose(-2, -1),", fails=_SELF),
)
misconception(
    "softmax_too_early",
    says="a softmax is applied to the scores already",
    asks="Which function makes weights of scores? Is it this one?",
    scaled_scores=edit(
        "return q @ k.transpose(-2, -1) / math.sqrt(d_head)",
        "return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(d_head), dim=-1)",
        fails=_SCORES,
    ),
    attention=edit("(scores, dim", "(softmax(scores, dim=-1), dim", fails=_ATTENTION),
    SingleHeadAttention=_head("softmax(softmax(scaled_scores(q, k)))"),
)
misconception(
    "scaled_twice",
    says="the scale is applied twice",
    asks="Count the places where you divide. Does something you call divide as well?",
    scaled_scores=edit(
        "return q @ k.transpose(-2, -1)",
        "q = q / math.sqrt(d_head)\nreturn q @ k.transpose(-2, -1)",
        fails=_SCORES,
    ),
    attention=_scale("q.shape[-1] ** -0.5"),
    SingleHeadAttention=_head_scale(f"1 / {_ROOT}"),
)
misconception(
    "scale_by_sqrt_length",
    says="the scores are divided by the root of a number of tokens, not of d_head",
    asks="Over how many products does one dot product add up?",
    scaled_scores=[
        edit("math.sqrt(d_head)", f"math.sqrt({each}.shape[-2])", fails=_SCORES) for each in "qk"
    ],
    attention=[_scale(f"math.sqrt(q.shape[-1] / {each}.shape[-2])") for each in "qk"],
    SingleHeadAttention=[
        _head_scale(f"{_ROOT} / math.sqrt({each}.shape[-2])") for each in ("x", "context")
    ],
)
misconception(
    "scale_by_sqrt_d_model",
    says="the scale belongs to d_model, not to d_head",
    asks="Over how many products does one dot product of a query with a key add up?",
    SingleHeadAttention=[
        _head_scale(f"{_ROOT} / {divisor}") for divisor in ("math.sqrt(x.shape[-1])", "x.shape[-1]")
    ],
)
misconception(
    "scale_by_sqrt_d_v",
    says="the scores are divided by the root of the width of the values, not of the keys",
    asks="Over how many products does one dot product add up? Do the values take part in it?",
    attention=edit(
        "scores =", "scores = math.sqrt(q.shape[-1] / v.shape[-1]) *", fails="takes_wider_values"
    ),
)
misconception(
    "scaled_after_softmax",
    says="the weights are divided by sqrt(d_head), not the scores: the slash stands too late",
    asks="Does your division come before the softmax or after it? What do the weights add up to?",
    attention=[
        edit(
            _OWN_WEIGHTS,
            f"weights = softmax(scores{unscaled}) / math.sqrt(q.shape[-1])",
            fails=_ATTENTION,
        )
        for unscaled in (" * math.sqrt(q.shape[-1])", "")
    ]
    + [edit(_OWN_OUTPUT, f"{_OWN_OUTPUT} / math.sqrt(q.shape[-1])", fails=_DELIVERS)],
    SingleHeadAttention=_head(f"(softmax({_ROOT} * scaled_scores(q, k)) / {_ROOT})"),
)
misconception(
    "multiplied_by_scale",
    says="the scores are multiplied by sqrt(d_head), not divided",
    asks="Should wide heads have larger scores, or scores of the same size?",
    scaled_scores=edit("/ math.sqrt(d_head)", "* math.sqrt(d_head)", fails=_SCORES),
    attention=_scale("q.shape[-1]"),
    SingleHeadAttention=_head_scale(f"{_ROOT} ** 2"),
)
misconception(
    "scores_transposed",
    says="keys and queries have changed places: the rows belong to the keys",
    asks="Which of the two should number the rows?",
    scaled_scores=edit("q @ k.transpose(-2, -1)", "k @ q.transpose(-2, -1)", fails=_SCORES),
)
misconception(
    "kv_swapped",
    says="keys and values have changed places",
    asks="Which of the two is compared with the queries, and which is delivered?",
    attention=edit(
        "scaled_scores(q, k)", "scaled_scores(q, v)", _OWN_OUTPUT, "output = weights @ k",
        fails=_ATTENTION,
    ),
    SingleHeadAttention=edit(
        "k = self.k_proj", "k = self.v_proj", " = self.v_proj(", " = self.k_proj(", fails=_SELF
    ),
)  # fmt: skip
misconception(
    "values_as_keys",
    says="the queries are compared with the values; the keys are not used",
    asks="Where do the keys enter your computation?",
    attention=edit("scaled_scores(q, k)", "scaled_scores(q, v)", fails=_ATTENTION),
    SingleHeadAttention=edit("k = self.k_proj", "k = self.v_proj", fails=_SELF),
)
misconception(
    "keys_as_values",
    says="the keys are delivered; the values are not used",
    asks="Where do the values enter your computation?",
    attention=edit(_OWN_OUTPUT, "output = weights @ k", fails=_DELIVERS),
    SingleHeadAttention=edit(" = self.v_proj(", " = self.k_proj(", fails=_SELF),
)
misconception(
    "softmax_over_queries",
    says="the softmax runs over the queries, so that the columns add up to 1",
    asks="One query shares out its attention: over which axis do its shares lie?",
    attention=edit("dim=-1", "dim=-2", fails=_ATTENTION),
    SingleHeadAttention=_head("softmax(scaled_scores(q, k), dim=-2)"),
)
misconception(
    "softmax_over_batch",
    says="the softmax runs over the batch",
    asks="Should one sequence of a batch know of another?",
    attention=edit("dim=-1", "dim=0", fails=_ATTENTION),
    SingleHeadAttention=_head("softmax(scaled_scores(q, k), dim=0)"),
)
misconception(
    "softmax_over_heads",
    says="the softmax runs over the heads",
    asks="Which axis holds the keys when there are four axes? Count from the end.",
    attention=[
        edit("dim=-1", f"dim={axis}", fails="takes_heads")
        for axis in ("1 if scores.dim() == 4 else -1", "-3")
    ],
)
misconception(
    "softmax_axis_from_the_front",
    says="the softmax runs over an axis that is counted from the front",
    asks="Which axis holds the keys where there are three axes, and which where there are four?",
    attention=[edit("dim=-1", f"dim={axis}", fails="takes_heads") for axis in ("1", "2")],
)
misconception(
    "no_softmax",
    says="the raw scores are used as weights, without a softmax",
    asks="What should the weights of one query add up to?",
    attention=edit(_OWN_WEIGHTS, "weights = scores", fails=_ATTENTION),
    SingleHeadAttention=_head("scaled_scores(q, k)"),
)
misconception(
    "scores_returned",
    says="the second result holds the scores, not the weights",
    asks="Which of your tensors has rows that add up to 1?",
    attention=edit("return output, weights", "return output, scores", fails=_ATTENTION),
)
misconception(
    "scores_deliver",
    says="the values are mixed by the scores; the weights are computed and not used",
    asks="What do the numbers add up to by which you mix the values of one query?",
    attention=edit(_OWN_OUTPUT, "output = scores @ v", fails=_DELIVERS),
)
misconception(
    "weights_of_other_scores",
    says="the output is right, but the weights that come back are those of other scores",
    asks="Are the weights that you return the ones by which you mixed the values?",
    attention=edit(
        "return output, weights",
        "return output, softmax(scores * math.sqrt(q.shape[-1]))",
        fails=_ATTENTION,
    ),
)
misconception(
    "averaged_over_keys",
    says="the weighted values are averaged, not added up",
    asks="The weights add up to 1 already. By what is there left to divide?",
    attention=edit(_OWN_OUTPUT, "output = weights @ v / v.shape[-2]", fails=_DELIVERS),
    SingleHeadAttention=edit(
        "return self.o_proj(output)", "return self.o_proj(output / context.shape[1])", fails=_SELF
    ),
)
misconception(
    "causal_unasked",
    says="a query sees nothing behind its own position, though nobody asked for a causal mask",
    asks="Which queries may look at which keys here? Does the task speak of an order?",
    attention=[
        edit("scores =", f"scores = {_TRIANGLE.format(diagonal=diagonal)} +", fails=_ATTENTION)
        for diagonal in ("0", "k.shape[-2] - q.shape[-2]")
    ],
    SingleHeadAttention=[
        _head(f"softmax({_TRIANGLE.format(diagonal=diagonal)} + scaled_scores(q, k))")
        for diagonal in ("0", "k.shape[-2] - q.shape[-2]")
    ],
)
misconception(
    "returns_values",
    says="the output is the values themselves",
    asks="Where do the weights enter the output?",
    attention=returns('given["v"] * 1', _DELIVERS, "returns_values"),
)
misconception(
    "returns_query",
    says="the output is the queries themselves",
    asks="Where do the values enter the output?",
    attention=returns('given["q"] * 1', _DELIVERS, "returns_query"),
)
misconception(
    "context_ignored",
    says="the context is ignored: x attends to itself",
    asks="Which tensors come from the context when there is one?",
    SingleHeadAttention=edit("if context is None:", "if True:", fails=_CROSS),
)
misconception(
    "query_from_context",
    says="the queries come from the context as well",
    asks="Whose positions should the output have, those of x or those of the context?",
    SingleHeadAttention=edit(".q_proj(x)", ".q_proj(context)", fails=_CROSS),
)
misconception(
    "roles_exchanged",
    says="x and the context have changed places: the context asks, and x is asked",
    asks="Whose positions should the output have, and who is looked at?",
    SingleHeadAttention=edit(
        "q_proj(x)", "q_proj(context)", "k_proj(context)", "k_proj(x)", "v_proj(context)",
        "v_proj(x)", fails=_CROSS,
    ),
)  # fmt: skip
misconception(
    "queries_and_keys_exchanged",
    says="the keys ask, and the queries are asked",
    asks="In which order does the function that you call take queries and keys?",
    SingleHeadAttention=edit("(q, k, v)", "(k, q, v)", fails=_SELF),
)
misconception(
    "context_appended",
    says="the context is joined to x, so that a query sees both",
    asks="In cross-attention, which positions offer keys: those of x, of the context, or all?",
    SingleHeadAttention=[
        edit(
            "if context is None:\n    context = x",
            f"context = x if context is None else torch.cat([{both}], dim=1)", fails=_CROSS,
        )
        for both in ("x, context", "context, x")
    ],
)  # fmt: skip
misconception(
    "values_from_x",
    says="the keys come from the context, but the values from x",
    asks="A key finds a position of the context. Which value should be delivered?",
    SingleHeadAttention=edit("v_proj(context)", "v_proj(x)", fails="equal_sizes"),
)
misconception(
    "keys_from_x",
    says="the values come from the context, but the keys from x",
    asks="Where is the value that a key finds?",
    SingleHeadAttention=edit("(context) v", "(x)\nv", fails="equal_sizes"),
)
misconception(
    "projection_shared",
    says="one projection serves for queries and for keys",
    asks="Should `what I look for` be the same as `what I can be found by`?",
    SingleHeadAttention=[
        edit("k = self.k_proj", "k = self.q_proj", fails=_SELF),
        edit(".q_proj(x)", ".k_proj(x)", fails=_SELF),
    ],
)
misconception(
    "residual_added",
    says="x is added to the result",
    asks="Which step of a whole block adds its input? Is it part of this task?",
    SingleHeadAttention=returns('output + given["x"]', _SELF, "adds_its_input"),
)
misconception(
    "output_projection_missing",
    says="the output projection is not applied",
    asks="Which width does the output of the head have, and which does the model expect?",
    SingleHeadAttention=edit("return self.o_proj(output)", "return output", fails="equal_sizes"),
)
_PROJECTIONS = [
    f"self.{name} = nn.Linear({sizes}, bias=bias)"
    for name, sizes in (
        ("q_proj", "d_model, d_head"),
        ("k_proj", "d_model, d_head"),
        ("v_proj", "d_model, d_head"),
        ("o_proj", "d_head, d_model"),
    )
]


def _bias(value):
    pieces = [
        text for each in _PROJECTIONS for text in (each, swap(each, "bias=bias", f"bias={value}"))
    ]
    return edit(*pieces, fails="has_the_projections")


misconception(
    "bias_ignored",
    says="bias=True builds projections without bias",
    asks="Does the argument reach all four layers?",
    SingleHeadAttention=_bias("False"),
)
misconception(
    "bias_always",
    says="bias=False builds projections with a bias",
    asks="What does nn.Linear do when it is not told about the bias?",
    SingleHeadAttention=_bias("True"),
)
misconception(
    "bias_not_added",
    says="the weights of a layer are used, and its bias is not",
    asks="What does calling a layer do that multiplying by its weight does not?",
    SingleHeadAttention=without_biases(_SELF),
)
misconception(
    "not_parameters",
    says="the weights are no parameters of the module, or some are one tensor under two names",
    asks="What does list(module.parameters()) show, and what would an optimizer be given?",
    SingleHeadAttention=hides_parameters("every_projection_learns"),
)
misconception(
    "projection_names",
    says="the projections have other names than the task gives them",
    asks="How should anyone load trained weights into your head?",
    SingleHeadAttention=edit(
        _PROJECTIONS[0], swap(_PROJECTIONS[0], "q_proj", "query"),
        "q = self.q_proj(x)", "q = self.query(x)",
        fails="has_the_projections",
    ),
)  # fmt: skip
