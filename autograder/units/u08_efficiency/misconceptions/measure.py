"""Misconceptions of ``measure``."""

from autograder.grading.misconceptions import edit, misconception
from autograder.grading.pieces import swap
from autograder.units.shared.misconceptions.wrappers import returns

_CALLS = "counts_its_calls"
_TIMES = "times_each_call"
_SUMMARY = "summarises_its_samples"
_WARM = "for _ in range(warmup):\n        fn()\n    samples = []\n"
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
    "fn_not_called",
    says="fn is named between the two looks at the clock, but not called",
    asks="What is the difference between `fn` and `fn()`?",
    measure=edit(_START, swap(_START, "fn()", "fn"), fails=_CALLS),
)
misconception(
    "negative_times",
    says="the later time is taken from the earlier one, so that every sample is below zero",
    asks="Which of the two looks at the clock shows the larger number?",
    measure=edit(_STOP, "samples.append(start - time.perf_counter())", fails=_CALLS),
)
misconception(
    "warmup_in_every_repeat",
    says="the calls of the warm-up are made again before each repeat",
    asks="How often does a machine have to warm up?",
    measure=edit(
        _WARM,
        "samples = []\n",
        _START,
        "        for _ in range(warmup):\n            fn()\n" + _START,
        fails=_CALLS,
    ),
)
misconception(
    "parts_without_names",
    says="a dictionary, a list or a tuple comes back, whose parts are no attributes",
    asks="What makes an object of which one can read `result.median`?",
    measure=[
        returns(result, _CALLS)
        for result in (
            "vars(output)",
            "(output.median, output.low, output.high, output.samples)",
            "output.samples",
        )
    ],
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
)
misconception(
    "milliseconds",
    says="the numbers are milliseconds, not seconds",
    asks="How many milliseconds are in a second, and which unit is asked for?",
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
)


def _summarised(**statistics):
    """measure with other statistics, as expressions of ``samples``."""
    lines = "".join(f"{name} = {expression}\n" for name, expression in statistics.items())
    return edit(_MADE, f"{lines}{_MADE}", fails=_SUMMARY)


misconception(
    "mean_not_median",
    says="the median is the mean",
    asks="Nineteen calls take 1 ms and one takes 21 ms. What is the mean?",
    measure=_summarised(median="sum(samples) / len(samples)"),
)
misconception(
    "minimum_not_median",
    says="the median is the fastest sample",
    asks="The fastest call answers how fast it can be. What was asked?",
    measure=_summarised(median="min(samples)"),
)
misconception(
    "min_max_not_quartiles",
    says="low and high are the fastest and the slowest sample",
    asks="One slow call in twenty: should it decide how wide the range is?",
    measure=_summarised(low="min(samples)", high="max(samples)"),
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
)
misconception(
    "time_of_day",
    says="the clock is the time of day, which can be set while you measure",
    asks="Which clock only moves forward, and what does `time.time()` tell?",
    measure=edit(
        _START,
        swap(_START, "perf_counter", "time"),
        _STOP,
        swap(_STOP, "perf_counter", "time"),
        fails=_TIMES,
    ),
)
