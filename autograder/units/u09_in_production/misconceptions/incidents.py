"""Misconceptions of the incidents: wrong reasons, functions not mended, and mended wrongly."""

from autograder.grading.misconceptions import Edit, edit, misconception

_WHY, _MENDS = "says_why", "mends"


def _letters(exercise: str, right: str) -> list[Edit]:
    """Each of the two wrong letters."""
    old = f'why = "{right}"'
    return [edit(old, f'why = "{each}"', fails=_WHY) for each in "abc" if each != right]


def _mended(old: str, *wrong: str) -> list[Edit]:
    return [edit(old, each, fails=_MENDS) for each in wrong]


_RIGHT = {1: "a", 2: "a", 3: "c", 4: "b", 5: "b", 6: "a", 7: "c", 8: "b"}
misconception(
    "wrong_reason",
    says="the test is thought to have passed for another reason than it did",
    asks="Change the test so that it would fail if your reason were the right one. Does it fail?",
    **{f"incident_{i}": _letters(f"incident_{i}", letter) for i, letter in _RIGHT.items()},
)

_ALLOWED_1 = "allowed = mask == 0"
_WEIGHTS_1 = "weights = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(-1)"
_TRIL_2 = "allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril(diagonal=l_k - l_q)"
_POSITIONS_3 = "return (mask.long().cumsum(-1) - 1).clamp(min=0)"
_MASK_4 = "return same & causal"
_SEES_5 = "return (distance >= 0) & (distance < window)"
_KEYS_6 = "self.keys = self.keys[:, :length]"
_VALUES_6 = "self.values = self.values[:, :length]"
_WEIGHTS_7 = "weights = (cap * torch.tanh(scores / cap)).softmax(-1)"
_OUTPUT_7 = "output = weights @ v"
_VALUES_8 = "values = values.masked_fill(~written[:, None, :, None], 0)"
_FAST_7 = "torch.nn.functional.scaled_dot_product_attention(q, k, v)"

