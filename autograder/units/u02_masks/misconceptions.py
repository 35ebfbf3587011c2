"""Misconceptions of unit 02, as edits of the model solutions."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.wrappers import (
    changes,
    returns,
    returns_float32,
    returns_fresh_zeros,
    returns_zeros,
)

_QUERIES = "torch.arange(q_len)[:, None]"
_SHIFT = " + (k_len - q_len)"
_LENGTHS = "torch.as_tensor(lengths)"
_FILL = "scores.masked_fill(~mask, -math.inf)"
_EMPTY = "        scores = scores.masked_fill(empty, 0.0)\n"
_ZERO = "        weights = weights.masked_fill(empty, 0.0)\n"
_SOFTMAX = "weights = torch.softmax(scores, dim=-1)"
_MIX = "output = weights @ v.to(work)"
_RETURN = "return output.to(q.dtype), weights.to(q.dtype)"

misconception(
    "inverted_mask",
    says="the mask is inverted: what may be attended to is forbidden, and the other way round",
    asks="What does True mean in this course? And in the function you call?",
    causal_mask=edit("visible = key_position <=", "visible = key_position >", fails="square_mask"),
    padding_mask=edit("real = positions <", "real = positions >=", fails="marks_the_real_tokens"),
    masked_attention=[
        edit("~mask.any(", "mask.all(", "(~mask,", "(mask,", fails="obeys_the_mask"),
        edit("empty = ", "mask = ~mask\nempty = ", fails="obeys_the_mask"),
        edit(
            _FILL, "scores.masked_fill(mask, -math.inf)", _EMPTY, "", _ZERO, "        pass\n",
            fails="obeys_the_mask",
        ),
    ],
)  # fmt: skip
misconception(
    "hides_self",
    says="no token sees itself: the mask is one step too strict",
    asks="May a query attend to the key of its own position?",
    causal_mask=edit(_QUERIES, "torch.arange(-1, q_len - 1)[:, None]", fails="square_mask"),
)
misconception(
    "shows_next",
    says="every token sees the next one: the mask is one step too generous",
    asks="In training the next token is the answer. May a query see it?",
    causal_mask=edit(_QUERIES, "torch.arange(1, q_len + 1)[:, None]", fails="square_mask"),
)
misconception(
    "top_left_aligned",
    says="the mask is aligned top-left, as if the first query stood at the first key",
    asks="Which key should the *last* query see last?",
    causal_mask=edit(_SHIFT, "", fails="more_keys_than_queries"),
)
misconception(
    "transposed_mask",
    says="the mask lies on its side: a query sees itself and the future",
    asks="Do the rows of your mask belong to the queries or to the keys?",
    causal_mask=edit("visible = key_position <=", "visible = key_position >=", fails="square_mask"),
)
misconception(
    "all_true",
    says="everything may be attended to",
    asks="Which entry of the mask should be False?",
    causal_mask=returns("output | True", "square_mask", "returns_all_true"),
    padding_mask=returns("output | True", "marks_the_real_tokens", "returns_all_true"),
)
misconception(
    "float_mask",
    says="the mask holds numbers, not booleans",
    asks="A number can be added to scores. What can a boolean do that a number cannot?",
    causal_mask=[
        returns_float32("square_mask"),
        returns("torch.zeros(output.shape).masked_fill(~output, -math.inf)", "square_mask"),
    ],
    padding_mask=returns_float32("marks_the_real_tokens"),
)
misconception(
    "ignores_k_len",
    says="k_len is ignored: the mask is always square",
    asks="How many keys are there when three new tokens follow a past of ten?",
    causal_mask=edit(
        "    if k_len is None:\n        k_len = q_len", "    k_len = q_len",
        fails="more_keys_than_queries",
    ),
)  # fmt: skip
misconception(
    "off_by_one_long",
    says="one padding token too many may be attended to",
    asks="A sequence of length 3 has the positions 0, 1, 2. What about position 3?",
    padding_mask=edit(_LENGTHS, f"{_LENGTHS} + 1", fails="marks_the_real_tokens"),
)
misconception(
    "off_by_one_short",
    says="the last real token is hidden",
    asks="A sequence of length 3 has the positions 0, 1, 2. Is 2 among yours?",
    padding_mask=edit(_LENGTHS, f"{_LENGTHS} - 1", fails="marks_the_real_tokens"),
)
misconception(
    "padding_in_front",
    says="the padding is taken to stand in front of the tokens",
    asks="At which end are short sequences filled up?",
    padding_mask=edit(
        "device=lengths.device)", "device=lengths.device).flip(0)", fails="marks_the_real_tokens"
    ),
)
misconception(
    "query_axis_missing",
    says="the axis of the queries is missing: (B, L_k) in place of (B, 1, L_k)",
    asks="What does (B, L_k) mean to scores of the shape (B, L_q, L_k) when B equals L_q?",
    padding_mask=edit("[:, None, None]", "[:, None]", fails="marks_the_real_tokens"),
)
misconception(
    "padding_on_queries",
    says="the mask lies along the queries: (B, L_k, 1) in place of (B, 1, L_k)",
    asks="Which axis of the scores belongs to the keys?",
    padding_mask=returns("output.transpose(-2, -1)", "marks_the_real_tokens"),
)
misconception(
    "mask_ignored",
    says="the mask is ignored",
    asks="Where does the mask enter your computation?",
    masked_attention=edit(
        _FILL, "scores", _EMPTY, "", _ZERO, "        pass\n", fails="obeys_the_mask"
    ),
)
misconception(
    "mask_after_softmax",
    says="the mask is applied after the softmax, and the rest is not divided by its sum again",
    asks="What do the weights of a row add up to once some of them are set to 0?",
    masked_attention=edit(
        _FILL, "scores", _EMPTY, "", _ZERO, "        weights = weights * mask\n",
        fails="obeys_the_mask",
    ),
)  # fmt: skip
misconception(
    "renormalised_after_softmax",
    says="the mask is applied after the softmax and the row divided by its sum, which can be 0",
    asks="What is left to divide by when the whole weight of a row fell on forbidden keys?",
    masked_attention=edit(
        _FILL,
        "scores",
        _EMPTY,
        "",
        _ZERO,
        "        weights = weights * mask\n"
        "        weights = weights / weights.sum(dim=-1, keepdim=True)\n",
        fails="large_scores_stay_forbidden",
    ),
)
misconception(
    "additive_mask",
    says="the mask is added to the scores as 1 and 0",
    asks="By how much does adding 1 change a weight? What must be added to make it exactly 0?",
    masked_attention=[
        edit(
            _FILL, "scores + mask.to(work)", _EMPTY, "", _ZERO, "        pass\n",
            fails="obeys_the_mask",
        ),
        edit(_FILL, "scores + mask.to(work)", fails="obeys_the_mask"),
        edit(
            _FILL, "scores + (~mask).to(work)", _EMPTY, "", _ZERO, "        pass\n",
            fails="obeys_the_mask",
        ),
        edit(
            _FILL, "scores * mask", _EMPTY, "", _ZERO, "        pass\n", fails="obeys_the_mask"
        ),
    ],
)  # fmt: skip


def _finite(constant, operation, zeroed, fails):
    fill = f"scores.masked_fill(~mask, {constant})"
    if operation == "add":
        fill = f"scores + (~mask) * {constant}"
    rest = () if zeroed else (_EMPTY, "", _ZERO, "        pass\n")
    return edit(_FILL, fill, *rest, fails=fails)


misconception(
    "finite_mask_value",
    says="forbidden scores get a finite constant, so that some weight leaks",
    asks="What is exp(constant - largest score)? Is it 0 for every score that can occur?",
    masked_attention=[
        _finite(constant, operation, zeroed, fails)
        for constant, fails in (
            ("-1.0", "obeys_the_mask"),
            ("-10.0", "obeys_the_mask"),
            ("-1e4", "large_scores_stay_forbidden"),
        )
        for operation in ("fill", "add")
        for zeroed in (False, True)
    ],
)
misconception(
    "uniform_empty_rows",
    says="a row with no key to attend to spreads its weight evenly over forbidden keys",
    asks="What is the softmax of a row of equal scores, however small they are?",
    masked_attention=[
        edit(_FILL, fill, _EMPTY, "", _ZERO, "        pass\n", fails="empty_rows_are_zeros")
        for fill in (
            "scores.masked_fill(~mask, -1e9)",
            "scores.masked_fill(~mask, torch.finfo(work).min)",
        )
    ],
)
misconception(
    "nan_empty_rows",
    says="a row with no key to attend to becomes NaN: 0 divided by 0",
    asks="What is exp(-inf)? What do they add up to in a row of nothing else?",
    masked_attention=edit(_EMPTY, "", _ZERO, "        pass\n", fails="empty_rows_are_zeros"),
)
misconception(
    "nan_gradient",
    says="the NaN of an empty row is replaced too late: the backward pass still meets it",
    asks="The gradient of a replaced NaN is 0 times NaN. Can the NaN be kept from arising at all?",
    masked_attention=[
        edit(
            _FILL,
            "scores + torch.zeros_like(scores).masked_fill(~mask, -math.inf)",
            _EMPTY,
            "",
            fails="gradients_are_finite",
        ),
        edit(
            _EMPTY,
            "",
            _ZERO,
            "        pass\n",
            _MIX,
            "output = (weights @ v.to(work)).nan_to_num(0.0)\nweights = weights.nan_to_num(0.0)",
            fails="gradients_are_finite",
        ),
    ],
)
misconception(
    "nan_hidden",
    says="every NaN becomes 0, not only that of an empty row",
    asks="A query holds NaN because training went wrong. Would its owner rather see it, or zeros?",
    masked_attention=edit(
        _EMPTY,
        "",
        _ZERO,
        "        weights = weights.nan_to_num(0.0)\n",
        fails="gradients_are_finite",
    ),
)
misconception(
    "mask_wrong_axis",
    says="the mask is reshaped, so that it lands on other axes of the scores",
    asks="Broadcasting lines axes up from the right. Where does the batch of the mask land?",
    masked_attention=[
        edit("empty = ", f"mask = {change}\nempty = ", fails="keeps_the_axes_of_the_mask")
        for change in (
            "mask.squeeze(-2)",
            "mask.squeeze()",
            "mask.squeeze(1)",
            "mask[0]",
            "mask[:1]",
            "mask.reshape(-1, *mask.shape[-2:])[0]",
        )
    ],
)
misconception(
    "mask_on_queries",
    says="the mask lies along the queries, not along the keys",
    asks="Which axis of the scores belongs to the keys? Along which one does padding lie?",
    masked_attention=edit(
        "empty = ",
        "mask = mask.transpose(-2, -1)\nempty = ",
        fails="future_never_changes_the_past",
    ),
)
misconception(
    "changes_inputs",
    padding_mask=edit(
        _LENGTHS,
        f"{_LENGTHS}\nlengths.clamp_(max=k_len - 1)",
        fails="empty_and_full",
    ),
    masked_attention=changes("q", "leaves_its_arguments"),
)
misconception(
    "wrong_dtype",
    masked_attention=edit(_RETURN, "return output, weights", fails="works_in_half_precision"),
)
misconception(
    "no_scale",
    masked_attention=edit(" / math.sqrt(q.shape[-1])", "", fails="plain_attention"),
)
misconception(
    "scale_by_d",
    masked_attention=edit("math.sqrt(q.shape[-1])", "q.shape[-1]", fails="plain_attention"),
)
misconception(
    "multiplied_by_scale",
    masked_attention=edit(
        "/ math.sqrt(q.shape[-1])", "* math.sqrt(q.shape[-1])", fails="plain_attention"
    ),
)
misconception(
    "scale_by_sqrt_length",
    masked_attention=[
        edit("math.sqrt(q.shape[-1])", f"math.sqrt({each}.shape[-2])", fails="plain_attention")
        for each in "qk"
    ],
)
misconception(
    "kv_swapped",
    masked_attention=edit(
        "k.to(work)", "v.to(work)", "v.to(work)", "k.to(work)",
        fails="plain_attention",
    ),
)  # fmt: skip
misconception(
    "values_as_keys",
    masked_attention=edit("k.to(work)", "v.to(work)", fails="plain_attention"),
)
misconception(
    "keys_as_values",
    masked_attention=edit("v.to(work)", "k.to(work)", fails="plain_attention"),
)
misconception(
    "softmax_over_queries",
    masked_attention=[
        edit(_SOFTMAX, "weights = torch.softmax(scores, dim=-2)", fails="plain_attention"),
        edit(
            _SOFTMAX,
            "weights = torch.softmax(scores, dim=-2)",
            "mask.any(dim=-1, keepdim=True)",
            "mask.expand(scores.shape).any(dim=-2, keepdim=True)",
            fails="plain_attention",
        ),
    ],
)
misconception(
    "uniform_weights",
    says="every allowed key gets the same weight, whatever the scores",
    asks="Do your weights depend on the scores at all?",
    masked_attention=[
        edit("queries @ ", "0 * queries @ ", fails="plain_attention"),
        edit(
            _SOFTMAX, "weights = torch.full_like(scores, 1 / scores.shape[-1])",
            _ZERO, "        pass\n",
            fails="plain_attention",
        ),
    ],
)  # fmt: skip
misconception(
    "returns_zeros",
    masked_attention=[
        returns_zeros("plain_attention", every=True),
        returns_fresh_zeros("plain_attention", every=True),
        returns_zeros("plain_attention"),
    ],
)
misconception(
    "returns_values",
    masked_attention=returns('given["v"] * 1', "plain_attention", "returns_values"),
)
