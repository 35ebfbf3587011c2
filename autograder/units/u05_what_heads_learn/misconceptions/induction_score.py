"""Misconceptions of ``induction_score`` alone."""

from autograder.grading.misconceptions import edit, misconception

_LINE = "line = weights.diagonal(1 - period, dim1=-2, dim2=-1)"
_REPEATS = "repeats = line[..., 1:]"
_MEAN = "return total / max(1, repeats.shape[0] * repeats.shape[2])"
_BEHIND = "looks_behind_the_copy"
_EVERY = "every_period"


def _repeats(new, *pieces, fails=_BEHIND):
    return edit(_REPEATS, f"repeats = {new}", *pieces, fails=fails)


misconception(
    "copy_itself",
    says="the weight on the earlier copy is read, not on the token behind it",
    asks="Which token stands at i - period? And which one comes next in the text?",
    induction_score=_repeats("weights.diagonal(-period, dim1=-2, dim2=-1)"),
)
misconception(
    "two_behind_the_copy",
    says="the token two places behind the earlier copy is read",
    asks="The copy stands at i - period. At which position does the next token stand?",
    induction_score=[
        _repeats("weights.diagonal(2 - period, dim1=-2, dim2=-1)[..., 2:]"),
        _repeats("weights.diagonal(2 - period, dim1=-2, dim2=-1)[..., 1:]"),
        _repeats("weights.diagonal(2 - period, dim1=-2, dim2=-1)"),
    ],
)
misconception(
    "before_the_copy",
    says="the token before the earlier copy is read",
    asks="Which token tells what comes next: the one before the copy, or the one behind it?",
    induction_score=_repeats("weights.diagonal(-period - 1, dim1=-2, dim2=-1)"),
)
misconception(
    "first_copy_counted",
    says="a row of the first copy counts, though nothing is repeated there",
    asks="Your line begins in row period - 1. Is that token a repeat?",
    induction_score=[
        _repeats("line"),
        _repeats("line if period < weights.shape[-1] else line[..., 1:]"),
    ],
)
misconception(
    "divided_by_all_rows",
    says="the sum over the repeats is divided by the number of all rows",
    asks="How many rows did you add up, and by how many do you divide?",
    induction_score=edit(
        _MEAN, "return total / (weights.shape[0] * weights.shape[-1])", fails=_BEHIND
    ),
)
misconception(
    "second_copy_only",
    says="the second copy counts and no later one",
    asks="The text may hold four copies. Which of them are repeats?",
    induction_score=_repeats("line[..., 1 : period + 1]", fails=_EVERY),
)
misconception(
    "last_copy_only",
    says="the last tokens count, as many as a period has, and no other repeats",
    asks="The text may hold four copies. Which of them are repeats?",
    induction_score=_repeats("line[..., 1:][..., -period:]", fails=_EVERY),
)
misconception(
    "cut_copy_dropped",
    says="the last copy is dropped where it is cut short",
    asks="Is a token of a copy that is cut short a repeat?",
    induction_score=_repeats(
        "line[..., 1 : 1 + weights.shape[-1] // period * period - period]", fails=_EVERY
    ),
)
misconception(
    "last_row_dropped",
    says="the last row is left out",
    asks="Does the last token of the text have an earlier copy, and something behind it?",
    induction_score=_repeats("line[..., 1:-1]"),
)
misconception(
    "all_earlier_copies",
    says="the weights behind all earlier copies are added up, not only behind the last one",
    asks="In the third copy, which of the two earlier ones does the task name?",
    induction_score=_repeats(
        "line[..., 1:].clone()\n"
        "for distance in range(2 * period - 1, weights.shape[-1] - 1, period):\n"
        "    further = weights.diagonal(-distance, dim1=-2, dim2=-1)[..., 1:]\n"
        "    repeats[..., -further.shape[-1] :] += further",
        fails=_EVERY,
    ),
)
misconception(
    "period_taken_from_length",
    says="the period is ignored: half of the length is taken for it",
    asks="The text may hold three copies. What is half of its length then?",
    induction_score=edit(
        _LINE,
        "period = weights.shape[-1] // 2\n" + _LINE,
        fails=_BEHIND,
    ),
)
misconception(
    "previous_token_read",
    says="the weight on the previous token is read, whatever the period",
    asks="Where does the period enter your line of the map?",
    induction_score=_repeats("weights.diagonal(-1, dim1=-2, dim2=-1)[..., period - 1 :]"),
)
