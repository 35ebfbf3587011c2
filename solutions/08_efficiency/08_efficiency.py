# %% [markdown]
# # Exercises 08: measuring efficiency
#
# A stopwatch that can be trusted, two formulas that say how fast it can be at best, the choice
# among candidates, and an experiment of your own: what do fewer KV heads gain on *your* machine?
# The [lesson](../../lessons/08_efficiency.ipynb) shows every idea you need, with numbers.
#
# Seconds differ from machine to machine, so they are never graded. Graded is what holds anywhere:
# bytes and FLOPs, whether a summary is that of its samples, and whether your conclusions follow
# from your own table.
#
# `mine(...)` brings your own work from unit 07, and the course's where yours does not pass yet; it
# says which.

# %%
import statistics
import time
from types import SimpleNamespace

import torch

from autograder import check, hint, mine, status

grouped_attention, attention_cost = mine("grouped_attention", "attention_cost")

CASES = [
    {
        "name": name,
        "num_heads": 8,
        "num_kv_heads": num_kv_heads,
        "d_head": 64,
        "q_len": q_len,
        "k_len": k_len,
        "batch": 2,
    }
    for name, q_len, k_len in (("long", 1, 8192), ("short", 1, 64), ("prefill", 384, 384))
    for num_kv_heads in (8, 2, 1)
]

# %% [raw]
# exercise: measure
# title: A stopwatch
# minutes: 25
# difficulty: 2
# points: 10
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     The first call of anything is slow, and any call can be disturbed. What do you do before the
#     first call that counts? Which number of many is moved least by one slow call?
#   - >-
#     Call `fn` a few times without looking. Then take the time right before and right after each
#     call, one call at a time, with a clock that only moves forward (`time.perf_counter`). Keep
#     every difference in the order of the calls. `statistics.quantiles(samples, n=4)` gives three
#     cuts: low, median, high.
#   - |-
#     what is called before the first call that counts, and how often?
#     repeats times: look at the clock, fn(), look again: what is kept?
#     which three numbers sum up samples, and in which order do the quartiles come?
#     return an object with four attributes

# %% [markdown]
# Time a function, call by call. The result is any object with four attributes: `samples`, the list
# of all times, and `median`, `low`, `high`, their quartiles. `SimpleNamespace(low=1.0, ...)` makes
# such an object.


# %%
def measure(fn, warmup=3, repeats=20):
    """Time calls of a function.

    Args:
        fn: called without arguments; what it returns does not matter.
        warmup: calls that are made first and not counted.
        repeats: calls that are timed, each by itself; at least 2.

    Returns:
        An object with ``samples``, a list (or tuple) of floats: the seconds of each timed call, in
        order; and ``median``, ``low``, ``high``: median, first and third quartile of these, in
        seconds. Any of the usual definitions of a quartile will do.
    """
    ### BEGIN SOLUTION
    for _ in range(warmup):
        fn()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        samples.append(time.perf_counter() - start)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return SimpleNamespace(median=median, low=low, high=high, samples=samples)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The warm-up pays what is paid once: libraries that load, memory that is
# handed out, caches that fill. Of the rest every call is a sample. A disturbance makes a call
# slower, never faster, so a few samples are far too large; the median hardly notices, the mean
# does. The quartiles say how much single calls differ.
#
# **The usual wrong turns.** The mean. One clock around all calls: no spread, and one disturbance
# spoils everything. The minimum alone: it answers "how fast can it be", not "how fast is it".
# `time.process_time`, which stands still while a process waits. `time.time`, which another program
# can set back.
#
# **What production code does.** `torch.utils.benchmark.Timer` and `triton.testing.do_bench` do the
# same and more: they choose the number of repeats, and synchronise. A GPU works on after a call
# has returned, so `fn` has to end with `torch.cuda.synchronize()`.

# %% [raw]
# exercise: arithmetic_intensity
# title: FLOPs for each byte
# minutes: 5
# difficulty: 1
# points: 1
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Its unit is FLOPs per byte. Which of the two is divided by the other?
#   - >-
#     A decode step of MHA in float32 does 4 FLOPs for each pair of a key number and a value number,
#     8 bytes: its intensity is 0.5.
#   - |-
#     what is asked for: FLOPs for one byte, or bytes for one FLOP?
#     return a division: which of the two kinds of division in Python gives 0.5 for 4 and 8?