misconception(
    "not_mended",
    says="the function still has the error it came with",
    asks="What comes out for the smallest input on which users saw it?",
    incident_1=_mended(_ALLOWED_1, "allowed = mask.bool()", "allowed = mask != 0"),
    incident_2=_mended(_TRIL_2, "allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril()"),
    incident_3=_mended(
        _POSITIONS_3, "return torch.arange(mask.shape[1]).expand(mask.shape[0], mask.shape[1])"
    ),
    incident_4=_mended(_MASK_4, "return causal"),
    incident_5=_mended(_SEES_5, "return (distance >= 0) & (distance <= window)"),
    incident_6=[edit(_KEYS_6, "", _VALUES_6, "", fails=_MENDS)],
    incident_7=_mended(_OUTPUT_7, f"output = weights @ v if need_weights else {_FAST_7}"),
    incident_8=_mended(_VALUES_8, ""),
)
misconception(
    "mask_multiplied",
    says="a score that is not allowed becomes 0, not minus infinity",
    asks="What does the softmax make of a score of 0?",
    incident_1=[edit(_WEIGHTS_1, "weights = (scores * allowed).softmax(-1)", fails=_MENDS)],
)
misconception(
    "cut_after_the_softmax",
    says="weights are set to 0 after the softmax, so rows no longer add up to 1",
    asks="A row gave half of its weight to the future. What do its other weights add up to?",
    incident_1=_mended(
        _WEIGHTS_1,
        "weights = scores.softmax(-1) * allowed",
        "weights = scores.softmax(-1).masked_fill(~allowed, torch.finfo(scores.dtype).min)",
    ),
)
misconception(
    "mask_ignored",
    incident_1=_mended(_ALLOWED_1, "allowed = torch.ones_like(mask, dtype=torch.bool)"),
    incident_2=_mended(_TRIL_2, "allowed = torch.ones(l_q, l_k, dtype=torch.bool)"),
)
misconception(
    "diagonal_off_by_one",
    says="the diagonal is moved one key too far, or not far enough",
    asks="One query, five keys: by how much must the diagonal move so that it sees all five?",
    incident_2=[
        edit(
            _TRIL_2,
            f"allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril(diagonal=l_k - l_q {by} 1)",
            fails=_MENDS,
        )
        for by in "+-"
    ],
)
misconception(
    "diagonal_the_other_way",
    says="the diagonal is moved by queries minus keys, to the wrong side",
    asks="A positive diagonal keeps keys to the right of it. Which sign does L_q - L_k have?",
    incident_2=_mended(
        _TRIL_2, "allowed = torch.ones(l_q, l_k, dtype=torch.bool).tril(diagonal=l_q - l_k)"
    ),
)
misconception(
    "first_token_at_one",
    says="the first real token is at position 1, not 0",
    asks="How many tokens stand before the first one?",
    incident_3=_mended(_POSITIONS_3, "return mask.long().cumsum(-1)"),
)
misconception(
    "positions_below_nothing",
    says="padding stands at positions below 0, where tables have no row",
    asks="Which row of a table does the position -1 pick?",
    incident_3=_mended(
        _POSITIONS_3,
        "return mask.long().cumsum(-1) - 1",
        "return torch.arange(mask.shape[1]) - (~mask).long().sum(-1, keepdim=True)",
    ),
)
misconception(
    "shift_of_the_whole_batch",
    says="all rows are moved by the padding of one row",
    asks="Two texts of different length: does each lack as much padding as the other?",
    incident_3=_mended(
        _POSITIONS_3,
        "return (torch.arange(mask.shape[1]) - (~mask).sum(-1).max()).clamp(min=0)"
        ".expand(mask.shape)",
        "return (torch.arange(mask.shape[1]) - (~mask).sum(-1).min()).clamp(min=0)"
        ".expand(mask.shape)",
    ),
)
misconception(
    "documents_without_causality",
    says="tokens of one document see each other's future",
    asks="A document alone in its row would have which mask?",
    incident_4=_mended(_MASK_4, "return same"),
)
misconception(
    "other_documents_only",
    says="tokens see all documents but their own",
    asks="Is it the same document that you want, or another one?",
    incident_4=_mended(_MASK_4, "return ~same & causal"),
)
misconception(
    "one_condition_is_enough",
    says="one of two conditions is enough, where both must hold",
    asks="Which operator demands both: & or |?",
    incident_4=_mended(_MASK_4, "return same | causal"),
    incident_5=_mended(_SEES_5, "return (distance >= 0) | (distance < window)"),
)
misconception(
    "one_key_too_few",
    says="the window has one key too few",
    asks="A window of 1: which key does a token see?",
    incident_5=_mended(_SEES_5, "return (distance >= 0) & (distance < window - 1)"),
)
misconception(
    "own_key_dropped",
    says="the query's own key is taken out, not the one too far away",
    asks="A window of 1: which key does a token see?",
    incident_5=_mended(_SEES_5, "return (distance > 0) & (distance <= window)"),
)
misconception(
    "window_into_the_future",
    says="the window also reaches into the future",
    asks="Which sign has the distance to a key that comes later?",
    incident_5=_mended(_SEES_5, "return distance.abs() < window", "return distance < window"),
)
misconception(
    "queries_from_the_start",
    says="the first query is taken to stand at position 0, whatever came before",
    asks="Two queries, five keys: at which positions are the two?",
    incident_5=[
        edit(
            "query = torch.arange(k_len - q_len, k_len)[:, None]",
            "query = torch.arange(q_len)[:, None]",
            fails=_MENDS,
        )
    ],
)
misconception(
    "keys_trimmed_only",
    says="keys are trimmed and values are not, or the other way round",
    asks="What does the next token's output mix: keys, or values?",
    incident_6=[edit(_KEYS_6, "", fails=_MENDS), edit(_VALUES_6, "", fails=_MENDS)],
)
misconception(
    "heads_trimmed",
    says="the first axis is cut, which holds the heads, not the tokens",
    asks="Keys are (H, L, d_head). Which axis does `keys[:length]` shorten?",
    incident_6=[
        edit(
            _KEYS_6,
            _KEYS_6.replace("[:, :length]", "[:length]"),
            _VALUES_6,
            _VALUES_6.replace("[:, :length]", "[:length]"),
            fails=_MENDS,
        )
    ],
)
misconception(
    "trimmed_by",
    says="so many tokens are taken away, where so many are to be left",
    asks="trim(5) of 9 tokens: how many are there afterwards?",
    incident_6=[
        edit(
            _KEYS_6,
            "length = self.length - length\nself.keys = self.keys[:, :length]",
            fails=_MENDS,
        )
    ],
)
misconception(
    "end_kept",
    says="the last tokens are kept, where the first are to be kept",
    asks="Two questions have the same beginning. Which part of the old one is of use?",
    incident_6=[
        edit(
            _KEYS_6,
            "self.keys = self.keys[:, self.length - length :]",
            _VALUES_6,
            "self.values = self.values[:, self.length - length :]",
            fails=_MENDS,
        )
    ],
)
misconception(
    "everything_dropped",
    says="trimming forgets everything",
    asks="What is the first token's key after trim(1)?",
    incident_6=[
        edit(
            _KEYS_6,
            "self.keys = self.keys[:, :0]",
            _VALUES_6,
            "self.values = self.values[:, :0]",
            fails=_MENDS,
        )
    ],
)
misconception(
    "cap_nowhere",
    says="both paths are without the cap",
    asks="The two paths agree. Do they agree with the model that was trained?",
    incident_7=_mended(_WEIGHTS_7, "weights = scores.softmax(-1)"),
)
misconception(
    "cap_before_the_scale",
    says="the cap is applied to scores that are not scaled yet",
    asks="In which order does the task name scale and cap?",
    incident_7=[
        edit(
            "scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5",
            "scores = q @ k.transpose(-2, -1)",
            _WEIGHTS_7,
            "weights = (cap * torch.tanh(scores / cap) / q.shape[-1] ** 0.5).softmax(-1)",
            fails=_MENDS,
        )
    ],
)
misconception(
    "cut_for_capped",
    says="scores are cut at the cap, where they are to bend towards it",
    asks="What does cap * tanh(scores / cap) make of a score of 40, with a cap of 50?",
    incident_7=_mended(_WEIGHTS_7, "weights = scores.clamp(-cap, cap).softmax(-1)"),
)
misconception(
    "tanh_without_the_factor",
    says="the tanh is there and the factor in front of it is not: no score is above 1",
    asks="How large does the largest score become?",
    incident_7=_mended(_WEIGHTS_7, "weights = torch.tanh(scores / cap).softmax(-1)"),
)
misconception(
    "output_capped",
    says="the output is capped, not the scores",
    asks="What is it that may not grow: a score, or a value?",
    incident_7=[
        edit(
            _WEIGHTS_7,
            "weights = scores.softmax(-1)",
            _OUTPUT_7,
            "output = cap * torch.tanh(weights @ v / cap)",
            fails=_MENDS,
        )
    ],
)
misconception(
    "output_cleaned",
    says="NaN is taken out of the output, and with it the row's answer",
    asks="Which answer does that user get now?",
    incident_8=[
        edit(
            _VALUES_8,
            "",
            "return scores.softmax(-1) @ values",
            "return (scores.softmax(-1) @ values).nan_to_num()",
            fails=_MENDS,
        )
    ],
)
misconception(
    "alarms_hidden",
    says="every NaN is replaced, also one that was written",
    asks="A real value is NaN: who is to notice?",
    incident_8=_mended(
        _VALUES_8,
        "values = values.nan_to_num()",
        "values = values.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)",
    ),
)
