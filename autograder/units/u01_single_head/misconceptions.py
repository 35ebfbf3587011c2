"""Misconceptions of unit 01, as edits of the model solutions."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.wrappers import (
    changes,
    hides_parameters,
    returns,
    returns_argument,
    returns_fresh_zeros,
    returns_half_as_float32,
    returns_zeros,
)

_EQUALS = "equals_the_reference"
_SCORES = "equals_the_reference_scores"
_ATTENTION = "equals_the_reference_attention"
_DELIVERS = "delivers_the_values"
_SELF = "self_attention"
_CROSS = "cross_attention"

_OWN_WEIGHTS = "weights = softmax(scores, dim=-1)"
_OWN_OUTPUT = "output = weights @ v"
_HEAD_CALL = "output, weights = attention(q, k, v)"
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
    softmax=edit("scores - largest", "scores", fails="survives_large_scores"),
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
        edit("return numerators / numerators.sum(dim=dim, keepdim=True)", result, fails=_EQUALS)
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
    says="a tensor of the caller's is changed in place",
    asks="Which of your lines writes into an argument, with `-=`, `/=` or a name that ends in `_`?",
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
    says="half precision comes back in another dtype",
    asks="Which dtype should a caller get who passes float16?",
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
    SingleHeadAttention=_head_scale(f"{_ROOT} / math.sqrt(x.shape[-1])"),
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
        for axis in ("1 if scores.dim() == 4 else -1", "-3", "1", "2")
    ],
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