# %% [markdown]
# How much arithmetic is done for each byte that is read or written?


# %%
def arithmetic_intensity(flops, bytes_moved):
    """Arithmetic intensity (Williams et al. 2009).

    Args:
        flops: floating-point operations; one multiply-add is two.
        bytes_moved: bytes read and written; more than 0.

    Returns:
        FLOPs per byte, a float.
    """
    ### BEGIN SOLUTION
    return flops / bytes_moved
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** It is what its unit says. Of two kernels with the same FLOPs, the one with
# fewer bytes has the higher intensity: sharing KV heads raises it by the group size.
#
# **The usual wrong turns.** Bytes per FLOP, the inverse. Values in place of bytes. `//`, which
# makes 0 of everything below 1, and that is where decoding lives.
#
# **What production code does.** Profilers such as Nsight Compute draw kernels at theirs.

# %% [raw]
# exercise: roofline_seconds
# title: The fastest it can be
# minutes: 10
# difficulty: 2
# points: 5
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     How long does the arithmetic take if nothing else were to be done? And the reading? They can
#     go on at the same time.
#   - >-
#     Two times: FLOPs over FLOPs per second, bytes over bytes per second. The faster one waits for
#     the slower one.
#   - |-
#     compute = seconds of the arithmetic alone: what over what?
#     memory  = seconds of the reading alone: what over what?
#     return their sum, the larger or the smaller? Both go on at the same time.

# %% [markdown]
# The least seconds that the roofline model allows: arithmetic and memory work at the same time, and
# neither can be faster than its ceiling.


# %%
def roofline_seconds(flops, bytes_moved, peak_flops, bandwidth):
    """Least time by the roofline model (Williams et al. 2009).

    Args:
        flops: floating-point operations to do; more than 0.
        bytes_moved: bytes to read and write; more than 0.
        peak_flops: FLOPs per second that the machine can do.
        bandwidth: bytes per second that it can move.

    Returns:
        Seconds, a float.
    """
    ### BEGIN SOLUTION
    return max(flops / peak_flops, bytes_moved / bandwidth)
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** While one block of keys is multiplied, the next is already on its way. In the
# best case both units are busy all the time, and the one with more to do decides.
#
# **The usual wrong turns.** The sum: that is a machine which never does both at once. The smaller
# of the two. FLOPs alone: then sharing KV heads would gain nothing, since it saves no FLOPs of the
# attention.
#
# **What production code does.** Measured time over this time says how much there is left to gain,
# and which of the two to look at.

# %% [raw]
# exercise: explain_steps
# title: What two measurements tell
# minutes: 20
# difficulty: 3
# points: 7
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     Both steps pay the same start. What is the reason for the difference of their seconds, and for
#     nothing else?
#   - >-
#     Bytes more over seconds more is the bandwidth. Take the reading of one step away from its
#     seconds: the start is left. With fewer KV heads, which of the two parts shrinks?
#   - |-
#     which of the two steps reads more? They may come in either order
#     refuse what no machine does: which two signs tell?
#     bandwidth   = a difference over a difference: which ones?
#     start       = what is left of a step without its reading
#     memory_from = how many bytes are read in as long as the start takes?
#     gain        = the larger step over itself with group_size: which part is divided by it?

# %% [markdown]
# Two decode steps of MHA were measured. They differ in their context only. Assume that a step takes
# a start that is always the same, and then reads its keys and values at a steady bandwidth. What
# do the two tell?
#
# | key | question |
# |---|---|
# | `bandwidth` | How many bytes are read in a second? |
# | `start` | How many seconds does a step take beside the reading? |
# | `memory_from` | With how many bytes does reading take as long as the start? |
# | `gain` | How many times as fast is the larger step with groups of `group_size`? |
#
# The larger step is the one that reads more. From `memory_from` on, memory bounds a step: most of
# it is reading. A group is the query heads that share a KV head: they read its keys and values
# once.
#
# Measurements can contradict this. If the larger step is not slower, or the start comes out below
# 0, raise a `ValueError`. A start of exactly 0 is fine.


