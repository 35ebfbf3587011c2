"""Samples of a clock: their statistics, calls that the check times itself, made-up tables."""

import random
import statistics
import time

import pytest
import torch
from attnlab.grouping import fold

from autograder import course
from autograder.units.shared import samples
from autograder.units.shared.samples import Meaning
from autograder.units.u08_efficiency.checks.clock import PAUSES

REFERENCE = course.reference_namespace("08_efficiency")


def drawn(count, seed=0):
    """Skewed samples, as a clock gives them."""
    draw = random.Random(seed)
    return [1e-3 * (1 + draw.expovariate(5)) for _ in range(count)]


QUARTILES = {
    "inclusive": lambda own: statistics.quantiles(own, n=4, method="inclusive"),
    "exclusive": lambda own: statistics.quantiles(own, n=4),
    "torch": lambda own: torch.tensor(own).quantile(torch.tensor([0.25, 0.5, 0.75])).tolist(),
    "lower": lambda own: (
        torch.tensor(own, dtype=torch.float64)
        .quantile(torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64), interpolation="lower")
        .tolist()
    ),
    "halves": lambda own: [
        statistics.median(sorted(own)[: len(own) // 2]),
        statistics.median(own),
        statistics.median(sorted(own)[-(len(own) // 2) :]),
    ],
}


@pytest.mark.parametrize("definition", QUARTILES.values(), ids=QUARTILES)
@pytest.mark.parametrize("count", [*range(samples.FEWEST, 26), 101])
def test_every_usual_definition_of_quartiles_is_known(definition, count):
    own = drawn(count, seed=count)
    names = ["low", "median", "high"]
    found = definition(own)
    assert [samples.statistic(*each) for each in zip(found, [own] * 3, names, strict=True)] == names


def test_equal_samples_have_equal_quartiles():
    names = ("low", "median", "high")
    assert [samples.statistic(0.003, [0.003] * 20, name) for name in names] == list(names)


def test_other_statistics_have_names():
    own = drawn(20)
    mean, spread = statistics.fmean(own), statistics.stdev(own)
    named = {
        "mean": mean,
        "least": min(own),
        "most": max(own),
        "deviation": mean - spread,
        "median in milliseconds": statistics.median(own) * 1e3,
        "other": 3.14,
    }
    assert {name: samples.statistic(each, own) for name, each in named.items()} == {
        name: name for name in named
    }


def timed(clock=time.perf_counter, warmup=2, repeats=9):
    """A function that the check times itself, and samples of it by a clock."""
    fn = samples.Timed([0.004, 0.003, 0.0005, 0.002, 0.001, 0.003, 0.0005, 0.002])
    for _ in range(warmup):
        fn()
    found = []
    for _ in range(repeats):
        start = clock()
        fn()
        found.append(clock() - start)
    return fn, found


def test_one_call_for_each_sample_is_seen_whatever_the_machine_does():
    for _ in range(20):
        fn, found = timed()
        assert fn.what_are(found, 2) is Meaning.CALLS


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (lambda own: [1e3 * each for each in own], "milliseconds"),
        (lambda own: [1e9 * each for each in own], "nanoseconds"),
        (sorted, "sorted"),
        (lambda own: [sum(own[: i + 1]) for i in range(len(own))], "cumulative"),
        (lambda own: [sum(own) / len(own)] * len(own), "average"),
        (lambda own: own[::-1], "other"),
        (lambda own: [each / len(own) for each in own], "scaled"),
        (lambda own: [3e-7 for each in own[1:]] + [2e-7], "nothing"),
        (lambda own: own * 2, "other"),
    ],
)
def test_what_else_samples_can_be(changed, what):
    fn, found = timed()
    assert fn.what_are(changed(found), 2) is Meaning(what)


def test_processor_time_and_a_counted_warm_up_are_seen():
    fn, found = timed(time.process_time)
    assert fn.what_are(found, 2) is Meaning.WORK
    fn, found = timed(warmup=0)
    assert fn.what_are(found, 0) is Meaning.CALLS
    assert fn.what_are(found[:-2], 2) is Meaning.FIRST_CALLS


def test_processor_time_is_seen_where_a_call_is_as_much_work_as_waiting():
    fn = samples.Timed([0.004, 0.0002, 0.003, 0.0002, 0.005])
    found = []
    for _ in range(9):
        start = time.process_time()
        fn()
        while time.process_time() < start + 0.0004:
            pass
        found.append(time.process_time() - start)
    assert fn.what_are(found, 0) is Meaning.WORK


@pytest.mark.parametrize("seed", range(4))
def test_the_slow_call_is_outside_the_fence_on_a_busy_machine(monkeypatch, seed):
    noise, sleep = random.Random(seed), time.sleep
    monkeypatch.setattr(time, "sleep", lambda pause: sleep(pause + noise.uniform(0, 0.004)))
    fn, found = samples.Timed(PAUSES), []
    for _ in PAUSES:
        start = time.perf_counter()
        fn()
        found.append(time.perf_counter() - start)
    low, _, high = statistics.quantiles(found, n=4, method="inclusive")
    assert found[PAUSES.index(samples.SLOW)] > high + 1.5 * (high - low)


def measured_table():
    """An honest table, small."""
    cases = [case | {"k_len": min(case["k_len"], 300)} for case in REFERENCE["CASES"]]
    with torch.no_grad():
        rows = REFERENCE["run_experiment"](fold, cases)
    return [row["samples"] for row in rows]


@pytest.mark.slow
def test_measured_tables_are_not_flagged():
    for _ in range(8):
        table = measured_table()
        assert samples.look_made_up(table) == []
        assert samples.look_made_up([[round(each, 9) for each in row] for row in table]) == []


def by_ticks(table, tick):
    """The table as a clock shows it that moves on in steps of ``tick`` seconds."""
    return [[round(each / tick) * tick for each in row] for row in table]


@pytest.mark.parametrize("tick", [1e-7, 1e-6 / 24, 2**-22], ids=["Windows", "Apple", "time.time"])
def test_the_table_of_a_coarse_clock_is_not_flagged(tick):
    table = [row["samples"] for row in REFERENCE["my_results"]()]
    for faster in (1, 2, 5):
        own = by_ticks([[each / faster for each in row] for row in table], tick)
        assert samples.look_made_up(own) == []


def test_the_table_of_the_model_solution_is_not_flagged():
    assert samples.look_made_up([row["samples"] for row in REFERENCE["my_results"]()]) == []


MADE_UP = {
    "equal": (lambda t: [[row[0]] * 20 for row in t], "equal"),
    "one equal row": (lambda t: [*t[1:], [t[0][0]] * 20], "equal"),
    "sorted": (lambda t: [sorted(row) for row in t], "sorted"),
    "round": (lambda t: [[float(f"{each:.2g}") for each in row] for row in t], "round"),
    "ramps": (lambda t: [[row[0] * (1 + i / 50) for i in range(20)] for row in t], "evenly"),
    "scaled": (lambda t: [[each * i for each in t[0]] for i in range(1, 10)], "another row"),
    "shuffled": (
        lambda t: [random.Random(i).sample([e * i for e in t[0]], 20) for i in range(1, 10)],
        "another row",
    ),
    "noisy copies": (
        lambda t: [
            [each * i * random.Random(i * j).gauss(1, 1e-3) for j, each in enumerate(t[0])]
            for i in range(1, 10)
        ],
        "another row",
    ),
}


@pytest.mark.parametrize("kind", MADE_UP)
def test_made_up_tables_are_flagged(kind):
    change, reason = MADE_UP[kind]
    table = [drawn(20, seed) for seed in range(9)]
    assert any(reason in each for each in samples.look_made_up(change(table)))


@pytest.mark.parametrize(
    ("given", "want"),
    [
        ((0.5, 1), [0.5, 1.0]),
        (torch.tensor([0.5, 0.25]), [0.5, 0.25]),
        ([], []),
        ([0.5, -1], None),
        ([0.5, float("nan")], None),
        ([True], None),
        ("text", None),
        (None, None),
        (3.0, None),
    ],
)
def test_only_positive_numbers_are_samples(given, want):
    assert samples.numbers(given) == want
