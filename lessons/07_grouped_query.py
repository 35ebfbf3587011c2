# %% [markdown]
# # 7. Grouped-query and multi-query attention
#
# Each new token reads the keys and values of all tokens before it (lesson 06). Grouped-query
# attention (GQA) and multi-query attention (MQA) let several query heads share one key/value head,
# so there is less to read. The idea fits in one line. Whether it is *faster* depends on how that
# line is written, and what it costs in *quality* depends on what you ask of the model.
#
# Plan 115 minutes in four sittings: sections 1 to 3; 4 and 5; 6; 7 and 8. You need lessons 04 and
# 06.

# %%
import statistics
import time

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

from attnlab import COLOURS, conversion, show, smollm2, table
from attnlab.decoder import generate
from attnlab.faults import FAULTS, fault
from attnlab.grouping_views import draw_sharing, try_sharing
from attnlab.kept import load
from attnlab.measurements import Peak
from attnlab.timing import bfloat16_units, ratios, take_turns
from attnlab.training import corpus
from autograder import mine, predict

masked_attention, MultiHeadAttention = mine("masked_attention", "MultiHeadAttention")
torch.manual_seed(0)
torch.set_printoptions(precision=3, sci_mode=False)
torch.set_num_threads(1)  # one core: the timings then compare work, not scheduling

# %% [markdown]
# `mine` fetches what *you* wrote, and the course's version where yours does not pass yet.
#
# ## 1. What does a decode step read?
#
# **Goal:** the bytes that sharing saves. *Ten minutes.*
#
# One new token, 32 query heads of width 128, 4096 tokens in the cache, float32. One head's keys
# take `4096 * 128 * 4` bytes, 2 MiB; its values as much. So 32 heads read 128 MiB in each layer.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_bytes",
    "Now every 4 query heads share one key/value head. How much does the layer read for one token?",
    {
        "128 MiB": "That is what 32 heads *of their own* read. Now there are only 8 to read.",
        "64 MiB": "Keys and values both shrink, each to a quarter.",
        "32 MiB": "8 key/value heads, 4 MiB each.",
    },
    right="32 MiB",
)

# %%
heads, d_head, tokens, size = 32, 128, 4096, 4
rows = []
for kv_heads in (32, 8, 1):
    read = 2 * kv_heads * tokens * d_head * size
    rows.append((kv_heads, heads // kv_heads, f"{read / 2**20:.0f} MiB"))
table(rows, ["KV heads", "group size", "keys and values read for one token, one layer"])

# %% [markdown]
# Two terms. **KV heads**, `H_kv`: how many key/value heads there are. **Group size**, `H / H_kv`:
# how many query heads share one. Other texts say "groups" for both.
#
# | name | KV heads | group size |
# |---|---|---|
# | multi-head attention, MHA | H | 1 |
# | grouped-query attention, GQA ([Ainslie et al. 2023][gqa]) | between | between |
# | multi-query attention, MQA ([Shazeer 2019][mqa]) | 1 | H |
#
# [gqa]: https://arxiv.org/abs/2305.13245
# [mqa]: https://arxiv.org/abs/1911.02150
#
# ## 2. Which query head reads which KV head?
#
# **Goal:** the one right order, and the two usual wrong ones. *Ten minutes.*
#
# By convention *neighbours* share: query head `h` reads KV head `h // group size`.

# %%
draw_sharing(heads=6, kv_heads=(6, 3, 2, 1))

# %%
try_sharing()

# %% [markdown]
# To write that down as a list, Python's own tools offer two orders.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_order",
    "Six query heads read two KV heads, `names = ['a', 'b']`. Which line lists who reads whom?",
    {
        "`names * 3`": "a b a b a b, the tiled order: query heads 0 and 1, neighbours, read "
        "different KV heads.",
        "`[name for name in names for _ in range(3)]`": "a a a b b b: heads 0 to 2 read `a`.",
        "`[name for _ in range(3) for name in names]`": "The loop over `names` is the inner one: "
        "a b a b a b.",
    },
    right="`[name for name in names for _ in range(3)]`",
)

# %%
names = ["a", "b"]
print("each element, three times: ", [name for name in names for _ in range(3)])
print("the whole list, three times:", names * 3)

# %% [markdown]
# PyTorch has both as well: `repeat_interleave` and `repeat` (or `tile`). Both give the right
# *shape*; the second is wrong, and nothing says so. ONNX, a format for models, had it in its
# reference for GQA until [onnx#7274](https://github.com/onnx/onnx/pull/7274). Section 8 shows what
# it does to a real model.
#
# The second trap: a program confuses the group size with the number of KV heads.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_swapped",
    "In which model could you *see* that error?",
    {
        "64 query heads on 8 KV heads": "8 KV heads in groups of 8: swapped, the numbers stay.",
        "9 query heads on 3 KV heads": "3 in groups of 3: the swap changes nothing.",
        "6 query heads on 2 KV heads": "2 KV heads in groups of 3: `h // 3` against `h // 2`.",
    },
    right="6 query heads on 2 KV heads",
)

