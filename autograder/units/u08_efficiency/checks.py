"""Checks of unit 08: a stopwatch, the roofline, the Pareto front, and an experiment.

Seconds are never graded. Counts are compared with the theory; summaries with their own samples;
conclusions with the learner's own table.
"""

import itertools
import math

import torch

from autograder import course
from autograder.grading import expect
from autograder.grading.checks import check
from autograder.grading.student import StudentProblem
from autograder.units.shared import samples

_SIZES = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
_COUNTED = ("flops", "kv_bytes", "intensity")
_SUMMARY = ("median", "low", "high")
_NAMES = ("long", "short", "prefill")
_RECORD = 1 << 20  # bytes of tensors; the keys of CASES alone take more
_POSSIBLE = 3e8, 1e16  # FLOPs per second, from the smallest computer to the largest processor
# No place is that of the median in both; the fastest call is not in the middle of the second.
_PAUSES = [0.0002 * step for step in (1, 3, 5, 2, 1, 4, 1, 2, 9, 1, 3, 2)]
_MOSTLY_SLOW = [0.00015 * step for step in (9, 7, 8, 9, 2, 9, 8, 9, 7, 1, 8, 9)]


def _timing(student, fn, *args):
    """What ``measure`` gives, as (object, samples)."""
    timed = student.made_by(student.measure, fn, *args)
    return timed, _samples(_attribute(timed, "samples"), "`samples`")


def _samples(value, what) -> list[float]:
    """Demand samples: a list, tuple or 1-d tensor of numbers above 0."""
    found = samples.numbers(value)
    told = f"it is of type {expect.kind_of(value)}"
    for each in value if found is None and isinstance(value, (list, tuple)) else ():
        number = expect.plain_number(each)
        if number is None:
            told = f"one is of type {expect.kind_of(each)}"
        elif not 0 < number < math.inf:
            told = f"one is {number:g}"
    expect.true(found is not None, f"{what} should be a list of floats, all above 0; {told}.")
    return found


def _attribute(timed, name):
    try:
        return getattr(timed, name)
    except StudentProblem as problem:
        if problem.details.get("type") != "AttributeError":
            raise
    raise expect.Failed(
        "measure should return an object with the attributes samples, median, low and high; what "
        f"it returns, of type {timed.kind}, has no `{name}`."
    )


@check(
    "measure",
    "calls fn `warmup` times and then `repeats` times, and keeps a sample of each of the latter",
    "How often is fn called in all, for warmup=3 and repeats=8? How many samples do you keep?",
    weight=3,
)
def counts_its_calls(student, reference, draw):
    chosen = [(2 + draw.integer(0, 3), 9 + draw.integer(0, 4)), (0, 8 + draw.integer(0, 3)), ()]
    for numbers in chosen:
        warmup, repeats = numbers or (3, 20)
        fn = samples.Timed(_PAUSES)
        _, found = _timing(student, fn, *numbers)
        calls, kept = fn.calls, len(found)
        expect.seen(calls - warmup - repeats)
        expect.seen((kept > repeats) - (kept < repeats))
        expect.seen("one" if kept == 1 else "warmup" if kept == warmup else "other")
        told = ", ".join(["fn", *(f"{each}" for each in numbers)])
        expect.true(
            (calls, kept) == (warmup + repeats, repeats),
            f"measure({told}) should call fn {warmup} times to warm up and {repeats} times to "
            f"measure, and keep {repeats} samples; it made {calls} calls and kept {kept} samples.",
        )


def _timed_calls(student, pauses):
    """An unhurried function, measured: (the function, the object, its samples, the warm-up)."""
    warmup = 2
    fn = samples.Timed([0.004, 0.002, *pauses])
    timed, found = _timing(student, fn, warmup, len(pauses))
    return fn, timed, found, warmup


_MEASURED = {
    "sorted": "They are those seconds, but not in the order of the calls.",
    "cumulative": "They grow from call to call.",
    "average": "They are all the same number.",
    "work": "They are shorter than the calls: waiting does not count in them.",
    "nothing": "They are far shorter than any call: does fn run between start and stop?",
    "scaled": "They are all too large, or all too small, by the same factor.",
    "first calls": "They are the seconds of earlier calls, the warm-up among them.",
}


