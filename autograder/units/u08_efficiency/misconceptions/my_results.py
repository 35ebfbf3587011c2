"""Misconceptions of ``my_results``."""

from autograder.grading.misconceptions import misconception
from autograder.units.shared.misconceptions.wrappers import returns

_KEPT = "results_hold_their_samples"


def _each_row(row, fails):
    """my_results with another dictionary in place of each ``row``."""
    return returns(f"[{row} for row in output]", fails, "changes_rows")


def _summarised(**statistics):
    """Rows with other statistics, as expressions of ``row``."""
    entries = ", ".join(f'"{name}": {expression}' for name, expression in statistics.items())
    return _each_row(f"row | {{{entries}}}", _KEPT)


def _in_ms():
    """Rows whose summary is in milliseconds."""
    return _summarised(**{name: f'1e3 * row["{name}"]' for name in ("median", "low", "high")})


misconception(
    "mean_not_median", my_results=_summarised(median='sum(row["samples"]) / len(row["samples"])')
)
misconception("minimum_not_median", my_results=_summarised(median='min(row["samples"])'))
misconception(
    "min_max_not_quartiles",
    my_results=_summarised(low='min(row["samples"])', high='max(row["samples"])'),
)
misconception(
    "low_high_swapped",
    my_results=_each_row('row | {"low": row["high"], "high": row["low"]}', _KEPT),
)

_RESULT_COUNTS = "results_hold_the_counts"


def _recounted(*entries):
    """my_results with other counts in each row, written as expressions of ``row``."""
    return _each_row(f"row | {{{', '.join(entries)}}}", _RESULT_COUNTS)


misconception("inverted_ratio", my_results=_recounted('"intensity": 1 / row["intensity"]'))

_R_FLOPS, _R_BYTES, _R_INTENSITY = ('row["flops"]', 'row["kv_bytes"]', 'row["intensity"]')
misconception(
    "keys_or_values_only",
    my_results=_recounted(f'"kv_bytes": {_R_BYTES} // 2', f'"intensity": 2 * {_R_INTENSITY}'),
)
misconception(
    "batch_forgotten",
    my_results=[
        _recounted(
            f'"kv_bytes": {_R_BYTES} // row["batch"]',
            f'"intensity": row["batch"] * {_R_INTENSITY}',
        ),
        _recounted(
            f'"flops": {_R_FLOPS} // row["batch"]', f'"intensity": {_R_INTENSITY} / row["batch"]'
        ),
        _recounted(
            f'"flops": {_R_FLOPS} // row["batch"]', f'"kv_bytes": {_R_BYTES} // row["batch"]'
        ),
    ],
)
misconception(
    "bytes_forgotten",
    my_results=_recounted(f'"kv_bytes": {_R_BYTES} // 4', f'"intensity": 4 * {_R_INTENSITY}'),
)
misconception("milliseconds", my_results=_in_ms())
misconception(
    "not_a_row_for_each_case",
    says="there is not one row for each case",
    asks="How many cases has CASES, and how many rows did the cell print?",
    my_results=[
        returns(rows, "results_are_kept", "changes_rows")
        for rows in ("output[1:]", "[*output, *output]")
    ],
)
misconception(
    "rows_in_another_order",
    says="the rows do not stand in the order of CASES",
    asks="Which case is the second one of CASES?",
    my_results=[
        returns(rows, "results_are_kept", "changes_rows")
        for rows in (
            "output[::-1]",
            'sorted(output, key=lambda row: row["num_kv_heads"])',
            'sorted(output, key=lambda row: -row["num_kv_heads"])',
            'sorted(output, key=lambda row: row["name"])',
        )
    ],
)
misconception(
    "measured_again",
    says="it measures anew, in place of giving the rows that were printed",
    asks="Somebody reads your notebook next year. Which numbers should they see?",
    my_results=[
        _each_row('row | {"measured": time.perf_counter()}', "results_are_kept"),
        # One call is as telling as nine cases, and a learner waits while a name is looked for.
        returns(
            "[grouped_attention(*torch.randn(3, 2, 8, 256, 64))] and output",
            "results_are_kept",
            "measures_again",
        ),
    ],
)
misconception(
    "one_flop_per_multiply_add",
    my_results=_recounted(f'"flops": {_R_FLOPS} // 2', f'"intensity": {_R_INTENSITY} / 2'),
)
misconception(
    "flops_shrink_with_kv_heads",
    my_results=_recounted(
        f'"flops": {_R_FLOPS} * row["num_kv_heads"] // 8',
        f'"intensity": {_R_INTENSITY} * row["num_kv_heads"] / 8',
    ),
)
misconception(
    "all_heads_kv_bytes",
    my_results=_recounted(
        f'"kv_bytes": {_R_BYTES} * 8 // row["num_kv_heads"]',
        f'"intensity": {_R_INTENSITY} * row["num_kv_heads"] / 8',
    ),
)