# %%
for h, h_kv in ((64, 8), (9, 3), (6, 2)):
    right = [head // (h // h_kv) for head in range(h)]
    swapped = [head // h_kv for head in range(h)]
    print(f"{h} on {h_kv}: group size {h // h_kv};", "same" if right == swapped else "different")

# %% [markdown]
# 64 on 8 is [Llama-3-70B](https://arxiv.org/abs/2407.21783), 9 on 3 is the model of section 7:
# real shapes that hide it. The checks use shapes like 6 on 2.
#
# ## 3. One formula, two ends
#
# **Goal:** MHA and MQA as the ends of GQA. *Ten minutes.*
#
# GQA in the plainest way is a loop: query head `h` attends with KV head `h // group size`.


# %%
def by_loop(x, state, num_heads, num_kv_heads):
    """Self-attention of `x (B, L, d_model)` with weights from a dictionary, head by head."""
    q, k, v = (x @ state[f"{each}_proj.weight"].T for each in "qkv")  # (B, L, heads * d_head)
    q = q.chunk(num_heads, dim=-1)  # a tuple of (B, L, d_head)
    k, v = k.chunk(num_kv_heads, dim=-1), v.chunk(num_kv_heads, dim=-1)
    outputs = []
    for h in range(num_heads):
        shared = h // (num_heads // num_kv_heads)
        outputs.append(masked_attention(q[h], k[shared], v[shared])[0])
    return torch.cat(outputs, dim=-1) @ state["o_proj.weight"].T


# %%
d_model, H, d_head = 24, 6, 5
x = torch.randn(2, 7, d_model, dtype=torch.float64)
mha = MultiHeadAttention(d_model, H, d_head, bias=False).double()
weights = {name: each.detach() for name, each in mha.state_dict().items()}
print("6 KV heads against MHA:", float((by_loop(x, weights, H, H) - mha(x).detach()).abs().max()))

# %% [markdown]
# With `H_kv = H` it is MHA. And the other direction?

# %% jupyter={"source_hidden": true}
predict(
    "gqa_is_mha",
    "A trained GQA has 6 query heads on 2 KV heads. Can an MHA with 6 heads give its outputs?",
    {
        "no, their formulas differ": "Each query head still attends with one key head and one "
        "value head.",
        "yes, with the right weights": "Three of its heads get equal keys and values, and so do "
        "the other three.",
        "nearly, after further training": "No training is needed: its weights are copies.",
    },
    right="yes, with the right weights",
)

# %% [markdown]
# *Every* GQA equals an MHA some of whose key and value heads are equal. Copy each of the few heads
# once for every query head that reads it, and load that into MHA.

# %%
for num_kv_heads in (3, 2, 1):
    narrow, wide = dict(weights), dict(weights)
    reads = [h // (H // num_kv_heads) for h in range(H)]
    for name in ("k_proj.weight", "v_proj.weight"):
        narrow[name] = torch.randn(num_kv_heads * d_head, d_model, dtype=torch.float64) / 5
        by_head = narrow[name].chunk(num_kv_heads)  # each (d_head, d_model)
        wide[name] = torch.cat([by_head[each] for each in reads])
    mha.load_state_dict(wide)
    far = float((by_loop(x, narrow, H, num_kv_heads) - mha(x).detach()).abs().max())
    print(f"{num_kv_heads} KV heads against an MHA with equal heads: {far:.1e}")

# %% [markdown]
# So GQA can do nothing that MHA cannot. It does *less*, for fewer bytes.
#
# *A good place to stop.*
#
# ## 4. Three right ways
#
# **Goal:** write GQA in three ways, and compare what they take. *Thirty minutes.*
#
# In a decode step each head has one query. We leave out the axis of queries: `q` is `(B, H,
# d_head)`, keys and values `(B, H_kv, L, d_head)`. (Your `grouped_attention` will have to do
# more: several queries, and a mask.) All ways end in the same plain attention:


# %%
def attend(rows, k, v):
    """`rows (..., R, d_head)` of queries on `k, v (..., L, d_head)`."""
    scores = (rows / rows.shape[-1] ** 0.5) @ k.transpose(-2, -1)  # (..., R, L)
    work = torch.promote_types(scores.dtype, torch.float32)  # 16 bits are too few for a softmax
    return torch.softmax(scores.to(work), dim=-1).to(v.dtype) @ v


# %% [markdown]
# 1. **Repeat** the keys and values, one copy for each query head.
# 2. **Broadcast**: give the group an axis, and let `@` broadcast over it.
# 3. **Fold**: the queries of a group meet the *same* keys, and rows of queries do not know of each
#    other. So three heads with one query each are one head with three rows.
#
# The third by hand, two query heads on one KV head:

# %%
queries = torch.tensor([[[1.0, 0.0]], [[0.0, 2.0]]])  # two heads, one query each: (2, 1, 2)
keys = torch.tensor([[3.0, 1.0], [0.0, 1.0], [1.0, 1.0]])  # (L, d_head), shared
print("two heads, one row each: ", [(query @ keys.T).tolist() for query in queries])
print("one head with two rows:  ", (queries.reshape(2, 2) @ keys.T).tolist())


# %%
def repeat(q, k, v):
    """A copy of keys and values for every query head."""
    k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for each in (k, v))
    return attend(q[:, :, None], k, v)[:, :, 0]


def broadcast(q, k, v):
    """An axis for the group, and `@` that broadcasts over it."""
    rows = q.unflatten(1, (k.shape[1], -1))[:, :, :, None]  # (B, H_kv, group, 1, d_head)
    return attend(rows, k[:, :, None], v[:, :, None])[:, :, :, 0].flatten(1, 2)


def fold(q, k, v):
    """The heads of a group as rows of one head."""
    rows = q.unflatten(1, (k.shape[1], -1))  # (B, H_kv, group, d_head)
    return attend(rows, k, v).flatten(1, 2)


def inputs(kv_heads, tokens, heads=16, batch=2, width=64):
    """Queries of one new token, keys and values of all."""
    kv = torch.randn(2, batch, kv_heads, tokens, width)
    return torch.randn(batch, heads, width), kv[0], kv[1]


ways = {"repeat": repeat, "broadcast": broadcast, "fold": fold}
q, k, v = inputs(kv_heads=4, tokens=50)
for name, way in ways.items():
    far = float((way(q, k, v) - repeat(q, k, v)).abs().max())
    print(f"{name:<10} differs from repeat by {far:.0e}")

# %% [markdown]
# **What do they take?** `Peak` notes every tensor that PyTorch makes, and the bytes alive at once.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_who_copies",
    "2 KV heads, and ever more query heads on them. Whose memory grows like copies of the keys?",
    {
        "repeat": "Repeat surely, but look at what `@` does to an axis that it broadcasts.",
        "repeat and broadcast": "`@` with more than three axes copies broadcast inputs into one "
        "batch of plain matrices.",
        "all three": "The fold makes scores, one number a row and key, and no copy of the keys.",
    },
    right="repeat and broadcast",
)

# %%
rows = []
for name, way in ways.items():
    taken = []
    for group_size in (1, 2, 4, 8):
        q, k, v = inputs(kv_heads=2, tokens=512, heads=2 * group_size)
        with Peak() as peak:
            way(q, k, v)
        taken.append(f"{peak.bytes / (2 * 512 * 64 * 4):.1f}")
    rows.append((name, *taken))
headers = ["way", *(f"group size {g}" for g in (1, 2, 4, 8))]
table(rows, headers, caption="bytes taken, in units of one KV head's keys")

# %% [markdown]
# (Keys and values of both KV heads are 4 of these units.) Broadcasting only *looks* free. The
# exercise `grouped_attention` is graded by this count, not by a clock.
#
# There, each head has several queries, and there is a mask. Then a KV head meets the rows of all
# queries of its group, and each row keeps its own row of the mask. Folded, rows, keys, values and
# mask are what your own `masked_attention` takes, with all that it can do already. For 4 heads on 2
# KV heads, with 2 queries:

# %%
rows = [(head, query) for head in range(4) for query in range(2)]  # as (H, L_q) lies in memory
print("KV head 0 meets (head, query):", rows[:4])
print("KV head 1 meets (head, query):", rows[4:])

# %% [markdown]
# A mask may come with fewer rows, for all heads alike. Brought to the full `(B, H, L_q, L_k)`, it
# is cut in the same way.
#
# **What do they cost in time?** One step of 32 query heads of width 128 on 8 KV heads, 2048 keys,
# beside MHA with 32 KV heads. One thing changes at a time, so each way comes twice: in plain
# operations as above, and with PyTorch's fused `scaled_dot_product_attention` (SDPA). It has a GQA
# of its own, `enable_gqa=True`; *fold through SDPA* gives it the folded rows. "Buffer" is repeat
# into memory that is kept from step to step.


# %%
def repeat_into(buffer):
    """Repeat, into memory that is there already."""

    def way(q, k, v):
        for kept, each in zip(buffer, (k, v), strict=True):
            kept.unflatten(1, (k.shape[1], -1)).copy_(each[:, :, None])
        return attend(q[:, :, None], *buffer)[:, :, 0]

    return way


def fused(q, k, v, **more):
    """SDPA with a row for each query head of a KV head, or `enable_gqa`."""
    return F.scaled_dot_product_attention(q, k, v, **more)


def candidates(dtype):
    """All ways, on inputs of this dtype."""
    sizes = {"tokens": 2048, "heads": 32, "batch": 1, "width": 128}
    q, *many = (each.to(dtype) for each in inputs(32, **sizes))
    few = [each[:, ::4].clone() for each in many]
    buffer = [torch.empty_like(each) for each in many]
    rows = q.unflatten(1, (8, 4))
    return {
        "MHA, plain": lambda: attend(q[:, :, None], *many),
        "MHA, SDPA": lambda: fused(q[:, :, None], *many),
        "repeat": lambda: repeat(q, *few),
        "repeat, buffer": lambda: repeat_into(buffer)(q, *few),
        "broadcast": lambda: broadcast(q, *few),
        "fold": lambda: fold(q, *few),
        "SDPA, enable_gqa": lambda: fused(q[:, :, None], *few, enable_gqa=True),
        "fold through SDPA": lambda: fused(rows, *few),
    }


# %% jupyter={"source_hidden": true}
predict(
    "gqa_repeat_time",
    "In float32: how long does `repeat` take, with a quarter of the KV heads, beside plain MHA?",
    {
        "about a quarter as long": "It *reads* a quarter, but then writes all of it as a copy, "
        "and reads the copy.",
        "a little less": "The copy costs more than the reading that it saves.",
        "longer": "It reads a quarter, writes a full copy into fresh memory, and reads that.",
    },
    right="longer",
)

# %%
with torch.no_grad():
    times = {
        dtype: take_turns(candidates(dtype), sample_seconds=0.005, cell_seconds=4, rounds=(5, 15))
        for dtype in (torch.float32, torch.bfloat16)
    }
rows = []
for name in times[torch.float32]:
    cells = []
    for samples in times.values():
        against = ratios(samples[name], samples["MHA, plain"])[1]
        cells += [f"{statistics.median(samples[name]) * 1e3:.2f} ms", f"{against:.2f}"]
    rows.append((name, *cells))
table(rows, ["way", "float32", "of plain MHA", "bfloat16", "of plain MHA"])

# %% jupyter={"source_hidden": true}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.2), sharey=True)
for ax, (dtype, samples) in zip(axes, times.items(), strict=True):
    middle = [statistics.median(each) * 1e3 for each in samples.values()]
    colours = [COLOURS["orange" if name.startswith("MHA") else "blue"] for name in samples]
    ax.bar_label(ax.barh(list(samples), middle, color=colours), fmt=" %.1f", fontsize=9)
    ax.set(xlabel="milliseconds a step", title=str(dtype).removeprefix("torch."))
    ax.margins(x=0.12)
axes[0].invert_yaxis()
show(
    fig,
    "Bars of the milliseconds of a decode step in float32 and bfloat16. "
    + "; ".join(
        f"{dtype}: " + ", ".join(f"{n} {statistics.median(t) * 1e3:.2f}" for n, t in each.items())
        for dtype, each in times.items()
    )
    + ". Medians on the machine that ran this page.",
)


# %% [markdown]
# What do *these* numbers say? The next cell reads them, since they are not the same on every
# processor.


# %%
def times_faster(dtype, slow, fast):
    return ratios(times[dtype][slow], times[dtype][fast])[1]


full, half = times
print("bfloat16 instructions of this processor:", bfloat16_units())
print(f"repeat takes {times_faster(full, 'repeat', 'MHA, plain'):.1f} times as long as plain MHA,")
print(f"  into a kept buffer {times_faster(full, 'repeat, buffer', 'MHA, plain'):.1f} times")
print(f"fold is {times_faster(full, 'MHA, plain', 'fold'):.1f} times as fast as plain MHA")
for dtype in times:
    gain = times_faster(dtype, "SDPA, enable_gqa", "fold through SDPA")
    print(f"fold through SDPA against enable_gqa, {dtype}: {gain:.1f} times as fast")
    samples = times[dtype]
    print("  fastest:", min(samples, key=lambda name: statistics.median(samples[name])))

# %% [markdown]
# **Why does repeat take so long?** Counting traffic, at most 2.25 times what MHA takes: a quarter
# read, all of it written, all of it read again (less, where the copy is still in the processor's
# own fast memory). What lies above that can be *fresh memory*, which the system hands out page by
# page: compare with the kept buffer, which has none.
#
# **bfloat16** halves the bytes. Who gains by that depends on the processor. With instructions for
# it, plain products gain; SDPA need not (look at its two columns). Without them each product is
# turned into float32 first: on one of these (AMD EPYC, AVX2 only; 4 sequences of 512 and of 4096
# keys) the plain fold took 1.0 to 1.5 times as long as `enable_gqa`; fold through SDPA was 5.7 to
# 9.6 times as fast as `enable_gqa`. So write the fold once, and choose by measuring where it
# runs. GPUs have other kernels, and other numbers (lesson 08).
#
# In *prefill*, with many queries, the products are large, arithmetic decides, and sharing hardly
# matters:

# %%
rows = []
for kv_heads in (16, 4, 1):
    long_q = torch.randn(2, kv_heads, 256 * 16 // kv_heads, 64)  # 256 queries of 16 heads, folded
    k, v = torch.randn(2, 2, kv_heads, 256, 64)
    step = {"fold": lambda: attend(long_q, k, v)}  # noqa: B023
    samples = take_turns(step, sample_seconds=0.01, cell_seconds=0.5, rounds=(5, 9))
    rows.append((kv_heads, f"{statistics.median(samples['fold']) * 1e3:.1f} ms"))
table(rows, ["KV heads", "256 queries on 256 keys"])

# %% [markdown]
# ## 5. What does GQA make cheaper, and what not?
#
# **Goal:** count it. *Ten minutes.*
#
# One layer by hand: `d_model = 4`, 2 query heads on 1 KV head, `d_head = 3`, one new token, 5 keys.
# One multiply-add is 2 FLOPs.
#
# | part | numbers | multiply-adds |
# |---|---|---|
# | `q_proj` | 4 x 6 weights | 24 |
# | `k_proj`, `v_proj` | 4 x 3 weights each | 12 each |
# | `o_proj` | 6 x 4 weights | 24 |
# | scores | 2 heads x 1 query x 5 keys x 3 | 30 |
# | weighted sum | the same | 30 |
# | keys and values read | 2 x 1 head x 5 x 3 = 30 numbers | |
#
# So 72 weights; 144 FLOPs in the projections, 120 in the attention, 60 bytes in 16 bits. In exactly
# this way a real layer is counted; you will write it as `attention_cost`.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_flops",
    "Llama-3-8B's shape, from 32 KV heads to 8: by how much do the FLOPs of scores and weighted "
    "sum shrink?",
    {
        "to a quarter": "Sharing spares reading keys. Each query head still has its own scores.",
        "to a half": "Neither of the two shrinks: both count query heads.",
        "not at all": "Every query head keeps its scores, whoever shares its keys.",
    },
    right="not at all",
)

# %%
rows = []
for kv_heads in (32, 8, 1):
    weights_m = (2 * 4096 * 32 * 128 + 2 * 4096 * kv_heads * 128) / 1e6
    rows.append(
        (
            kv_heads,
            f"{weights_m:.1f} M",
            f"{2 * weights_m:.0f} M",
            f"{2 * 2 * 32 * 128 * 8192 / 1e6:.0f} M",
            f"{2 * kv_heads * 128 * 8192 * 2 / 2**20:.0f} MiB",
        )
    )
table(
    rows,
    ["KV heads", "weights", "FLOPs, projections", "FLOPs, attention", "keys and values read"],
    caption="d_model 4096, 32 query heads, d_head 128, one decode step at 8192 tokens, 16 bits",
)

# %% [markdown]
# "GQA halves the compute" is wrong. What shrinks: two of four projections, the cache, and the bytes
# read in each step. So prefill, where arithmetic decides, gains little; decode gains much.
#
# **And the quality?** It depends on the task. Three sources, each on its own models:
#
# | source | MHA | 8 KV heads | MQA |
# |---|---|---|---|
# | [Ainslie 2023][ainslie], Table 1: T5-XXL converted, mean of its tasks | 47.2 | 47.1 | 46.6 |
# | the same, seconds a sample | 1.51 | 0.28 | 0.24 |
# | [DeepSeek-V2][dsv2], Table 8: 7B trained anew, MMLU (knowledge) | 45.2 | 41.2 | 37.9 |
# | the same, C-Eval (Chinese exams) | 42.9 | 37.7 | 30.0 |
#
# Ainslie's appendix A adds that MQA was unstable: loss spikes while training, and it diverged
# when tuned on long inputs. So "almost as good" holds for averages; knowledge is where sharing
# has been seen to hurt, and none of these tests retrieval over long texts. Measure your own task.
# [Shazeer's](https://arxiv.org/abs/1911.02150) MQA (translation, 46 to 3.8 µs a token, BLEU 26.7
# to 26.5) had a wider MLP to make up for the weights it saved.
#
# [ainslie]: https://arxiv.org/abs/2305.13245
# [dsv2]: https://arxiv.org/abs/2405.04434
#
# *A good place to stop.*

# %% [markdown]
# ## 6. How does a trained model get fewer KV heads?
#
# **Goal:** pool the right heads, and see what further training brings back. *Twenty minutes.*
#
# Training from scratch is expensive. Ainslie et al. *convert*: they pool the trained KV heads of
# each group into one and train on for a little, 5 % of the original steps ("uptraining").
#
# By hand: 4 heads with `d_head = 1` and `d_model = 2`, so each head is one row of `k_proj.weight`:
# `[1, 0]`, `[3, 0]`, `[0, 4]`, `[0, 8]`. We want 2 KV heads.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_pool",
    "Pooled by their mean, which two heads come out?",
    {
        "`[2, 0]` and `[0, 6]`": "Query heads 0 and 1 will share: heads 0 and 1 are pooled.",
        "`[0.5, 2]` and `[1.5, 4]`": "That pools heads that will not share: 0 and 2, 1 and 3.",
        "`[4, 0]` and `[0, 12]`": "That is the sum: keys, and scores, of twice the size.",
    },
    right="`[2, 0]` and `[0, 6]`",
)

