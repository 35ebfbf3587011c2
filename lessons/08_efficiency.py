# %% [markdown]
# # 8. Measuring efficiency: where fewer KV heads gain, and where not
#
# Lesson 07 said which way of sharing KV heads is fast. How do you know that it is true, on your
# machine, for your model? This lesson is about finding out: a stopwatch that can be trusted, two
# ceilings that say how fast anything can be at best, and an honest look at what fewer KV heads
# gain, where they gain nothing, and what they cost in quality.
#
# It answers nine questions.
#
# 1. Why does a quick benchmark name the wrong winner?
# 2. What does a good benchmark do?
# 3. How fast can it be at best?
# 4. How many bytes does a cache take?
# 5. Where does a decode step gain from fewer KV heads?
# 6. Where is nothing gained?
# 7. How much memory does a call take?
# 8. What do fewer KV heads cost in quality?
# 9. Which number of KV heads would you choose?
#
# You need lessons 06 and 07. Plan about 90 minutes. Where it says **Predict**, write your answer
# down before you run the cell.
#
# Two kinds of numbers stand here. *Live* ones come from your machine, when you run the cell.
# *Kept* ones took longer; they come with the course, with the command that makes them again. Every
# figure says on which machine it was measured.

# %%
import itertools
import json
import os
import statistics
import subprocess
import sys
import time

import matplotlib.pyplot as plt
import torch

from attnlab import COLOURS, conversion, efficiency, measurements, quality, show, table, timing
from attnlab.curves import curve, log_axes, theory
from attnlab.decoder import Decoder
from attnlab.efficiency import rows_of
from attnlab.grouping import WAYS
from attnlab.kept import load
from attnlab.measurements import Case
from attnlab.timing import quartiles, said, take_turns
from attnlab.training import corpus
from autograder import mine
from torch.utils._python_dispatch import TorchDispatchMode

torch.manual_seed(0)
here = said()
print("this machine:", here)
all_cores = torch.get_num_threads()
torch.set_num_threads(1)  # in this Python, one core is enough for section 2


def heads(number):
    """The number in words."""
    return f"{number} KV head{'s' if number > 1 else ''}"


# %% [markdown]
# ## 1. Why does a quick benchmark name the wrong winner?
#
# Two ways from lesson 07 compute a decode step with 16 query heads on 4 KV heads and 128 keys.
# *Fold* copies nothing. *Repeat* copies every key and value four times. Both give the same numbers.
#
# The quick benchmark: start Python, call one, look at the clock, call the other, look again. The
# cell starts a fresh Python for it, twice: the second time the other one goes first.
#
# **Predict.** Fold does less. Who wins, in the first run and in the second?

# %%
QUICK_BENCHMARK = """
import json, sys, time, torch

def attend(q, k, v):
    return torch.softmax(q @ k.transpose(-2, -1) / 8, dim=-1) @ v

def fold(q, k, v):
    return attend(q.reshape(1, 4, 4, 64), k, v).reshape(q.shape)

def repeat(q, k, v):
    return attend(q, k.repeat_interleave(4, dim=1), v.repeat_interleave(4, dim=1))

q, k, v = torch.randn(1, 16, 1, 64), torch.randn(1, 4, 128, 64), torch.randn(1, 4, 128, 64)
seconds = {}
for name in sys.argv[1:]:
    start = time.perf_counter()
    {"fold": fold, "repeat": repeat}[name](q, k, v)
    seconds.setdefault(name, []).append(time.perf_counter() - start)
print(json.dumps(seconds))
"""


def fresh(*names):
    """Seconds of these calls, one after the other, in a Python that has just started."""
    command = [sys.executable, "-c", QUICK_BENCHMARK, *names]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


rows = []
for order in (("fold", "repeat"), ("repeat", "fold")):
    found = fresh(*order)
    fold_ms, repeat_ms = found["fold"][0] * 1e3, found["repeat"][0] * 1e3
    winner = "fold" if fold_ms < repeat_ms else "repeat"
    rows.append((order[0], f"{fold_ms:.2f} ms", f"{repeat_ms:.2f} ms", winner))
table(rows, ["goes first", "fold", "repeat", "the winner"], caption=f"one call each; {here}")

# %% [markdown]
# Whoever goes second wins. The clock measured something, but not the two functions. To see what,
# call each of them six times in a fresh Python and look at every call.
#
# **Predict.** Which of the twelve calls are slow?

# %%
found = fresh(*["fold"] * 6, *["repeat"] * 6)
rows = [(name, *(f"{each * 1e3:.2f}" for each in own)) for name, own in found.items()]
table(rows, ["", *(f"call {i}" for i in range(1, 7))], caption=f"milliseconds; {here}")

# %% [markdown]
# The first calls pay for the start. Most of it is paid by whoever comes first: code of PyTorch is
# loaded, memory is handed out for the first time. A smaller part is each function's own: repeat's
# first calls are slow as well. After a few calls both take a small part of that, and only then can
# they be compared. Hence a *warm-up*: calls that are made and not counted.
#
# ## 2. What does a good benchmark do?
#
# A warm-up is the first of five rules. Here are the other four, each with the error that it
# prevents.
#
# **Many samples, and their median.** One call is one sample. Whatever else the machine does makes a
# call slower, hardly ever faster. Here are 60 calls of one function, after a warm-up of 40. During
# 12 of the 60 other programs keep all cores busy, as if somebody had started a build.
#
# **Predict.** Which moves further, the mean or the median?


# %%
def inputs(kv_heads, tokens=2048, batch=1):
    """Queries of one new token, 16 heads of width 64; keys and values of all tokens."""
    k, v = torch.randn(2, batch, kv_heads, tokens, 64)
    return torch.randn(batch, 16, 1, 64), k, v


