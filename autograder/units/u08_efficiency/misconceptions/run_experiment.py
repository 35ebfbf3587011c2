"""Misconceptions of ``run_experiment``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap

_SAMPLES_KEPT = '"samples": timed.samples'
_IN_MILLISECONDS = "[each * 1e3 for each in timed.samples]"
_ALONE = "times_attend_alone"


def _timed_in_ms(name):
    old = f'"{name}": timed.{name}'
    return old, f"{old} * 1e3"


misconception(
    "samples_sorted",
    run_experiment=edit(
        _SAMPLES_KEPT,
        '"samples": sorted(timed.samples)',
        fails="keeps_case_and_samples",
    ),
)
misconception(
    "milliseconds",
    run_experiment=[
        edit(_SAMPLES_KEPT, f'"samples": {_IN_MILLISECONDS}', fails=_ALONE),
        edit(
            *(text for name in ("median", "low", "high") for text in _timed_in_ms(name)),
            _SAMPLES_KEPT,
            f'"samples": {_IN_MILLISECONDS}',
            fails=_ALONE,
        ),
    ],
)
misconception(
    "slow_samples_dropped",
    run_experiment=[
        edit(
            _SAMPLES_KEPT,
            f'"samples": {kept}',
            fails="keeps_case_and_samples",
        )
        for kept in ("timed.samples[:10]", "sorted(timed.samples)[:-2]", "timed.samples[1:]")
    ],
)

_ROW_MEDIAN = '"median": timed.median'
_ROW_LOW = '"low": timed.low'
_ROW_HIGH = '"high": timed.high'
_ROW_FAILS = "keeps_case_and_samples"


def _summarised(**statistics):
    """Rows with other statistics, as expressions of ``timed.samples``."""
    old = {"median": _ROW_MEDIAN, "low": _ROW_LOW, "high": _ROW_HIGH}
    texts = [
        text
        for name, expression in statistics.items()
        for text in (old[name], f'"{name}": {expression}')
    ]
    return edit(*texts, fails=_ROW_FAILS)


misconception(
    "mean_not_median", run_experiment=_summarised(median="sum(timed.samples) / len(timed.samples)")
)
misconception("minimum_not_median", run_experiment=_summarised(median="min(timed.samples)"))
misconception(
    "min_max_not_quartiles",
    run_experiment=_summarised(low="min(timed.samples)", high="max(timed.samples)"),
)
misconception(
    "low_high_swapped",
    run_experiment=edit(
        _ROW_LOW, '"low": timed.high', _ROW_HIGH, '"high": timed.low', fails=_ROW_FAILS
    ),
)

_COUNTS = "counts_each_case"
_ROW_INTENSITY = "arithmetic_intensity(flops, kv_bytes)"
misconception(
    "inverted_ratio", run_experiment=edit(_ROW_INTENSITY, "kv_bytes / flops", fails=_COUNTS)
)

_MEASURED = "measures_the_case"
_STEP = "def step(q=q, k=k, v=v):\n    return attend(q, k, v)"
_KV_SHAPE = 'kv_shape = (batch, case["num_kv_heads"], case["k_len"], d_head)'
_FLOPS = 'flops = cost["attention_flops"]'
_BYTES = 'kv_bytes = cost["kv_bytes"]'
_WHOLE_ROW = "{**case, **counted, **clocked}"
_DRAWN = (
    "def step():\n"
    '    q = torch.randn(batch, case["num_heads"], case["q_len"], d_head).to(dtype)\n'
    "    k = torch.randn(kv_shape).to(dtype)\n"
    "    v = torch.randn(kv_shape).to(dtype)\n"
    "    return attend(q, k, v)"
)
_DRAWS = (
    '        q = torch.randn(batch, case["num_heads"], case["q_len"], d_head).to(dtype)\n'
    '        kv_shape = (batch, case["num_kv_heads"], case["k_len"], d_head)\n'
    "        k = torch.randn(kv_shape).to(dtype)\n"
    "        v = torch.randn(kv_shape).to(dtype)\n"
)
_DRAWN_ONCE = "        if not rows:\n" + "".join(
    f"    {line}" for line in _DRAWS.splitlines(keepends=True)
)


def _flops(new):
    return edit(_FLOPS, f"flops = {new}", fails=_COUNTS)


def _bytes(new):
    return edit(_BYTES, f"kv_bytes = {new}", fails=_COUNTS)


def _both(flops, kv_bytes):
    return edit(_FLOPS, f"flops = {flops}", _BYTES, f"kv_bytes = {kv_bytes}", fails=_COUNTS)


_C_FLOPS, _C_BYTES = 'cost["attention_flops"]', 'cost["kv_bytes"]'
misconception(
    "inputs_inside_the_clock",
    says="queries, keys and values are drawn inside the function that is timed",
    asks="How long do the random numbers take?",
    run_experiment=edit(_STEP, _DRAWN, fails=_ALONE),
)
misconception(
    "one_case_for_all",
    says="the tensors of one case are timed for every row",
    asks="Which q, k and v does the function read, and when does it look?",
    run_experiment=edit(_DRAWS, _DRAWN_ONCE, fails=_ALONE),
)
misconception(
    "all_heads_measured",
    says="keys and values are made with as many heads as the queries, in every row",
    asks="What changes from row to row, in what you measure?",
    run_experiment=edit(
        _KV_SHAPE, swap(_KV_SHAPE, '"num_kv_heads"', '"num_heads"'), fails=_MEASURED
    ),
)
_Q_DRAWN = 'q = torch.randn(batch, case["num_heads"], case["q_len"], d_head)'
misconception(
    "lengths_confused",
    says="the length of the queries and that of the keys have changed places, or all have one",
    asks="One new token attends to many positions: which tensor is long?",
    run_experiment=[
        edit(_KV_SHAPE, swap(_KV_SHAPE, '"k_len"', '"q_len"'), fails=_MEASURED),
        edit(_Q_DRAWN, swap(_Q_DRAWN, '"q_len"', '"k_len"'), fails=_MEASURED),
        edit(
            _KV_SHAPE,
            swap(_KV_SHAPE, '"k_len"', '"q_len"'),
            _Q_DRAWN,
            swap(_Q_DRAWN, '"q_len"', '"k_len"'),
            fails=_MEASURED,
        ),
    ],
)
misconception(
    "kv_heads_for_queries",
    says="the queries are made with as few heads as keys and values",
    asks="How many query heads has the case?",
    run_experiment=edit(_Q_DRAWN, swap(_Q_DRAWN, '"num_heads"', '"num_kv_heads"'), fails=_MEASURED),
)
misconception(
    "heads_behind_positions",
    says="the tensors are (B, L, H, d_head), with the heads behind the positions",
    asks="In which order does `attend` want the axes?",
    run_experiment=edit(
        "return attend(q, k, v)",
        "return attend(*(each.transpose(1, 2) for each in (q, k, v)))",
        fails=_MEASURED,
    ),
)
misconception(
    "dtype_ignored",
    says="the dtype that is asked for is ignored",
    asks="In which dtype are q, k and v, and how many bytes has a value?",
    run_experiment=[
        edit("    rows = []", "    dtype = torch.float32\n    rows = []", fails=_MEASURED),
        edit("step(q=q, k=k, v=v)", "step(q=q.float(), k=k.float(), v=v.float())", fails=_MEASURED),
    ],
)
misconception(
    "case_entries_lost",
    says="entries of the case are missing in its row",
    asks="Somebody reads your row. How do they know which case it is?",
    run_experiment=[
        edit(_WHOLE_ROW, "{**counted, **clocked}", fails=_ROW_FAILS),
        edit(
            _WHOLE_ROW,
            '{"num_kv_heads": case["num_kv_heads"], **counted, **clocked}',
            fails=_ROW_FAILS,
        ),
        edit(
            _WHOLE_ROW,
            '{**{n: case[n] for n in ("num_heads", "num_kv_heads", "d_head")}, '
            '**{n: case[n] for n in ("q_len", "k_len", "batch")}, **counted, **clocked}',
            fails=_ROW_FAILS,
        ),
    ],
)
misconception("keys_or_values_only", run_experiment=_bytes(f"{_C_BYTES} // 2"))
misconception(
    "batch_forgotten",
    run_experiment=[
        _bytes(f"{_C_BYTES} // batch"),
        _flops(f"{_C_FLOPS} // batch"),
        _both(f"{_C_FLOPS} // batch", f"{_C_BYTES} // batch"),
    ],
)
misconception("bytes_forgotten", run_experiment=_bytes(f"{_C_BYTES} // dtype.itemsize"))
misconception(
    "value_size_fixed",
    says="every value is counted with the same number of bytes, whatever the dtype",
    asks="How many bytes does `attention_cost` count for a value if nobody says?",
    run_experiment=[_bytes(f"{_C_BYTES} // dtype.itemsize * {size}") for size in (2, 4)],
)
misconception(
    "projections_counted",
    says="the FLOPs of the projections are counted as well",
    asks="Which FLOPs does `attend` do, once it has q, k and v?",
    run_experiment=_flops(f'{_C_FLOPS} + cost["projection_flops"]'),
)
misconception("bits_for_bytes", run_experiment=_bytes(f"{_C_BYTES} * 8"))
misconception("one_flop_per_multiply_add", run_experiment=_flops(f"{_C_FLOPS} // 2"))

_SHRUNK = 'case["num_kv_heads"] // case["num_heads"]'
misconception("flops_shrink_with_kv_heads", run_experiment=_flops(f"{_C_FLOPS} * {_SHRUNK}"))
misconception(
    "all_heads_kv_bytes",
    run_experiment=_bytes(f'{_C_BYTES} * case["num_heads"] // case["num_kv_heads"]'),
)
misconception(
    "new_tokens_bytes_only", run_experiment=_bytes(f'{_C_BYTES} // case["k_len"] * case["q_len"]')
)
misconception(
    "float_result",
    run_experiment=[
        _bytes(f"{_C_BYTES} / 1"),
        _flops(f"{_C_FLOPS} / 1"),
        _both(f"{_C_FLOPS} / 1", f"{_C_BYTES} / 1"),
    ],
)