# %%
def explain_steps(first, second, group_size):
    """Start and bandwidth behind two measured decode steps, and what sharing KV heads would gain.

    Args:
        first, second: pairs ``(kv_bytes, seconds)`` of the two steps, in either order: bytes of
            keys and values that are read, and the time of the whole step. The bytes differ.
        group_size: query heads on each KV head, where MHA has one.

    Returns:
        Dictionary with the keys ``bandwidth`` (bytes per second), ``start`` (seconds),
        ``memory_from`` (bytes) and ``gain`` (1 or more).

    Raises:
        ValueError: more bytes did not take more seconds, or the start is less than 0.
    """
    ### BEGIN SOLUTION
    (fewer, quick), (more, slow) = sorted([first, second])
    if slow <= quick:
        raise ValueError("The step that reads more took no longer: measure again.")
    bandwidth = (more - fewer) / (slow - quick)
    start = slow - more / bandwidth
    if start < 0:
        raise ValueError("The smaller step read faster than the larger one: measure again.")
    shared = start + more / group_size / bandwidth
    return {
        "bandwidth": bandwidth,
        "start": start,
        "memory_from": start * bandwidth,
        "gain": slow / shared,
    }
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** The start is in both steps, so it drops out of the difference: bytes more
# over seconds more is the bandwidth, and what is left of a step without its reading is the start.
# Fewer KV heads shrink the reading only, so the gain stays below `group_size`, and far below it
# where a step reads less than `memory_from`.
#
# **The usual wrong turns.** Bytes over seconds of one step: that counts the start as reading.
# Dividing the whole step by `group_size`. A negative start that is handed on: usually the smaller
# step found its keys in the processor's own fast memory, so the two did not read alike.
#
# **What production code does.** It fits the line through many sizes, and looks whether they lie on
# one. A third measurement is the least: two points lie on a line always.

# %% [raw]
# exercise: pareto_front
# title: Which candidates are worth considering?
# minutes: 25
# difficulty: 3
# points: 8
# prerequisites: []
# forbidden: []
# hints:
#   - >-
#     A model costs more and is worse than another: would you ever choose it? What if it costs the
#     same and is worse?
#   - >-
#     A point is beaten if another one costs no more *and* is no worse, and in one of the two is
#     better. Keep the points that nothing beats. Two equal points do not beat each other.
#   - |-
#     for each point i:
#         is there a point j that beats it?
#             what must hold for both, cost and quality? What for at least one of them?
#             does a point equal to i beat it?
#     return the indices that are left: sorted by what, and what if that is equal?

# %% [markdown]
# From candidates with a cost and a quality, keep those that no other candidate beats: the Pareto
# front. A point beats another one if it costs no more and is no worse, and is better in at least
# one of the two.


# %%
def pareto_front(points):
    """Indices of the points that no other point beats.

    Args:
        points: list of pairs ``(cost, quality)``; low cost is good, high quality is good.

    Returns:
        List of ints: indices into ``points`` by rising cost, and by index where costs are equal.
        Of equal points all are kept.
    """
    ### BEGIN SOLUTION
    kept = []
    best = None
    order = sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1], i))
    for i in order:
        cost, quality = points[i]
        if best is None or quality > best[1] or (cost, quality) == best:
            kept.append(i)
            best = (cost, quality)
    return kept
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** Walk through the points from cheap to dear; of equal cost the best comes
# first. A point is worth its price only if it is better than everything cheaper, that is, better
# than the best so far. An equal point does not beat its twin, so both stay.
#
# **The usual wrong turns.** Comparing with the neighbour in place of the best so far. Indices into
# the sorted list in place of those into `points`. Points below the straight line between two
# others dropped (the convex hull): half of one and half of another is nothing you could buy. `<` in
# both comparisons: then a point of the same cost and less quality stays.
#
# **What production code does.** The same, for more than two axes (latency, memory, quality).

# %% [raw]
# exercise: run_experiment
# title: An experiment
# minutes: 35
# difficulty: 4
# points: 12
# prerequisites: [attention_cost, measure, arithmetic_intensity]
# forbidden: []
# hints:
#   - >-
#     What has to be there before the clock starts, and what is to happen while it runs? Which
#     columns need no clock at all?
#   - >-
#     For each case make `q`, `k` and `v` once, outside of the function that is timed. `k` and `v`
#     have `num_kv_heads` heads. `attention_cost` counts FLOPs and bytes; the bytes of a value are
#     `dtype.itemsize`.
#   - |-
#     for each case:
#         q, k, v = random, in dtype: which shapes, and who has num_kv_heads heads?
#         are they drawn before the clock starts, or in what is timed?
#         timed = measure of what: of a function, or of what a call gives?
#         cost  = attention_cost of the case: how many bytes has a value of dtype?
#         row   = the case, four things of timed, three counts: which of them is not in cost?
#     return the rows