# %%
k_heads = torch.tensor([[1.0, 0.0], [3.0, 0.0], [0.0, 4.0], [0.0, 8.0]])
print(
    "neighbours, by mean:           ",
    [((k_heads[i] + k_heads[i + 1]) / 2).tolist() for i in (0, 2)],
)
print(
    "heads 0 and 2, 1 and 3 (wrong):",
    [((k_heads[i] + k_heads[i + 2]) / 2).tolist() for i in (0, 1)],
)

# %% [markdown]
# Both have the right shape. A bias is pooled alike. Two other ways: `"first"` takes the first head
# of each group; `"random"` draws each tensor afresh, biases too, with the standard deviation of the
# old one, and shows what pooling is worth.
#
# Does it work? A small decoder (2 layers, 8 heads, `d_model` 128) learned the text of Python's
# manual by letters, 800 steps, three seeds. Each was converted to 4, 2 and 1 KV heads in three ways
# and trained on for up to 80 steps, a tenth. `python -m attnlab.conversion` makes it again in ten
# minutes; its results come with the course.

# %%
kept = load("conversion")
budgets = kept["budgets"]


def losses(kv_heads, how, step):
    """Held-out losses of all seeds, in nats per character."""
    return [
        run["losses"][str(step)]
        for run in kept["runs"]
        if (run["kv_heads"], run["how"]) == (kv_heads, how)
    ]


