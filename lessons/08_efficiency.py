# %% [markdown]
# # 8. Measuring efficiency: where fewer KV heads gain, and where not
#
# Lesson 07 said which way of sharing KV heads is fast. How do you know that it is true, on your
# machine, for your model? You need a stopwatch that can be trusted, two ceilings that say how fast
# anything can be at best, and an honest look at gain and cost.
#
# Plan 130 minutes in four sittings: sections 1 and 2, 3 and 4, 5 to 7, 8 and 9. You need lessons 06
# and 07.
#
# *Live* numbers come from your machine, when you run the cell. *Kept* ones took longer; they come
# with the course, with the command that makes them again. Every figure says where it was measured.

# %%
import json
import os
import statistics
import subprocess
import sys
import time

import torch

from attnlab import efficiency, efficiency_views, measurements, quality, table, timing
from attnlab.decoder import Decoder
from attnlab.efficiency import rows_of
from attnlab.efficiency_views import heads
from attnlab.grouping import WAYS
from attnlab.kept import load
from attnlab.measurements import Case
from attnlab.serving import try_serving
from attnlab.timing import quartiles, said, take_turns
from autograder import mine, predict
from torch.utils._python_dispatch import TorchDispatchMode

torch.manual_seed(0)
torch.set_num_threads(1)  # one core: the timings then compare work, not scheduling
here = said()
print("this machine:", here)
print("its instructions for bfloat16:", timing.bfloat16_units())

# %% [markdown]
# ## 1. Why does a quick benchmark name the wrong winner?
#
# **Goal:** see what the first calls of a program measure. *Ten minutes.*
#
# A decode step with 16 query heads on 4 KV heads and 128 keys, in two ways of lesson 07. *Fold*
# copies nothing; *repeat* copies every key and value four times. The quick benchmark: start Python,
# call one, look at the clock, call the other, look again. The cell does it twice; the second time
# the other one goes first.

# %% jupyter={"source_hidden": true}
predict(
    "bench_winner",
    "Fold does less. Who wins, in the first run and in the second?",
    {
        "fold, twice": "It should. But one call each also pays for whatever happens only once.",
        "whoever goes first": "The first call of a program finds nothing prepared.",
        "whoever goes second": "The first call pays for loading code and for the first memory.",
    },
    right="whoever goes second",
)

# %%
BENCHMARK = """
import json, sys, time, torch
torch.set_num_threads(1)

def attend(q, k, v):
    return torch.softmax(q @ k.transpose(-2, -1) / 8, dim=-1) @ v

def fold(q, k, v):
    return attend(q.reshape(1, 4, 4, 64), k, v).reshape(q.shape)

def repeat(q, k, v):
    return attend(q, k.repeat_interleave(4, dim=1), v.repeat_interleave(4, dim=1))

q, k, v = torch.randn(1, 16, 1, 64), torch.randn(1, 4, 128, 64), torch.randn(1, 4, 128, 64)
found = {}
for name in sys.argv[1:]:
    start = time.perf_counter()
    {"fold": fold, "repeat": repeat}[name](q, k, v)
    found.setdefault(name, []).append((time.perf_counter() - start) * 1e3)
print(json.dumps(found))
"""


def fresh(first, second):
    """Milliseconds of six calls of each, in a Python that has just started; one of each first."""
    command = [sys.executable, "-c", BENCHMARK, first, second, *[first] * 5, *[second] * 5]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


runs = {"fold": fresh("fold", "repeat"), "repeat": fresh("repeat", "fold")}
rows = []
for first, found in runs.items():
    times = {name: own[0] for name, own in found.items()}
    shown = (f"{times[name]:.2f} ms" for name in ("fold", "repeat"))
    rows.append((first, *shown, min(times, key=times.get)))
table(rows, ["goes first", "fold", "repeat", "the winner"], caption=f"one call each; {here}")

# %% [markdown]
# The first run went on, with five more calls of each:

# %%
rows = [(name, *(f"{each:.2f}" for each in own)) for name, own in runs["fold"].items()]
table(rows, ["", *(f"call {i}" for i in range(1, 7))], caption=f"milliseconds; {here}")

# %% [markdown]
# Part of the start is paid by whoever comes first: PyTorch loads code and asks for its first
# memory. Part is each function's own. If both rows name the same winner, that part, or other
# programs, weighed more. Only after a few calls can the two be compared. Hence a *warm-up*: calls
# that are made and not counted.
#
# ## 2. What does a good benchmark do?
#
# **Goal:** four more rules, each with the error it prevents. *Twenty minutes.*
#
# **Many samples, and their median.** Whatever else a machine does makes a call slower, hardly ever
# faster. Here are 60 calls of one function, after a warm-up. During 12 of them other programs keep
# all cores busy.

# %% jupyter={"source_hidden": true}
predict(
    "bench_median",
    "A fifth of the calls is disturbed. Which moves further, the mean or the median?",
    {
        "the mean": "It adds up all calls, so a few slow ones pull it up.",
        "the median": "A fifth of slow calls cannot reach the middle of the sorted list.",
        "both alike": "Only if slow and fast calls were equally far away.",
    },
    right="the mean",
)


# %%
def inputs(kv_heads, tokens=2048, batch=1):
    """Queries of one new token, 16 heads of width 64; keys and values of all tokens."""
    k, v = torch.randn(2, batch, kv_heads, tokens, 64)
    return torch.randn(batch, 16, 1, 64), k, v