# %% [markdown]
# Measure attention for each case, on random inputs, and count what it does. The `flops` are those
# of scores and weighted sum, `kv_bytes` is keys and values read once, and `intensity` the FLOPs for
# each of these bytes. `attention_cost` of unit 07 (see `help(attention_cost)`) counts the first
# two, as `attention_flops` and `kv_bytes`; it asks for `d_model` too, for projections that nobody
# calls here: any number will do.
#
# The clock runs while `attend` runs, and at no other time. Draw `q`, `k` and `v` once for each case
# and use the same in every call. (The lesson takes other keys and values from call to call, to keep
# them out of the processor's own fast memory. Without that, cases with few KV heads may look a
# little faster than they are in a model of many layers.)


# %%
def run_experiment(attend, cases, dtype=torch.float32):
    """Time ``attend`` for each case and count its cost.

    Args:
        attend: called as ``attend(q, k, v)``, with queries ``(B, H, L_q, d_head)`` and keys and
            values ``(B, H_kv, L_k, d_head)``; ``grouped_attention``, for example.
        cases: dictionaries with ``num_heads``, ``num_kv_heads``, ``d_head``, ``q_len``, ``k_len``,
            ``batch``; other entries are kept as they are.
        dtype: of queries, keys and values.

    Returns:
        List of dictionaries, one for each case, in order: the entries of the case and ``flops``
        (int), ``kv_bytes`` (int), ``intensity`` (float); and ``median``, ``low``, ``high`` (float)
        and ``samples`` (list of floats) as ``measure(fn)`` gives them, with its usual 20 repeats.
    """
    ### BEGIN SOLUTION
    rows = []
    for case in cases:
        batch, d_head = case["batch"], case["d_head"]
        q = torch.randn(batch, case["num_heads"], case["q_len"], d_head).to(dtype)
        kv_shape = (batch, case["num_kv_heads"], case["k_len"], d_head)
        k = torch.randn(kv_shape).to(dtype)
        v = torch.randn(kv_shape).to(dtype)

        def step(q=q, k=k, v=v):
            return attend(q, k, v)

        timed = measure(step)
        cost = attention_cost(
            case["num_heads"] * d_head,
            case["num_heads"],
            case["num_kv_heads"],
            d_head,
            case["q_len"],
            case["k_len"],
            batch,
            dtype.itemsize,
        )
        flops = cost["attention_flops"]
        kv_bytes = cost["kv_bytes"]
        counted = {
            "flops": flops,
            "kv_bytes": kv_bytes,
            "intensity": arithmetic_intensity(flops, kv_bytes),
        }
        clocked = {
            "median": timed.median,
            "low": timed.low,
            "high": timed.high,
            "samples": timed.samples,
        }
        rows.append({**case, **counted, **clocked})
    return rows
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** One thing changes from row to row, and the clock includes one thing. What can
# be counted is counted: FLOPs and bytes are exact, whatever the machine.
#
# **The usual wrong turns.** Inputs drawn inside the timed function: then random numbers are
# measured, and they cost more than the attention. `measure(attend(q, k, v))`: the call is over
# before the clock starts. Functions that are made in one loop and called in another: all of them
# look up `q`, `k` and `v` when they are called, and find those of the last case. K and V with
# `num_heads` heads in every row: all rows are MHA. FLOPs that shrink with the KV heads.
#
# **What production code does.** This experiment measures in blocks, one case after the other, which
# the lesson warned of: a disturbance meets one row and spares the next. Production code lets the
# candidates take turns (`attnlab.timing.take_turns`). Here the next cell measures twice instead.

# %% [raw]
# exercise: my_results
# title: Your measurements
# minutes: 20
# difficulty: 2
# points: 3
# prerequisites: [grouped_attention, run_experiment]
# forbidden: []
# hints:
#   - >-
#     This is a record, not a function that measures: it gives the same rows whenever it is called.
#   - >-
#     Run the cell above. It prints the rows as Python. Copy all of it behind `return`.
#   - |-
#     run the cell above: did its two runs agree? If not, what disturbed one of them?
#     return what it printed, a list of nine dictionaries: whole, or only what looks right?

