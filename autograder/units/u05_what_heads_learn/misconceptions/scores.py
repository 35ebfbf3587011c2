"""Misconceptions of the scores that average over rows, and of ``induction_score`` with them."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import (
    changes,
    returns,
    returns_half_as_float32,
    returns_zeros,
    takes,
)

_BASIC = "averages_over_rows"
_BEHIND = "padding_behind"
_FRONT = "padding_in_front"
_ALONE = "one_sentence"
_EQUAL = "as_many_sentences_as_heads"
_ARGUMENTS = "leaves_its_arguments"
_NOTHING = "nothing_counts"

_ROWS = {
    "previous_token_score": "previous",
    "sink_mass": "on_first",
    "head_entropy": "entropy",
}
_MEAN = "return total / counts.sum().clamp(min=1)"
_INDUCTION_TOTAL = "total = repeats.sum(dim=(0, 2))"
_INDUCTION_MEAN = "return total / max(1, repeats.shape[0] * repeats.shape[2])"
_INDUCTION = "looks_behind_the_copy"


def _total(rows):
    return f"total = ({rows} * counts[:, None]).sum(dim=(0, 2))"


def _in_all(new, fails, *pieces):
    """In the three scores, ``new`` in place of the mean; ``{rows}`` in it are a score's rows."""
    return {
        exercise: edit(_MEAN, new.replace("{rows}", rows), *pieces, fails=fails)
        for exercise, rows in _ROWS.items()
    }


def _in_four(new, induction, fails=_BASIC):
    """The same, and ``induction`` in place of the mean of ``induction_score``."""
    return _in_all(new, fails) | {
        "induction_score": edit(_INDUCTION_MEAN, induction, fails=_INDUCTION)
    }


def _wrapped(wrapper, fails, induction_fails):
    return {exercise: wrapper(fails) for exercise in _ROWS} | {
        "induction_score": wrapper(induction_fails)
    }


def _transposed(fails):
    return takes(fails, weights='given["weights"].mT')


misconception(
    "rows_and_columns_swapped",
    says="rows and columns have changed places: the maps are read as if columns were queries",
    asks="Row i adds up to 1. Is it what token i looks at, or who looks at token i?",
    **_wrapped(_transposed, _BASIC, _INDUCTION)
    # The sum over all of a map is the same either way: it shows where rows are left out.
    | {"head_entropy": _transposed(_BEHIND)},
)
misconception(
    "sum_for_mean",
    says="the weights are added up over the rows, not averaged",
    asks="Would a text of twice the length give the same head the same score?",
    **_in_four("return total", "return total"),
)
misconception(
    "one_number_for_all_heads",
    says="the heads are averaged as well, and one number is left",
    asks="Which axis of the weights should still be there in the result?",
    **_wrapped(lambda fails: returns("output.mean()", fails), _BASIC, _INDUCTION),
)
misconception(
    "a_number_for_each_sentence",
    says="the heads are averaged, and the sentences are left: a number for each sentence",
    asks="Of the axes B and H, which one should be left?",
    **_in_four(
        "return ({rows} * counts[:, None]).sum(dim=(1, 2)) / (counts.sum(-1) * weights.shape[1])",
        "return repeats.sum(dim=(1, 2)) / max(1, repeats.shape[1] * repeats.shape[2])",
    ),
)
misconception(
    "sentences_not_averaged",
    says="every sentence has scores of its own in the result: the axis of the batch is left",
    asks="Which two axes does your mean run over? Is there a third?",
    **_in_four(
        "return ({rows} * counts[:, None]).sum(-1) / counts.sum(-1, keepdim=True).clamp(min=1)",
        "return repeats.sum(-1) / max(1, repeats.shape[2])",
    ),
)
misconception(
    "first_sentence_only",
    says="the first sentence of the batch is looked at, and no other",
    asks="What becomes of the second sentence of the batch?",
    **_in_four(
        "return ({rows} * counts[:, None])[0].sum(-1) / counts[0].sum().clamp(min=1)",
        "return repeats[0].sum(-1) / max(1, repeats.shape[2])",
    ),
)
misconception(
    "largest_for_mean",
    says="the largest value of all rows is taken, not their mean",
    asks="One row of a hundred looks there. Is the head then one that does?",
    **_in_four(
        "return ({rows} * counts[:, None]).amax(dim=(0, 2))", "return repeats.amax(dim=(0, 2))"
    ),
)
misconception(
    "heads_taken_for_batch",
    says="of one sentence, without an axis of the batch, the heads are taken for sentences",
    asks="What do the three axes of such weights stand for?",
    **_wrapped(
        lambda fails: takes(
            fails,
            weights='given["weights"][:, None] if given["weights"].dim() == 3 '
            'else given["weights"]',
        ),
        _ALONE,
        "one_sentence_alone",
    ),
)
misconception(
    "returns_zeros",
    **_wrapped(returns_zeros, _BASIC, _INDUCTION),
)
misconception(
    "changes_inputs",
    **_wrapped(
        lambda fails: changes("weights", fails, ".data.mul_(0.5)"),
        _ARGUMENTS,
        "large_and_unchanged",
    ),
)
misconception(
    "wrong_dtype",
    **_wrapped(returns_half_as_float32, _ARGUMENTS, "large_and_unchanged"),
)
misconception(
    "padding_counted",
    says="rows of padding count as well: the mask is not used, or not for the rows",
    asks="A sentence of 3 tokens is padded to 30. How many rows of its map mean something?",
    previous_token_score=takes(_BEHIND, mask="None"),
    sink_mass=[
        takes(_BEHIND, mask="None"),
        edit("counts = mask & ~is_first", "counts = ~is_first", fails=_BEHIND),
    ],
    head_entropy=[
        takes(_BEHIND, mask="None"),
        edit(
            "torch.special.entr(weights).sum(-1)",
            "(torch.special.entr(weights) * counts[:, None, None]).sum(-1)",
            _total("entropy"),
            "total = entropy.sum(dim=(0, 2))",
            _MEAN,
            "return total / counts.numel()",
            fails=_BEHIND,
        ),
    ],
)