def seconds(call):
    """Seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


class Busy:
    """Programs that keep all cores busy inside `with`."""

    def __enter__(self):
        command = [sys.executable, "-c", "while True: pass"]
        self.programs = [subprocess.Popen(command) for _ in range(2 * os.cpu_count())]
        time.sleep(0.3)  # until they have started

    def __exit__(self, *error):
        for program in self.programs:
            program.kill()
            program.wait()


q, k, v = inputs(kv_heads=16, batch=4)
calm = [seconds(lambda: WAYS["fold"](q, k, v)) for _ in range(70)][40:]
with Busy():
    disturbed = [seconds(lambda: WAYS["fold"](q, k, v)) for _ in range(12)]
samples = [each * 1e3 for each in calm + disturbed]
samples += [seconds(lambda: WAYS["fold"](q, k, v)) * 1e3 for _ in range(18)]
low, median, high = quartiles(samples)
mean = statistics.mean(samples)
alone = statistics.median(calm) * 1e3
print(f"calm calls alone: median {alone:.2f} ms")
print(
    f"all 60 calls:     median {median:.2f} ms, mean {mean:.2f} ms, quartiles {low:.2f}, {high:.2f}"
)

# %%
fig, ax = plt.subplots(figsize=(7.2, 3.2))
ax.axvspan(29.5, 41.5, color="0.9", lw=0)
ax.plot(samples, "o", markersize=4, color=COLOURS["blue"])
ax.axhline(mean, color=COLOURS["orange"], linestyle="--", label="mean")
ax.axhline(median, color=COLOURS["green"], linestyle="-", label="median")
ax.set(xlabel="call", ylabel="milliseconds", title="The mean moves much further than the median")
ax.legend()
show(
    fig,
    f"60 samples in order; during calls 30 to 41, shaded, other programs are busy, and the slowest "
    f"takes {max(samples):.1f} ms. Median of all {median:.2f} ms, mean {mean:.2f} ms; the calm "
    f"calls have a median of {alone:.2f} ms.",
    machine=here,
)

# %% [markdown]
# The median says what a usual call takes, as long as fewer than half of the calls are disturbed. (A
# disturbance looks different from run to run: some calls in it may be spared, and some after it may
# still be slow.) The *quartiles* say how much single calls differ: a quarter of the samples is
# faster than the low one, a quarter is slower than the high one. `statistics.quantiles(samples,
# n=4)` has all three. (The minimum answers another question: how fast can it be, when nothing
# disturbs it? That is right for a ceiling, as in section 3.) Keep the samples as well: who has them
# can make any summary again.
#
# **Take turns.** Machines change while you measure: they get warm, somebody else works on them. Two
# calls now. B does a quarter more work than A. First all calls of A, while the machine is busy,
# then all calls of B, when it is calm again. Then the same with turns: both once in each
# round, in an order that changes; ten rounds busy, ten calm.
#
# **Predict.** Who wins, in blocks and in turns?

# %%
a, b = inputs(16, tokens=2048, batch=8), inputs(16, tokens=2560, batch=8)
calls = {"A": lambda: WAYS["fold"](*a), "B": lambda: WAYS["fold"](*b)}
for call in calls.values():
    call()
with Busy():
    blocks = {"A": [seconds(calls["A"]) for _ in range(20)]}
blocks["B"] = [seconds(calls["B"]) for _ in range(20)]
ten_rounds = {"sample_seconds": 0, "cell_seconds": 0, "rounds": (10, 10)}  # one call a sample
with Busy():
    busy = take_turns(calls, **ten_rounds)
calm = take_turns(calls, **ten_rounds)
turns = {name: busy[name] + calm[name] for name in calls}
low, ratio, high = quartiles([y / x for x, y in zip(turns["A"], turns["B"], strict=True)])
rows = []
for how, found in (("in blocks", blocks), ("in turns", turns)):
    middle = [statistics.median(own) for own in found.values()]
    rows.append((how, *(f"{t * 1e3:.1f} ms" for t in middle), f"{middle[1] / middle[0]:.2f}"))
rows[1] += (f"{ratio:.2f} ({low:.2f} to {high:.2f})",)
rows[0] += ("there are no rounds",)
headers = ["", "A", "B, a quarter more work", "ratio of medians", "ratio in a round (quartiles)"]
table(rows, headers, caption=f"medians of 20 calls; {here}")

# %% [markdown]
# In blocks A is compared with B at another time, and B, which does more, wins by far. In turns a
# disturbance meets both. Half of the rounds were disturbed, so these medians are nobody's usual
# time. But the last column can be trusted: the *ratio within each round*, and its quartiles. How
# fast the machine is at the moment matters little to the ratio of two calls right after each other.
#
# If the range of the ratio contains 1, the two cannot be told apart. Say so, and do not pick one.
# (A range without 1 is a rough rule, no proof: two equal functions pass it now and then. Measure
# again before you announce a small gain.) Where there are no rounds, all that is left is to ask
# whether the ranges of the two overlap; that is a weaker test, since blocks can lie, as here.
#
# **Change one thing at a time.** A page announces: "MQA made our decoding nine times as fast". Here
# is such a claim from our own kept results: MHA in float32 against MQA in bfloat16.

# %%
kept = load("efficiency_cpu")
kept_machine = said(kept["machine"])
print("kept results, made by", kept["command"], "on:", kept_machine)


def decode_ms(kv_heads, dtype):
    """Kept median of a decode step by folding, in milliseconds."""
    (row,) = rows_of(kept, "decode by KV heads", kv_heads=kv_heads, dtype=dtype, way="fold")
    return row["median"] * 1e3


before = decode_ms(16, "float32")
rows = [
    (heads(kv_heads), dtype, f"{decode_ms(kv_heads, dtype):.2f} ms")
    + (f"{before / decode_ms(kv_heads, dtype):.1f} times",)
    for kv_heads in (16, 1)
    for dtype in ("float32", "bfloat16")
]
table(rows, ["", "dtype", "a decode step", "faster than the first"], caption=kept_machine)

# %% [markdown]
# The last row holds two changes. Part of its gain is bfloat16, from which MHA gains as well.
# Between two numbers that you compare, one thing may differ.
#
# **Know what the clock includes.** Two things slip in or out unseen. Inputs that are made inside
# the timed function are timed as well. And a GPU returns from a call before it has done the work:
# a clock that does not wait for it times the ordering, not the work.
#
# **Predict.** A product of two 8192 x 8192 matrices on a large GPU: how far off is the clock that
# does not wait? And on a processor, with 2048 x 2048?

# %%
kept_gpu = load("efficiency_cuda")
gpu_machine = said(kept_gpu["machine"])
rows = []
for name, results in (("processor, 2048 x 2048", kept), ("GPU, 8192 x 8192", kept_gpu)):
    waiting, not_waiting = rows_of(results, "clock")
    ratio = waiting["median"] / not_waiting["median"]
    times = (f"{each['median'] * 1e3:.3f} ms" for each in (waiting, not_waiting))
    rows.append((name, said(results["machine"]), *times, f"{ratio:.1f}"))
table(rows, ["", "machine", "clock waits", "clock does not wait", "wrong by a factor of"])

# %%
q, k, v = inputs(4)
inside = [seconds(lambda: WAYS["fold"](*inputs(4))) for _ in range(20)]
outside = [seconds(lambda: WAYS["fold"](q, k, v)) for _ in range(20)]
print(f"inputs made inside the clock:  {statistics.median(inside) * 1e3:.2f} ms")
print(f"inputs made before it:         {statistics.median(outside) * 1e3:.2f} ms")

# %% [markdown]
# This product takes the GPU some 20 milliseconds; ordering it takes 0.02. Programs that forget to
# wait (`torch.cuda.synchronize()`) report GPUs that are a thousand times too fast. A processor has
# nobody to wait for. And drawing random inputs takes many times as long as the attention.
#
# The clock itself matters as well. `time.perf_counter()` only moves forward, in steps of
# nanoseconds. `time.time()` is the time of day, which can be set back, and `time.process_time()`
# stands still while a program waits.
#
# Your first exercise, `measure`, does the warm-up and the samples. `attnlab.timing.take_turns`
# takes turns. Changing one thing, and knowing what the clock includes, nobody can do for you.
#
# ## 3. How fast can it be at best?
#
# Two things take time: arithmetic, and bringing the bytes to where the arithmetic is done. Each has
# a ceiling. Let us measure yours: how many bytes can be read in a second, how many FLOPs can be
# done in a second by the best code there is, a large matrix product.

# %%
torch.set_num_threads(all_cores)
bandwidth = timing.read_bandwidth(size=1 << 28)
peak = timing.flop_peak(torch.float32)
ridge = peak / bandwidth
print(f"bandwidth {bandwidth / 1e9:.1f} GB/s, peak {peak / 1e9:.0f} GFLOP/s in float32")
print(f"while one byte is read, {ridge:.1f} FLOPs can be done")

# %% [markdown]
# By hand, with easy numbers: a machine that reads 20 GB/s and does 100 GFLOP/s. A job has to read
# 40 MB and do 50 MFLOP. Reading takes `40e6 / 20e9` = 2 ms, arithmetic `50e6 / 100e9` = 0.5 ms.
# Both go on at the same time: while one block is multiplied, the next is on its way. So it takes 2
# ms at best, the *larger* of the two. This is the **roofline** (Williams et al. 2009).
#
# Which one is larger depends on the FLOPs done for each byte, the **arithmetic intensity**. Here it
# is 50 / 40 = 1.25. This machine can do 5 FLOPs while it reads a byte, so most of the time it waits
# for bytes. Where the intensity is 5, both ceilings are reached together: the *ridge*.
#
# **Predict.** What is the intensity of a decode step of MHA in float32? For each number of a key
# there is one multiply-add, 2 FLOPs, and likewise for each number of a value. A number has 4 bytes.

# %%
attention_cost = mine("attention_cost")


def intensity(kv_heads, q_len, k_len, size=4):
    """FLOPs of the attention for each byte of keys and values; 16 query heads of width 64."""
    layer = {"d_model": 1024, "num_heads": 16, "num_kv_heads": kv_heads, "d_head": 64}
    cost = attention_cost(**layer, q_len=q_len, k_len=k_len, bytes_per_value=size)
    return cost["attention_flops"] / cost["kv_bytes"]


rows = [
    (name, kv_heads, q_len, f"{intensity(kv_heads, q_len, 1024):g}")
    for name, q_len in (("decode", 1), ("prefill", 1024))
    for kv_heads in (16, 4, 1)
]
headers = ["", "KV heads", "new tokens", "FLOPs for each byte of keys and values"]
table(rows, headers, caption="float32, 1024 keys")

# %% [markdown]
# Decoding with MHA: half a FLOP for each byte, far below any ridge. By the roofline a decode step
# is a matter of reading. Sharing a KV head among 16 query heads does 16 times as many FLOPs with
# each byte, since the bytes shrink and the FLOPs stay. In prefill each key meets 1024 queries
# instead of one: the intensity is high even for MHA, arithmetic decides, and there is nothing for
# fewer KV heads to save.
#
# The roofline as a picture: how many FLOPs per second are possible at which intensity. It rises
# with the bandwidth and ends at the peak. The points are kept measurements, and so is this roof.
# Their bytes include queries and output, which count in prefill: with them its intensity is 256.
# (Both axes are logarithmic: each step to the right or up is a factor, not a difference.)
#
# **Predict.** Where below the roof do decode steps stand, and how far to the right does the
# prefill?

# %%
(ceiling,) = rows_of(kept, "ceilings", dtype="float32")
fig, ax = plt.subplots(figsize=(7.2, 3.8))
places = sorted([0.25, ceiling["peak_flops"] / ceiling["bandwidth"], 1024])
roof = [min(ceiling["peak_flops"], place * ceiling["bandwidth"]) / 1e9 for place in places]
ax.plot(places, roof, color="black", linestyle="-", label="roofline")
told = []
points = rows_of(kept, "decode by KV heads", way="fold", dtype="float32")
points += rows_of(kept, "prefill, 1024", way="SDPA", dtype="float32", kv_heads=16)
for row in points:
    name = "prefill of 1024" if row["queries"] > 1 else f"decode, {heads(row['kv_heads'])}"
    place, reached = row["flops"] / row["bytes"], row["flops"] / row["median"] / 1e9
    ax.plot(place, reached, "o" if row["queries"] == 1 else "s", color="C0", markersize=7)
    ax.annotate(name, (place, reached), (8, -12), textcoords="offset points", fontsize=9)
    told.append(f"{name}: {reached:.0f} GFLOP/s at {place:.1f} FLOPs per byte")
log_axes(ax, x=[0.25, 1, 4, 16, 64, 256, 1024], y=[10, 30, 100, 300])
ax.set(xlabel="arithmetic intensity, FLOPs per byte", ylabel="GFLOP/s")
ax.set(title="Decoding stands below the slope, prefill below the flat roof")
ax.legend(loc="upper left")
show(
    fig,
    f"Roofline with a slope of {ceiling['bandwidth'] / 1e9:.0f} GB/s and a flat top of "
    f"{ceiling['peak_flops'] / 1e9:.0f} GFLOP/s, and measured points. " + "; ".join(told) + ".",
    machine=kept_machine,
)

# %% [markdown]
# The decode steps lie below the slope: MHA reaches two thirds of it, MQA a little more than a
# quarter. Fewer KV heads move a step to the right, and since the roof rises there, upwards. Prefill
# stands far to the right, under the flat part. Two exercises, `arithmetic_intensity` and
# `roofline_seconds`, are these two formulas.
#
# ## 4. How many bytes does a cache take?
#
# What can be counted should be counted, not measured. `kv_cache_bytes` of unit 06 counts; here it
# is held against real caches: all bytes of the tensors of your `KVCache`.

# %%
kv_cache_bytes, KVCache = mine("kv_cache_bytes", "KVCache")
rows = []
for kv_heads in (9, 3, 1):
    cache = KVCache(2, kv_heads, 500, 64, torch.bfloat16)
    held = sum(each.nbytes for each in vars(cache).values() if isinstance(each, torch.Tensor))
    rows.append((kv_heads, kv_cache_bytes(1, kv_heads, 64, 500, batch=2), held))
headers = ["KV heads", "bytes by the formula", "bytes of the tensors"]
table(rows, headers, caption="one layer, 2 sequences of 500 tokens, d_head 64, bfloat16")

# %% [markdown]
# To the byte. The same for 160 sizes, with the course's `KVCache` and on PyTorch's `meta` device,
# where tensors have a size and take no memory:

# %%
sizes = itertools.product((16, 8, 4, 2, 1), (256, 1024, 4096, 16384), (1, 4, 8, 32))
cases = [
    Case(16, kv_heads, 64, 1, tokens, batch, dtype)
    for kv_heads, tokens, batch in sizes
    for dtype in ("float32", "bfloat16")
]
rows = measurements.cache_bytes(cases)
differ = [row for row in rows if row["held"] != row["kv_bytes"]]
print(f"{len(rows)} caches, from {min(row['held'] for row in rows):,} bytes", end=" ")
print(f"to {max(row['held'] for row in rows):,}; {len(differ)} differ from the formula")

# %% [markdown]
# Now a large model, Llama-3-8B: 32 layers, 32 query heads, d_head 128, in 16 bits; its 8 billion
# weights take 16 GB. **Predict.** It has 8 KV heads. With how many tokens in the caches of all
# users together do keys and values take as much room as the weights? And if it had 32 KV heads?

# %%
contexts = (256, 1024, 4096, 16384)
fig, axes = plt.subplots(1, 2, figsize=(9.0, 3.6), sharey=True)
for ax, batch in zip(axes, (1, 32), strict=True):
    for i, kv_heads in enumerate((32, 8, 1)):
        gigabytes = [kv_cache_bytes(32, kv_heads, 128, n, batch) / 1e9 for n in contexts]
        ax.plot(contexts, gigabytes, marker="osD"[i], linestyle="-", label=heads(kv_heads))
    ax.axhline(16, color="black", linestyle=":", label="weights")
    log_axes(ax, x=contexts, y=[0.01, 0.1, 1, 10, 100])
    ax.set(title=f"{batch} sequence{'s' if batch > 1 else ''}", xlabel="tokens in each sequence")
axes[0].set(ylabel="GB of keys and values")
axes[1].legend(loc="lower right")
fig.suptitle("Many users with long texts: the cache outgrows the weights")
per_token = {kv_heads: kv_cache_bytes(32, kv_heads, 128, 1) for kv_heads in (32, 8, 1)}
show(
    fig,
    "Gigabytes of keys and values of Llama-3-8B over 256 to 16384 tokens, for 1 and for 32 "
    "sequences, with 32, 8 and 1 KV heads, and 16 GB of weights as a line. "
    + "; ".join(
        f"{heads(kv_heads)}: {each:,} bytes a token, as much as the weights at "
        f"{16e9 / each:,.0f} tokens"
        for kv_heads, each in per_token.items()
    )
    + ".",
    machine="no machine (counted)",
)

# %% [markdown]
# One token takes `2 * 32 layers * 8 KV heads * 128 * 2 bytes` = 131,072 bytes, so 16 GB are 122,070
# tokens; with 32 KV heads 30,518. (The sizes are those of Meta's published configuration.)
#
# The bytes decide how many users fit on a machine, and how much every step reads. A single user
# with a short text does not notice them. Keep that in mind for the next two sections.
#
# ## 5. Where does a decode step gain from fewer KV heads?
#
# First live, on your machine: a reduced version of everything that follows, in under a minute. The
# candidates take turns, and every call gets other keys and values. Otherwise it would find them in
# the small fast memory inside the processor (also called a cache, but not ours), and no model of
# many layers does.
#
# **Predict.** 8 query heads on 8, 2 or 1 KV heads. Theory says at most 4 and 8 times as fast with 2
# and 1. What will folding reach? And repeating?

# %%
start = time.perf_counter()
live = efficiency.run(quick=True)
took = time.perf_counter() - start
rows = []
for row in sorted(
    rows_of(live, "decode by KV heads"), key=lambda row: (row["way"], -row["kv_heads"])
):
    low, median, high = row["gain"]
    fewer = f"{8 / row['kv_heads']:g}"
    gain = f"{median:.2f} ({low:.2f} to {high:.2f})"
    rows.append((row["way"], row["kv_heads"], f"{row['median'] * 1e3:.2f} ms", fewer, gain))
headers = ["way", "KV heads", "a step", "bytes, times fewer", "times as fast as fold with 8"]
table(rows, headers, caption=f"2 sequences, 4096 keys, float32, quartiles; {here}; {took:.0f} s")

# %% [markdown]
# On the machine that made this page folding reaches about three fifths of theory with 2 KV heads
# and half with 1. Repeat and broadcast read a quarter or an eighth of what MHA reads, and are two
# to three times *slower*.
#
# Now the kept results, larger and on two machines, each with a panel of its own: compare within a
# panel only, for the machines differ in everything. There are 4096 keys in the cache, for 4
# sequences with heads of width 64 on the processor, for 16 of width 128 on the GPU. From point to
# point the number of KV heads changes. The base is the fastest MHA of that machine. The dashed line
# is theory: half of the KV heads, half of the bytes, twice as fast. All was measured in three runs,
# each in a new process, on the processor in nine, three at each of three times of a day. Bars reach
# from the lowest to the highest quartile of all runs; most are smaller than the points.
#
# **Predict.** Which of the four ways lie below 1, that is, are *slower* than MHA?


# %%
def told_range(row, base=1.0, scale=1.0):
    """(low, median, high) of seconds, or of how many times as fast as ``base``."""
    own = row["low"], row["median"], row["high"]
    return [each * scale for each in own] if base == 1.0 else [base / each for each in own[::-1]]


def draw_gains(ax, results, dtype):
    """How many times as fast as the best MHA each way is; gives the numbers as text."""
    rows = rows_of(results, "decode by KV heads", dtype=dtype)
    most = max(row["kv_heads"] for row in rows)
    base = min(row["median"] for row in rows if row["kv_heads"] == most)
    counts = sorted({row["kv_heads"] for row in rows} - {most})
    ax.plot(counts, [most / n for n in counts], color="black", linestyle="--", label="theory")
    told = []
    for i, way in enumerate(("fold", "SDPA", "repeat", "broadcast")):
        own = {row["kv_heads"]: row for row in rows if row["way"] == way}
        ranges = [told_range(own[n], base) for n in counts]
        curve(ax, counts, ranges, way, i)
        told.append(f"{way} " + ", ".join(f"{m:.2f}" for _, m, _ in ranges))
    ax.axhline(1, color="0.5", linewidth=1, linestyle="-")
    log_axes(ax, x=counts, y=[0.1, 0.3, 1, 3, 10, 30])
    ax.set(xlabel="KV heads", title=f"{most} query heads, {dtype}")
    return f"{dtype}, KV heads {', '.join(map(str, counts))}: " + "; ".join(told)


fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
told = [draw_gains(axes[0], kept, "float32"), draw_gains(axes[1], kept_gpu, "bfloat16")]
axes[0].set(ylabel="times as fast as MHA")
axes[1].legend(fontsize=9, loc=(0.03, 0.23), ncols=3)
fig.suptitle("A decode step: processor (left) and GPU (right)")
show(
    fig,
    "How many times as fast as MHA a decode step over 4096 keys is, by way and number of KV heads, "
    "with theory as a dashed line. Processor, " + told[0] + ". GPU, " + told[1] + ".",
    machine=f"left {kept_machine}; right {gpu_machine}",
)

# %% [markdown]
# Three things to see.
#
# - *Repeat* and *broadcast* lie below 1 on both machines: GQA that is written this way is slower
#   than the MHA that it replaces, five to seven times on the processor, five to eleven on the GPU.
#   They write a copy of the keys as large as MHA's and then read it.
# - On the processor *fold* gains at every step, and with 1 KV head still less than half of what
#   theory allows. On the GPU it stops at about 4 KV heads, where PyTorch's own (SDPA) goes on to 2.
#   Fold is several operations there, each started by itself; SDPA is one.
# - Theory is reached where there is much to read (8 KV heads and more by SDPA on the GPU), and
#   missed by more the less there is. Reading is not all that a step does, and the rest does not
#   shrink with the KV heads.
#
# Is SDPA on a GPU always the best, then? The same in float32:

# %%
rows = []
for dtype in ("bfloat16", "float32"):
    for way in ("fold", "SDPA"):
        found = rows_of(kept_gpu, "decode by KV heads", dtype=dtype, way=way)
        times = {row["kv_heads"]: f"{row['median'] * 1e3:.2f} ms" for row in found}
        rows.append((dtype, way, times[32], times[4], times[1]))
headers = ["dtype", "way", "32 KV heads", "4", "1"]
table(rows, headers, caption=f"a decode step, 16 sequences, 4096 keys; {gpu_machine}")

# %% [markdown]
# No. In float32 SDPA takes 1.6 ms for MHA and 2.7 ms with fewer KV heads, so that sharing makes it
# *slower*; folding takes a twelfth of that. FlashAttention, the fast kernel behind SDPA, knows
# 16-bit numbers only (its README says so), and what PyTorch takes in its place gains nothing from
# shared KV heads. Which way is best has to be measured, for your dtype.
#
# How large is the rest that does not shrink? Is it the same for every length? Vary the context,
# with everything else the same. The dashed lines are the roofline of each curve.
#
# **Predict.** MQA against MHA with 256 keys in the cache, and with 16384: the same gain?

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
told = []
for ax, results, dtype, way in zip(
    axes, (kept, kept_gpu), ("float32", "bfloat16"), ("fold", "SDPA"), strict=True
):
    rows = rows_of(results, "decode by context", dtype=dtype, way=way)
    for i, kv_heads in enumerate(sorted({row["kv_heads"] for row in rows}, reverse=True)):
        own = [row for row in rows if row["kv_heads"] == kv_heads]
        curve(ax, contexts, [told_range(row, scale=1e3) for row in own], heads(kv_heads), i)
        theory(ax, contexts, [row["roofline"] * 1e3 for row in own], i)
        told.append(f"{heads(kv_heads)} " + ", ".join(f"{r['median'] * 1e3:.3f}" for r in own))
    log_axes(ax, x=contexts, y=[0.001, 0.01, 0.1, 1, 10, 100])
    ax.set(xlabel="keys in the cache", title=f"{way}, {dtype}, batch {own[0]['batch']}")
    ax.legend(fontsize=9)
axes[0].set(ylabel="milliseconds of a decode step")
fig.suptitle("Processor (left): the same gain at every length. GPU (right): it needs many keys")
show(
    fig,
    "Milliseconds of a decode step over 256, 1024, 4096 and 16384 keys, and the roofline as dashed "
    f"lines. Processor: {'; '.join(told[:3])}. GPU: {'; '.join(told[3:])}.",
    machine=f"left {kept_machine}; right {gpu_machine}",
)

# %% [markdown]
# On the processor the curves are nearly parallel: the same part of theory is gained at every
# length. MHA takes 1.5 to 1.8 times its roofline, 4 KV heads 2.2 to 2.8 times, MQA 3.5 to 4.8
# times. So the rest is no fixed start: it grows with the number of keys, as the FLOPs do, and those
# do not shrink with the KV heads. What it is, this lesson does not take apart. (The roof itself
# moved: on this one machine, with the same code, a large tensor was read at 25 GB/s in the first
# three runs and at 28 to 31 in those hours later, while MHA's decode steps took as long as before.
# A ceiling is the highest that was reached.)
#
# On the GPU the curves meet on the left, at some 20 microseconds. There is a third ceiling, which
# the roofline does not know: starting a piece of work on a GPU (a *kernel launch*) takes that long,
# whatever the work is. A small job consists of its start.
#
# With 4096 keys and more MHA on the GPU lies on its roofline, even 2 to 4 per cent beyond. So the
# roof is not quite the roof: it was measured too, by adding up a large tensor, and SDPA reads a
# little faster than that.
#
# The same for the batch, as a table. **Predict.** Does the gain grow with the number of sequences?

# %%
rows = []
for name, results, dtype, way in (
    ("processor", kept, "float32", "fold"),
    ("GPU", kept_gpu, "bfloat16", "SDPA"),
):
    found = rows_of(results, "decode by batch", dtype=dtype, way=way)
    mha, mqa = (
        {row["batch"]: row["median"] for row in found if row["kv_heads"] == n}
        for n in (max(row["kv_heads"] for row in found), 1)
    )
    rows.append((name, way, dtype, *(f"{mha[n] / mqa[n]:.1f}" for n in (1, 4, 8, 32))))
headers = ["", "way", "dtype", *(f"batch {n}" for n in (1, 4, 8, 32))]
caption = f"times as fast as MHA, with 1 KV head and 4096 keys; {kept_machine}; {gpu_machine}"
table(rows, headers, caption=caption)

# %% [markdown]
# On the processor it does not: there, one sequence of 4096 keys is enough to read. On the GPU it
# grows from nothing to 17: a large GPU needs many sequences before the reading is longer than the
# start.
#
# ## 6. Where is nothing gained?
#
# A model is more than attention. In a decode step it also reads all of its weights: once, for all
# sequences together. We take the shape of SmolLM2-135M from lesson 07, with 9 query heads on 9, 3
# (its own) or 1 KV heads. Fewer KV heads also make `k_proj` and `v_proj` smaller. (The weights are
# random: they are as fast as trained ones.)
#
# **Predict.** One user, 256 tokens of context. How much faster is 1 KV head than 9?

# %%
rows = []
for tokens, batch in ((256, 1), (4096, 1), (16384, 1), (256, 32)):
    mha, _, mqa = rows_of(kept, f"model, {tokens} tokens, batch {batch},", dtype="float32")
    weights, cached = (
        f"{mha[name] / 2**20:,.0f} / {mqa[name] / 2**20:,.0f}"
        for name in ("weight_bytes", "cache_bytes")
    )
    least, found = mha["bytes"] / mqa["bytes"], mha["median"] / mqa["median"]
    rows.append((batch, tokens, weights, cached, f"{least:.2f}", f"{found:.2f}"))
headers = ["sequences", "tokens in each", "MiB of weights", "MiB of keys and values"]
headers += ["times as fast by bytes", "measured"]
table(rows, headers, caption=f"9 KV heads / 1 KV head, float32; {kept_machine}")

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.7))
batches = (1, 4, 8, 32)
told = []
for i, kv_heads in enumerate((9, 3, 1)):
    own = rows_of(kept, "model,", dtype="float32", kv_heads=kv_heads)
    by_context = [row for row in own if row["batch"] == 1]
    by_batch = [row for row in own if row["tokens"] == 256]
    for ax, rows, x in ((axes[0], by_context, contexts), (axes[1], by_batch, batches)):
        speeds = [[row["batch"] / each for each in told_range(row)[::-1]] for row in rows]
        curve(ax, x, speeds, heads(kv_heads), i)
        theory(ax, x, [row["batch"] / row["roofline"] for row in rows], i)
        told.append(f"{heads(kv_heads)} " + ", ".join(f"{middle:.0f}" for _, middle, _ in speeds))
log_axes(axes[0], x=contexts, y=[5, 10, 20, 50])
log_axes(axes[1], x=batches, y=[20, 50, 100, 200, 500, 1000])
axes[0].set(xlabel="tokens in the cache", ylabel="tokens per second", title="one sequence")
axes[1].set(xlabel="sequences of 256 tokens", ylabel="tokens per second", title="many sequences")
axes[0].legend()
fig.suptitle("One short text: the curves are close. Long texts, or many, part them")
show(
    fig,
    "Tokens per second of a model of SmolLM2's shape, dashed: roofline. One sequence, 256 to 16384 "
    f"tokens: {'; '.join(told[::2])}. 1, 4, 8 and 32 sequences of 256 tokens: "
    f"{'; '.join(told[1::2])}.",
    machine=kept_machine,
)

# %% [markdown]
# (Dashed is the roofline of each curve.) One user with a short text reads 564 MiB of weights and 34
# MiB of keys and values. Of the 98 MiB that 1 KV head saves here, 68 are weights of `k_proj` and
# `v_proj`, an eighth of all weights. The cache, which GQA was made for, hardly matters. Long texts,
# or many users, turn it around: weights are read once for all of them, keys and values once for
# each.
#
# The measured gain stays behind the bytes, most with 16384 tokens and with 32 sequences. With many
# tokens it is the attention itself, which with 1 KV head takes 3.5 times its roofline (section 5).
# With 32 sequences a step takes more than twice its roofline whatever the KV heads; which part of
# the model that is, we did not measure.
#
# On the large GPU no gain can be told from none in any case. **Predict.** Why not?

# %%
rows = []
for tokens, batch in ((256, 1), (16384, 1), (256, 128)):
    own = rows_of(kept_gpu, f"model, {tokens} tokens, batch {batch},", dtype="bfloat16")
    times = [f"{row['median'] * 1e3:.1f} ms" for row in own]
    low, middle, high = own[-1]["gain"]
    rows.append((batch, tokens, *times, f"{middle:.2f} ({low:.2f} to {high:.2f})"))
    rows[-1] += (f"{own[0]['roofline'] * 1e3:.2f} ms",)
headers = ["sequences", "tokens in each", "9 KV heads", "3", "1", "times as fast with 1"]
headers += ["roofline with 9"]
table(rows, headers, caption=f"a decode step, bfloat16; {gpu_machine}")

# %% [markdown]
# The roofline lies far below, by a factor of 45 and more. The GPU waits for Python, which starts
# one small piece of work after the other. How many? Count the operations of a step, on PyTorch's
# `meta` device. (Views only look at memory in another way; they start nothing.)


# %%
class Operations(TorchDispatchMode):
    """Counts the operations inside `with` that are not views."""

    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += not func.is_view
        return func(*args, **(kwargs or {}))


with torch.device("meta"):
    model = Decoder(efficiency.FULL.model, mine("GroupedQueryAttention"))
    caches = model.new_caches(KVCache, 1, 257)
    with torch.no_grad(), Operations() as counted:
        model(torch.zeros(1, 1, dtype=torch.long), caches)
(row,) = rows_of(kept_gpu, "model, 256 tokens, batch 1,", dtype="bfloat16", kv_heads=9)
each = row["median"] / counted.count
print(f"{counted.count} operations in a step; {each * 1e6:.0f} microseconds for each on the GPU")

# %% [markdown]
# A step takes 27 to 29 milliseconds, whatever the model has to read. What takes them is starting
# the operations, one after the other; the GPU is idle most of the time. Whoever wants the gain of
# fewer KV heads here has to start less often first: with *fused* operations, which do more at once
# (`torch.compile`), or by recording a whole step and starting it as one (CUDA graphs). First find
# out which ceiling you are under; lifting another one gains nothing.
#
# And prefill? **Predict** from its intensity.

# %%
rows = []
for name, results, dtype in (("processor", kept, "float32"), ("GPU", kept_gpu, "bfloat16")):
    for length in (256, 1024, 4096):
        mha, _, mqa = rows_of(results, f"prefill, {length},", dtype=dtype, way="SDPA")
        low, middle, high = mqa["gain"]
        rows.append(
            (f"{name}, {mha['kv_heads']} query heads", length, f"{mha['median'] * 1e3:.3f} ms")
        )
        rows[-1] += (f"{middle:.2f} ({low:.2f} to {high:.2f})",)
headers = ["", "prompt", "MHA", "times as fast with 1 KV head"]
table(rows, headers, caption=f"SDPA, one sequence; {kept_machine}; {gpu_machine}")

# %% [markdown]
# On the GPU nothing; on the processor a tenth with a short prompt, where keys and values still are
# a part of the work, and next to nothing with a long one: the FLOPs are the same. So the attention
# before the *first* token stays as it is; what gains is every token after it. (The projections of
# keys and values do become smaller, here as in decoding.)
#
# ## 7. How much memory does a call take?
#
# A call needs room beside its inputs: copies, and the scores. It is counted
# from the tensors that PyTorch makes. In the decode step here MHA's keys and values are 128 MiB, in
# the prefill 8 MiB; the scores of the prefill are `16 heads * 1024 * 1024 * 4 bytes`, 64 MiB.
# **Predict.** Which way needs the room that sharing was meant to save? And what takes the room in
# prefill?

# %%
rows = []
for name in ("decode", "prefill"):
    found = rows_of(kept, f"memory, {name}")
    for way in WAYS:
        own = [row["peak"] for row in found if row["way"] == way and row["kv_heads"] in (16, 4, 1)]
        rows.append((name, way, *(f"{each / 2**20:.2f} MiB" for each in own)))
headers = ["", "way", "16 KV heads", "4", "1"]
table(rows, headers, caption="decode: 4 sequences, 4096 keys; prefill: one prompt of 1024; float32")

# %% [markdown]
# Repeat holds a copy as large as MHA's keys and values, however few there are (`repeat_interleave`
# copies even where there is nothing to repeat): what the cache saves is lost again in every step.
# Broadcast copies as well, inside `@`, the keys and then the values (but not where one sequence has
# one KV head). Fold holds the scores and the weights, and SDPA next to nothing. In prefill scores
# and weights fill the room, twice 64 MiB, beside 4 MiB of scaled queries. SDPA never holds them all
# at once, and that is worth more there than any number of KV heads. (What one operation uses inside
# is not counted here. On the GPU memory is asked of the allocator, which sees that as well: for a
# prefill with 32 query heads 320 MiB by folding, 8 MiB by SDPA.)
#
# ## 8. What do fewer KV heads cost in quality?
#
# Cheaper is easy. Is it as good? We trained small decoders on the text of Python's manual,
# character by character, with 8, 4, 2 and 1 KV heads: 2 layers, 8 query heads, contexts of 96
# characters, 800 steps, five seeds each. A model with fewer KV heads has fewer weights, which alone
# could make it worse. So, as Shazeer (2019) did, what keys and values save goes into a wider MLP:
# all have nearly the same size. A seed decides the first weights and the order of the text. With
# the same seed all models read the same text in the same order, so they are compared seed by seed:
# the idea of the ratio within a round.
#
# **Predict.** Quality is the loss on held-out text, in nats per character, less is better. How far
# apart are 8 KV heads and 1? How far apart are two *seeds* of the same model?

# %%
results = load("quality")
steps = str(results["steps"])
quality_machine = said(results["machine"])
by_heads = {
    kv_heads: [run["losses"][steps] for run in results["runs"] if run["kv_heads"] == kv_heads]
    for kv_heads in quality.KV_HEADS
}
rows = []
for kv_heads, losses in by_heads.items():
    size = next(run["parameters"] for run in results["runs"] if run["kv_heads"] == kv_heads)
    told = f"{statistics.median(losses):.3f} ({min(losses):.3f} to {max(losses):.3f})"
    apart = [own - mha for own, mha in zip(losses, by_heads[8], strict=True)]
    worse = f"{statistics.median(apart):+.3f} ({min(apart):+.3f} to {max(apart):+.3f})"
    rows.append((kv_heads, f"{size:,}", told, worse if kv_heads < 8 else ""))
headers = ["KV heads", "weights", "loss: median, lowest to highest", "worse than MHA, seed by seed"]
table(rows, headers, caption=f"{results['command']}; {quality_machine}")

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.4))
for place, losses in enumerate(by_heads.values()):
    ax.plot([place] * len(losses), losses, "o", color=COLOURS["blue"], markersize=5)
    ax.hlines(statistics.median(losses), place - 0.2, place + 0.2, color="black")
ax.set_xticks(range(4), labels=list(by_heads))
ax.set(xlabel="KV heads", ylabel="held-out loss, nats")
ax.set(title="The seeds differ more than the KV heads")
show(
    fig,
    "Held-out loss of five seeds for 8, 4, 2 and 1 KV heads, medians as bars: "
    + "; ".join(
        f"{heads(kv_heads)} {statistics.median(losses):.3f} ({min(losses):.3f} to "
        f"{max(losses):.3f})"
        for kv_heads, losses in by_heads.items()
    )
    + ".",
    machine=quality_machine,
)

# %% [markdown]
# With 4 KV heads nothing is lost that five seeds could show; with 1 perhaps 0.01 nats, inside the
# spread. With 2 all five seeds are better than MHA, by 0.001 to 0.017. Is that a result? Five coins
# all fall on the same side in one of 16 throws, and we looked at three rows: no. Had we trained one
# seed of each, we could have told any story: look at the lowest and the highest dot of each column.
# That these are small models on a small text is a limit, and that with 96 characters they say
# nothing of long contexts, where the cache matters most. What others saw: in Ainslie et al. (2023,
# Table 1) the average score of a large model is 47.2 for MHA, 47.1 for GQA with 8 KV heads and 46.6
# for MQA; in Shazeer (2019) BLEU falls from 26.7 to 26.5 with MQA.
#
# Live and reduced: two models, one seed, a twentieth of the training. **Predict.** Do they come out
# in the order of the kept ones?

# %%
data = corpus()
GroupedQueryAttention = mine("GroupedQueryAttention")
torch.set_num_threads(1)
runs = [quality.run(7, kv_heads, data, GroupedQueryAttention, 40) for kv_heads in (8, 1)]
rows = [(run["kv_heads"], *(f"{each:.3f}" for each in run["losses"].values())) for run in runs]
table(rows, ["KV heads", "10 steps", "20 steps", "40 steps"], caption=f"held-out loss; {here}")

# %% [markdown]
# One seed and a twentieth of the training: whatever order you see, it is no evidence. That is why
# the kept run takes 25 minutes.
#
# ### Converting a trained model
#
# Training a large model anew only to have fewer KV heads is dear. Lesson 07 converted: pool the KV
# heads of each group, train on for a little. How much is "a little"? Ainslie et al. (2023, Figure
# 5) draw quality over the share of the original training. Here is that figure in small, from the
# kept results of lesson 07 (three seeds, mean pooling).
#
# The base line is the MHA model, trained on for as many steps. **Predict.** Which curve starts
# highest? How close is each after a tenth of the original training?

# %%
converted = load("conversion")
budgets = converted["budgets"]
base = converted["base_steps"]
shares = [100 * budget / base for budget in budgets]


def lost(kv_heads, step):
    """For each seed, the loss above the MHA model that was trained on for as many steps."""
    by_seed = {
        (run["seed"], run["kv_heads"]): run["losses"][str(step)]
        for run in converted["runs"]
        if run["how"] in ("none", "mean")
    }
    return [by_seed[seed, kv_heads] - by_seed[seed, 8] for seed in conversion.SEEDS]


fig, ax = plt.subplots(figsize=(6.8, 3.6))
told = []
for i, kv_heads in enumerate(conversion.KV_HEADS):
    runs = [lost(kv_heads, budget) for budget in budgets]
    ranges = [(min(each), statistics.median(each), max(each)) for each in runs]
    curve(ax, shares, ranges, heads(kv_heads), i)
    told.append(f"{heads(kv_heads)} " + ", ".join(f"{middle:.2f}" for _, middle, _ in ranges))
ax.axhline(0, color="0.5", linewidth=1, linestyle="-")
ax.set(xlabel="further training, per cent of the original steps", ylabel="loss above MHA, nats")
ax.set(title="A little training brings most of it back")
ax.legend()
show(
    fig,
    f"Held-out loss above MHA after {', '.join(f'{share:g}' for share in shares)} per cent of the "
    f"original training, for mean pooling: {'; '.join(told)}. Bars from lowest to highest seed.",
    machine=said(converted["machine"]),
)

# %% [markdown]
# Conversion alone is a disaster, and more so with fewer KV heads. Five per cent of the training, 40
# steps, bring back seven eighths of it with 4 KV heads, three quarters with 2 or 1. But after ten
# per cent 1 KV head is still 0.4 nats worse. A model trained with 1 KV head from the start was
# worse by about 0.01 (the figure before; its MLP is wider, so that it has as many weights). The
# curve still falls there; where it ends, this run does not show.
#
# ## 9. Which number of KV heads would you choose?
#
# Now put both sides together: quality on one side, cost on the other. The cost is the bytes of the
# cache (counted) and the speed (live, on your machine): 16 sequences of 4096 tokens, so that keys
# and values matter. (The speed does not depend on what a model has learnt.)

# %%
shapes = [quality.matched_shape(data.vocabulary, kv_heads) for kv_heads in quality.KV_HEADS]
torch.set_num_threads(all_cores)
steps_of = measurements.decode_steps(shapes, 4096, 16, "float32", "cpu", seconds=1.5)
rows, points = [], []
for row in steps_of:
    losses = by_heads[row["kv_heads"]]
    slow, speed, fast = (row["batch"] / row[name] for name in ("high", "median", "low"))
    points.append((row["cache_bytes"] / 2**20, statistics.median(losses), speed))
    told = f"{points[-1][1]:.3f} ({min(losses):.3f} to {max(losses):.3f})"
    speeds = f"{speed:.0f} ({slow:.0f} to {fast:.0f})"
    rows.append((row["kv_heads"], f"{points[-1][0]:.0f} MiB", speeds, told))
headers = ["KV heads", "keys and values", "tokens per second (live)", "held-out loss (kept)"]
table(rows, headers, caption=f"speed: {here}; loss: {quality_machine}")

# %% [markdown]
# A model *beats* another if it costs no more and is no worse, and is better in one of the two.
# Those that none beats are the **Pareto front**: among them you choose, all others are out. By
# hand, for cost and quality (high is good): A (1, 5), B (2, 4), C (3, 7). A beats B: cheaper and
# better. C costs more than A and is better, so both stay. (A loss is the other way round: low is
# good, so its negative is the quality.) Of two equal points neither beats the other. The function
# that finds the front is your exercise `pareto_front`; here it is at work.
#
# **Predict** from the table: which of the four models are on the front of cache bytes and loss?

# %%
pareto_front = mine("pareto_front")
costs = {
    "MiB of keys and values": [point[0] for point in points],
    "milliseconds of a decode step": [row["median"] * 1e3 for row in steps_of],
}
fig, axes = plt.subplots(1, 2, figsize=(9.2, 3.6), sharey=True)
told = []
for ax, (name, cost) in zip(axes, costs.items(), strict=True):
    front = pareto_front([(c, -loss) for c, (_, loss, _) in zip(cost, points, strict=True)])
    told.append(f"on the front of {name}: {', '.join(heads(quality.KV_HEADS[i]) for i in front)}")
    for i, (kv_heads, losses) in enumerate(by_heads.items()):
        middle = statistics.median(losses)
        bars = [[middle - min(losses)], [max(losses) - middle]]
        style = {"color": "C0", "marker": "D"} if i in front else {"color": "0.6", "marker": "o"}
        ax.errorbar(cost[i], middle, yerr=bars, capsize=3, linestyle="", **style)
        ax.annotate(kv_heads, (cost[i], middle), (7, 4), textcoords="offset points")
    ax.set(xlabel=name)
    ax.margins(x=0.12)
axes[0].set(ylabel="held-out loss, nats")
fig.suptitle("Numbers of KV heads. Left and low is good; diamonds: beaten by none; bars: all seeds")
show(
    fig,
    "Loss against cache bytes and milliseconds of a decode step for 8, 4, 2 and 1 KV heads: "
    + "; ".join(
        f"{heads(kv_heads)} {p[0]:.0f} MiB, {row['median'] * 1e3:.1f} ms, loss {p[1]:.3f}"
        for kv_heads, p, row in zip(by_heads, points, steps_of, strict=True)
    )
    + f". {told[0]}; {told[1]}.",
    machine=f"speed {here}; loss {quality_machine}",
)

# %% [markdown]
# Read it with its bars. By the medians, 8 KV heads are beaten: dearer than 4 and no better. But the
# front is drawn through medians, and the bars overlap. "4 is better than 8" is not shown, only that
# 8 KV heads buy nothing here that five seeds can see. An honest answer names the candidates (4, 2
# and 1), what would decide between them (more seeds, a larger model, the real task), and what is
# certain: a half, a quarter and an eighth of the bytes.
#
# What this lesson does not show: models of billions of weights, other texts, other GPUs. What
# carries over is the way to find out.
#
# To measure all of it on your own machine, in JupyterLab's terminal:
#
#     python -m attnlab.efficiency --again     # 10 minutes
#     python -m attnlab.quality --again        # 25 minutes
#     python -m attnlab.conversion --again     # 10 minutes
#
# Each shows its progress, can be stopped and goes on where it was, keeps its results beside ours,
# and ends by telling which of our medians your run confirms.
#
# ## Check yourself
#
# Answer first, then open.
#
# <details><summary>1. A benchmark calls A once and B once; B is twice as fast. What do you
# ask?</summary>
#
# Who went first? Was there a warm-up? How far apart are two calls of the same function?
# </details>
#
# <details><summary>2. Medians 1.00 ms and 0.97 ms; quartiles 0.95 to 1.06 and 0.93 to 1.02. Which
# is faster?</summary>
#
# They cannot be told apart: the ranges overlap. Measure in turns and look at the ratio.
# </details>
#
# <details><summary>3. A job has an intensity of 2 FLOPs per byte on a machine with a ridge of 10.
# Somebody halves its FLOPs. How much faster can it get?</summary>
#
# Not at all. Bytes decide.
# </details>
#
# <details><summary>4. Which gains from fewer KV heads: the time to the first token or the time of
# each token after it?</summary>
#
# Each token after it, if keys and values are a good part of what a step reads.
# </details>
#
# <details><summary>5. One user, 200 tokens, a model of 8 billion weights. What does GQA
# gain?</summary>
#
# By its cache next to nothing: the step reads 16 GB of weights and, in the sizes of Llama-3-8B, 26
# MB of keys and values (105 MB with MHA). What it does gain is 1.6 GB of weights, since `k_proj`
# and `v_proj` are a quarter as large: about a tenth of what a step reads.
# </details>
#
# <details><summary>6. GQA with 4 KV heads is beaten by none, and its bar overlaps with that of
# MHA. May you write "better than MHA"?</summary>
#
# No. "As good, as far as these seeds show, for a fraction of the bytes."
# </details>
#
# ## Summary
#
# | question | answer |
# |---|---|
# | a good benchmark | warm-up, median and quartiles, turns, one change, a clock that fits |
# | at best | the larger of FLOPs / peak and bytes / bandwidth; on GPUs also the start of the work |
# | decode | bytes decide: fewer KV heads gain, if nothing copies the keys |
# | prefill | FLOPs decide: little or nothing is gained |
# | short texts, few users | weights decide: little is gained (1.1 times here) |
# | small jobs on a GPU | their start decides: nothing is gained |
# | quality | trained from the start: within the spread; converted: needs further training |
# | choosing | the Pareto front, read with its spread |
#
# Next: the exercises, in `workspace/08_efficiency/08_efficiency.ipynb`. The last three are an
# experiment of your own.