def told(values):
    """Median, lowest and highest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


rows = [("8, as trained", "", told(losses(8, "none", 0)), told(losses(8, "none", budgets[-1])))]
for kv_heads in conversion.KV_HEADS:
    for how in conversion.WAYS:
        first, last = losses(kv_heads, how, 0), losses(kv_heads, how, budgets[-1])
        rows.append((kv_heads, how, told(first), told(last)))
table(
    rows,
    ["KV heads", "how", "right after conversion", f"after {budgets[-1]} more steps"],
    caption="Held-out loss, nats per character: median of three seeds, lowest to highest",
)

# %% jupyter={"source_hidden": true}
fig, axes = plt.subplots(1, 3, figsize=(10.0, 3.6), sharey=True)
for ax, kv_heads in zip(axes, conversion.KV_HEADS, strict=True):
    for how, marker in zip(conversion.WAYS, "osD", strict=True):
        runs = [losses(kv_heads, how, step) for step in budgets]
        middle = [statistics.median(each) for each in runs]
        (line,) = ax.plot(budgets, middle, marker=marker, label=how)
        low, high = [min(each) for each in runs], [max(each) for each in runs]
        ax.fill_between(budgets, low, high, color=line.get_color(), alpha=0.2, lw=0)
    own = [statistics.median(losses(8, "none", step)) for step in budgets]
    ax.plot(budgets, own, color="black", linestyle=":", label="8 KV heads")
    ax.set(title=f"{kv_heads} KV head{'s' if kv_heads > 1 else ''}", xlabel="further steps")
axes[0].set_ylabel("held-out loss, nats")
axes[0].legend()
fig.suptitle("Conversion hurts; a tenth of the training mends most of it")
show(
    fig,
    "Held-out loss over 0 to 80 further steps for 4, 2 and 1 KV heads; lines for mean, first and "
    "random with the spread of three seeds, and the model with 8 KV heads trained on as long. "
    f"After conversion to 1 KV head: mean {statistics.median(losses(1, 'mean', 0)):.2f}, first "
    f"{statistics.median(losses(1, 'first', 0)):.2f}, random "
    f"{statistics.median(losses(1, 'random', 0)):.2f}; after 80 steps "
    f"{statistics.median(losses(1, 'mean', 80)):.2f}, "
    f"{statistics.median(losses(1, 'first', 80)):.2f} and "
    f"{statistics.median(losses(1, 'random', 80)):.2f}.",
)

# %% [markdown]
# How far behind is each, compared with the 8-KV-head model trained on for as many steps?

# %%
rows = []
for kv_heads in conversion.KV_HEADS:
    for how in conversion.WAYS:
        left = [
            statistics.median(losses(kv_heads, how, step))
            - statistics.median(losses(8, "none", step))
            for step in budgets
        ]
        rows.append((kv_heads, how, *(f"{each:.2f}" for each in left)))
table(rows, ["KV heads", "how", *(f"{step} steps" for step in budgets)], caption="nats missing")

# %% [markdown]
# - Conversion alone hurts, and more with fewer KV heads.
# - After training on, the medians stand in the order of Ainslie et al.: mean, first, random. Right
#   after it, with one KV head, `first` is worse than random weights. Three seeds of a tiny model:
#   look at the spread before you believe an order.
# - A tenth of the training brings back most. How much is enough for a *large* model is another
#   question: section 5's table.
#
# The same, small and live: one seed, conversion to 2 KV heads.

# %%
GroupedQueryAttention, pool_kv_heads = mine("GroupedQueryAttention", "pool_kv_heads")
live = conversion.run_seed(
    seed=3,
    data=corpus(),
    attention=GroupedQueryAttention,
    pool=pool_kv_heads,
    wanted=[(8, "none"), (2, "mean"), (2, "random")],
    base_steps=60,
    budgets=(0, 8),
)
rows = [(kv_heads, how, *each.values()) for kv_heads, how, each in live]
table(rows, ["KV heads", "how", "0 steps", "8 steps"], caption="held-out loss, nats")

# %% [markdown]
# After so little training, one run can show another order than the table above.
#
# *A good place to stop.* Solve the exercises before you go on, and the next sections run on your
# code.
#
# ## 7. Your module in a real language model
#
# **Goal:** decide whether to believe a model that writes well. *Fifteen minutes.*
#
# SmolLM2-135M-Instruct has 30 layers with 9 query heads on 3 KV heads; its weights were kept in 4
# bits (Q4_1 of a GGUF file, a format for weights) and become float32. `smollm2.load` builds it
# around a class that is an argument: yours, where `mine` said so above, else the course's. RMSNorm,
# MLP and tokenizer are in `attnlab`. The weights, 93 MB, came with `make lab`.

# %%
GroupedQueryAttention, KVCache = mine("GroupedQueryAttention", "KVCache")
try:
    model, tokenizer = smollm2.load(GroupedQueryAttention)
except smollm2.MissingWeights as missing:
    model = None
    print(missing)
else:
    print(f"{sum(each.numel() for each in model.parameters()) / 1e6:.0f} M parameters")
    print(model.layers[0].attention)


# %% [markdown]
# Writing greedily: take the token with the largest logit, append it, go on.


# %%
def write(prompt, steps, cached=True):
    """Write `steps` tokens; gives (tokens, logits of each step, seconds)."""
    tokens = torch.tensor([tokenizer.encode(prompt).ids])
    caches = None
    if cached:
        caches = model.new_caches(KVCache, batch=1, max_len=tokens.shape[1] + steps)
    start = time.perf_counter()
    written = list(generate(model, tokens, steps, caches))
    seconds = time.perf_counter() - start
    return [token for token, _ in written], torch.stack([each for _, each in written]), seconds


PROMPT = "Once upon a time, there was a"
if model:
    tokens, _, _ = write(PROMPT, 24)
    print(PROMPT + tokenizer.decode(tokens))

# %% [markdown]
# It reads well. That proves little; two tests prove more.
#
# **Are the logits right?** An independent implementation, `LlamaForCausalLM` of the library
# transformers, computed them once from the same file; the largest ten at every position of three
# prompts are kept in the course. Both compute in float32, in another order of operations.

# %%
recorded = smollm2.reference_logits()


def compared(each):
    """Largest difference from a prompt's recorded logits; are the best tokens the same?"""
    with torch.no_grad():
        logits = model(torch.tensor([each["tokens"]]))[0]  # (L, vocabulary)
    got = logits.gather(1, torch.tensor(each["ids"]))  # (L, 10), the logits of the recorded tokens
    far = float((got - torch.tensor(each["logits"])).abs().max())
    return far, logits.argmax(-1).tolist() == [ids[0] for ids in each["ids"]]