def _divided_by(number):
    """The mean over another number of rows, which may be 0."""
    return [
        edit(_MEAN, f"return total / {divisor}", fails=_BEHIND)
        for divisor in (number, f"max(1, {number})")
    ]


misconception(
    "padding_in_the_divisor",
    says="rows of padding are left out of the sum, but not out of the number that it is divided by",
    asks="How many rows did you add up, and by how many do you divide?",
    previous_token_score=_divided_by("counts.numel()"),
    sink_mass=_divided_by("(counts.numel() - len(counts))"),
    head_entropy=_divided_by("counts.numel()"),
)
misconception(
    "inverted_mask",
    says="the mask is read the wrong way round: padding counts, and real tokens do not",
    asks="What does `True` mean in this mask?",
    **{
        exercise: takes(_BEHIND, mask='None if given.get("mask") is None else ~given["mask"]')
        for exercise in _ROWS
    },
)
misconception(
    "sentences_count_alike",
    says="each sentence is averaged by itself, and then their means are",
    asks="A sentence has 3 tokens, another 30. How much does a row of each count in your mean?",
    **_in_all(
        "return (\n"
        "    ({rows} * counts[:, None]).sum(-1) / counts.sum(-1, keepdim=True).clamp(min=1)\n"
        ").mean(0)",
        _BEHIND,
    ),
)
misconception(
    "mask_meets_heads",
    says="the mask of a sentence meets the rows of a head: the axis of the heads is missing in it",
    asks="The rows are (B, H, L), the mask is (B, L). Which axis must the mask get, and where?",
    **{
        exercise: edit(_total(rows), f"total = ({rows} * counts).sum(dim=(0, 2))", fails=_EQUAL)
        for exercise, rows in _ROWS.items()
    },
)
misconception(
    "nan_for_no_rows",
    says="where no row counts, 0 is divided by 0",
    asks="What does the task say comes back if no row counts?",
    **_in_all("return total / counts.sum()", _NOTHING)
    | {
        "induction_score": edit(
            _INDUCTION_MEAN,
            "return total / torch.tensor(repeats.shape[0] * repeats.shape[2])",
            fails="nothing_is_repeated",
        )
    },
)

_DIAGONAL = "previous = weights.diagonal(-1, dim1=-2, dim2=-1)"
_PAIRS = "counts = mask[:, 1:] & mask[:, :-1]"


def _previous(*pieces, fails=_BASIC):
    return edit(*pieces, fails=fails)