@check(
    "measure",
    "each sample is the seconds of one call, in the order of the calls",
    "What does your clock show right before a call, and right after it? In which unit?",
    weight=4,
)
def times_each_call(student, reference, draw):
    fn, _, found, warmup = _timed_calls(student, _PAUSES)
    what = fn.what_are(found, warmup)
    expect.seen(what)
    expect.seen(len(found) < 12)
    expect.seen(fn.is_their_size(found))
    expect.seen(found == sorted(found))
    told = _MEASURED.get(what, "")
    if what.endswith("seconds"):
        told = f"They are in {what}."
    expect.true(
        what == "calls",
        "The samples should be the seconds of single calls of fn, after the warm-up, in order. "
        f"They are not. {told}".strip(),
    )


def _expect_summary(rows, what):
    """Demand that (median, low, high) are those of the samples; rows are pairs."""
    for summary, own in rows:
        for name, value in zip(_SUMMARY, summary, strict=True):
            value = expect.plain_number(value)
            expect.true(value is not None, f"`{name}` {what} should be a number.")
            kind = samples.statistic(value, own, name)
            expect.seen(kind)
            wanted = "median" if name == "median" else f"{name} quartile"
            expect.true(kind == name, f"`{name}` {what} should be the {wanted} of the samples.")


@check(
    "measure",
    "median, low and high are the median and the quartiles of the samples",
    "Sort the samples. Which stands in the middle, and which a quarter from each end?",
    weight=3,
)
def summarises_its_samples(student, reference, draw):
    measured = [_timed_calls(student, pauses) for pauses in (_PAUSES, _MOSTLY_SLOW)]
    rows = []
    for _, timed, found, _ in measured:
        told = "There should be a sample for each of the 12 calls."
        expect.true(len(found) >= samples.FEWEST, told)
        rows.append(([_attribute(timed, name) for name in _SUMMARY], found))
    medians = [(expect.plain_number(summary[0]), own) for summary, own in rows]
    in_the_middle = all(value in _middle(own) for value, own in medians)
    expect.true(
        not in_the_middle or all(samples.statistic(*each) == "median" for each in medians),
        "`median` is the sample in the middle of the calls, not in the middle by size.",
        "not_sorted",
    )
    _expect_summary(rows, "of the result")