if model:
    print("compared with", recorded["implementation"])
    rows = []
    for each in recorded["prompts"]:
        far, same = compared(each)
        rows.append((repr(each["prompt"][:32]), len(each["tokens"]), f"{far:.0e}", str(same)))
    result = table(rows, ["prompt", "tokens", "largest difference", "same best token everywhere"])
result if model else None

# %% [markdown]
# Far below 0.001, in logits of up to 34.
#
# **Is the cached text the uncached text?** The two passes round differently. If the two best tokens
# are closer than that, either may win, and both texts are right. So the smallest *gap* between the
# two best tokens is shown beside the largest difference.

# %%
if model:
    rows = []
    for prompt in (PROMPT, "The capital of France is"):
        with_cache, logits, fast = write(prompt, 16)
        without, logits_without, slow = write(prompt, 16, cached=False)
        two = logits.topk(2).values  # (steps, 2), the two largest logits of each step
        gap = float((two[:, 0] - two[:, 1]).min())
        same = with_cache == without
        far = float((logits - logits_without).abs().max()) if same else float("nan")
        speed = f"{16 / fast:.1f} and {16 / slow:.1f}"
        rows.append((repr(prompt), str(same), f"{gap:.4f}", f"{far:.0e}", speed))
    headers = ["prompt", "same text", "smallest gap", "largest difference", "tokens a second"]
    result = table(rows, headers, caption="with and without a cache")
