"""Misconceptions of unit 02, as edits of the model solutions."""

from autograder.grading.misconceptions import edit, misconception
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    returns,
    returns_float32,
    returns_fresh_zeros,
    returns_zeros,
    takes,
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

_PLAIN = "plain_attention"
_TRIANGLE = (
    'torch.ones(given["q"].shape[-2], given["k"].shape[-2], device=given["q"].device)'
    ".tril({diagonal}).bool()"
)
_CAUSAL = {
    "without": '{triangle} if given.get("mask") is None else given["mask"]',
    "with": 'given["mask"] & {triangle} if given.get("mask") is not None else None',
    "always": '{triangle} if given.get("mask") is None else given["mask"] & {triangle}',
}
_MARKS = "marks_the_real_tokens"
_TOTAL = "weights.sum(dim=-1, keepdim=True)"
_TOTALS = (
    (_TOTAL, ""),
    (f"{_TOTAL}.clamp(min=1e-9)", ""),
    (f"({_TOTAL} + 1e-9)", ""),
    (f"({_TOTAL} + 1e-8)", ""),
    (f"({_TOTAL} + 1e-6)", ""),
    (f"{_TOTAL}.masked_fill(empty, 1.0)", ""),
    (_TOTAL, "        weights = weights.nan_to_num(0.0)\n"),
)

