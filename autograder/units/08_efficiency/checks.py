"""Checks of unit 08: a stopwatch, the roofline, the Pareto front, and an experiment.

Seconds are never graded. Counts are compared with the theory; summaries with their own samples;
conclusions with the learner's own table.
"""

import itertools
import time

import torch

from autograder import course, expect
from autograder.checks import check
from autograder.student import StudentProblem
from autograder.units import samples

_SIZES = ("num_heads", "num_kv_heads", "d_head", "q_len", "k_len", "batch")
_COUNTED = ("flops", "kv_bytes", "intensity")
_SUMMARY = ("median", "low", "high")
_NAMES = ("long", "short", "prefill")
_PAUSES = [0.0002 * step for step in (1, 3, 5, 2, 1, 4, 1, 2, 9, 1, 3, 2)]
_MOSTLY_SLOW = [0.00015 * step for step in (9, 7, 9, 8, 2, 9, 8, 9, 7, 1, 8, 9)]


def _timing(student, fn, *args):
    """What ``measure`` gives, as (object, samples)."""
    timed = student.made_by(student.measure, fn, *args)
    found = samples.numbers(_attribute(timed, "samples"))
    expect.true(found is not None, "`samples` should be a list of floats, all above 0.")
    return timed, found


def _attribute(timed, name):
    try:
        return getattr(timed, name)
    except StudentProblem as problem:
        if problem.fatal:
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
        fn = samples.Timed(_PAUSES * 6)
        _, found = _timing(student, fn, *numbers)
        calls, kept = fn.calls, len(found)
        expect.seen(calls - warmup - repeats)
        expect.seen((kept > repeats) - (kept < repeats))
        told = ", ".join(["fn", *(f"{each}" for each in numbers)])
        expect.true(
            (calls, kept) == (warmup + repeats, repeats),
            f"measure({told}) should call fn {warmup} times to warm up and {repeats} times to "
            f"measure, and keep {repeats} samples; it made {calls} calls and kept {kept} samples.",
        )


def _timed_calls(student, draw, pauses):
    """An unhurried function, measured: (the function, the object, its samples, the warm-up)."""
    warmup, repeats = 2, len(pauses)
    turn = draw.integer(0, repeats - 1)
    fn = samples.Timed([0.004, 0.002, *pauses[turn:], *pauses[:turn]])
    timed, found = _timing(student, fn, warmup, repeats)
    return fn, timed, found, warmup


_MEASURED = {
    "sorted": "They are those seconds, but not in the order of the calls.",
    "cumulative": "They grow from call to call.",
    "average": "They are all the same number.",
    "work": "They are shorter than the calls: waiting does not count in them.",
    "first calls": "They are the seconds of earlier calls, the warm-up among them.",
}


@check(
    "measure",
    "each sample is the seconds of one call, in the order of the calls",
    "What does your clock show right before a call, and right after it? In which unit?",
    weight=4,
)
def times_each_call(student, reference, draw):
    fn, _, found, warmup = _timed_calls(student, draw, _PAUSES)
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
    measured = [_timed_calls(student, draw, pauses) for pauses in (_PAUSES, _MOSTLY_SLOW)]
    rows = []
    for _, timed, found, _ in measured:
        told = "There should be a sample for each of the 12 calls."
        expect.true(len(found) >= samples.FEWEST, told)
        rows.append(([_attribute(timed, name) for name in _SUMMARY], found))
    _expect_summary(rows, "of the result")


@check(
    "arithmetic_intensity",
    "gives FLOPs per byte",
    "A decode step does 4 FLOPs for 8 bytes. Is its intensity 0.5 or 2?",
)
def is_flops_per_byte(student, reference, draw):
    for flops, moved in (
        (draw.integer(2, 9), draw.integer(11, 40)),
        (draw.integer(10**6, 10**7), draw.integer(1000, 2000)),
        (draw.integer(10**6, 10**7) * 0.5, draw.integer(1000, 2000) * 7.0),
    ):
        want = reference.arithmetic_intensity(flops, moved)
        got = student.arithmetic_intensity(flops, moved)
        expect.number(got, want, f"arithmetic_intensity({flops}, {moved})")


def _roofline_check(exponent, says, asks):
    """A check of roofline_seconds whose inputs lie ``exponent`` powers of ten over the ridge."""

    def run(student, reference, draw):
        for _ in range(2):
            bandwidth, peak = draw.integer(11, 60) * 10**9, draw.integer(100, 900) * 10**9
            moved = draw.integer(1000, 9000) * 1000
            flops = round(moved * peak / bandwidth * 10**exponent)
            numbers = (flops, moved, peak, bandwidth)
            want = reference.roofline_seconds(*numbers)
            got = student.roofline_seconds(*numbers)
            expect.number(got, want, f"roofline_seconds{numbers}")

    run.__name__ = f"roofline_{says.split()[0]}"
    check("roofline_seconds", says, asks)(run)