result if model else None

# %% [markdown]
# The gaps are far larger than the differences, so the texts must agree, and they do. What the
# cache gains grows with the text; these are short.
#
# ## 8. Talk to it, and break it
#
# **Goal:** see what a wrong order, a wrong layout and a single KV head write. *Ten minutes.*
#
# The model was tuned to chat, in a form with a token that ends an answer. Ask it something; then
# choose a fault. All weights stay loaded, all shapes right:
#
# - **tiled**: query heads read KV heads in the order `0 1 2 0 1 2 0 1 2`.
# - **interleaved**: queries and keys stand in neighbouring pairs and are turned by halves
#   (lesson 06).
# - **one KV head**: the mean of the three, which is MQA by conversion without further training.

# %% jupyter={"source_hidden": true}
predict(
    "gqa_broken",
    "Three faults in its attention. With which of them does the model still write something like "
    "English?",
    {
        "tiled": "Two thirds of the query heads read keys that they were not trained on.",
        "interleaved": "Positions are garbled, but each query meets its own keys.",
        "one KV head": "The mean of three trained heads is none of them.",
    },
    right="interleaved",
)

# %%
if model:
    from attnlab.chat import chat_box

    box = chat_box(model, tokenizer, KVCache)
box if model else None

# %% [markdown]
# No error in any of them. What does the comparison of logits say?

