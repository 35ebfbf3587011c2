"""Misconceptions of ``health_report``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

_ROWS = "rows = -torch.special.xlogy(weights, weights).sum(-1)"
_FIRST = "on_first = weights[..., 1:, 0].mean(-1)"
_APART = "apart = (weights[:, :, None] - weights[:, None]).abs().sum(-1) / 2"
_PAIRS = "one, other = torch.triu_indices(weights.shape[1], weights.shape[1], 1)"
_ENTROPY = '"entropy": rows.mean().item()'
_SINK = '"sink": (on_first > 0.3).double().mean().item()'
_LEAK = '"leak": weights.triu(1).max().item()'
_ALIKE = '"alike": apart.mean(-1)[:, one, other].min().item()'
_LARGEST = 'found["largest"] = logits[..., seen].abs().max().item()'
_NAN = "if not weights.isfinite().all():"
_OUT = "if found[name] is not None and not low <= found[name] <= high:"
_MEASURES, _FINDS = "measures_entropy_and_sink", "finds_leak_and_likeness"
_TAKES, _PASS, _NAMES = "takes_the_largest_logit", "lets_healthy_texts_pass", "names_single_heads"
_GROWS = "sees_what_grows"


def _limits(name, old, new, fails):
    return edit(f'"{name}": {old}', f'"{name}": {new}', fails=fails)


misconception(
    "entropy_in_bits",
    says="the entropy is in bits",
    asks="Which logarithm has the unit nats?",
    health_report=edit(
        _ROWS,
        f"{_ROWS} / math.log(2)",
        '"entropy": (0.85, 1.6)',
        '"entropy": (1.2, 2.3)',
        fails=_MEASURES,
    ),
)
misconception(
    "entropy_of_the_mean",
    says="the entropy is that of the heads' mean weights",
    asks="Two heads are sure, each of another key. What is the mean of their entropies?",
    health_report=edit(
        _ROWS,
        "rows = -torch.special.xlogy(weights.mean(1), weights.mean(1)).sum(-1)",
        fails=_MEASURES,
    ),
)
misconception(
    "entropy_added_up",
    says="the entropy is a sum over queries or heads where it should be a mean",
    asks="The text becomes twice as long. Should the number double?",
    health_report=[
        edit(_ENTROPY, '"entropy": rows.sum(-1).mean().item()', fails=_MEASURES),
        edit(_ENTROPY, '"entropy": rows.sum(1).mean().item()', fails=_MEASURES),
        edit(_ENTROPY, '"entropy": rows.sum().item()', fails=_MEASURES),
    ],
)
misconception(
    "first_query_counted",
    says="the first query, which has no choice, counts for the sink",
    asks="Which keys does query 0 see? What does its weight say of the head?",
    health_report=edit(_FIRST, swap(_FIRST, "1:, 0", ":, 0"), fails=_MEASURES),
)
misconception(
    "mean_not_share",
    says="the sink is the mean weight on the first key, not the share of heads above 0.3",
    asks="One head gives all to the first key, nine give nothing. What is the share?",
    health_report=edit(_SINK, '"sink": on_first.mean().item()', fails=_MEASURES),
)
misconception(
    "queries_counted",
    says="the sink counts queries above 0.3, not heads",
    asks="What must be averaged before it is compared with 0.3?",
    health_report=edit(
        _SINK, '"sink": (weights[..., 1:, 0] > 0.3).double().mean().item()', fails=_MEASURES
    ),
)
misconception(
    "heads_counted_not_shared",
    says="the sink is a number of heads, not a share",
    asks="Three heads of twelve: which number is that?",
    health_report=edit(_SINK, swap(_SINK, ".mean()", ".sum()"), fails=_MEASURES),
)
misconception(
    "column_for_row",
    says="the sink looks at the row of the first query, not at the column of the first key",
    asks="Which of the last two axes are the keys?",
    health_report=edit(_FIRST, swap(_FIRST, "1:, 0", "0, 1:"), fails=_MEASURES),
)
misconception(
    "own_key_leaks",
    says="a token's weight on itself is taken for a leak",
    asks="May a query see its own key?",
    health_report=edit(_LEAK, swap(_LEAK, "triu(1)", "triu()"), fails=_FINDS),
)
misconception(
    "past_leaks",
    says="the leak is looked for among earlier keys",
    asks="Which half of the map should be empty: above or below the diagonal?",
    health_report=edit(_LEAK, swap(_LEAK, "triu(1)", "tril(-1)"), fails=_FINDS),
)
misconception(
    "leak_averaged",
    says="the leak is a mean or a sum, not the largest weight",
    asks="One weight of a million leaks. What does a mean make of it?",
    health_report=[
        edit(_LEAK, swap(_LEAK, "max()", "mean()"), fails=_FINDS),
        edit(_LEAK, swap(_LEAK, "max()", "sum()"), fails=_FINDS),
    ],
)
misconception(
    "a_head_with_itself",
    says="a head is compared with itself as well, so the smallest distance is 0",
    asks="How far is a head from itself?",
    health_report=edit(_PAIRS, swap(_PAIRS, ", 1)", ", 0)"), fails=_FINDS),
)
misconception(
    "across_layers",
    says="heads of different layers are compared too",
    asks="Heads 0 of layers 1 and 2 look alike. Is one of them a copy?",
    health_report=edit(
        _ALIKE,
        '"alike": min((a - b).abs().sum(-1).mean().item() / 2 '
        "for i, a in enumerate(weights.flatten(0, 1)) for b in weights.flatten(0, 1)[:i])",
        fails=_FINDS,
    ),
)
misconception(
    "without_the_half",
    says="the distance of two heads is twice as large: the half is missing",
    asks="Rows (1, 0) and (0, 1): how much weight stands elsewhere?",
    health_report=edit(_APART, swap(_APART, "/ 2", ""), fails=_FINDS),
)
misconception(
    "most_different_heads",
    says="the two heads that differ most are taken, or the mean over all pairs",
    asks="Which pair of heads would betray a copy?",
    health_report=[
        edit(_ALIKE, swap(_ALIKE, "min()", "max()"), fails=_FINDS),
        edit(_ALIKE, swap(_ALIKE, "min()", "mean()"), fails=_FINDS),
    ],
)
misconception(
    "one_layer_only",
    says="only the first layer is looked at for heads that are alike",
    asks="Which layers does the number speak of?",
    health_report=edit(_ALIKE, swap(_ALIKE, "[:, one, other]", "[0, one, other]"), fails=_FINDS),
)
misconception(
    "masked_logits_counted",
    says="logits of keys that the mask hides are counted",
    asks="Does a score that softmax never sees matter?",
    health_report=edit(_LARGEST, swap(_LARGEST, "logits[..., seen]", "logits"), fails=_TAKES),
)
misconception(
    "sign_kept",
    says="large negative logits are not counted",
    asks="What does `max` say of -40 and 3? And `abs`?",
    health_report=edit(_LARGEST, swap(_LARGEST, ".abs()", ""), fails=_TAKES),
)
misconception(
    "range_without_room",
    says="the limits are the range of 20 healthy texts, or just beyond it",
    asks="Is the 21st text often more extreme than all 20 before it?",
    health_report=[
        edit('"entropy": (0.85, 1.6)', '"entropy": (1.09, 1.38)', fails=_PASS),
        edit('"entropy": (0.85, 1.6)', '"entropy": (1.06, 1.41)', fails=_PASS),
        edit('"largest": (5.0, 22.0)', '"largest": (10.0, 18.0)', fails=_PASS),
        edit('"sink": (0.1, 0.8)', '"sink": (0.42, 0.67)', fails=_PASS),
    ],
)
misconception(
    "nothing_alarms",
    says="no number is ever an alarm",
    asks="What does a report tell whose list is always empty?",
    health_report=edit(_OUT, "if False:", fails=_PASS),
)
misconception(
    "any_is_an_alarm",
    says="a number inside its limits is an alarm, not one outside",
    asks="Take an entropy in the middle of the healthy range. What does your condition say?",
    health_report=edit(
        _OUT,
        "if found[name] is not None and low <= found[name] <= high:",
        fails=_PASS,
    ),
)
misconception(
    "no_lower_limit",
    says="only numbers that are too large are an alarm",
    asks="The first token falls out of the window. In which direction does the sink go?",
    health_report=edit(
        _OUT, "if found[name] is not None and not found[name] <= high:", fails=_NAMES
    ),
)
misconception(
    "no_upper_limit",
    says="only numbers that are too small are an alarm",
    asks="One head's logits explode. In which direction does `largest` go?",
    health_report=edit(_OUT, "if found[name] is not None and found[name] < low:", fails=_NAMES),
)
misconception(
    "small_leak_passes",
    says="a small leak is taken for healthy",
    asks="How large is the leak of a healthy text? What is its spread?",
    health_report=[
        _limits("leak", "(0.0, 1e-6)", "(0.0, 0.01)", _NAMES),
        _limits("leak", "(0.0, 1e-6)", "(0.0, 0.3)", _NAMES),
    ],
)
misconception(
    "copies_pass",
    says="two heads that are copies give no alarm",
    asks="Which value has `alike` for two heads that are the same?",
    health_report=_limits("alike", "(1e-3, 1.0)", "(0.0, 1.0)", _NAMES),
)
misconception(
    "nan_passes",
    says="a NaN among the weights gives no alarm of its own",
    asks="Is nan < limit true? Is nan > limit?",
    health_report=[
        edit(_NAN, "if False:", fails=_NAMES),
        edit(_NAN, "if weights.isinf().any():", fails=_NAMES),
    ],
)
misconception(
    "infinity_passes",
    says="NaN is looked for, infinity is not",
    asks="What else is a float and no number?",
    health_report=edit(_NAN, "if weights.isnan().any():", fails=_NAMES),
)
misconception(
    "limits_too_wide",
    says="a limit is so far out that a fault that grows is seen too late",
    asks="Where do your healthy numbers end? How far beyond that is your limit?",
    health_report=[
        _limits("largest", "(5.0, 22.0)", "(5.0, 100.0)", _NAMES),
        edit(
            '"entropy": (0.85, 1.6)',
            '"entropy": (0.1, 2.9)',
            '"largest": (5.0, 22.0)',
            '"largest": (1.0, 35.0)',
            fails=_GROWS,
        ),
    ],
)