misconception(
    "own_token",
    says="the weight on the token itself is read, not on the one before",
    asks="In row 3, which column is token 3 itself, and which the one before?",
    previous_token_score=[
        edit(
            _DIAGONAL, swap(_DIAGONAL, "-1, dim1", "0, dim1"), _PAIRS, "counts = mask", fails=_BASIC
        ),
        edit(
            _DIAGONAL,
            "previous = weights.diagonal(0, dim1=-2, dim2=-1)[..., 1:]",
            fails=_BASIC,
        ),
    ],
)
misconception(
    "two_back",
    says="the token two places back is read",
    asks="In row 3, which column is the token just before?",
    previous_token_score=edit(
        _DIAGONAL,
        swap(_DIAGONAL, "-1, dim1", "-2, dim1"),
        _PAIRS,
        "counts = mask[:, 2:] & mask[:, :-2]",
        fails=_BASIC,
    ),
)
misconception(
    "first_row_counted",
    says="the first token's own row counts as well",
    asks="Whom does the first token see in a causal model? Does the task count its row?",
    previous_token_score=[
        edit(_MEAN, "return total / mask.sum().clamp(min=1)", fails=_BASIC),
        edit(_MEAN, "return total / mask.numel()", fails=_BASIC),
        edit(
            _DIAGONAL,
            "rows = torch.arange(weights.shape[-1])\nprevious = weights[..., rows, rows - 1]",
            _PAIRS,
            "counts = mask",
            fails=_BASIC,
        ),
    ],
    sink_mass=[
        edit("counts = mask & ~is_first", "counts = mask", fails=_BASIC),
        edit(_MEAN, "return total / mask.sum().clamp(min=1)", fails=_BASIC),
    ],
)
misconception(
    "padding_taken_for_previous",
    says="a row counts whose token is real, though the one before it is padding",
    asks="Padding stands in front. Which token does the first real one have before it?",
    previous_token_score=edit(_PAIRS, "counts = mask[:, 1:]", fails=_FRONT),
)
misconception(
    "first_token_for_previous",
    says="the weight on the first token is read, not on the previous one",
    asks="In row 3, which column is the token just before?",
    previous_token_score=edit(_DIAGONAL, "previous = weights[..., 1:, 0]", fails=_BASIC),
)
misconception(
    "all_earlier_tokens",
    says="the weights on all earlier tokens are added up, not only that on the previous one",
    asks="How many weights of a row belong to the token just before?",
    previous_token_score=edit(
        _DIAGONAL, "previous = weights.tril(-1).sum(-1)[..., 1:]", fails=_BASIC
    ),
)
misconception(
    "share_of_rows",
    says="rows are counted in which that weight is large, or the largest, not the weight itself",
    asks="A row gives .6 to that token. Should it count as 1, or as .6?",
    previous_token_score=edit(
        _DIAGONAL,
        "previous = weights.diagonal(-1, dim1=-2, dim2=-1)\n"
        "previous = (previous == weights.amax(-1)[..., 1:]).to(weights.dtype)",
        fails=_BASIC,
    ),
    sink_mass=[
        edit(
            _total("on_first"),
            f"total = (({condition}) * counts[:, None]).to(weights.dtype).sum(dim=(0, 2))",
            fails=_BASIC,
        )
        for condition in ("on_first > 0.3", "on_first > 0.5", "on_first == weights.amax(-1)")
    ],
    induction_score=edit(
        _INDUCTION_TOTAL,
        "best = weights.amax(-1)[..., period:]\n"
        "total = (repeats == best).to(weights.dtype).sum(dim=(0, 2))",
        fails=_INDUCTION,
    ),
)

_IS_FIRST = "is_first = mask & (mask.cumsum(-1) == 1)"
misconception(
    "sink_at_position_0",
    says="position 0 is taken for the first token, also where padding stands there",
    asks="Padding stands in front. At which position is the first real token?",
    sink_mass=[
        edit(
            _IS_FIRST,
            "is_first = torch.zeros_like(mask)\nis_first[:, :1] = True",
            fails=_FRONT,
        ),
        edit(
            "on_first = (weights * is_first[:, None, None]).sum(-1)",
            "on_first = weights[..., 0]",
            fails=_FRONT,
        ),
    ],
)
misconception(
    "row_of_position_0_left_out",
    says="row 0 is left out, also where the first real token's row is another one",
    asks="Padding stands in front. Which row is that of the first real token?",
    sink_mass=edit(
        "counts = mask & ~is_first",
        "counts = mask & (torch.arange(mask.shape[1]) > 0)",
        fails=_FRONT,
    ),
)
misconception(
    "last_token_for_first",
    says="the weight on the last token is read, not on the first",
    asks="Which column is the first token's?",
    sink_mass=[
        edit(_IS_FIRST, "is_first = mask & (mask.flip(-1).cumsum(-1).flip(-1) == 1)", fails=_BASIC),
        edit(
            "on_first = (weights * is_first[:, None, None]).sum(-1)",
            "on_first = weights[..., -1]",
            fails=_BASIC,
        ),
    ],
)
misconception(
    "own_weight_for_first",
    says="the weight on the token itself is read, not on the first",
    asks="Which weights of a map stand in one column, and which on its diagonal?",
    sink_mass=edit(
        "on_first = (weights * is_first[:, None, None]).sum(-1)",
        "on_first = weights.diagonal(dim1=-2, dim2=-1)",
        fails=_BASIC,
    ),
)