misconception(
    "inverted_mask",
    says="the mask is inverted: what may be attended to is forbidden, and the other way round",
    asks="What does True mean in this course? And in the function you call?",
    causal_mask=edit("visible = key_position <=", "visible = key_position >", fails="square_mask"),
    padding_mask=edit("real = positions <", "real = positions >=", fails="marks_the_real_tokens"),
    masked_attention=[
        edit("~mask.any(", "mask.all(", "(~mask,", "(mask,", fails="obeys_the_mask"),
        edit("empty = ", "mask = ~mask\nempty = ", fails="obeys_the_mask"),
        edit(_FILL, "scores.masked_fill(mask, -math.inf)", fails="obeys_the_mask"),
        edit(_FILL, "scores.masked_fill(mask, -math.inf)", _EMPTY, "", fails="obeys_the_mask"),
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
    "offset_never_negative",
    says="the offset k_len - q_len is never taken to be negative",
    asks="With fewer keys than queries, the last query sees the last key. Where is the first one?",
    causal_mask=[
        edit(_SHIFT, " + max(k_len - q_len, 0)", fails="fewer_keys_than_queries"),
        edit(_SHIFT, " + abs(k_len - q_len)", fails="fewer_keys_than_queries"),
    ],
)
misconception(
    "slice_from_the_end",
    says="a slice of a row ends at a negative number, which counts from the right",
    asks="What does `row[:-2]` hold? For which rows does the end of your slice fall below 0?",
    causal_mask=edit(
        "visible = key_position <= query_position",
        "end = query_position + 1\nvisible = key_position < end.where(end >= 0, end + k_len)",
        fails="fewer_keys_than_queries",
    ),
)
misconception(
    "wrong_offset",
    says="the offset between queries and keys is another number than k_len - q_len",
    asks="Ten old tokens and three new ones: how many keys, and at which position is query 0?",
    causal_mask=[
        edit(_SHIFT, " + (q_len - k_len)", fails="more_keys_than_queries"),
        edit(_SHIFT, " + (k_len - q_len) * (q_len > 1)", fails="more_keys_than_queries"),
        edit(_SHIFT, " + (k_len - q_len + 1) * (k_len != q_len)", fails="more_keys_than_queries"),
        edit(_SHIFT, " + (k_len - q_len - 1) * (k_len != q_len)", fails="more_keys_than_queries"),
    ],
)
misconception(
    "past_hidden",
    says="the new tokens see each other, and nothing of the past",
    asks="What are the old keys kept for?",
    causal_mask=edit(
        "visible = key_position <= query_position",
        "visible = (key_position <= query_position) & (key_position >= k_len - q_len)",
        fails="more_keys_than_queries",
    ),
)
misconception(
    "causal_only_in_squares",
    says="the mask is causal only where there are as many keys as queries",
    asks="Three new tokens after a long past: may the first of them see the third?",
    causal_mask=[
        edit(
            "visible = key_position <= query_position",
            f"visible = (key_position <= query_position) | (q_len {sign} k_len)",
            fails="more_keys_than_queries",
        )
        for sign in ("!=", "<")
    ],
)
misconception(
    "more_than_one_step",
    says="the mask is two steps off",
    asks="Count the keys of the first row: how many may it see?",
    causal_mask=[
        edit(_QUERIES, f"torch.arange({start}, q_len + {start})[:, None]", fails="square_mask")
        for start in ("2", "-2")
    ],
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
        returns("output.long()", "square_mask"),
    ],
    padding_mask=[
        returns_float32("marks_the_real_tokens"),
        returns("output.long()", "marks_the_real_tokens"),
    ],
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
    "lengths_of_the_padding",
    says="the lengths are taken for the numbers of padding tokens",
    asks="A sentence of length 3 in a batch padded to 5: how many tokens are real?",
    padding_mask=edit(_LENGTHS, f"k_len - {_LENGTHS}", fails="marks_the_real_tokens"),
)
misconception(
    "one_length_for_all",
    says="every sequence gets the same length",
    asks="Does each row of the result follow from its own length?",
    padding_mask=[
        edit(_LENGTHS, f"{_LENGTHS}\nlengths = lengths * 0 + lengths{one}", fails=_MARKS)
        for one in (".max()", ".min()", "[0]", "[-1]")
    ],
)
misconception(
    "only_the_length_itself",
    says="a single position of each sequence is open: the one that the length names, or the last",
    asks="Which positions are real in a sequence of length 3: one of them, or three?",
    padding_mask=[
        edit("positions < lengths", f"positions == {last}", fails=_MARKS)
        for last in ("lengths", "(lengths - 1)")
    ],
)
misconception(
    "padded_to_the_longest",
    says="the mask is as wide as the longest sequence, and k_len is not used",
    asks="How many keys will there be: as many as the longest sequence, or as the task says?",
    padding_mask=returns('output[..., : int(given["lengths"].max())]', _MARKS, "cuts_columns"),
)
misconception(
    "slice_on_the_wrong_axis",
    says="a slice runs along the axis of size 1 in the middle, and hides nothing",
    asks="Your tensor has three axes. Which one does the second number between the brackets mean?",
    padding_mask=returns('(output | True) & (given["lengths"] > 0)[:, None, None]', _MARKS),
)
misconception(
    "padding_of_queries_too",
    says="the mask holds a row for each query, and padding is hidden on both sides",
    asks="Which size should the axis of the queries have, so that it fits any number of them?",
    padding_mask=[
        returns("output.expand(-1, output.shape[-1], -1)", _MARKS, "repeats_rows"),
        returns("output & output.transpose(-2, -1)", _MARKS, "hides_both"),
    ],
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
    masked_attention=[
        edit(_FILL, "scores", _EMPTY, "", _ZERO, "        pass\n", fails="obeys_the_mask"),
        edit(_FILL, "scores", fails="obeys_the_mask"),
    ],
)
misconception(
    "mask_after_softmax",
    says="the mask is applied after the softmax, and the rest is not divided by its sum again",
    asks="What do the weights of a row add up to once some of them are set to 0?",
    masked_attention=[
        edit(
            _FILL, "scores", _EMPTY, "", _ZERO, "        weights = weights * mask\n",
            fails="obeys_the_mask",
        ),
        edit(
            _FILL, "scores", _EMPTY, "", _ZERO, "        pass\n",
            _MIX, f"{_MIX}\nif mask is not None:\n    weights = weights * mask",
            fails="obeys_the_mask",
        ),
    ],
)  # fmt: skip
misconception(
    "minus_inf_after_softmax",
    says="minus infinity is written into the weights, not into the scores",
    asks="For which step is minus infinity made: what is exp(-inf)?",
    masked_attention=edit(
        _FILL, "scores", _EMPTY, "",
        _ZERO, "        weights = weights.masked_fill(~mask, -math.inf)\n",
        fails="obeys_the_mask",
    ),
)  # fmt: skip
misconception(
    "renormalised_after_softmax",
    says="the mask is applied after the softmax and the row divided by its sum, which can be 0",
    asks="What is left to divide by when the whole weight of a row fell on forbidden keys?",
    masked_attention=[
        edit(
            _FILL,
            "scores",
            _EMPTY,
            "",
            _ZERO,
            f"        weights = weights * mask\n        weights = weights / {total}\n" + after,
            fails="large_scores_stay_forbidden",
        )
        for total, after in _TOTALS
    ],
)
misconception(
    "constant_in_the_sum",
    masked_attention=[
        edit(
            _SOFTMAX,
            "numerators = torch.exp(scores - scores.amax(-1, keepdim=True))\n"
            f"weights = numerators / (numerators.sum(-1, keepdim=True) + {small})",
            fails="plain_attention",
        )
        for small in ("1e-9", "1e-8", "1e-6")
    ],
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
_OPENED = (_FILL, "scores.masked_fill(~mask & ~empty, -math.inf)", _EMPTY, "")
_ZEROED = (
    _MIX,
    f"{_MIX}\nif mask is not None:\n    output = output.masked_fill(empty, 0.0)",
)
misconception(
    "empty_rows_unmasked",
    says="a row with no key to attend to looks at all keys, as if nothing were masked",
    asks="Which weights should a row have in which every key is forbidden?",
    masked_attention=edit(*_OPENED, _ZERO, "        pass\n", fails="empty_rows_are_zeros"),
)
misconception(
    "only_output_zeroed",
    says="in rows with no key the output is set to 0, and the weights are not",
    asks="Which two results come back, and what should both hold in such a row?",
    masked_attention=[
        edit(*rest, _ZERO, "        pass\n", *_ZEROED, fails="empty_rows_are_zeros")
        for rest in ((), _OPENED)
    ],
)
misconception(
    "only_weights_zeroed",
    says="in rows with no key the weights are set to 0 after the values were mixed by them",
    asks="Which of the two lines must come first?",
    masked_attention=edit(
        _ZERO, "        pass\n",
        _MIX, "output = weights @ v.to(work)\n"
        "if mask is not None:\n    weights = weights.masked_fill(empty, 0.0)",
        fails="empty_rows_are_zeros",
    ),
)  # fmt: skip
misconception(
    "zero_times_infinity",
    says="infinity is multiplied by 0 for the allowed keys, and 0 * inf is no number",
    asks="What is `0 * float('-inf')`? Which function writes a constant into some places only?",
    masked_attention=[
        edit(_FILL, "scores + (~mask).to(work) * -math.inf", *rest, fails="obeys_the_mask")
        for rest in ((), (_EMPTY, ""), (_EMPTY, "", _ZERO, "        pass\n"))
    ],
)
misconception(
    "plus_infinity",
    says="forbidden scores get plus infinity, not minus infinity",
    asks="What is exp(inf), and what exp(-inf)?",
    masked_attention=[
        edit(_FILL, "scores.masked_fill(~mask, math.inf)", *rest, fails="obeys_the_mask")
        for rest in ((), (_EMPTY, ""), (_EMPTY, "", _ZERO, "        pass\n"))
    ],
)
misconception(
    "zero_is_no_ban",
    says="forbidden scores are set to 0, and a score of 0 gets weight as any other",
    asks="What is exp(0)? Which score makes it 0?",
    masked_attention=[
        edit(_FILL, "scores * mask", fails="obeys_the_mask"),
        edit(
            _FILL, "scores * mask", _EMPTY, "", _ZERO, "        pass\n", fails="obeys_the_mask"
        ),
    ],
)  # fmt: skip
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
            "mask.unsqueeze(1)",
            "mask.unsqueeze(-2)",
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
    "wrong_device",
    says="a tensor is made on the CPU, wherever the input is",
    asks="Which of your tensors is made without the device of the input?",
    padding_mask=edit(", device=lengths.device", "", fails="padding_on_the_device"),
)
misconception(
    "wrong_dtype",
    masked_attention=[
        edit(_RETURN, returned, fails="works_in_half_precision")
        for returned in (
            "return output, weights",
            "return output.to(q.dtype), weights",
            "return output, weights.to(q.dtype)",
        )
    ],
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
    "half_the_width",
    masked_attention=[
        edit("math.sqrt(q.shape[-1])", width, fails="plain_attention")
        for width in ("(q.shape[-1] / 2)", "(q.shape[-1] * 2)")
    ],
)
misconception(
    "scale_by_sqrt_d_v",
    masked_attention=edit("(q.shape[-1])", "(v.shape[-1])", fails="plain_attention"),
)
misconception(
    "width_from_the_front",
    masked_attention=edit("(q.shape[-1])", "(q.shape[1])", fails="plain_attention"),
)
misconception(
    "keys_reshaped",
    masked_attention=edit(
        "k.to(work).transpose(-2, -1)",
        "k.to(work).reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])",
        fails="plain_attention",
    ),
)
misconception(
    "scaled_after_softmax",
    masked_attention=[
        edit(
            " / math.sqrt(q.shape[-1])", unscaled,
            _SOFTMAX, f"{_SOFTMAX} / math.sqrt(q.shape[-1])",
            fails="plain_attention",
        )
        for unscaled in ("", " / math.sqrt(q.shape[-1])")
    ],
)  # fmt: skip
misconception(
    "scores_deliver",
    masked_attention=[
        edit(_MIX, f"output = {scores} @ v.to(work)", fails="plain_attention")
        for scores in (
            "scores",
            "(scores if mask is None else scores.masked_fill(~mask, 0.0))",
        )
    ],
)
misconception(
    "no_softmax",
    masked_attention=[
        edit(_SOFTMAX, "weights = scores", fails="plain_attention"),
        edit(
            _SOFTMAX, "weights = scores", _FILL, "scores.masked_fill(~mask, 0.0)",
            fails="plain_attention",
        ),
    ],
)  # fmt: skip
misconception(
    "scores_returned",
    masked_attention=[
        edit(_RETURN, f"return output.to(q.dtype), {scores}.to(q.dtype)", fails="plain_attention")
        for scores in ("scores", "(queries @ k.to(work).transpose(-2, -1))")
    ],
)
misconception(
    "weights_of_other_scores",
    masked_attention=[
        edit(
            _RETURN,
            f"return output.to(q.dtype), torch.softmax({scores}, dim=-1).to(q.dtype)",
            fails=fails,
        )
        for scores, fails in (
            ("queries @ k.to(work).transpose(-2, -1)", "obeys_the_mask"),
            ("scores * math.sqrt(q.shape[-1])", "plain_attention"),
        )
    ],
)
misconception(
    "softmax_over_everything",
    masked_attention=edit(
        _SOFTMAX, "weights = torch.softmax(scores.flatten(), 0).view_as(scores)",
        fails="plain_attention",
    ),
)  # fmt: skip
misconception(
    "averaged_over_keys",
    masked_attention=edit(_MIX, "output = weights @ v.to(work) / v.shape[-2]", fails=_PLAIN),
)
misconception(
    "softmax_over_batch",
    masked_attention=edit(_SOFTMAX, "weights = torch.softmax(scores, dim=0)", fails=_PLAIN),
)
misconception(
    "softmax_axis_from_the_front",
    masked_attention=[
        edit(_SOFTMAX, f"weights = torch.softmax(scores, dim={axis})", fails=fails)
        for axis, fails in (("1", _PLAIN), ("2", "broadcasts_over_heads"))
    ],
)
misconception(
    "causal_unasked",
    masked_attention=[
        takes(
            _PLAIN if when == "without" else "obeys_the_mask",
            mask=_CAUSAL[when].format(triangle=_TRIANGLE.format(diagonal=diagonal)),
        )
        for when in ("without", "always", "with")
        for diagonal in ("0", 'given["k"].shape[-2] - given["q"].shape[-2]')
    ],
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