# %% [markdown]
# Run your experiment on a quiet machine, with other programs closed. It measures in blocks, so the
# cell measures twice. Where the two medians differ by more than a quarter, something disturbed one
# of them: run it again. Then keep what came out: copy the printed rows into `my_results`. They
# travel with your notebook and are the evidence for your conclusions in the next exercise; nothing
# is measured when it is graded. Graded are the counts, that every call returns the same rows, and
# that `median`, `low` and `high` are those of the samples.


# %%
def measure_twice():
    """Run the experiment twice; print where the runs disagree, and the rows of the second."""
    before, rows = (
        run_experiment(grouped_attention, [dict(case) for case in CASES]) for _ in range(2)
    )
    for first, row in zip(before, rows, strict=True):
        if not 0.75 < row["median"] / first["median"] < 1.33:
            print("The two runs disagree:", row["name"], "with num_kv_heads =", row["num_kv_heads"])
    for row in rows:
        row |= {name: float(row[name]) for name in ("intensity", "median", "low", "high")}
        row["samples"] = [round(float(each), 9) for each in row["samples"]]
    print("[", *(f"{row}," for row in rows), "]", sep="\n")


measure_twice()


# %%
def my_results():
    """The rows that ``run_experiment(grouped_attention, CASES)`` gave on your machine.

    Returns:
        List of dictionaries, one for each of ``CASES``, in order, each with at least 10 samples.
    """
    ### BEGIN SOLUTION
    rows = [
        {"name": "long", "num_heads": 8, "num_kv_heads": 8, "d_head": 64, "q_len": 1,
         "k_len": 8192, "batch": 2, "flops": 33554432, "kv_bytes": 67108864, "intensity":
         0.5, "median": 0.001448779, "low": 0.0014073977, "high": 0.0015100672, "samples":
         [0.001893354, 0.001547402, 0.00155509, 0.001439903, 0.001413978, 0.001501594,
         0.001412394, 0.001392409, 0.001542582, 0.001535487, 0.001457464, 0.001445247,
         0.001414446, 0.001452311, 0.001389759, 0.00136768, 0.00147762, 0.001381662,
         0.001366574, 0.001466978]},
        {"name": "long", "num_heads": 8, "num_kv_heads": 2, "d_head": 64, "q_len": 1,
         "k_len": 8192, "batch": 2, "flops": 33554432, "kv_bytes": 16777216, "intensity":
         2.0, "median": 0.0005598625, "low": 0.0005496753, "high": 0.000590115, "samples":
         [0.000638762, 0.000600189, 0.000560618, 0.000556911, 0.000559107, 0.000578313,
         0.000586757, 0.000679068, 0.000570136, 0.000555091, 0.000547534, 0.000625984,
         0.000549828, 0.000546648, 0.000686984, 0.00058249, 0.000549217, 0.000555454,
         0.000545422, 0.000548428]},
        {"name": "long", "num_heads": 8, "num_kv_heads": 1, "d_head": 64, "q_len": 1,
         "k_len": 8192, "batch": 2, "flops": 33554432, "kv_bytes": 8388608, "intensity":
         4.0, "median": 0.000357565, "low": 0.0003530653, "high": 0.000371021, "samples":
         [0.000401255, 0.0003703, 0.000361423, 0.000467778, 0.000373184, 0.000356963,
         0.000353245, 0.000361217, 0.000354975, 0.000353378, 0.000351568, 0.000349843,
         0.000349912, 0.000451939, 0.000375874, 0.000358479, 0.000351013, 0.000354873,
         0.000352526, 0.000358167]},
        {"name": "short", "num_heads": 8, "num_kv_heads": 8, "d_head": 64, "q_len": 1,
         "k_len": 64, "batch": 2, "flops": 262144, "kv_bytes": 524288, "intensity": 0.5,
         "median": 2.78665e-05, "low": 2.76183e-05, "high": 2.8222e-05, "samples":
         [2.8133e-05, 2.8215e-05, 2.7684e-05, 2.7715e-05, 2.8601e-05, 2.8812e-05,
         2.7769e-05, 2.8437e-05, 2.8243e-05, 2.8139e-05, 2.7586e-05, 2.7292e-05,
         2.8176e-05, 3.195e-05, 2.7878e-05, 2.7491e-05, 2.7443e-05, 2.7502e-05,
         2.7855e-05, 2.7629e-05]},
        {"name": "short", "num_heads": 8, "num_kv_heads": 2, "d_head": 64, "q_len": 1,
         "k_len": 64, "batch": 2, "flops": 262144, "kv_bytes": 131072, "intensity": 2.0,
         "median": 2.72285e-05, "low": 2.69415e-05, "high": 2.74885e-05, "samples":
         [2.8232e-05, 2.7312e-05, 2.7781e-05, 9.6643e-05, 3.5744e-05, 2.7365e-05,
         2.7328e-05, 2.7165e-05, 2.6829e-05, 2.7247e-05, 2.7032e-05, 2.689e-05,
         2.6945e-05, 2.7443e-05, 2.6931e-05, 2.721e-05, 2.5215e-05, 2.7129e-05,
         2.6715e-05, 2.7625e-05]},
        {"name": "short", "num_heads": 8, "num_kv_heads": 1, "d_head": 64, "q_len": 1,
         "k_len": 64, "batch": 2, "flops": 262144, "kv_bytes": 65536, "intensity": 4.0,
         "median": 2.5126e-05, "low": 2.47883e-05, "high": 2.56187e-05, "samples":
         [2.7538e-05, 3.1424e-05, 2.5106e-05, 2.46e-05, 2.5326e-05, 2.5011e-05,
         2.4741e-05, 2.5189e-05, 2.4804e-05, 2.6497e-05, 4.1032e-05, 2.5146e-05,
         2.4546e-05, 2.517e-05, 2.5223e-05, 2.4699e-05, 2.4689e-05, 2.994e-05, 2.4834e-05,
         2.5068e-05]},
        {"name": "prefill", "num_heads": 8, "num_kv_heads": 8, "d_head": 64, "q_len": 384,
         "k_len": 384, "batch": 2, "flops": 603979776, "kv_bytes": 3145728, "intensity":
         192.0, "median": 0.007626168, "low": 0.0075317738, "high": 0.007955322,
         "samples": [0.00775482, 0.007412309, 0.007552218, 0.007523795, 0.007524033,
         0.007559035, 0.007626867, 0.007333276, 0.007534354, 0.007476057, 0.007941354,
         0.007625469, 0.008159291, 0.007701616, 0.007806399, 0.007623625, 0.008124521,
         0.008619958, 0.007997226, 0.008171258]},
        {"name": "prefill", "num_heads": 8, "num_kv_heads": 2, "d_head": 64, "q_len": 384,
         "k_len": 384, "batch": 2, "flops": 603979776, "kv_bytes": 786432, "intensity":
         768.0, "median": 0.007202755, "low": 0.0070819345, "high": 0.0073574145,
         "samples": [0.007077274, 0.007083488, 0.007154355, 0.006889887, 0.007103174,
         0.007267454, 0.007754143, 0.006897316, 0.00718917, 0.00730856, 0.007507055,
         0.007382118, 0.007113455, 0.007226122, 0.007064905, 0.00721634, 0.00734918,
         0.007491106, 0.007032268, 0.007658487]},
        {"name": "prefill", "num_heads": 8, "num_kv_heads": 1, "d_head": 64, "q_len": 384,
         "k_len": 384, "batch": 2, "flops": 603979776, "kv_bytes": 393216, "intensity":
         1536.0, "median": 0.0079103965, "low": 0.0077403592, "high": 0.0079640022,
         "samples": [0.007542645, 0.007846405, 0.007587548, 0.007750854, 0.007952299,
         0.007919149, 0.007708875, 0.007827108, 0.007604105, 0.008241098, 0.007921781,
         0.007901644, 0.008000826, 0.007820058, 0.008154895, 0.008035557, 0.007933683,
         0.007950013, 0.007660935, 0.007999112]},
    ]  # fmt: skip
    return rows
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** A result is its raw samples, what was counted, and the summary that follows
# from the samples: whoever doubts the summary can make it again. The seconds are yours, whatever
# they are.
#
# **The usual wrong turns.** `return run_experiment(grouped_attention, CASES)`, which measures anew
# whenever somebody looks. Samples that were tidied up: a slow one removed, all rounded. A median
# from one run beside samples of another. (An instructor is told when samples look as no clock
# gives them: equal, round, evenly spaced, or copied from row to row. That costs nothing by itself;
# a person looks.)
#
# **What production code does.** It keeps the raw numbers and the machine beside each figure.