_ENTROPY = "torch.special.entr(weights).sum(-1)"


def _entropy(new, fails=_BASIC):
    return edit(_ENTROPY, new, fails=fails)


misconception(
    "in_bits",
    says="the logarithm has another base: the result is in bits, or in digits, not in nats",
    asks="To which base is the logarithm of a nat?",
    head_entropy=[
        _entropy(f"{_ENTROPY} / {factor}") for factor in (0.6931471805599453, 2.302585092994046)
    ],
)
misconception(
    "log_of_zero",
    says="the logarithm of 0 is taken, and 0 times minus infinity is NaN",
    asks="A causal map has weights of exactly 0. What is log(0), and what 0 * log(0)?",
    head_entropy=_entropy("-(weights * weights.log()).sum(-1)"),
)
misconception(
    "constant_in_the_logarithm",
    says="a small constant stands in the logarithm, and moves the result",
    asks="Which weights need help against log(0), and which do not?",
    head_entropy=[
        _entropy(f"-(weights * (weights + {small}).log()).sum(-1)")
        for small in ("1e-7", "1e-6", "1e-5", "1e-4", "1e-3")
    ]
    + [
        _entropy(f"-((weights + {small}) * (weights + {small}).log()).sum(-1)")
        for small in ("1e-8", "1e-6")
    ],
)
misconception(
    "constant_lost_in_half",
    says="the constant that keeps 0 out of the logarithm is itself 0 in float16: NaN comes back",
    asks="Which is the smallest number above 0 in float16?",
    head_entropy=[
        _entropy(f"-(weights * {kept}.log()).sum(-1)", fails=_ARGUMENTS)
        for kept in (
            *(f"(weights + {small})" for small in ("1e-12", "1e-10", "1e-9", "1e-8")),
            "weights.clamp(min=1e-12)",
            "weights.clamp(min=1e-8)",
        )
    ],
)
misconception(
    "minus_forgotten",
    says="the sign is the other one: the logarithms of weights below 1 are negative",
    asks="Can a row be less spread out than one that gives all to a single token?",
    head_entropy=_entropy(f"-{_ENTROPY}"),
)
misconception(
    "logarithm_alone",
    says="the logarithms are added up, without the weights in front of them",
    asks="Should a weight of 0.001 count as much as one of 0.9?",
    head_entropy=_entropy("-torch.where(weights > 0, weights, 1).log().sum(-1)"),
)
misconception(
    "share_of_the_largest_entropy",
    says="the entropy is divided by the largest possible one, log L",
    asks="Should the result be in nats, or a share from 0 to 1?",
    head_entropy=edit(
        _MEAN,
        "largest = torch.tensor(weights.shape[-1]).clamp(min=2).double().log().item()\n"
        "return total / counts.sum().clamp(min=1) / largest",
        fails=_BASIC,
    ),
)
misconception(
    "exponential_of_entropy",
    says="the exponential of the entropy comes back: a number of tokens, not of nats",
    asks="What does a row have that gives all to one token: 0 or 1?",
    head_entropy=[
        edit(_MEAN, "return (total / counts.sum().clamp(min=1)).exp()", fails=_BASIC),
        _entropy(f"{_ENTROPY}.exp()"),
    ],
)
misconception(
    "mean_over_keys",
    says="the terms of a row are averaged over its keys, not added up",
    asks="What does your code give for four weights of .25? Is that log 4?",
    head_entropy=_entropy("torch.special.entr(weights).mean(-1)"),
)
misconception(
    "entropy_of_the_mean",
    says="the maps or their rows are averaged first, and the entropy is that of the average",
    asks="Every row looks at one token, each at another. Is the head spread out?",
    head_entropy=[
        edit(
            _MEAN,
            "mean = (weights * counts[:, None, :, None]).sum(dim=(0, 2)) / "
            "counts.sum().clamp(min=1)\nreturn torch.special.entr(mean).sum(-1)",
            fails=_BASIC,
        ),
        edit(
            _MEAN,
            "mean = (weights * counts[:, None, :, None]).sum(0) / "
            "counts.sum(0).clamp(min=1)[:, None]\n"
            "return (torch.special.entr(mean).sum(-1) * counts.any(0)).sum(-1) / "
            "counts.any(0).sum().clamp(min=1)",
            fails=_BASIC,
        ),
    ],
)
misconception(
    "weights_taken_for_scores",
    says="the weights are put through a softmax once more",
    asks="What do the numbers of a row add up to before you begin?",
    head_entropy=_entropy("torch.special.entr(weights.softmax(-1)).sum(-1)"),
)
