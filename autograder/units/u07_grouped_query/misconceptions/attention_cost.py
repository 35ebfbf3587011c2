"""Misconceptions of ``attention_cost``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import returns

_QUERY_WIDTH = "query_width = num_heads * d_head"
_PAIRS = "pairs = batch * q_len * k_len"
_KV_WIDTH = "kv_width = num_kv_heads * d_head"
_PARAMETERS = "parameters = 2 * d_model * query_width + 2 * d_model * kv_width"
_PROJECTION = '"projection_flops": 2 * parameters * batch * q_len'
_ATTENTION = '"attention_flops": 2 * 2 * query_width * pairs'
_KV_BYTES = '"kv_bytes": 2 * kv_width * k_len * batch * bytes_per_value'
_BIASES = "query_width + 2 * kv_width + d_model"
_AT_PARAMETERS = "counts_parameters"
_AT_PROJECTION = "counts_projection_flops"
_AT_ATTENTION = "counts_attention_flops"
_AT_BYTES = "counts_kv_bytes"


def _cost(*pieces, fails):
    return edit(*pieces, fails=fails)


misconception(
    "keys_or_values_only",
    attention_cost=[
        _cost(_KV_BYTES, swap(_KV_BYTES, "2 *", ""), fails=_AT_BYTES),
        _cost(_PARAMETERS, swap(_PARAMETERS, "+ 2 *", "+"), fails=_AT_PARAMETERS),
    ],
)
misconception(
    "heads_forgotten",
    attention_cost=[
        _cost(_ATTENTION, swap(_ATTENTION, "query_width", "d_head"), fails=_AT_ATTENTION),
        _cost(_KV_BYTES, swap(_KV_BYTES, "kv_width", "d_head"), fails=_AT_BYTES),
    ],
)
misconception(
    "tokens_forgotten",
    attention_cost=[
        _cost(_PROJECTION, swap(_PROJECTION, "* q_len", ""), fails=_AT_PROJECTION),
        _cost(_PAIRS, swap(_PAIRS, "* q_len", ""), fails=_AT_ATTENTION),
        _cost(_PAIRS, swap(_PAIRS, "* k_len", ""), fails=_AT_ATTENTION),
        _cost(_KV_BYTES, swap(_KV_BYTES, "* k_len", ""), fails=_AT_BYTES),
    ],
)
misconception(
    "pairs_squared",
    says="the pairs of query and key are counted as the square of one length",
    asks="One new token attends to 1000 positions. How many pairs are that?",
    attention_cost=[
        _cost(_PAIRS, f"pairs = batch * {length} * {length}", fails=_AT_ATTENTION)
        for length in ("q_len", "k_len")
    ],
)
misconception(
    "new_tokens_counted_twice",
    says="the new tokens are added to k_len, which holds them already",
    asks="What does the task say of k_len: with or without the new tokens?",
    attention_cost=[
        _cost(*pieces, fails=fails)
        for pieces, fails in (
            ((_KV_BYTES, swap(_KV_BYTES, "k_len", "(k_len + q_len)")), _AT_BYTES),
            ((_PAIRS, swap(_PAIRS, "k_len", "(k_len + q_len)")), _AT_ATTENTION),
            ((_PAIRS, f"k_len = k_len + q_len\n{_PAIRS}"), _AT_BYTES),
        )
    ],
)
misconception(
    "d_head_of_d_model",
    says="d_head is taken for d_model // num_heads, whatever is given",
    asks="d_head is an argument of its own. Where does your count use it?",
    attention_cost=[
        _cost(*pieces, fails=_AT_PARAMETERS)
        for pieces in (
            (_QUERY_WIDTH, f"d_head = d_model // num_heads\n{_QUERY_WIDTH}"),
            (_QUERY_WIDTH, "query_width = d_model"),
        )
    ],
)
misconception(
    "d_model_for_width",
    says="d_model stands where the width of all heads together belongs, num_heads * d_head",
    asks="Over how many numbers does one score add up, and how many query heads are there?",
    attention_cost=[
        _cost(_ATTENTION, swap(_ATTENTION, "query_width", "d_model"), fails=_AT_ATTENTION),
        _cost(
            _ATTENTION, swap(_ATTENTION, "query_width", "d_model * num_heads"), fails=_AT_ATTENTION
        ),
    ],
)
misconception(
    "parameters_in_bytes",
    says="the parameters are given in bytes",
    asks="What does the task say that `parameters` counts?",
    attention_cost=_cost(
        '"parameters": parameters',
        '"parameters": parameters * bytes_per_value',
        fails=_AT_PARAMETERS,
    ),
)
misconception(
    "batch_forgotten",
    attention_cost=[
        _cost(*pieces, fails=fails)
        for pieces, fails in (
            ((_KV_BYTES, swap(_KV_BYTES, "* batch", "")), _AT_BYTES),
            (("pairs = batch * q_len", "pairs = q_len"), _AT_ATTENTION),
            ((_PROJECTION, swap(_PROJECTION, "* batch", "")), _AT_PROJECTION),
            (
                (
                    "pairs = batch * q_len",
                    "pairs = q_len",
                    _PROJECTION,
                    swap(_PROJECTION, "* batch", ""),
                ),
                _AT_PROJECTION,
            ),
            (
                (
                    "pairs = batch * q_len",
                    "pairs = q_len",
                    _KV_BYTES,
                    swap(_KV_BYTES, "* batch", ""),
                    _PROJECTION,
                    swap(_PROJECTION, "* batch", ""),
                ),
                _AT_BYTES,
            ),
        )
    ],
)
misconception(
    "bytes_forgotten",
    attention_cost=[
        _cost(_KV_BYTES, swap(_KV_BYTES, "* bytes_per_value", new), fails=_AT_BYTES)
        for new in ("", " * 2")
    ],
)
misconception(
    "bits_for_bytes",
    attention_cost=_cost(_KV_BYTES, f"{_KV_BYTES} * 8", fails=_AT_BYTES),
)
misconception(
    "flops_shrink_with_kv_heads",
    says="the FLOPs of scores and weighted sum shrink with the KV heads",
    asks="Two query heads share a KV head. Do they share a row of scores?",
    attention_cost=_cost(
        _ATTENTION, swap(_ATTENTION, "query_width", "kv_width"), fails=_AT_ATTENTION
    ),
)
misconception(
    "one_flop_per_multiply_add",
    says="a multiply-add is counted as one FLOP",
    asks="A multiplication and an addition: how many operations are that?",
    attention_cost=[
        _cost(
            _ATTENTION,
            swap(_ATTENTION, "2 * 2", "2"),
            _PROJECTION,
            swap(_PROJECTION, "2 *", ""),
            fails=_AT_PROJECTION,
        ),
        _cost(_PROJECTION, swap(_PROJECTION, "2 *", ""), fails=_AT_PROJECTION),
    ],
)
misconception(
    "scores_only",
    says="only the scores are counted, not the weighted sum of the values",
    asks="How many matrix products follow the projections?",
    attention_cost=_cost(_ATTENTION, swap(_ATTENTION, "2 * 2", "2"), fails=_AT_ATTENTION),
)
misconception(
    "kv_heads_ignored",
    says="keys and values are projected as wide as the queries, whatever the KV heads",
    asks="How wide is the output of k_proj?",
    attention_cost=[
        _cost(_PARAMETERS, "parameters = 4 * d_model * query_width", fails=_AT_PARAMETERS),
        _cost(_KV_WIDTH, "kv_width = num_heads * d_head", fails=_AT_PARAMETERS),
        _cost(
            _PROJECTION,
            '"projection_flops": 8 * d_model * query_width * batch * q_len',
            fails=_AT_PROJECTION,
        ),
    ],
)
misconception(
    "all_heads_kv_bytes",
    says="the bytes of as many KV heads as query heads are counted",
    asks="How many heads does the cache hold?",
    attention_cost=_cost(_KV_BYTES, swap(_KV_BYTES, "kv_width", "query_width"), fails=_AT_BYTES),
)
misconception(
    "biases_counted",
    says="biases are counted as well",
    asks="What does the task say `parameters` holds?",
    attention_cost=[
        _cost(_PARAMETERS, f"{_PARAMETERS} + {_BIASES}", fails=_AT_PARAMETERS),
        _cost(
            '"parameters": parameters',
            f'"parameters": parameters + {_BIASES}',
            fails=_AT_PARAMETERS,
        ),
    ],
)
misconception(
    "d_model_squared",
    attention_cost=[
        _cost(_PARAMETERS, "parameters = 4 * d_model * d_model", fails=_AT_PARAMETERS),
        _cost(
            _PARAMETERS,
            "parameters = 2 * d_model * d_model + 2 * d_model * kv_width",
            fails=_AT_PARAMETERS,
        ),
    ],
)
misconception(
    "o_proj_forgotten",
    attention_cost=[
        _cost(_PARAMETERS, swap(_PARAMETERS, "= 2 * d_model", "= d_model"), fails=_AT_PARAMETERS),
        _cost(
            _PROJECTION,
            swap(_PROJECTION, "parameters", "(parameters - d_model * query_width)"),
            fails=_AT_PROJECTION,
        ),
    ],
)
misconception(
    "projections_of_all_keys",
    says="the projections are counted for all positions, not for the new tokens only",
    asks="What does the cache spare in a decode step?",
    attention_cost=[
        _cost(_PROJECTION, swap(_PROJECTION, "q_len", "k_len"), fails=_AT_PROJECTION),
        _cost(
            _PROJECTION,
            '"projection_flops": 4 * d_model * batch * (query_width * q_len + kv_width * k_len)',
            fails=_AT_PROJECTION,
        ),
    ],
)
misconception(
    "causal_half",
    says="only half of the pairs are counted",
    asks="What does the task say about pairs that a causal mask hides?",
    attention_cost=[
        _cost(_ATTENTION, f"{_ATTENTION} // 2", fails="costs_of_real_models"),
    ],
)
misconception(
    "new_tokens_bytes_only",
    says="only the bytes of the new tokens are counted, not those of all positions",
    asks="What does a decode step read?",
    attention_cost=_cost(_KV_BYTES, swap(_KV_BYTES, "k_len", "q_len"), fails=_AT_BYTES),
)
misconception(
    "float_result",
    attention_cost=[
        _cost(_KV_BYTES, f"{_KV_BYTES} / 1", fails=_AT_BYTES),
        _cost(_ATTENTION, f"{_ATTENTION} / 1", fails=_AT_ATTENTION),
        _cost(
            _KV_BYTES,
            f"{_KV_BYTES} / 1",
            _ATTENTION,
            f"{_ATTENTION} / 1",
            _PROJECTION,
            f"{_PROJECTION} / 1",
            fails=_AT_BYTES,
        ),
        _cost(
            _KV_BYTES,
            f"{_KV_BYTES} / 1",
            _ATTENTION,
            f"{_ATTENTION} / 1",
            _PROJECTION,
            f"{_PROJECTION} / 1",
            _PARAMETERS,
            f"{_PARAMETERS} / 1",
            fails=_AT_BYTES,
        ),
    ],
)
_EXACT = "costs_are_exact"
misconception(
    "kept_in_32_bits",
    attention_cost=returns(
        "{name: (n + 2**31) % 2**32 - 2**31 for name, n in output.items()}", _EXACT
    ),
)
misconception(
    "counted_in_floats",
    attention_cost=returns("{name: int(float(n)) for name, n in output.items()}", _EXACT),
)