def clocked(call):
    """Milliseconds of one call."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


class Busy:
    """Programs that keep all cores busy inside `with`."""

    def __enter__(self):
        command = [sys.executable, "-S", "-c", "while True: pass"]
        self.programs = [subprocess.Popen(command) for _ in range(2 * os.cpu_count())]
        time.sleep(0.2)  # until they have started

    def __exit__(self, *error):
        for program in self.programs:
            program.kill()
            program.wait()


q, k, v = inputs(kv_heads=16, batch=4)
samples = [clocked(lambda: WAYS["fold"](q, k, v)) for _ in range(50)][20:]
before = statistics.median(samples)
with Busy():
    samples += [clocked(lambda: WAYS["fold"](q, k, v)) for _ in range(12)]
samples += [clocked(lambda: WAYS["fold"](q, k, v)) for _ in range(18)]
print(f"the 30 calls before: median {before:.2f} ms")
print(f"all 60: mean {statistics.mean(samples):.2f}, median {statistics.median(samples):.2f} ms")
efficiency_views.draw_samples(samples, busy=(30, 42))

# %% [markdown]
# The median says what a usual call takes, as long as fewer than half are disturbed. The *quartiles*
# say how much calls differ: a quarter is faster than the low one, a quarter slower than the high
# one. `statistics.quantiles(samples, n=4)` gives all three. (The minimum says how fast it *can* be:
# right for the ceilings of section 3.) Keep the samples: any summary can be made from them again.
#
# **Take turns.** Machines change while you measure. B does a quarter more work than A. First all
# calls of A, while the machine is busy, then all of B, when it is calm: *blocks*. Then *turns*:
# both once in each round, in an order that changes; five rounds busy, eleven calm.

# %% jupyter={"source_hidden": true}
predict(
    "bench_turns",
    "Who looks faster?",
    {
        "A both times": "In blocks only A meets the busy machine, and that can outweigh a quarter.",
        "B in blocks, A in turns": "Blocks compare A with B *at another time*; turns do not.",
        "A in blocks, B in turns": "In turns both meet the same machine, and A does less.",
    },
    right="B in blocks, A in turns",
)

# %%
a, b = inputs(16, tokens=2048, batch=8), inputs(16, tokens=2560, batch=8)
calls = {"A": lambda: WAYS["fold"](*a), "B": lambda: WAYS["fold"](*b)}
one_call = {"sample_seconds": 0, "cell_seconds": 0}  # a sample is a single call
with Busy():
    blocks = {"A": [clocked(calls["A"]) for _ in range(16)]}
    busy = take_turns(calls, rounds=(5, 5), **one_call)
blocks["B"] = [clocked(calls["B"]) for _ in range(16)]
calm = take_turns(calls, rounds=(11, 11), **one_call)
turns = {name: [each * 1e3 for each in busy[name] + calm[name]] for name in calls}
low, ratio, high = quartiles([y / x for x, y in zip(turns["A"], turns["B"], strict=True)])
rows = []
for how, found in (("in blocks", blocks), ("in turns", turns)):
    times = {name: statistics.median(own) for name, own in found.items()}
    rows.append((how, *(f"{t:.1f} ms" for t in times.values()), min(times, key=times.get)))
rows[0] += ("there are no rounds",)
rows[1] += (f"{ratio:.2f} ({low:.2f} to {high:.2f})",)
headers = ["", "A", "B, a quarter more work", "looks faster", "B / A in a round (quartiles)"]
table(rows, headers, caption=f"medians of 16 calls; {here}")

# %% [markdown]
# In turns a disturbance meets both, so the *ratio within each round* depends less on how fast the
# machine is at the moment. Trust that, and its quartiles, more than medians of different times.
#
# If that range contains 1, the two cannot be told apart: say so, and pick none. A range without 1
# is a rough rule, no proof: two equal functions pass now and then, so measure a small gain again.
# Where there are no rounds one can only ask whether the two *ranges* overlap. That test is weak in
# both directions: blocks can part two equal functions, and wide ranges can hide a gain that is
# there in every round.
#
# **Change one thing at a time.** "MQA made our decoding nine times as fast", says a page. Here is
# such a claim from our kept results: MHA in float32 against MQA in bfloat16. Their processor has
# instructions for bfloat16.

# %%
kept = load("efficiency_cpu")
kept_machine = said(kept["machine"])
print("kept results, made by", kept["command"], "on:", kept_machine)
float32, bfloat16 = (row["peak_flops"] for row in rows_of(kept, "ceilings"))
print(f"its large matrix products are {bfloat16 / float32:.0f} times as fast in bfloat16")

# %% jupyter={"source_hidden": true}
predict(
    "bench_one_change",
    "Nine times as fast, from MHA in float32 to MQA in bfloat16. A decode step mostly reads. How "
    "much of the nine is MQA's?",
    {
        "all nine": "Then MHA would gain nothing from bfloat16, which halves its bytes.",
        "4.5": "That would be left if half of the bytes took half of the time. It takes longer.",
        "about seven": "More than half of the halved bytes is lost; compare within one dtype.",
        "about two": "That would be the dtype doing most of it. Bytes shrink by 16 and by 2.",
    },
    right="about seven",
)

# %%
rows = []
for kv_heads in (16, 1):
    for dtype in ("float32", "bfloat16"):
        case = {"kv_heads": kv_heads, "dtype": dtype, "way": "fold"}
        (row,) = rows_of(kept, "decode by KV heads", **case)
        rows.append([heads(kv_heads), dtype, row["median"] * 1e3])
first = rows[0][-1]
rows = [(*case, f"{each:.2f} ms", f"{first / each:.1f}") for *case, each in rows]
headers = ["", "dtype", "a decode step", "times as fast as the first"]
table(rows, headers, caption=f"fold; {kept_machine}")

# %% [markdown]
# Within one dtype MQA gains 6.5 or 7 times. Between two numbers that you compare, one thing may
# differ.
#
# **Know what the clock includes.** Inputs that are made inside the timed function are timed as
# well. And a call that uses a GPU returns before the work is done: a clock that does not wait
# measures only how long it takes to launch it.

# %% jupyter={"source_hidden": true}
predict(
    "bench_wait",
    "A product of two 8192 x 8192 matrices is 1.1e12 FLOPs, and a large GPU does 5e13 a second. "
    "Launching it takes some 0.02 ms. How far off is a clock that does not wait?",
    {
        "a few per cent": "So it is on a processor, which does the work before it returns.",
        "about ten times": "The product is a large one: look at how long ordering it takes.",
        "about a thousand times": "Ordering takes 0.02 ms, the product some 20.",
    },
    right="about a thousand times",
)

# %%
kept_gpu = load("efficiency_cuda")
gpu_machine = said(kept_gpu["machine"])
rows = []
for name, results in (("processor, 2048 x 2048", kept), ("GPU, 8192 x 8192", kept_gpu)):
    times = [row["median"] * 1e3 for row in rows_of(results, "clock")]
    wrong = f"{times[0] / times[1]:.1f}"
    rows.append((name, said(results["machine"]), *(f"{each:.3f} ms" for each in times), wrong))
table(rows, ["", "machine", "clock waits", "clock does not wait", "wrong by a factor of"])

# %%
q, k, v = inputs(4)
inside = statistics.median([clocked(lambda: WAYS["fold"](*inputs(4))) for _ in range(9)])
outside = statistics.median([clocked(lambda: WAYS["fold"](q, k, v)) for _ in range(9)])
print(f"inputs made inside the clock {inside:.2f} ms, before it {outside:.2f} ms")

# %% [markdown]
# So call `torch.cuda.synchronize()` before the clock is read, and make inputs before it starts.
# `time.perf_counter()` only moves forward; `time.time()` is the time of day and can be set back;
# `time.process_time()` stands still while a program waits.
#
# Your exercise `measure` does warm-up and samples, `attnlab.timing.take_turns` the turns. Changing
# one thing, and knowing what the clock includes, nobody can do for you.
#
# *A good place to stop.*
#
# ## 3. How fast can it be at best?
#
# **Goal:** two ceilings, and which of them a decode step meets. *Fifteen minutes.*
#
# Arithmetic takes time, and so does bringing the bytes to where it is done. Each has a ceiling.
# Measure one core's: bytes read in a second, and FLOPs in a second by the best code there is, a
# large matrix product.

# %%
bandwidth = timing.read_bandwidth(size=1 << 28)
peak = timing.flop_peak(torch.float32, width=1024)
print(f"one core: {bandwidth / 1e9:.1f} GB/s, {peak / 1e9:.0f} GFLOP/s in float32")
print(f"while one byte is read, {peak / bandwidth:.1f} FLOPs can be done")

# %% [markdown]
# By hand: a machine reads 20 GB/s and does 100 GFLOP/s. A job reads 40 MB and does 50 MFLOP.
# Reading takes `40e6 / 20e9` = 2 ms, arithmetic `50e6 / 100e9` = 0.5 ms. Both go on at the same
# time: while one block is multiplied, the next is on its way. So it takes 2 ms at best, the
# *larger* of the two: the **roofline** ([Williams et al. 2009][roofline]).
#
# Which one is larger depends on the FLOPs done for each byte, the **arithmetic intensity**: here 50
# / 40 = 1.25. This machine can do 5 FLOPs while it reads a byte, so it waits for bytes. At an
# intensity of 5, the *ridge*, both ceilings are reached together.
#
# [roofline]: https://doi.org/10.1145/1498765.1498785

# %% jupyter={"source_hidden": true}
predict(
    "roof_intensity",
    "What is the intensity of a decode step of MHA in float32? Each number of a key or value has 4 "
    "bytes and meets one multiply-add, 2 FLOPs.",
    {
        "0.5": "2 FLOPs for 4 bytes, whatever the number of keys.",
        "2": "That is FLOPs per *number*; a number has 4 bytes.",
        "it grows with the keys": "FLOPs and bytes both grow with them: their ratio stays.",
    },
    right="0.5",
)

# %%
attention_cost = mine("attention_cost")
rows = []
for name, q_len in (("decode", 1), ("prefill", 1024)):
    for kv_heads in (16, 4, 1):
        sizes = (1024, 16, kv_heads, 64, q_len, 1024, 1, 4)  # d_model to bytes per value
        cost = attention_cost(*sizes)
        rows.append((name, kv_heads, q_len, f"{cost['attention_flops'] / cost['kv_bytes']:g}"))
headers = ["", "KV heads", "new tokens", "FLOPs for each byte of keys and values"]
table(rows, headers, caption="float32, 16 query heads of width 64, 1024 keys")

# %% [markdown]
# Half a FLOP for each byte is far below the ridge: with 16 KV heads a decode step is a matter of
# reading. In prefill each key meets 1024 queries: arithmetic decides, even for MHA.
#
# As a picture: the FLOPs per second that are possible at each intensity. The roof rises with the
# bandwidth and ends at the peak. Points and roof are kept measurements. (Both axes are logarithmic.
# The points' bytes include queries and output, so prefill stands at 256.)

# %% jupyter={"source_hidden": true}
predict(
    "roof_where",
    "Fewer KV heads move a decode step along this picture. Where to?",
    {
        "straight up": "That would be more FLOPs per second at the same FLOPs per byte.",
        "to the right, and up with the roof": "The same FLOPs for fewer bytes: a higher intensity.",
        "to the left, away from the ridge": "Fewer bytes raise FLOPs per byte.",
    },
    right="to the right, and up with the roof",
)

# %%
efficiency_views.draw_roofline(kept)

# %% [markdown]
# On the processor of the kept results MHA reaches two thirds of the slope, MQA a little more than a
# quarter. Two exercises, `arithmetic_intensity` and `roofline_seconds`, are these formulas.
#
# ## 4. How many bytes, and how many users?
#
# **Goal:** count what a cache takes, and find what it decides. *Fifteen minutes.*
#
# What can be counted should not be measured. `kv_cache_bytes` of unit 06 counts; here it is held
# against real caches.

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
# Now a large model, [Llama-3-8B](https://huggingface.co/meta-llama/Meta-Llama-3-8B): 32 layers, 32
# query heads, d_head 128, in 16 bits; its 8 billion weights take 16 GB.

# %% jupyter={"source_hidden": true}
predict(
    "cache_equals_weights",
    "It has 8 KV heads. With how many tokens, of all users together, do keys and values take as "
    "much room as the weights?",
    {
        "about 1,200": "A token takes 131 KB, not 13 MB.",
        "about 12,000": "`2 * 32 * 8 * 128 * 2` bytes a token; 16 GB hold ten times as many.",
        "about 120,000": "131,072 bytes a token. That is 30 users with 4,000 tokens each.",
    },
    right="about 120,000",
)

# %%
per_token = {kv_heads: kv_cache_bytes(32, kv_heads, 128, 1) for kv_heads in (32, 8, 1)}
efficiency_views.draw_growth(per_token, weights=16e9)

# %% [markdown]
# A token takes `2 * 32 layers * 8 KV heads * 128 * 2 bytes` = 131,072 bytes, so 16 GB are 122,070
# tokens; with 32 KV heads 30,518. A single user with a short text does not notice.
#
# These bytes decide two things: how much every step reads, and how many users fit. Before you move
# a slider, say which of the two it changes. Find a setting in which FLOPs decide, and one in which
# there is room for ten sequences at most with 32 KV heads, and for dozens with 8.

# %%
try_serving()

# %% [markdown]
# Weights are read once a step for *all* users, so more users raise the intensity, until keys and
# values, read once for *each*, outweigh the weights. "At best" is the roof: no start of the work,
# no waiting. A real server gets less. (Of 16 GB of weights a step reads 15: embeddings are looked
# up. int8 numbers are turned into bfloat16 to be multiplied.)
#
# *A good place to stop.*
#
# ## 5. Where does a decode step gain from fewer KV heads?
#
# **Goal:** read a gain with its base, its processor and its theory. *Thirty minutes.*
#
# First live. The candidates take turns, and every call gets other keys and values; otherwise it
# would find them in the small fast memory inside the processor, which no model of many layers does.
# SDPA runs with its own `enable_gqa`, or on the folded rows.

# %% jupyter={"source_hidden": true}
predict(
    "gain_ways",
    "8 query heads on 1 KV head, in float32: an eighth of the bytes. Which ways are *slower* than "
    "plain MHA on a processor?",
    {
        "none": "Repeat and broadcast read an eighth, but then make copies for every query head.",
        "repeat and broadcast": "Both copy the keys, one in sight and one inside `@`.",
        "all plain ones": "Fold is plain, and copies nothing.",
    },
    right="repeat and broadcast",
)

# %%
live = {
    dtype: efficiency.groups(efficiency.QUICK)[f"decode by KV heads, {dtype}"](torch.device("cpu"))
    for dtype in ("float32", "bfloat16")
}
rows = []
for pair in zip(*live.values(), strict=True):
    cells = []
    for row in pair:
        low, middle, high = row["gain"]
        cells += [f"{row['median'] * 1e3:.2f} ms", f"{middle:.2f} ({low:.2f} to {high:.2f})"]
    rows.append((pair[0]["way"], pair[0]["kv_heads"], *cells))
headers = ["way", "KV heads", "float32", "times as fast", "bfloat16", "times as fast"]
units = timing.bfloat16_units()
caption = "2 sequences, 4096 keys; against plain MHA (fold with 8), quartiles; "
table(rows, headers, caption=f"{caption}{here}; bfloat16 instructions: {units}")

# %% [markdown]
# What do *these* numbers say? Where a range is wide, or contains 1, nothing. (Against plain MHA,
# SDPA changes two things; the kept results below compare it with itself.)

# %%
for dtype, found in live.items():
    fewest = [row for row in found if row["kv_heads"] == 1]
    best = min(fewest, key=lambda row: row["median"])
    gqa, through = (
        next(row["median"] for row in fewest if row["way"] == way)
        for way in ("SDPA", "fold through SDPA")
    )
    slower = [row["way"] for row in fewest if row["gain"][2] < 1]
    print(f"{dtype}, 1 KV head: fastest {best['way']}, {best['gain'][1]:.1f} times plain MHA")
    print(f"  slower than plain MHA: {', '.join(slower) or 'none'}")
    print(f"  fold through SDPA is {gqa / through:.1f} times as fast as enable_gqa")

# %% [markdown]
# Which way wins differs between processors, and between dtypes on one. Where repeat is slow, it is
# less by the bytes it copies than by the fresh memory it copies them into (lesson 07, section 4).
#
# Now the kept results; compare within a panel only. A plain way is compared with plain MHA, SDPA
# with MHA through SDPA: otherwise two things would change. Dashed is theory: half of the KV heads,
# half of the bytes, twice as fast. Bars reach from the lowest to the highest quartile of several
# runs. Fold through SDPA was not a candidate of these runs.
#
# **Predict.** How far below 1 are repeat and broadcast? Where does each of the others leave the
# dashed line?

# %%
efficiency_views.draw_gains(kept, kept_gpu)

# %% [markdown]
# - *Repeat* and *broadcast* are slower than the plain MHA they replace: 5 to 6.5 times on the
#   processor, 5 to 9 on the GPU. Bytes alone (read few, write all, read all) would make it 2 to 2.5
#   times. On the processor the rest is mostly fresh memory. On a GPU PyTorch keeps memory once it
#   has it; what the rest is there, this comparison does not show.
# - On the processor *fold* gains at every step, and with 1 KV head less than half of what theory
#   allows. On the GPU it stops at about 4 KV heads and SDPA goes on: fold is several operations
#   there, each started by itself.
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
# No. In float32 sharing makes SDPA *slower*, and folding takes a twelfth of its time. SDPA chooses
# among several *kernels* (programs that run on the GPU). On CUDA, says [its documentation][sdpa],
# `enable_gqa` "currently works only for Flash_attention and math kernel", and
# [FlashAttention][flash] takes 16-bit numbers only. That leaves the math kernel: plain operations,
# with the keys repeated. Which way is best has to be measured, for your dtype.
#
# [sdpa]: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
# [flash]: https://github.com/Dao-AILab/flash-attention
#
# Is theory missed by as much at every length? Vary the context, and nothing else.

# %% jupyter={"source_hidden": true}
predict(
    "gain_context",
    "On the GPU: does MQA gain as much over MHA with 256 keys as with 16384?",
    {
        "yes, bytes shrink by 32 in both": "They do, but reading is not all that a step does.",
        "less with 256": "So few keys are read faster than the step can be started.",
        "more with 256": "The shorter the text, the less of the step is reading.",
    },
    right="less with 256",
)

# %%
efficiency_views.draw_contexts(kept, kept_gpu)

# %% [markdown]
# On the processor the curves are nearly parallel: the same part of theory at every length. MHA
# takes 1.5 to 1.8 times its roofline, MQA 3.5 to 4.8 times. So the rest is no fixed start; it grows
# with the keys, as the FLOPs do.
#
# On the GPU the curves meet on the left, at some 20 microseconds: a third ceiling, which the
# roofline does not know. That is what one call of SDPA from Python takes at least: PyTorch chooses
# a kernel and asks for memory, and the GPU starts one or more kernels (each start is a *kernel
# launch*). A small job consists of its start, which does not shrink with the KV heads; theory is
# reached where there is much to read. On the right MHA lies on its roofline, even 2 to 4 per cent
# beyond: the roof was measured too, and SDPA reads a little faster than that.
#
# The same for the batch:

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
# For a processor one sequence of 4096 keys is enough to read. A large GPU needs many sequences
# before reading takes longer than the start.
#
# Two measurements split a step into start and reading. By hand: a step of MHA that reads 1 MB takes
# 35 µs, one that reads 5 MB takes 55. Both start, so the 20 µs more are the 4 MB more: 200 GB/s.
# The 1 MB takes 5 µs of the 35; 30 are left for the start. From 6 MB on reading takes longer than
# that, and memory bounds the step.

# %% jupyter={"source_hidden": true}
predict(
    "gain_two_steps",
    "Now four query heads share a KV head. How many times as fast is the step that read 5 MB?",
    {
        "4 times": "A quarter of the bytes is left, and all of the start.",
        "about 1.5 times": "30 µs of start stay, 25 µs of reading become 6.25: 55 / 36.25.",
        "hardly faster": "Reading is 25 of its 55 µs; three quarters of that are saved.",
    },
    right="about 1.5 times",
)

# %% [markdown]
# Do real steps lie on such a line? MHA's on the GPU:

# %%
found = rows_of(kept_gpu, "decode by context", dtype="bfloat16", way="SDPA", kv_heads=32)
rows = [
    (row["tokens"], f"{row['bytes'] / 1e6:,.0f} MB", f"{row['median'] * 1e6:.0f} µs")
    for row in found
]
table(rows, ["keys", "read", "a step"], caption=f"MHA by SDPA, bfloat16; {gpu_machine}")

# %% [markdown]
# The last two rows give 4.6 TB/s and 7 µs. (Less than the 20 above: while the GPU reads, Python
# orders the next call.) The line puts the first two rows at 22 and 65 µs; they took 23 and 66. With
# a few KV heads it is too hopeful: 36 µs for 1 KV head and 16384 keys, which took 46. A prediction
# says what to measure next. Your exercise `explain_steps` makes one.
#
# ## 6. What bounds a whole model?
#
# **Goal:** name the ceiling that a whole model is under. *Fifteen minutes.*
#
# In a decode step a model also reads all of its weights, once for all sequences. Take the shape of
# SmolLM2-135M (lesson 07), with 9 query heads on 9, 3 (its own) or 1 KV heads. (The weights are
# random: as fast as trained ones.)

# %% jupyter={"source_hidden": true}
predict(
    "model_gain",
    "One user, 256 tokens, float32, on the processor of the kept results. With 9 KV heads a step "
    "reads 564 MiB of weights, 76 of them `k_proj` and `v_proj`, and 34 MiB of keys and values. "
    "What does 1 KV head gain?",
    {
        "nearly 9 times": "Keys and values are 34 of the 598 MiB that a step reads.",
        "1.1 to 1.2 times": "Weights decide, and of those only `k_proj` and `v_proj` shrink.",
        "not at all": "`k_proj` and `v_proj` shrink as well, 68 MiB of weights.",
    },
    right="1.1 to 1.2 times",
)

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
efficiency_views.draw_models(kept)

# %% [markdown]
# With one short text the cache, which GQA was made for, hardly matters. Long texts, or many users,
# turn it around. The measured gain stays behind the bytes: with many tokens the attention itself
# takes 3.5 times its roofline (section 5); with 32 sequences we did not measure the cause.
#
# Now the same model on the large GPU:

# %%
rows = []
for tokens, batch in ((256, 1), (16384, 1), (256, 128)):
    own = rows_of(kept_gpu, f"model, {tokens} tokens, batch {batch},", dtype="bfloat16")
    times = [f"{row['median'] * 1e3:.1f} ms" for row in own]
    low, middle, high = own[-1]["gain"]
    rows.append((batch, tokens, *times, f"{middle:.2f} ({low:.2f} to {high:.2f})"))
    rows[-1] += tuple(f"{row['roofline'] * 1e3:.2f} ms" for row in (own[0], own[-1]))
headers = ["sequences", "tokens in each", "9 KV heads", "3", "1", "times as fast with 1"]
headers += ["roofline with 9", "with 1"]
table(rows, headers, caption=f"a decode step, bfloat16; {gpu_machine}")

# %% jupyter={"source_hidden": true}
predict(
    "model_gpu",
    "No gain can be told, and every step takes 27 to 29 ms, 45 times its roofline or more. What is "
    "the GPU doing?",
    {
        "reading weights": "The roofline counts weights, keys and values: less than a millisecond.",
        "arithmetic": "The roofline counts that as well.",
        "waiting for Python": "It starts one small operation after the other. Count them below.",
    },
    right="waiting for Python",
)


# %%
class Operations(TorchDispatchMode):
    """Counts the operations inside `with` that are not views (those start nothing)."""

    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += not func.is_view
        return func(*args, **(kwargs or {}))


with torch.device("meta"):  # tensors that have a size and take no memory
    model = Decoder(efficiency.FULL.model, mine("GroupedQueryAttention"))
    caches = model.new_caches(KVCache, 1, 257)
    with torch.no_grad(), Operations() as counted:
        model(torch.zeros(1, 1, dtype=torch.long), caches)
(row,) = rows_of(kept_gpu, "model, 256 tokens, batch 1,", dtype="bfloat16", kv_heads=9)
each = row["median"] / counted.count
print(f"{counted.count} operations in 30 layers; {each * 1e6:.0f} microseconds for each on the GPU")

# %% [markdown]
# These are the 27 ms of *this* decoder, which runs operation by operation ("eager"), some 80 a
# layer. So the table does not show that GQA gains nothing on a GPU. It shows that eager code
# *hides* what it gains: with 16384 tokens the roof falls from 0.32 to 0.09 ms. To see it, start
# less often, by fused operations (`torch.compile`) or by recording a whole step and starting it as
# one ([CUDA graphs](https://pytorch.org/blog/accelerating-pytorch-with-cuda-graphs/)). This course
# has not measured that; whoever decides for a GPU server has to.

# %% jupyter={"source_hidden": true}
predict(
    "prefill_gain",
    "So far a step had one new token. What does 1 KV head gain in prefill, by SDPA?",
    {
        "it gains like decoding": "In decoding each key meets one query, here all of them.",
        "next to nothing": "Arithmetic decides, and the FLOPs of the attention are the same.",
        "it gets slower": "Nothing is added: no copy, no FLOP.",
    },
    right="next to nothing",
)

# %%
rows = []
for name, results, dtype in (("processor", kept, "float32"), ("GPU", kept_gpu, "bfloat16")):
    for length in (256, 1024, 4096):
        mha, _, mqa = rows_of(results, f"prefill, {length},", dtype=dtype, way="SDPA")
        low, middle, high = mqa["gain"]
        gain = f"{middle:.2f} ({low:.2f} to {high:.2f})"
        case = f"{name}, {dtype}, {mha['kv_heads']} query heads"
        rows.append((case, length, f"{mha['median'] * 1e3:.3f} ms", gain))
headers = ["", "prompt", "MHA", "times as fast with 1 KV head"]
table(rows, headers, caption=f"SDPA, one sequence; {kept_machine}; {gpu_machine}")

# %% [markdown]
# So the attention before the *first* token hardly changes; what gains is every token after it. (The
# projections of keys and values become smaller in both.) First find out which ceiling you are
# under: lifting another one gains nothing.
#
# ## 7. How much memory does a call take?
#
# **Goal:** see which ways give back what sharing saved. *Five minutes.*
#
# A call needs room beside its inputs: copies, and the scores. It is counted from the tensors that
# PyTorch makes, so it is the same on every machine.

# %% jupyter={"source_hidden": true}
predict(
    "memory_way",
    "One decode step; MHA's keys and values take 32 MiB. How much room does *repeat* need with 2 "
    "KV heads, whose keys and values take 4 MiB?",
    {
        "4 MiB": "It does not copy each head once, but once for each query head.",
        "16 MiB": "That is broadcast: it copies keys and then values. Repeat holds both at once.",
        "32 MiB": "A copy for every query head, as large as what sharing saved.",
    },
    right="32 MiB",
)

# %%
rows = []
for name, queries, tokens in (("decode", 1, 4096), ("prefill", 512, 512)):
    for way in WAYS:
        cases = [Case(16, n, 64, queries, tokens, 1, "float32", way) for n in (16, 4, 2)]
        taken = [row["peak"] for row in measurements.peak_memory(cases, "cpu")]
        rows.append((name, way, *(f"{each / 2**20:.2f} MiB" for each in taken)))
headers = ["", "way", "16 KV heads", "4", "2"]
table(rows, headers, caption="decode: one sequence, 4096 keys; prefill: a prompt of 512; float32")

# %% [markdown]
# Repeat takes back in every step what the cache saves; broadcast half of it. Fold holds scores and
# weights, a number for each query and key; in prefill those fill the room: `16 * 512 * 512 * 4`
# bytes are 16 MiB, and there are two of them; 2 MiB more are queries and output, all that SDPA
# needs. That is worth more in prefill than any number of KV heads. (What one operation uses inside
# is not counted.)
#
# *A good place to stop.*
#
# ## 8. What do fewer KV heads cost in quality?
#
# **Goal:** tell a difference from the spread of seeds, and know what a test cannot see. *Ten
# minutes.*
#
# Small decoders learned the text of Python's manual, letter by letter, with 8, 4, 2 and 1 KV heads:
# 2 layers, 8 query heads, contexts of 96 characters, 800 steps, five seeds each. Fewer KV heads
# mean fewer weights, which alone could make a model worse; so, as in [Shazeer 2019][mqa], what keys
# and values save goes into a wider MLP. A seed decides the first weights and the order of the text,
# so models are compared seed by seed: the ratio within a round once more.
#
# [mqa]: https://arxiv.org/abs/1911.02150

# %% jupyter={"source_hidden": true}
predict(
    "quality_seeds",
    "Each seed ranks the four models by loss. How many different rankings do five seeds give?",
    {
        "one, 8 to 1": "Then one seed would have been enough. Look at the column of ranks.",
        "two or three": "Then some seeds would agree on all four. Look at the column of ranks.",
        "five": "No two seeds agree: each alone would have told another story.",
    },
    right="five",
)

# %%
results = load("quality")
quality_machine = said(results["machine"])
by_heads = {
    kv_heads: [
        run["losses"][str(results["steps"])]
        for run in results["runs"]
        if run["kv_heads"] == kv_heads
    ]
    for kv_heads in quality.KV_HEADS
}
above_mha = {
    kv_heads: [own - mha for own, mha in zip(losses, by_heads[8], strict=True)]
    for kv_heads, losses in by_heads.items()
}
rows = []
for kv_heads, losses in by_heads.items():
    told = f"{statistics.median(losses):.3f} ({min(losses):.3f} to {max(losses):.3f})"
    apart = above_mha[kv_heads]
    worse = f"{statistics.median(apart):+.3f} ({min(apart):+.3f} to {max(apart):+.3f})"
    ranks = [1 + sum(other[i] < own for other in by_heads.values()) for i, own in enumerate(losses)]
    rows.append((kv_heads, told, worse if kv_heads < 8 else "", ", ".join(map(str, ranks))))
headers = ["KV heads", "loss: median, lowest to highest", "worse than MHA, seed by seed"]
headers += ["rank in seeds 0 to 4 (read down)"]
table(rows, headers, caption=f"nats per character; {results['command']}; {quality_machine}")

# %%
efficiency_views.draw_losses(by_heads, quality_machine)

# %% [markdown]
# With 2 KV heads all five seeds are better than MHA, by 0.001 to 0.017. Is that a result? Five
# coins all fall on the same side in one of 16 throws, and we looked at three rows: no.
#
# Does this show that sharing is free? No: the test is blind where sharing has been seen to hurt.
# It is a loss over letters, in contexts of 96, from 800 steps; it asks for no knowledge and looks
# up nothing far away. The table in lesson 07, section 5, has both sides: averages that hardly
# move, and a model of 7 billion weights that loses 4 points of MMLU with 8 KV heads and 7 with one.
# "No difference seen" says as much about the test as about the model.
#
# ### Converting a trained model
#
# Lesson 07 converted: pool the KV heads of each group, train on for a little. How much is "a
# little"? [Ainslie et al. 2023](https://arxiv.org/abs/2305.13245) draw quality over the share of
# the original training (Figure 5). Here is that figure in small (three seeds, mean pooling), above
# the MHA model trained on for as many steps.
#
# **Predict.** Which curve starts highest? How close is each after a tenth of the training?

# %%
efficiency_views.draw_conversion(load("conversion"))

# %% [markdown]
# Five per cent of the training makes up seven eighths of what conversion lost with 4 KV heads,
# three quarters with 2 or 1. After ten per cent 1 KV head is still 0.4 nats worse; trained from the
# start it was worse by about 0.01 (with a wider MLP). The curve still falls.
#
# ## 9. Which number of KV heads would you choose?
#
# **Goal:** choose, and say what is certain. *Ten minutes.*
#
# Quality on one side, cost on the other: bytes of the cache (counted) and time (live), for 8
# sequences of 4096 tokens. Loss and time are compared with those of MHA in pairs, seed by seed and
# round by round.

# %%
shapes = [quality.matched_shape(100, kv_heads) for kv_heads in quality.KV_HEADS]
steps = measurements.decode_steps(shapes, 4096, 8, "float32", "cpu", seconds=1.0)
losses = [statistics.median(above_mha[row["kv_heads"]]) for row in steps]
costs = {
    "MiB of keys and values": [row["cache_bytes"] / 2**20 for row in steps],
    "time of a step / MHA's": [1 / row["gain"][1] for row in steps],
}
rows = []
for row, mib, share, loss in zip(steps, *costs.values(), losses, strict=True):
    least, _, most = row["gain"]
    shares = f"{share:.2f} ({1 / most:.2f} to {1 / least:.2f})"
    rows.append((row["kv_heads"], f"{mib:.0f}", shares, f"{loss:+.3f}"))
headers = ["KV heads", *costs, "held-out loss above MHA's (kept)"]
table(rows, headers, caption=f"medians (quartiles); time: {here}; loss: {quality_machine}")

# %% [markdown]
# A model *beats* another if it costs no more and is no worse, and is better in one of the two.
# Those that none beats are the **Pareto front**: among them you choose. By hand, for cost and
# quality (high is good): A (1, 5), B (2, 4), C (3, 7). A beats B: cheaper and better. C costs more
# than A and is better, so both stay. Of two equal points neither beats the other. (A loss is good
# when low: its negative is the quality.) Your exercise `pareto_front` finds the front.

# %% jupyter={"source_hidden": true}
predict(
    "front_bytes",
    "From the table: which models are on the front of cache bytes and loss?",
    {
        "8, 4, 2 and 1": "8 and 4 cost more than 2, and their loss is higher: both are beaten.",
        "only 2": "It has the lowest loss. But 1 is cheaper, so 2 does not beat it.",
        "2 and 1": "2 is better than 1, and 1 is cheaper. 8 and 4 are beaten by 2.",
    },
    right="2 and 1",
)

# %%
pareto_front = mine("pareto_front")
fronts = {
    name: pareto_front([(c, -loss) for c, loss in zip(cost, losses, strict=True)])
    for name, cost in costs.items()
}
machines = f"time {here}; loss {quality_machine}"
efficiency_views.draw_fronts(costs, list(above_mha.values()), fronts, machines)

# %% [markdown]
# Read it with its bars, the best and the worst seed. The front is drawn through medians, and the
# bars of 4 and 1 reach to both sides of MHA's 0. That of 2 does not; section 8 said what that is
# worth. "2 is better than 8" is not shown, only that 8 KV heads buy nothing here *that this test
# can see*. An honest answer names the candidates, what would decide between them (more seeds, a
# larger model, knowledge, long inputs, the real task), and what is certain: a half, a quarter, an
# eighth of the bytes.
#
# To measure all of it on your own machine, in JupyterLab's terminal (each can be stopped, goes on
# where it was, and ends by comparing your medians with ours):
#
#     python -m attnlab.efficiency --again     # 10 minutes
#     python -m attnlab.quality --again        # 25 minutes
#     python -m attnlab.conversion --again     # 10 minutes
#
# ## Check yourself

# %% jupyter={"source_hidden": true}
predict(
    "quiz_eff_once",
    "A benchmark calls A once, then B once; B is twice as fast. What does it show?",
    {
        "B is faster": "Who goes first pays for the start. Section 1 shows how long that can take.",
        "B is faster, but perhaps not twice": "Not even the direction is shown.",
        "nothing yet": "Who went first? Was there a warm-up? How far apart are two calls of A?",
    },
    right="nothing yet",
)
predict(
    "quiz_eff_overlap",
    "Measured in blocks: medians 1.00 and 0.97 ms, quartiles 0.95 to 1.06 and 0.93 to 1.02. Which "
    "is faster?",
    {
        "the second, by 3 per cent": "The machine may have changed between the blocks by as much.",
        "not decided: measure in turns": "Look at the ratio in each round. It may be 1.03 in all "
        "of them, or contain 1.",
        "neither: the ranges overlap": "Overlap does not show that they are equal: a gain that is "
        "there in every round can hide in wide ranges.",
    },
    right="not decided: measure in turns",
)
predict(
    "quiz_eff_ridge",
    "An intensity of 2 FLOPs per byte, a ridge of 10. Somebody halves the FLOPs. How much faster "
    "can it get?",
    {
        "not at all": "Bytes decide, and they stayed.",
        "twice": "Only if arithmetic were the larger of the two times.",
        "up to five times": "Five is how far arithmetic is from deciding.",
    },
    right="not at all",
)

# %% jupyter={"source_hidden": true}
predict(
    "quiz_eff_first_token",
    "What gains from fewer KV heads?",
    {
        "the time to the first token": "That is prefill: arithmetic decides.",
        "the time of each token after it": "If keys and values are a good part of what it reads.",
        "both alike": "In prefill each key is used by many queries, so reading hardly counts.",
    },
    right="the time of each token after it",
)
predict(
    "quiz_eff_one_user",
    "One user, 200 tokens, Llama-3-8B (d_model 4096) in 16 bits. What does GQA (8 KV heads in "
    "place of 32) gain in a step?",
    {
        "a quarter of the bytes is left": "Of keys and values. They are 26 MB beside 16 GB.",
        "about a tenth": "`k_proj` and `v_proj` are a quarter as large: 1.6 GB of weights less.",
        "nothing at all": "The cache hardly matters, but two of the projections shrink too.",
    },
    right="about a tenth",
)
predict(
    "quiz_eff_claim",
    "In another test 4 KV heads are beaten by none; in three of five seeds their loss is below "
    "that of MHA, in two above it. What may you write?",
    {
        "better than MHA": "Three of five: that is not shown.",
        "as good as MHA": "Not shown either. It depends on what the test can see.",
        "no difference seen by this test, for half of the bytes": "With the test named beside it.",
    },
    right="no difference seen by this test, for half of the bytes",
)

# %% [markdown]
# ## Summary
#
# | question | answer |
# |---|---|
# | a good benchmark | warm-up, median and quartiles, turns, one change, a clock that waits |
# | at best | the larger of FLOPs / peak and bytes / bandwidth; on GPUs also the start of the work |
# | decode | bytes decide: fewer KV heads gain, if nothing copies the keys |
# | prefill | FLOPs decide: little or nothing is gained |
# | short texts, few users | weights decide: little is gained (1.1 times here) |
# | eager code on a GPU | the start of operations decides and hides the gain |
# | quality | no loss seen in small tests that cannot see much; measure knowledge and long inputs |
# | choosing | the Pareto front, read with its spread |
#
# The last three exercises are an experiment of your own.