# %% [raw]
# exercise: my_conclusions
# title: What it shows
# minutes: 20
# difficulty: 3
# points: 8
# prerequisites: [my_results]
# forbidden: []
# hints:
#   - >-
#     Three answers come from counting, four from your table. Which?
#   - >-
#     A speed-up is the time before over the time after: MHA's median over MQA's. Two medians that
#     differ prove little if the quartile ranges overlap. For the bound, compare the `intensity`
#     with the ridge: below it, memory decides.
#   - |-
#     of each name, the rows with 8 KV heads and with 1
#     bytes_ratio, flops_ratio = one column of the first over that of the second: which one is 1?
#     ..._speedup              = two medians: which one goes on top?
#     told_apart               = which names, by low and high of the two rows?
#     bound                    = intensity of 8 KV heads beside what number? Which side is memory?

# %% [markdown]
# What does your table show? Compare 8 KV heads (MHA) with 1 (MQA). Write numbers, or compute them
# from `my_results()`; 2 % off is near enough. How long a row takes is its median. `bound` is a
# dictionary from each of the three names to `"memory"` or `"compute"`.
#
# | key | question |
# |---|---|
# | `bytes_ratio` | In a long decode step, how many times as many bytes does MHA read? |
# | `flops_ratio` | In the same step, how many times as many FLOPs does it do? |
# | `long_speedup` | How many times as long does MHA take in your table, in `"long"`? |
# | `short_speedup` | In `"short"`? |
# | `prefill_speedup` | In `"prefill"`? |
# | `told_apart` | For which of these three names do the quartile ranges not overlap? A list |
# | `bound` | A machine does 3 FLOPs while it reads a byte. By the roofline, what bounds MHA? |
#
# `told_apart` is a sieve, not a proof. Where the ranges overlap, your table shows no gain. Where
# they do not, it shows a difference between two *blocks* of calls: fewer KV heads may be the
# reason, or what the machine did in between. Only turns could say, and a second run.