# %%
if model:
    rows = []
    for name in (None, *FAULTS):
        with fault(model, name):
            far = max(compared(each)[0] for each in recorded["prompts"])
        rows.append((name or "as trained", f"{far:.2g}"))
    result = table(rows, ["model", "largest difference from the recorded logits"])
result if model else None

# %% [markdown]
# It finds all three at once. On a *fresh* model the tiled order cannot even be seen: it trains as
# well as the right one. It shows when weights come from elsewhere.
#
# ## Check yourself

# %% jupyter={"source_hidden": true}
predict(
    "quiz_gqa_reads",
    "12 query heads, 3 KV heads. Which KV head does query head 7 read?",
    {
        "1": "The group size is 4, and 7 // 4 = 1.",
        "2": "That is 7 // 3: the number of KV heads in place of the group size.",
        "0": "Heads 0 to 3 read KV head 0.",
    },
    right="1",
)
predict(
    "quiz_gqa_fold",
    "Why does folding a group into rows change no value?",
    {
        "the softmax runs over the whole group": "It must not, and does not: each row has its own.",
        "a row of queries is treated by itself": "Its scores, its softmax, its sum: it does not "
        "matter in which head it stands, as long as the keys are the same.",
        "the heads of a group have equal queries": "They share keys; their queries differ.",
    },
    right="a row of queries is treated by itself",
)
predict(
    "quiz_gqa_slow",
    "Your GQA has a quarter of the KV heads and is slower than MHA. What do you look for first?",
    {
        "a copy of the keys": "`repeat_interleave`, `expand` and reshape, or `@` that broadcasts.",
        "too few FLOPs saved": "FLOPs of the attention are not saved at all; bytes are.",
        "a wrong group size": "That changes values, not time.",
    },
    right="a copy of the keys",
)
predict(
    "quiz_gqa_pooled",
    "A conversion from 8 heads to 4 KV heads pools heads 0 and 4. What is wrong?",
    {
        "nothing": "Query heads 0 and 1 will share a KV head, and theirs were not pooled.",
        "it should pool 0 and 1": "Those whose query heads will share.",
        "the mean should be a sum": "A sum doubles the keys, and with them the scores.",
    },
    right="it should pool 0 and 1",
)

# %% [markdown]
# ## Summary
#
# | question | answer |
# |---|---|
# | what shrinks | k_proj, v_proj, the cache, the bytes read in every step |
# | what stays | the FLOPs of scores and weighted sum |
# | order | query head h reads KV head h // group size; never tiled |
# | fast | fold the group into the rows of the queries; copy no keys |
# | ends | H_kv = H is MHA, H_kv = 1 is MQA |
# | conversion | mean of neighbouring heads, then train on |
# | quality | near MHA on averages; measure knowledge and retrieval yourself |
