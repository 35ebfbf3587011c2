"""Misconceptions of ``canary``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

_WANT = "want = recorded.double().log_softmax(-1)"
_GOT = "got = logits.double().log_softmax(-1)"
_SUM = "divergence = (want.exp() * (want - got)).sum(-1)"
_NAN = "divergence = divergence.nan_to_num(nan=math.inf, posinf=math.inf)"
_LOGITS = "(recorded.double().softmax(-1) * (recorded - logits)).sum(-1)"
_ABOVE = "above = divergence > limit"
_FIRST = "first = int(above.nonzero()[0]) if above.any() else None"
_RETURN = 'return {"passes": first is None, "worst": divergence.max().item(), "first": first}'
_WORST, _HEALTHY, _ONE = "measures_the_worst", "passes_the_healthy", "finds_one_position"
_LIMIT, _NO_NAN = "obeys_its_limit", "lets_no_nan_pass"


def _sums(expression):
    return edit(_SUM, f"divergence = {expression}", fails=_WORST)


misconception(
    "the_other_divergence",
    says="the divergence is taken the other way round, weighed with the new probabilities",
    asks="A token that was likely and has become impossible: which p makes that large?",
    canary=[
        _sums("(got.exp() * (got - want)).sum(-1)"),
        _sums("(got.exp() * (want - got)).sum(-1)"),
    ],
)
misconception(
    "sign_of_the_divergence",
    says="the divergence has the wrong sign",
    asks="Can two distributions be less apart than 0?",
    canary=_sums("(want.exp() * (got - want)).sum(-1)"),
)
misconception(
    "raw_logits_compared",
    says="logits are compared as they are, so a constant on all of them is an alarm",
    asks="What does softmax make of logits that are all larger by 5?",
    canary=[
        _sums("(logits - recorded).double().abs().amax(-1)"),
        _sums("(logits - recorded).double().pow(2).mean(-1)"),
        _sums("(logits - recorded).double().abs().mean(-1)"),
    ],
)
misconception(
    "not_a_distribution",
    says="logits stand where log-probabilities should",
    asks="What do the probabilities of a position add up to? Do exp(logits)?",
    canary=[
        edit(_WANT, "want = recorded.double()", _GOT, "got = logits.double()", fails=_WORST),
        _sums(_LOGITS),
        edit(
            _SUM,
            f"divergence = {_LOGITS}",
            _NAN,
            "divergence = divergence.where(divergence.isfinite(), math.inf)",
            fails=_WORST,
        ),
    ],
)
misconception(
    "over_positions",
    says="the softmax runs over positions, not over the vocabulary",
    asks="At one position, what adds up to 1?",
    canary=edit(_WANT, swap(_WANT, "(-1)", "(0)"), _GOT, swap(_GOT, "(-1)", "(0)"), fails=_WORST),
)
misconception(
    "likeliest_token_only",
    says="only the likeliest token is compared",
    asks="A model becomes too sure of itself everywhere. Which token is the likeliest then?",
    canary=[
        _sums("(want.argmax(-1) != got.argmax(-1)).double()"),
        _sums("(want.amax(-1) - got.amax(-1)).abs()"),
    ],
)
misconception(
    "mean_for_worst",
    says="the mean over all positions decides, which dilutes a single bad one",
    asks="One position of a hundred is off by 4 nats. What is the mean? What is the limit?",
    canary=edit(_NAN, f"{_NAN}\ndivergence = divergence.mean().expand(len(logits))", fails=_WORST),
)
misconception(
    "mean_over_tokens",
    says="the divergence is divided by the size of the vocabulary",
    asks="Its terms are weighed with probabilities already. What do these add up to?",
    canary=_sums("(want.exp() * (want - got)).mean(-1)"),
)
misconception(
    "in_bits",
    canary=_sums("(want.exp() * (want - got)).sum(-1) / math.log(2)"),
)
misconception(
    "nan_passes",
    says="NaN passes: it is above no limit",
    asks="What is nan > 0.05?",
    canary=[
        edit(_NAN, "", fails=_NO_NAN),
        edit(_NAN, "divergence = divergence.nan_to_num()", fails=_NO_NAN),
        edit(_NAN, "divergence = divergence.nan_to_num(nan=0.0, posinf=math.inf)", fails=_NO_NAN),
    ],
)
misconception(
    "worst_for_first",
    says="the worst position is given as the first",
    asks="Positions 3 and 7 are off, 7 by more. Where did it begin?",
    canary=edit(_FIRST, "first = int(divergence.argmax()) if above.any() else None", fails=_ONE),
)
misconception(
    "last_for_first",
    says="the last position above the limit is given as the first",
    asks="In which order does nonzero list positions?",
    canary=edit(_FIRST, swap(_FIRST, "[0]", "[-1]"), fails=_ONE),
)
misconception(
    "counted_from_one",
    says="positions are counted from 1",
    asks="What is the index of the first position?",
    canary=edit(
        _FIRST, "first = int(above.nonzero()[0]) + 1 if above.any() else None", fails=_WORST
    ),
)
misconception(
    "place_where_it_passes",
    says="a place is named where nothing is above the limit",
    asks="What does the task want as first if the canary passes?",
    canary=[
        edit(
            _FIRST,
            f"first = int(above.nonzero()[0]) if above.any() else {other}",
            _RETURN,
            swap(_RETURN, "first is None", "not bool(above.any())"),
            fails=_HEALTHY,
        )
        for other in ("0", "-1")
    ],
)
misconception(
    "limit_ignored",
    says="the limit that is given is not used",
    asks="What does your function compare the divergence with, if the caller says 0.5?",
    canary=edit(_ABOVE, "above = divergence > 0.05", fails=_LIMIT),
)
misconception(
    "passes_turned_round",
    says="passes is True where the canary fails",
    asks="What should a caller read in `passes` if all is well?",
    canary=edit(_RETURN, swap(_RETURN, "first is None", "first is not None"), fails=_WORST),
)