_roofline_check(
    -0.4,
    "memory decides where there are few FLOPs for each byte",
    "How long does the reading alone take? And who waits for whom?",
)
_roofline_check(
    0.4,
    "arithmetic decides where there are many FLOPs for each byte",
    "How long does the arithmetic alone take? And who waits for whom?",
)


def _compare_front(student, reference, points):
    want = reference.pareto_front(points)
    got = student.pareto_front(points)
    call = f"pareto_front({points})"
    expect.seen(str(got))
    kind = getattr(got, "kind", type(got).__name__)
    expect.true(isinstance(got, list), f"{call} should be a list; it is of type {kind}.")
    wrong = [getattr(each, "kind", type(each).__name__) for each in got if type(each) is not int]
    expect.true(
        not wrong,
        f"{call} should hold ints, indices into the points, but holds a {[*wrong, ''][0]}.",
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
        _compare_front(student, reference, _staircase(draw, most))
    for _ in range(3):
        drawn = [(draw.integer(1, 30), draw.integer(1, 30)) for _ in range(2 * most)]
        costs, qualities = ({each[axis]: each for each in drawn}.values() for axis in (0, 1))
        points = [each for each in costs if each in qualities]
        _compare_front(student, reference, points)


@check(
    "pareto_front",
    "of equal costs or qualities only what is better in the other stays; equal points stay",
    "Two points cost the same and one is better: would you ever choose the other? And two that are "
    "equal in both?",
    weight=2,
)
def settles_ties(student, reference, draw):
    cost, quality = draw.integer(3, 6), draw.integer(3, 6)
    _compare_front(student, reference, [(cost, quality), (cost, quality + 1)])
    _compare_front(student, reference, [(cost + 1, quality), (cost, quality)])
    better, twin = (cost + 2, quality + 3), (cost, quality)
    points = [better, twin, (cost, quality - 1), better, twin, (cost + 3, quality + 3)]
    _compare_front(student, reference, points)


@check(
    "pareto_front",
    "no points, one point, and points of which one beats all",
    "What does your loop do when there is nothing to go through?",
)
def pareto_ends(student, reference, draw):
    cost, quality = draw.integer(5, 9), -draw.integer(1, 4)
    best = (cost - 3, quality + 2.5)
    for points in (
        [],
        [(cost, quality)],
        [(cost, quality), best, (cost + 1, quality + 1)],
        [(cost, 0.5), (cost + 1, 0.75), (cost + 2.5, 1.5)],
    ):
        _compare_front(student, reference, points)


class _Attend:
    """Stands for an attention function; notes what it is called with, and is slow now and then."""

    def __init__(self):
        self.calls = []

    def __call__(self, q, k, v):
        if len(self.calls) % 10 == 9:
            time.sleep(0.001)
        self.calls.append((q, k, v))
        return q if isinstance(q, torch.Tensor) else None


def _shape_and_dtype(value) -> str:
    if not isinstance(value, torch.Tensor):
        return f"of type {getattr(value, 'kind', type(value).__name__)}"
    return f"{tuple(value.shape)} in {str(value.dtype).removeprefix('torch.')}"


def _cases(draw, count):
    """Cases with pairwise different sizes."""
    names = ("H", "H_kv", "d_head", "L_q", "L_k", "B")
    found = []
    for i in range(count):
        sizes = dict(zip(_SIZES, draw.sizes(*names), strict=True))
        found.append({"name": f"case {i}", "note": draw.integer(1, 99), **sizes})
    return found


def _experiment(student, cases, *dtype):
    """Rows of the learner's experiment and the calls that it made."""
    attend = _Attend()
    rows = student.run_experiment(attend, cases, *dtype)
    kind = getattr(rows, "kind", type(rows).__name__)
    expect.true(
        isinstance(rows, list) and len(rows) == len(cases) and all(type(r) is dict for r in rows),
        f"There should be a list of {len(cases)} dictionaries, one for each case; this is of type "
        f"{kind}" + (f" with {len(rows)} entries." if isinstance(rows, list) else "."),
    )
    return rows, attend.calls


@check(
    "run_experiment",
    "measures `attend` on queries, keys and values of the case's sizes and dtype",
    "How many heads do your keys have? And which dtype?",
    weight=3,
)
def measures_the_case(student, reference, draw):
    for case, dtype in zip(_cases(draw, 2), (torch.float32, torch.bfloat16), strict=True):
        rows, calls = _experiment(student, [case], *([] if dtype == torch.float32 else [dtype]))
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
    "the clock runs while `attend` runs, on the same q, k and v in every call",
    "Which lines run each time the timed function is called? Which have to run once?",
    weight=2,
)
def times_attend_alone(student, reference, draw):
    case = _cases(draw, 1)[0]
    rows, calls = _experiment(student, [case])
    expect.true(bool(calls), "`attend` was never called.")
    own = samples.numbers(rows[0].get("samples"))
    count = len(own) if own else 0
    expect.seen(count - len(calls))
    expect.true(
        count >= 2 and len(calls) > count,
        f"For one case `attend` was called {len(calls)} times and {count} samples were kept; there "
        "should be a few calls to warm up and then one for each sample.",
    )
    same = all(
        isinstance(a, torch.Tensor) and torch.equal(a, b)
        for first, then in itertools.pairwise(calls)
        for a, b in zip(first, then, strict=True)
    )
    expect.true(
        same,
        "From call to call `attend` gets other numbers: drawing them is timed as well.",
        "inputs_inside_the_clock",
    )


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
        own = samples.numbers(row.get("samples"))
        expect.true(own is not None, "`samples` should be a list of floats, all above 0.")
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
    kind = getattr(rows, "kind", type(rows).__name__)
    hint = " Is `return` missing?" if rows is None else ""
    fits = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    expect.true(fits, f"There should be a list of dictionaries; this is of type {kind}.{hint}")
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
    "has a row for each case, with the counts that theory gives",
    "Do the rows stand in the order of CASES? Which columns need no clock?",
    weight=3,
)
def results_hold_the_counts(student, reference, draw):
    rows, cases = _table(student)
    _expect_counts(reference, [(*pair, 4) for pair in zip(rows, cases, strict=True)])