# %%
def my_conclusions():
    """What the table of ``my_results`` shows about 8 KV heads against 1.

    Returns:
        Dictionary with ``bytes_ratio``, ``flops_ratio``, ``long_speedup``, ``short_speedup``,
        ``prefill_speedup`` (numbers), ``told_apart`` (list of names in any order) and ``bound``
        (dictionary from name to ``"memory"`` or ``"compute"``).
    """
    ### BEGIN SOLUTION
    rows = {(row["name"], row["num_kv_heads"]): row for row in my_results()}
    names = ("long", "short", "prefill")
    found = {}
    for column in ("kv_bytes", "flops"):
        found[column] = rows["long", 8][column] / rows["long", 1][column]
    speedups = {}
    told_apart = []
    bound = {}
    for name in names:
        many, one = rows[name, 8], rows[name, 1]
        speedups[name] = many["median"] / one["median"]
        if many["low"] > one["high"] or one["low"] > many["high"]:
            told_apart.append(name)
        bound[name] = "memory" if many["intensity"] < 3 else "compute"
    return {
        "bytes_ratio": found["kv_bytes"],
        "flops_ratio": found["flops"],
        "long_speedup": speedups["long"],
        "short_speedup": speedups["short"],
        "prefill_speedup": speedups["prefill"],
        "told_apart": told_apart,
        "bound": bound,
    }
    ### END SOLUTION


# %% [markdown] tags=["explanation"]
# **Why it is right.** One KV head in place of eight is an eighth of the bytes and exactly the same
# FLOPs. What that gains is for the clock to say. MHA decodes at an intensity of 0.5, far below any
# ridge, so bytes decide; a prefill of 384 tokens has 192, so FLOPs decide, and those did not
# change. (MQA decodes at 4: on the machine of the question FLOPs decide there.)
#
# **The usual wrong turns.** The ratio that theory predicts, written down as if it had been
# measured. The bound of MQA in place of MHA's. A speed-up upside down. A difference of medians
# inside the spread called a gain; or one outside of it called proven. In the course's own table
# `"short"` is told apart, by a tenth: cases that took turns would have to confirm it.
#
# **What production code does.** It states the ratio with its spread, and where it does *not* gain.