def _middle(own) -> list[float]:
    """The samples of the calls in the middle."""
    return own[(len(own) - 1) // 2 : len(own) // 2 + 1]


@check(
    "arithmetic_intensity",
    "gives FLOPs per byte",
    "A decode step does 4 FLOPs for 8 bytes. Is its intensity 0.5 or 2?",
)
def is_flops_per_byte(student, reference, draw):
    cases = [
        (draw.integer(2, 9), draw.integer(11, 40)),
        (draw.integer(10**6, 10**7), draw.integer(1000, 2000)),
        (draw.integer(10**6, 10**7) * 0.5, draw.integer(1000, 2000) * 7.0),
    ]
    _expect_numbers(student, reference, "arithmetic_intensity", cases)


def _expect_numbers(student, reference, name, cases):
    """Demand what the reference gives: first it goes on record which of the answers are right."""
    answers = [getattr(student, name)(*case) for case in cases]
    wanted = [getattr(reference, name)(*case) for case in cases]
    for got, want in zip(answers, wanted, strict=True):
        expect.seen(math.isclose(expect.plain_number(got) or 0, want, rel_tol=1e-6))
    for case, got, want in zip(cases, answers, wanted, strict=True):
        expect.number(got, want, f"{name}{case}")


def _jobs(draw, exponent):
    """Jobs ``exponent`` powers of ten over the ridge of two machines: ridges of about 2 and 200."""
    for peak in (draw.integer(30, 90) * 10**9, draw.integer(3000, 9000) * 10**9):
        bandwidth, moved = draw.integer(20, 40) * 10**9, draw.integer(1000, 9000) * 1000
        yield round(moved * peak / bandwidth * 10**exponent), moved, peak, bandwidth


@check(
    "roofline_seconds",
    "memory decides where there are few FLOPs for each byte",
    "How long does the reading alone take? And who waits for whom?",
)
def roofline_memory(student, reference, draw):
    _expect_numbers(student, reference, "roofline_seconds", [*_jobs(draw, -0.4)])


@check(
    "roofline_seconds",
    "arithmetic decides where there are many FLOPs for each byte",
    "How long does the arithmetic alone take? And who waits for whom?",
)
def roofline_arithmetic(student, reference, draw):
    _expect_numbers(student, reference, "roofline_seconds", [*_jobs(draw, 0.4)])


def _expect_fronts(student, reference, questions):
    """Demand the fronts of lists of points: first all answers go on record."""
    answers = [student.pareto_front(points) for points in questions]
    for got in answers:
        expect.seen(str(got))
    for points, got in zip(questions, answers, strict=True):
        _expect_front(points, got, reference.pareto_front(points))


def _expect_front(points, got, want):
    call = f"pareto_front({points})"
    expect.true(
        isinstance(got, list), f"{call} should be a list; it is of type {expect.kind_of(got)}."
    )
    wrong = [expect.kind_of(each) for each in got if type(each) is not int]
    expect.true(
        not wrong,
        f"{call} should hold ints, indices into the points; one is of type {[*wrong, ''][0]}.",
    )
    places = range(len(points))
    expect.true(
        all(each in places for each in got) and len(set(got)) == len(got),
        f"{call} should hold indices from 0 to {len(points) - 1}, each once; it is {got}.",
    )
    for i in got:
        better = next((points[j] for j in want if _beats(points[j], points[i])), None)
        expect.true(not better, f"{call} keeps {points[i]} (index {i}), which {better} beats.")
    dropped = [f"{points[i]} (index {i})" for i in want if i not in got]
    expect.true(not dropped, f"{call} drops {', '.join(dropped)}, which no point beats.")
    expect.true(
        got == want,
        f"{call} holds the right indices, but by rising cost they are {want}, not {got}.",
    )


def _beats(a, b) -> bool:
    return a[0] <= b[0] and a[1] >= b[1] and a != b


def _staircase(draw, steps):
    """A front with dents, and a worse point under each of its points, in a drawn order."""
    rises = [1, 6, 2, 7, 3][:steps]
    costs = list(itertools.accumulate(draw.integer(2, 4) + 10 - rise for rise in rises))
    qualities = list(itertools.accumulate(rises))
    front = list(zip(costs, qualities, strict=True))
    worse = [(cost + 1, quality - 2) for cost, quality in front]
    less_bad = [(cost + 2, quality - 1) for cost, quality in front]
    points = [*front, *worse, *less_bad]
    order = sorted(range(len(points)), key=lambda _: draw.integer(0, 10**6))
    return [points[i] for i in order]


@check(
    "pareto_front",
    "keeps the points that no other point beats, by rising cost",
    "Take one kept point: is there a cheaper one that is better? Take one that you dropped: which "
    "point beats it?",
    weight=4,
)
def keeps_what_nothing_beats(student, reference, draw):
    most = (2, 3, 5)[draw.level]
    for _ in range(3):
        _expect_fronts(student, reference, [_staircase(draw, most)])
    for _ in range(3):
        drawn = [(draw.integer(1, 30), draw.integer(1, 30)) for _ in range(2 * most)]
        costs, qualities = ({each[axis]: each for each in drawn}.values() for axis in (0, 1))
        _expect_fronts(student, reference, [[each for each in costs if each in qualities]])


@check(
    "pareto_front",
    "of equal costs or qualities only what is better in the other stays; equal points stay",
    "Two points cost the same and one is better: would you ever choose the other? And two that are "
    "equal in both?",
    weight=2,
)
def settles_ties(student, reference, draw):
    cost, quality = draw.integer(3, 6), draw.integer(3, 6)
    better, twin = (cost + 2, quality + 3), (cost, quality)
    points = [better, twin, (cost, quality - 1), better, twin, (cost + 3, quality + 3)]
    questions = [
        [(cost, quality), (cost, quality + 1)],
        [(cost + 1, quality), (cost, quality)],
        [(cost, quality + 1), (cost, quality)],
        points,
    ]
    _expect_fronts(student, reference, questions)


@check(
    "pareto_front",
    "no points, one point, and points of which one beats all",
    "What does your loop do when there is nothing to go through?",
)
def pareto_ends(student, reference, draw):
    cost, quality = draw.integer(5, 9), -draw.integer(1, 4)
    best = (cost - 3, quality + 2.5)
    questions = [
        [],
        [(cost, quality)],
        [(cost, quality), best, (cost + 1, quality + 1)],
        [(cost, 0.5), (cost + 1, 0.75), (cost + 2.5, 1.5)],
    ]
    for points in questions:
        _expect_fronts(student, reference, [points])


class _Attend:
    """Stands for an attention function: notes what it is called with, and takes a while.

    Attributes:
        calls: what each call was given; the learner's code may change it afterwards.
        clock: when they began and ended.
    """

    def __init__(self, pauses):
        self.calls = []
        self.clock = samples.Timed(pauses)

    def __call__(self, q, k, v):
        given = (q, k, v)
        self.calls.append(
            tuple(each.clone() if isinstance(each, torch.Tensor) else each for each in given)
        )
        self.clock()
        return q if isinstance(q, torch.Tensor) else None


def _shape_and_dtype(value) -> str:
    if not isinstance(value, torch.Tensor):
        return f"of type {expect.kind_of(value)}"
    return f"{tuple(value.shape)} in {str(value.dtype).removeprefix('torch.')}"


def _cases(draw, count):
    """Cases with pairwise different sizes."""
    names = ("H", "H_kv", "d_head", "L_q", "L_k", "B")
    found = []
    for i in range(count):
        sizes = dict(zip(_SIZES, draw.sizes(*names), strict=True))
        found.append({"name": f"case {i}", "note": draw.integer(1, 99), **sizes})
    return found


def _query_shape(case):
    return tuple(case[name] for name in ("batch", "num_heads", "q_len", "d_head"))


def _experiment(student, cases, *dtype, pauses=(0, 0, 0, 0.001)):
    """Rows of the learner's experiment and the stand-in for attention that it called."""
    attend = _Attend(pauses)
    rows = student.run_experiment(attend, cases, *dtype)
    expect.true(
        isinstance(rows, list) and len(rows) == len(cases) and all(type(r) is dict for r in rows),
        f"There should be a list of {len(cases)} dictionaries, one for each case; this is of type "
        f"{expect.kind_of(rows)}"
        + (f" with {len(rows)} entries." if isinstance(rows, list) else "."),
    )
    return rows, attend


@check(
    "run_experiment",
    "measures `attend` on queries, keys and values of the case's sizes and dtype",
    "How many heads do your keys have? And which dtype?",
    weight=3,
)
def measures_the_case(student, reference, draw):
    for case, dtype in zip(_cases(draw, 2), (torch.float32, torch.bfloat16), strict=True):
        _, attend = _experiment(student, [case], *([] if dtype == torch.float32 else [dtype]))
        calls = attend.calls
        expect.true(bool(calls), "`attend` was never called.")
        h, h_kv, d_head, l_q, l_k, b = (case[name] for name in _SIZES)
        for given in (calls[0], calls[-1]):
            for name, each, heads, length in zip(
                "qkv", given, (h, h_kv, h_kv), (l_q, l_k, l_k), strict=True
            ):
                got = _shape_and_dtype(each)
                want = _shape_and_dtype(torch.empty(b, heads, length, d_head, dtype=dtype))
                expect.seen(got)
                expect.true(
                    got == want,
                    f"For {_told(case, dtype.itemsize)}, {name} should be "
                    f"{want}; `attend` gets {got}.",
                )


@check(
    "run_experiment",
    "each sample is the seconds of one call of `attend` on the tensors of its case",
    "Which lines run each time the timed function is called? Which have to run once?",
    weight=2,
)
def times_attend_alone(student, reference, draw):
    cases = _cases(draw, 2)
    while _query_shape(cases[0]) == _query_shape(cases[1]):
        cases = _cases(draw, 2)
    rows, attend = _experiment(student, cases, pauses=_PAUSES)
    shapes = [getattr(q, "shape", None) for q, _, _ in attend.calls]
    one_for_all = len(set(shapes)) == 1
    limits = attend.clock.limits()
    for row, case in zip(rows, cases, strict=True):
        own = _samples(row.get("samples"), "`samples`")
        calls = [i for i, shape in enumerate(shapes) if shape == _query_shape(case)]
        expect.seen(len(own) - len(calls))
        expect.seen(own == sorted(own))
        expect.true(
            len(own) >= 2 and len(calls) > len(own),
            f"For {_told(case)}, `attend` was called {len(calls)} times with queries of that size, "
            f"and {len(own)} samples were kept; there should be a few calls to warm up and then "
            "one for each sample.",
            "one_case_for_all" if one_for_all else None,
        )
        for place, name in enumerate("qkv"):
            given = {_numbers_of(attend.calls[i][place]) for i in calls}
            expect.true(
                len(given) < len(calls),
                f"Each call of `attend` gets a {name} of its own: is drawing it timed as well?",
                "inputs_inside_the_clock",
            )
        unit = samples.unit(own, [limits[i] for i in calls[-len(own) :]])
        expect.seen(unit)
        told = f"They are in {unit}." if unit else "They are not."
        expect.true(
            unit == "seconds",
            f"For {_told(case)}, `samples` should be the seconds of the calls of `attend`, in "
            f"order. {told}",
        )


def _numbers_of(value) -> bytes:
    if not isinstance(value, torch.Tensor):
        return b""
    return value.detach().flatten().contiguous().view(torch.uint8).numpy().tobytes()


def _theory(reference, case, size=4):
    """``flops``, ``kv_bytes`` and ``intensity`` of a case."""
    h, h_kv, d_head, l_q, l_k, b = (case[name] for name in _SIZES)
    cost = reference.attention_cost(h * d_head, h, h_kv, d_head, l_q, l_k, b, size)
    flops, kv_bytes = cost["attention_flops"], cost["kv_bytes"]
    return {"flops": flops, "kv_bytes": kv_bytes, "intensity": flops / kv_bytes}


def _told(case, size=4):
    h, h_kv, d_head, l_q, l_k, b = (case[name] for name in _SIZES)
    return f"H={h}, H_kv={h_kv}, d_head={d_head}, L_q={l_q}, L_k={l_k}, B={b}, {size} bytes a value"


def _expect_counts(reference, counted):
    """Demand the exact columns of (row, case, bytes of a value): first all go on record."""
    for row, _, _ in counted:
        for name in _COUNTED:
            expect.true(name in row, f"There is no `{name}` in the row.")
            value = expect.plain_number(row[name])
            expect.seen(row[name] if value is None else float(f"{value:.6g}"))
    for row, case, size in counted:
        want, told = _theory(reference, case, size), _told(case, size)
        for name in ("flops", "kv_bytes"):
            expect.integer(row[name], want[name], f"`{name}` for {told}")
        expect.number(row["intensity"], want["intensity"], f"`intensity` for {told}")


@check(
    "run_experiment",
    "counts FLOPs, bytes and intensity of each case",
    "Which of H and H_kv do the scores know, and which the bytes? How many bytes has a value?",
    weight=4,
)
def counts_each_case(student, reference, draw):
    cases = _cases(draw, 3)
    counted = []
    for dtype in (torch.float64, torch.float16, torch.float32):
        rows, _ = _experiment(student, cases, dtype)
        counted += [(*pair, dtype.itemsize) for pair in zip(rows, cases, strict=True)]
    _expect_counts(reference, counted)


@check(
    "run_experiment",
    "keeps the entries of the case, all samples, and their median and quartiles",
    "Which entries has a row that you did not measure? Are the samples those that `measure` gave?",
    weight=3,
)
def keeps_case_and_samples(student, reference, draw):
    cases = _cases(draw, 2)
    rows, _ = _experiment(student, cases)
    for row, case in zip(rows, cases, strict=True):
        lost = [name for name, value in case.items() if row.get(name) != value]
        expect.seen(" ".join(lost))
        expect.true(
            not lost, f"The row should keep the entries of its case; lost: {', '.join(lost)}."
        )
        own = _samples(row.get("samples"), "`samples`")
        count = len(own)
        expect.seen(count)
        expect.seen(count > 2 and own == sorted(own))
        expect.true(
            count == 20,
            f"`measure` keeps 20 samples unless told otherwise; there are {count} in the row.",
        )
        expect.true(own != sorted(own), "The samples should stand in the order of the calls.")
        for name in _SUMMARY:
            expect.true(name in row, f"There is no `{name}` in the row.")
        _expect_summary([([row[name] for name in _SUMMARY], own)], "of a row")


def _cases_asked():
    return course.reference_namespace("08_efficiency")["CASES"]


def _table(student):
    """The learner's rows, if they are one for each case; with their samples."""
    rows, cases = student.my_results(), _cases_asked()
    hint = " Is `return` missing?" if rows is None else ""
    fits = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    expect.true(
        fits,
        f"There should be a list of dictionaries; this is of type {expect.kind_of(rows)}.{hint}",
    )
    expect.true(
        len(rows) == len(cases), f"There should be {len(cases)} rows; there are {len(rows)}."
    )
    for number, (row, case) in enumerate(zip(rows, cases, strict=True), 1):
        other = [name for name, value in case.items() if row.get(name) != value]
        expect.seen(" ".join(other))
        asked = ", ".join(f"{name}={case[name]!r}" for name in other)
        expect.true(not other, f"Row {number} should be the case with {asked}.")
    return rows, cases


@check(
    "my_results",
    "gives the same rows whenever it is called",
    "Does your function measure, or does it hold what was printed?",
)
def results_are_kept(student, reference, draw):
    took = student.peak_bytes(student.my_results)
    first, _ = _table(student)
    same = str(student.my_results()) == str(first)
    expect.seen(same)
    expect.true(
        same and took < _RECORD,
        "A second call gives other rows. my_results is a record: copy the printed rows into it."
        if not same
        else "It makes tensors, so it measures. my_results is a record: copy the printed rows into "
        "it.",
        "measured_again",
    )


@check(
    "my_results",
    "has a row for each case, with the counts that theory gives",
    "Do the rows stand in the order of CASES? Which columns need no clock?",
    weight=3,
)
def results_hold_the_counts(student, reference, draw):
    rows, cases = _table(student)
    _expect_counts(reference, [(*pair, 4) for pair in zip(rows, cases, strict=True)])


@check(
    "my_results",
    "holds at least 10 samples for each row, and their median and quartiles",
    "Do median, low and high belong to these samples, or to those of another run?",
    weight=3,
)
def results_hold_their_samples(student, reference, draw):
    rows, cases = _table(student)
    found = []
    for number, row in enumerate(rows, 1):
        own = _samples(row.get("samples"), f"`samples` in row {number}")
        expect.true(
            len(own) >= 10, f"Row {number} should have at least 10 samples; it has {len(own)}."
        )
        found.append(own)
    for reason in samples.look_made_up(found):
        expect.flag(f"In my_results, {reason}.")
    least, most = _POSSIBLE
    flops = [_theory(reference, case)["flops"] for case in cases]
    best = max(each / min(own) for each, own in zip(flops, found, strict=True))
    if not least < best < most:
        expect.flag(f"In my_results, {best:.1g} FLOPs per second are reached: are these seconds?")
    for number, (row, own) in enumerate(zip(rows, found, strict=True), 1):
        _expect_summary([([row.get(name) for name in _SUMMARY], own)], f"in row {number}")


def _conclusions(student, *keys):
    found = student.my_conclusions()
    expect.true(
        isinstance(found, dict),
        f"There should be a dictionary; this is of type {expect.kind_of(found)}.",
    )
    for key in keys:
        expect.true(key in found, f"There is no `{key}` in the dictionary.")
    return found


def _ratios(kv_bytes, many, one):
    """What a stated speed-up can be, by name."""
    ratio = many["median"] / one["median"]
    own, other = (samples.numbers(each["samples"]) for each in (many, one))
    return {
        "right": ratio,
        "predicted": kv_bytes[0] / kv_bytes[1],
        "inverted": 1 / ratio,
        "percent": (ratio - 1) * 100,
        "minima": min(own) / min(other),
        "means": sum(own) / len(own) / (sum(other) / len(other)),
        "mean of ratios": sum(a / b for a, b in zip(own, other, strict=False)) / len(own),
    }


@check(
    "my_conclusions",
    "says what theory says of bytes and FLOPs",
    "What shrinks with the KV heads, and what does not?",
    weight=2,
)
def concludes_the_counts(student, reference, draw):
    columns = {"bytes_ratio": "kv_bytes", "flops_ratio": "flops"}
    found = _conclusions(student, *columns)
    many, one = _ends("long")
    for key in columns:
        value = expect.plain_number(found[key])
        expect.seen(None if value is None else float(f"{value:.2g}"))
    for key, column in columns.items():
        want = _theory(reference, many)[column] / _theory(reference, one)[column]
        expect.number(found[key], want, f"`{key}`", 0.02)


def _ends(name):
    """The cases of that name with the most and the fewest KV heads."""
    own = [case for case in _cases_asked() if case["name"] == name]
    return own[0], own[-1]


@check(
    "my_conclusions",
    "says what bounds MHA, by its intensity",
    "How many FLOPs for each byte does that step do with 8 KV heads: fewer than 10, or more?",
    weight=2,
)
def concludes_the_bound(student, reference, draw):
    found = _conclusions(student, "bound")["bound"]
    expect.true(isinstance(found, dict), "`bound` should be a dictionary from name to text.")
    for name in _NAMES:
        expect.true(
            found.get(name) in ("memory", "compute"),
            f"`bound` should hold 'memory' or 'compute' for {name!r}; it holds "
            f"{str(found.get(name))[:20]!r}.",
        )
        expect.seen(found[name])
    for name in _NAMES:
        want = "memory" if _theory(reference, _ends(name)[0])["intensity"] < 10 else "compute"
        expect.true(
            found.get(name) == want,
            f"In {name!r}, {found[name]} is not what decides.",
        )


def _own_rows(student):
    rows, _ = _table(student)
    for number, row in enumerate(rows, 1):
        for name in _SUMMARY:
            value = expect.plain_number(row.get(name)) or 0
            told = f"`{name}` in row {number} of my_results should be a number above 0."
            expect.true(value > 0, told)
        _samples(row.get("samples"), f"`samples` in row {number} of my_results")
    return {(row["name"], row["num_kv_heads"]): row for row in rows}


@check(
    "my_conclusions",
    "the speed-ups are those of your own table",
    "Divide the medians of your two rows. Which one goes on top?",
    weight=3,
)
def concludes_the_speedups(student, reference, draw):
    keys = [f"{name}_speedup" for name in _NAMES]
    found = _conclusions(student, *keys)
    rows = _own_rows(student)
    for name, key in zip(_NAMES, keys, strict=True):
        cases = _ends(name)
        many, one = (rows[name, case["num_kv_heads"]] for case in cases)
        value = expect.plain_number(found[key])
        expect.true(value is not None, f"`{key}` should be a number.")
        known = _ratios([_theory(reference, case)["kv_bytes"] for case in cases], many, one)
        away = {kind: abs(value / each - 1) for kind, each in known.items() if each}
        nearest = min(away, key=away.get)
        is_right = away["right"] <= 0.02
        expect.seen("right" if is_right else nearest if away[nearest] <= 0.02 else "other")
        expect.true(
            is_right,
            f"`{key}` should be the median with 8 KV heads over that with 1, {known['right']:.3g} "
            f"in your table; it is {value:.3g}.",
        )


@check(
    "my_conclusions",
    "names the differences that are larger than the spread of your own table",
    "Do the ranges from low to high of the two rows overlap?",
    weight=3,
)
def concludes_what_is_told_apart(student, reference, draw):
    given = _conclusions(student, "told_apart")["told_apart"]
    expect.true(
        isinstance(given, (list, tuple)),
        f"`told_apart` should be a list of names; it is of type {expect.kind_of(given)}.",
    )
    named = {str(each) for each in given}
    unknown = sorted(named - set(_NAMES))
    expect.true(not unknown, f"`told_apart` should hold names of {_NAMES}; it holds {unknown}.")
    rows = _own_rows(student)
    told = []
    for name in _NAMES:
        many, one = (rows[name, case["num_kv_heads"]] for case in _ends(name))
        apart = many["low"] > one["high"] or one["low"] > many["high"]
        if apart != (name in named):
            ranges = [f"{each['low']:.3g} to {each['high']:.3g} s" for each in (many, one)]
            told.append(f"{name}: {ranges[0]} with 8 KV heads, {ranges[1]} with 1")
    what = {0: "none", len(_NAMES): "all"}.get(len(named), "some")
    expect.seen("right" if not told else what)
    expect.true(not told, f"`told_apart` does not fit your table; {'; '.join(told)}.")
