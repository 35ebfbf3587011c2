"""Misconceptions of unit 08, as edits of the model solutions."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.wrappers import returns

_CALLS = "counts_its_calls"
_TIMES = "times_each_call"
_SUMMARY = "summarises_its_samples"
_WARM = "for _ in range(warmup):\n        fn()\n    samples = []\n"
_REPEAT = "for _ in range(repeats):\n        start"
_LOOP = (
    "    for _ in range(repeats):\n"
    "        start = time.perf_counter()\n"
    "        fn()\n"
    "        samples.append(time.perf_counter() - start)\n"
)
_START = "        start = time.perf_counter()\n        fn()"
_STOP = "samples.append(time.perf_counter() - start)"
_CUTS = 'low, median, high = statistics.quantiles(samples, n=4, method="inclusive")'
_MADE = "return SimpleNamespace("
_SAMPLES_KEPT = '"samples": timed.samples'
_IN_MILLISECONDS = "[each * 1e3 for each in timed.samples]"
_ALONE = "times_attend_alone"


def _timed_in_ms(name):
    old = f'"{name}": timed.{name}'
    return old, f"{old} * 1e3"


misconception(
    "no_warmup",
    says="there is no warm-up: the first call counts",
    asks="What does the first call pay that no later call pays?",
    measure=edit(_WARM, "samples = []\n", fails=_CALLS),
)
misconception(
    "warmup_ignored",
    says="the number of calls to warm up that is asked for is ignored",
    asks="Where in your function does `warmup` stand?",
    measure=[
        edit("range(warmup)", "range(3)", fails=_CALLS),
        edit("range(warmup)", "range(1)", fails=_CALLS),
        edit("range(warmup)", "range(min(warmup, 1))", fails=_CALLS),
    ],
)
misconception(
    "warmup_and_repeats_swapped",
    says="`warmup` and `repeats` have changed places",
    asks="How many samples are kept for warmup=3 and repeats=20?",
    measure=edit(
        "range(warmup)", "range(repeats)", "range(repeats)", "range(warmup)", fails=_CALLS
    ),
)
misconception(
    "warmup_counted",
    says="the calls of the warm-up are among the samples",
    asks="What is the warm-up for?",
    measure=[
        edit(_WARM, "samples = []\n", "range(repeats)", "range(warmup + repeats)", fails=_CALLS),
        edit(
            _WARM,
            "samples = []\n",
            "range(repeats)",
            "range(warmup + repeats)",
            _CUTS,
            f"samples = samples[:repeats]\n{_CUTS}",
            fails=_TIMES,
        ),
    ],
)
misconception(
    "repeats_ignored",
    says="the number of repeats that is asked for is ignored",
    asks="Where in your function does `repeats` stand?",
    measure=edit("range(repeats)", "range(20)", fails=_CALLS),
)
misconception(
    "one_clock_for_all",
    says="one clock runs around all calls, and every sample is the average",
    asks="One call of twenty was disturbed. Can you still see it?",
    measure=[
        edit(
            _LOOP,
            "    start = time.perf_counter()\n"
            "    for _ in range(repeats):\n"
            "        fn()\n"
            "    samples = [(time.perf_counter() - start) / repeats] * repeats\n",
            fails=_TIMES,
        ),
        edit(
            _LOOP,
            "    start = time.perf_counter()\n"
            "    for _ in range(repeats):\n"
            "        fn()\n"
            "    samples = [(time.perf_counter() - start) / repeats]\n",
            _CUTS,
            "low = median = high = samples[0]",
            fails=_CALLS,
        ),
    ],
)
misconception(
    "clock_not_restarted",
    says="the clock is not started anew for each call, so that samples grow",
    asks="What does your clock show before the second call?",
    measure=edit(
        _LOOP,
        "    start = time.perf_counter()\n"
        "    for _ in range(repeats):\n"
        "        fn()\n"
        "        samples.append(time.perf_counter() - start)\n",
        fails=_TIMES,
    ),
)
misconception(
    "clock_misses_call",
    says="the call is over before the clock starts",
    asks="What happens between the two looks at your clock?",
    measure=edit(_START, "        fn()\n        start = time.perf_counter()", fails=_TIMES),
)
misconception(
    "cpu_time",
    says="the clock shows the processor's work, which stands still while a call waits",
    asks="Somebody waits for your program. Which clock do they look at?",
    measure=edit(
        _START,
        swap(_START, "perf_counter", "process_time"),
        _STOP,
        swap(_STOP, "perf_counter", "process_time"),
        fails=_TIMES,
    ),
)
misconception(
    "samples_sorted",
    says="the samples are sorted, and the order of the calls is lost",
    asks="The machine slowed down halfway. Could you still see it?",
    measure=edit(_CUTS, f"samples.sort()\n{_CUTS}", fails=_TIMES),
    run_experiment=edit(
        _SAMPLES_KEPT,
        '"samples": sorted(timed.samples)',
        fails="keeps_case_and_samples",
    ),
)
misconception(
    "milliseconds",
    says="the numbers are milliseconds, not seconds",
    asks="How many milliseconds has a second, and which unit is asked for?",
    measure=[
        edit(
            _STOP,
            "samples.append((time.perf_counter() - start) * 1e3)",
            fails=_TIMES,
        ),
        edit(
            _MADE,
            "low, median, high = (each * 1e3 for each in (low, median, high))\n" + _MADE,
            fails=_SUMMARY,
        ),
    ],
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
    says="samples that seem too slow are left out",
    asks="Users meet the slow calls too. Which summary is hardly moved by them?",
    measure=[
        edit(
            _CUTS,
            f"samples = [each for each in samples if each < 2 * min(samples)]\n{_CUTS}",
            fails=_CALLS,
        ),
        edit(_CUTS, f"samples = sorted(samples)[: -(repeats // 10 or 1)]\n{_CUTS}", fails=_CALLS),
    ],
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
_KEPT = "results_hold_their_samples"


def _each_row(row, fails):
    """my_results with another dictionary in place of each ``row``."""
    return returns(f"[{row} for row in output]", fails, "changes_rows")


def _summarised(median, low, high):
    """Edits that give other statistics of the samples ``{}``, in the three places."""
    new = {"median": median, "low": low, "high": high}
    wrong = {name: each for name, each in new.items() if each}

    def of(values):
        return {name: each.format(values) for name, each in wrong.items()}

    measured = "".join(f"{name} = {each}\n" for name, each in of("samples").items())
    old = {"median": _ROW_MEDIAN, "low": _ROW_LOW, "high": _ROW_HIGH}
    clocked = [
        text
        for name, each in of("timed.samples").items()
        for text in (old[name], f'"{name}": {each}')
    ]
    entries = ", ".join(f'"{name}": {each}' for name, each in of('row["samples"]').items())
    return {
        "measure": edit(_MADE, f"{measured}{_MADE}", fails=_SUMMARY),
        "run_experiment": edit(*clocked, fails=_ROW_FAILS),
        "my_results": _each_row(f"row | {{{entries}}}", _KEPT),
    }


misconception(
    "mean_not_median",
    says="the median is the mean",
    asks="Nineteen calls take 1 ms and one takes 21 ms. What is the mean?",
    **_summarised("sum({0}) / len({0})", None, None),
)
misconception(
    "minimum_not_median",
    says="the median is the fastest sample",
    asks="The fastest call answers how fast it can be. What was asked?",
    **_summarised("min({})", None, None),
)
misconception(
    "min_max_not_quartiles",
    says="low and high are the fastest and the slowest sample",
    asks="One slow call in twenty: should it decide how wide the range is?",
    **_summarised(None, "min({})", "max({})"),
)
misconception(
    "not_sorted",
    says="the samples are not sorted before the middle one is taken",
    asks="What do the calls that came in the middle have to do with the usual call?",
    measure=edit(
        _MADE,
        "low, median, high = (samples[i * len(samples) // 4] for i in (1, 2, 3))\n" + _MADE,
        fails=_SUMMARY,
    ),
)
misconception(
    "deviation_not_quartiles",
    says="low and high lie a standard deviation from the centre",
    asks="Can a quarter of the samples be faster than a number that is below them all?",
    measure=[
        edit(
            _MADE,
            f"spread = statistics.{spread}(samples)\n"
            f"low, high = {centre} - spread, {centre} + spread\n{_MADE}",
            fails=_SUMMARY,
        )
        for spread in ("stdev", "pstdev")
        for centre in ("statistics.fmean(samples)", "median")
    ],
)
misconception(
    "low_high_swapped",
    says="low and high have changed places",
    asks="Seconds: is the faster quarter at the small end or at the large end?",
    measure=edit("low=low, high=high", "low=high, high=low", fails=_SUMMARY),
    run_experiment=edit(
        _ROW_LOW, '"low": timed.high', _ROW_HIGH, '"high": timed.low', fails=_ROW_FAILS
    ),
    my_results=_each_row('row | {"low": row["high"], "high": row["low"]}', _KEPT),
)

_DIVIDED = "return flops / bytes_moved"
_INTENSITY = "is_flops_per_byte"
_ROOF = "return max(flops / peak_flops, bytes_moved / bandwidth)"
_AT_MEMORY, _AT_COMPUTE = "roofline_memory", "roofline_arithmetic"
_COUNTS = "counts_each_case"
_ROW_INTENSITY = "arithmetic_intensity(flops, kv_bytes)"
_RESULT_COUNTS = "results_hold_the_counts"


def _recounted(*entries):
    """my_results with other counts in each row, written as expressions of ``row``."""
    return _each_row(f"row | {{{', '.join(entries)}}}", _RESULT_COUNTS)


misconception(
    "inverted_ratio",
    says="it is bytes per FLOP, not FLOPs per byte",
    asks="With which unit do you end up?",
    arithmetic_intensity=edit(_DIVIDED, "return bytes_moved / flops", fails=_INTENSITY),
    run_experiment=edit(_ROW_INTENSITY, "kv_bytes / flops", fails=_COUNTS),
    my_results=_recounted('"intensity": 1 / row["intensity"]'),
)
misconception(
    "integer_division",
    says="the fraction is cut off",
    asks="What is 4 // 8?",
    arithmetic_intensity=[
        edit(_DIVIDED, "return flops // bytes_moved", fails=_INTENSITY),
        edit(_DIVIDED, "return round(flops / bytes_moved)", fails=_INTENSITY),
    ],
)
misconception(
    "sum_of_times",
    says="the two times are added, as if the machine never read and computed at once",
    asks="While one block is multiplied, what can the memory do?",
    roofline_seconds=edit(
        _ROOF, "return flops / peak_flops + bytes_moved / bandwidth", fails=_AT_MEMORY
    ),
)
misconception(
    "smaller_of_times",
    says="the smaller of the two times is taken",
    asks="Who waits for whom: the faster one for the slower, or the other way round?",
    roofline_seconds=edit(_ROOF, swap(_ROOF, "max", "min"), fails=_AT_MEMORY),
)
misconception(
    "compute_only",
    says="only the arithmetic takes time",
    asks="How long does it take to read the bytes?",
    roofline_seconds=edit(_ROOF, "return flops / peak_flops", fails=_AT_MEMORY),
)
misconception(
    "memory_only",
    says="only the reading takes time",
    asks="How long do the FLOPs take?",
    roofline_seconds=edit(_ROOF, "return bytes_moved / bandwidth", fails=_AT_COMPUTE),
)
misconception(
    "ceilings_swapped",
    says="the two ceilings have changed places",
    asks="FLOPs over bytes per second: which unit is that?",
    roofline_seconds=edit(
        _ROOF, "return max(flops / bandwidth, bytes_moved / peak_flops)", fails=_AT_MEMORY
    ),
)
misconception(
    "rate_not_seconds",
    says="it is the FLOPs per second that can be reached, not seconds",
    asks="Seconds: what is to be divided by what?",
    roofline_seconds=edit(
        _ROOF, "return min(peak_flops, flops / bytes_moved * bandwidth)", fails=_AT_MEMORY
    ),
)

_FRONT = "keeps_what_nothing_beats"
_TIES = "settles_ties"
_KEY = "key=lambda i: (points[i][0], -points[i][1], i)"
_PAIR = "cost, quality = points[i]"
_BETTER = "if best is None or quality > best[1] or (cost, quality) == best:"
_KEEP = "kept.append(i)"
_GIVE = "return kept"
misconception(
    "high_cost_good",
    says="a high cost counts as good",
    asks="Which end of the cost axis would you rather pay?",
    pareto_front=edit(
        _KEY,
        "key=lambda i: (-points[i][0], -points[i][1], i)",
        _GIVE,
        "return sorted(kept, key=lambda i: (points[i][0], i))",
        fails=_FRONT,
    ),
)
misconception(
    "low_quality_good",
    says="a low quality counts as good",
    asks="Which end of the quality axis would you rather have?",
    pareto_front=edit(
        _KEY,
        "key=lambda i: (points[i][0], points[i][1], i)",
        _BETTER,
        swap(_BETTER, "quality >", "quality <"),
        fails=_FRONT,
    ),
)
misconception(
    "pair_swapped",
    says="the points are read as (quality, cost)",
    asks="Which of the two numbers of a point is the cost?",
    pareto_front=[
        edit(
            "    kept = []",
            "    points = [(cost, quality) for quality, cost in points]\n    kept = []",
            fails=_FRONT,
        ),
        edit(
            "    kept = []",
            "    given = points\n"
            "    points = [(cost, quality) for quality, cost in points]\n    kept = []",
            _GIVE,
            "return sorted(kept, key=lambda i: (given[i][0], i))",
            fails=_FRONT,
        ),
    ],
)
misconception(
    "input_order",
    says="the indices stand in the order of the points, not by rising cost",
    asks="In which order would you show them to somebody who pays?",
    pareto_front=edit(_GIVE, "return sorted(kept)", fails=_FRONT),
)
misconception(
    "falling_cost",
    says="the indices stand by falling cost",
    asks="Where do the cheap ones stand?",
    pareto_front=[
        edit(_GIVE, "return kept[::-1]", fails=_FRONT),
        edit(
            _GIVE,
            "return sorted(kept, key=lambda i: (-points[i][0], i))",
            fails=_FRONT,
        ),
    ],
)
misconception(
    "positions_after_sorting",
    says="the numbers are places in the sorted list, not in `points`",
    asks="Who gets your result has `points`, not your sorted list. What can they look up?",
    pareto_front=edit(_KEEP, "kept.append(order.index(i))", fails=_FRONT),
)
misconception(
    "points_not_indices",
    says="the points themselves come back, not their indices",
    asks="What does the task ask for: which points, or where they are?",
    pareto_front=edit(_GIVE, "return [points[i] for i in kept]", fails=_FRONT),
)
misconception(
    "neighbour_only",
    says="each point is compared with the next cheaper one only",
    asks="A good point, a bad one, a middling one, by cost: who beats the middling one?",
    pareto_front=edit(
        "            best = (cost, quality)\n",
        "        best = (cost, quality)\n",
        fails=_FRONT,
    ),
)
misconception(
    "convex_hull",
    says="points below the straight line between two others are dropped as well",
    asks="Can you buy half of one model and half of another?",
    pareto_front=edit(
        _GIVE,
        "hull = []\n"
        "for i in kept:\n"
        "    while len(hull) > 1:\n"
        "        (x0, y0), (x1, y1), (x2, y2) = (points[j] for j in (hull[-2], hull[-1], i))\n"
        "        if (y1 - y0) * (x2 - x0) >= (y2 - y0) * (x1 - x0):\n"
        "            break\n"
        "        hull.pop()\n"
        "    hull.append(i)\n"
        "return hull",
        fails=_FRONT,
    ),
)
misconception(
    "ties_kept",
    says="a point has to be worse in both to be beaten",
    asks="Same cost, less quality: would you ever choose it?",
    pareto_front=edit(
        _GIVE,
        "return [\n"
        "    i\n"
        "    for i in sorted(order, key=lambda i: (points[i][0], i))\n"
        "    if not any(c < points[i][0] and q > points[i][1] for c, q in points)\n"
        "]",
        fails=_TIES,
    ),
)
misconception(
    "same_cost_not_sorted",
    says="of points that cost the same the first one is kept, also if a later one is better",
    asks="Two points cost the same. In which order does your loop meet them?",
    pareto_front=[
        edit(
            _KEY,
            "key=lambda i: points[i][0]",
            _BETTER,
            f"if best is None or quality {better} best[1]:",
            fails=_TIES,
        )
        for better in (">", ">=")
    ],
)
misconception(
    "twins_dropped",
    says="of equal points only one is kept",
    asks="Which of two equal points beats the other?",
    pareto_front=[
        edit(_BETTER, "if best is None or quality > best[1]:", fails=_TIES),
        edit(
            _GIVE,
            "last = {points[i]: i for i in kept}\nreturn [i for i in kept if last[points[i]] == i]",
            fails=_TIES,
        ),
        edit(
            _GIVE,
            "return [i for i in kept if points.count(points[i]) == 1]",
            fails=_TIES,
        ),
    ],
)
misconception(
    "best_ratio_only",
    says="only the point with the best quality for its cost is kept",
    asks="Somebody needs more quality than that, and can pay. What do you offer?",
    pareto_front=edit(
        _GIVE,
        "rate = max((points[i][1] / points[i][0] for i in kept), default=0)\n"
        "return [i for i in kept if points[i][1] / points[i][0] == rate]",
        fails=_FRONT,
    ),
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
_R_FLOPS, _R_BYTES, _R_INTENSITY = ('row["flops"]', 'row["kv_bytes"]', 'row["intensity"]')
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
misconception(
    "dtype_ignored",
    says="the dtype that is asked for is ignored",
    asks="In which dtype are q, k and v, and how many bytes has a value?",
    run_experiment=edit(
        "    rows = []", "    dtype = torch.float32\n    rows = []", fails=_MEASURED
    ),
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
misconception(
    "keys_or_values_only",
    run_experiment=_bytes(f"{_C_BYTES} // 2"),
    my_results=_recounted(f'"kv_bytes": {_R_BYTES} // 2', f'"intensity": 2 * {_R_INTENSITY}'),
)
misconception(
    "batch_forgotten",
    run_experiment=[
        _bytes(f"{_C_BYTES} // batch"),
        _flops(f"{_C_FLOPS} // batch"),
        _both(f"{_C_FLOPS} // batch", f"{_C_BYTES} // batch"),
    ],
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
    run_experiment=_bytes(f"{_C_BYTES} // dtype.itemsize"),
    my_results=_recounted(f'"kv_bytes": {_R_BYTES} // 4', f'"intensity": 4 * {_R_INTENSITY}'),
)
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
misconception(
    "measured_again",
    says="it measures anew in each call",
    asks="Somebody reads your notebook next year. Which numbers should they see?",
    my_results=[
        _each_row('row | {"measured": time.perf_counter()}', "results_are_kept"),
        returns("run_experiment(grouped_attention, CASES)", "results_are_kept", "measures_again"),
    ],
)
misconception(
    "bits_for_bytes",
    arithmetic_intensity=edit(_DIVIDED, "return flops / (8 * bytes_moved)", fails=_INTENSITY),
    run_experiment=_bytes(f"{_C_BYTES} * 8"),
)
misconception(
    "one_flop_per_multiply_add",
    arithmetic_intensity=edit(_DIVIDED, "return flops / 2 / bytes_moved", fails=_INTENSITY),
    run_experiment=_flops(f"{_C_FLOPS} // 2"),
    my_results=_recounted(f'"flops": {_R_FLOPS} // 2', f'"intensity": {_R_INTENSITY} / 2'),
)
_SHRUNK = 'case["num_kv_heads"] // case["num_heads"]'
misconception(
    "flops_shrink_with_kv_heads",
    run_experiment=_flops(f"{_C_FLOPS} * {_SHRUNK}"),
    my_results=_recounted(
        f'"flops": {_R_FLOPS} * row["num_kv_heads"] // 8',
        f'"intensity": {_R_INTENSITY} * row["num_kv_heads"] / 8',
    ),
    my_conclusions=[
        edit('found["flops"],', 'found["flops"] * found["kv_bytes"],', fails="concludes_the_counts")
    ],
)
misconception(
    "all_heads_kv_bytes",
    run_experiment=_bytes(f'{_C_BYTES} * case["num_heads"] // case["num_kv_heads"]'),
    my_results=_recounted(
        f'"kv_bytes": {_R_BYTES} * 8 // row["num_kv_heads"]',
        f'"intensity": {_R_INTENSITY} * row["num_kv_heads"] / 8',
    ),
)
misconception(
    "bytes_do_not_shrink",
    says="as many bytes are said to be read with one KV head as with eight",
    asks="Who has keys of its own in MQA?",
    my_conclusions=edit('found["kv_bytes"],', "1,", fails="concludes_the_counts"),
)
misconception(
    "bytes_ratio_inverted",
    says="the ratio of the bytes is upside down",
    asks="How many times as many bytes: is that 8 or an eighth?",
    my_conclusions=edit(
        'found["kv_bytes"],', '1 / found["kv_bytes"],', fails="concludes_the_counts"
    ),
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

_SPEEDUP = 'speedups[name] = many["median"] / one["median"]'
_AT_SPEEDUPS = "concludes_the_speedups"
_AT_APART = "concludes_what_is_told_apart"
_APART = 'if many["low"] > one["high"] or one["low"] > many["high"]:'
_AT_BOUND = "concludes_the_bound"
_BOUND = 'bound[name] = "memory" if many["intensity"] < 10 else "compute"'


def _speedup(new):
    return edit(_SPEEDUP, f"speedups[name] = {new}", fails=_AT_SPEEDUPS)


misconception(
    "speedup_inverted",
    says="the speed-up is upside down: the time after over the time before",
    asks="Twice as fast: is that 2 or 0.5?",
    my_conclusions=_speedup('one["median"] / many["median"]'),
)
misconception(
    "predicted_not_measured",
    says="the ratio of the bytes stands where a measured one should",
    asks="What does your table say, whatever theory predicts?",
    my_conclusions=[
        _speedup('many["kv_bytes"] / one["kv_bytes"]'),
        edit(
            '"long_speedup": speedups["long"]',
            '"long_speedup": found["kv_bytes"]',
            fails=_AT_SPEEDUPS,
        ),
    ],
)
misconception(
    "percent_gain",
    says="the speed-up is given as percent faster",
    asks="Twice as fast is 100 % faster. Which of the two was asked for?",
    my_conclusions=_speedup('100 * (many["median"] / one["median"] - 1)'),
)
misconception(
    "minima_compared",
    says="the fastest samples are compared, not the medians",
    asks="Which number of your row is moved least by one odd call?",
    my_conclusions=_speedup('min(many["samples"]) / min(one["samples"])'),
)
misconception(
    "means_compared",
    says="the means are compared, not the medians",
    asks="Which number of your row is moved least by one slow call?",
    my_conclusions=_speedup('sum(many["samples"]) / sum(one["samples"])'),
)
misconception(
    "overlap_ignored",
    says="every difference counts, also one that is smaller than the spread",
    asks="If you measured again, could the order of the two be the other one?",
    my_conclusions=edit(_APART, 'if many["median"] != one["median"]:', fails=_AT_APART),
)
misconception(
    "none_told_apart",
    says="no difference counts, though some are larger than the spread",
    asks="Which ranges from low to high do not overlap?",
    my_conclusions=edit(_APART, "if False:", fails=_AT_APART),
)
misconception(
    "bound_swapped",
    says="memory and compute have changed places",
    asks="Few FLOPs for each byte: what is waited for?",
    my_conclusions=edit(_BOUND, swap(_BOUND, "<", ">="), fails=_AT_BOUND),
)
misconception(
    "all_memory",
    says="memory is said to decide everywhere",
    asks="How many FLOPs for each byte does a prefill of 384 tokens do?",
    my_conclusions=edit(_BOUND, 'bound[name] = "memory"', fails=_AT_BOUND),
)