@check(
    "my_results",
    "gives the same rows whenever it is called",
    "Does your function measure, or does it hold what was printed?",
)
def results_are_kept(student, reference, draw):
    first, _ = _table(student)
    expect.true(
        student.my_results() == first,
        "A second call gives other rows. my_results is a record: copy the printed rows into it.",
    )


@check(
    "my_results",
    "holds at least 10 samples for each row, and their median and quartiles",
    "Do median, low and high belong to these samples, or to those of another run?",
    weight=3,
)
def results_hold_their_samples(student, reference, draw):
    rows, _ = _table(student)
    found = []
    for number, row in enumerate(rows, 1):
        own = samples.numbers(row.get("samples"))
        expect.true(
            own is not None and len(own) >= 10,
            f"Row {number} should have `samples`: at least 10 floats, all above 0.",
        )
        found.append(own)
    for reason in samples.look_made_up(found):
        expect.flag(f"In my_results, {reason}.")
    for number, (row, own) in enumerate(zip(rows, found, strict=True), 1):
        _expect_summary([([row.get(name) for name in _SUMMARY], own)], f"in row {number}")


def _conclusions(student, *keys):
    found = student.my_conclusions()
    kind = getattr(found, "kind", type(found).__name__)
    expect.true(isinstance(found, dict), f"There should be a dictionary; this is of type {kind}.")
    for key in keys:
        expect.true(key in found, f"There is no `{key}` in the dictionary.")
    return found


def _ratios(byte_ratio, many, one):
    """What a stated speed-up can be, by name; the right one first."""
    ratio = many["median"] / one["median"]
    own, other = (samples.numbers(each["samples"]) for each in (many, one))
    return {
        "right": ratio,
        "predicted": byte_ratio,
        "inverted": 1 / ratio,
        "percent": (ratio - 1) * 100,
        "minima": min(own) / min(other),
        "means": sum(own) / len(own) / (sum(other) / len(other)),
    }


@check(
    "my_conclusions",
    "says what theory says of bytes and FLOPs",
    "What shrinks with the KV heads, and what does not?",
    weight=2,
)
def concludes_the_counts(student, reference, draw):
    found = _conclusions(student, "bytes_ratio", "flops_ratio")
    many, one = _ends("long")
    for key, column in (("bytes_ratio", "kv_bytes"), ("flops_ratio", "flops")):
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
        expect.seen(str(found.get(name)))
    for name in _NAMES:
        want = "memory" if _theory(reference, _ends(name)[0])["intensity"] < 10 else "compute"
        expect.true(
            found.get(name) == want,
            f"In {name!r}, {str(found.get(name))[:20]!r} is not what decides.",
        )


def _own_rows(student):
    rows, _ = _table(student)
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
        many, one = (rows[name, case["num_kv_heads"]] for case in _ends(name))
        value = expect.plain_number(found[key])
        expect.true(value is not None, f"`{key}` should be a number.")
        known = _ratios(many["kv_bytes"] / one["kv_bytes"], many, one)
        near = [kind for kind, each in known.items() if abs(value - each) <= 0.02 * abs(each)]
        expect.seen(next(iter(near), "other"))
        expect.true(
            near[:1] == ["right"],
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
    expect.true(isinstance(given, (list, tuple)), "`told_apart` should be a list of names.")
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
